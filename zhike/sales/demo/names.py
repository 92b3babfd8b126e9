"""The invented names, companies and products of the demo company."""

# Full name, username, position, branch, superior's username, role codes.
PEOPLE: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...] = (
    ("林致远", "lin.zhiyuan", "总经理", "总部", "", ("administrator",)),
    ("沈若溪", "shen.ruoxi", "华东分公司总经理", "华东分公司", "lin.zhiyuan", ("branch_manager", "salesperson")),
    ("顾明轩", "gu.mingxuan", "华南分公司总经理", "华南分公司", "lin.zhiyuan", ("branch_manager", "salesperson")),
    ("周子涵", "zhou.zihan", "销售主管", "华东分公司", "shen.ruoxi", ("sales_manager",)),
    ("陈思远", "chen.siyuan", "客户经理", "华东分公司", "zhou.zihan", ("salesperson",)),
    ("吴佳怡", "wu.jiayi", "客户经理", "华东分公司", "zhou.zihan", ("salesperson",)),
    ("黄梓豪", "huang.zihao", "客户经理", "华南分公司", "gu.mingxuan", ("salesperson",)),
    ("郑雅文", "zheng.yawen", "客户经理", "华南分公司", "gu.mingxuan", ("salesperson",)),
)
BRANCHES = ("华东分公司", "华南分公司")
SELLERS = ("zhou.zihan", "chen.siyuan", "wu.jiayi", "huang.zihao", "zheng.yawen")
# Name, series, unit, price in CNY.
PRODUCTS: tuple[tuple[str, str, str, str], ...] = (
    ("云墨 A3 彩色复合机 C300", "云墨", "set", "28800"),
    ("云墨 A4 黑白复合机 M120", "云墨", "set", "6980"),
    ("云墨 高速扫描仪 S60", "云墨", "set", "12500"),
    ("智会 会议平板 65 英寸", "智会", "set", "19800"),
    ("智会 会议平板 86 英寸", "智会", "set", "36800"),
    ("文印管理软件 年度许可", "软件", "year", "9600"),
    ("设备维保服务 全包", "服务", "year", "4200"),
)
# City code, place in the name, street.
PLACES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "华东分公司": (
        ("310115", "上海", "世纪大道"),
        ("320505", "苏州", "竹园路"),
        ("330106", "杭州", "文三路"),
        ("320102", "南京", "珠江路"),
        ("330212", "宁波", "中山东路"),
    ),
    "华南分公司": (
        ("440106", "广州", "天河路"),
        ("440305", "深圳", "科苑路"),
        ("440606", "佛山", "南国东路"),
        ("441900", "东莞", "鸿福路"),
        ("350203", "厦门", "湖滨南路"),
    ),
}
# Brand, trade, section of the industry classification.
TRADES: tuple[tuple[str, str, str], ...] = (
    ("瑞丰", "精密机械有限公司", "C"),
    ("海纳", "信息技术有限公司", "I"),
    ("启明", "教育科技有限公司", "P"),
    ("安禾", "医疗器械有限公司", "C"),
    ("众联", "物流有限公司", "G"),
    ("锦程", "建筑设计院有限公司", "M"),
    ("星河", "传媒有限公司", "R"),
    ("恒信", "会计师事务所", "L"),
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘"
GIVEN = ("建国", "晓燕", "志强", "丽华", "海涛", "静怡", "文博", "雪梅", "俊杰", "婷婷", "国栋", "思琪", "宏伟", "梦洁")
TITLES = (("采购经理", "经理"), ("行政总监", "总"), ("信息主管", "工"), ("总经理", "总"), ("财务经理", "经理"))
AIMS = ("文印设备更新", "会议室改造", "无纸化办公项目", "年度维保续签", "新办公楼配套", "分支机构设备采购")
APPROACHES = ("先约行政负责人演示样机,再报整体方案。", "从维保切入,带出设备更新。", "请老客户引荐,安排参观样板间。")
