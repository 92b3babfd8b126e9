"""The invented names, companies, products and sentences of the demo company."""

# Full name, username, position, department, superior's username, role codes.
PEOPLE: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...] = (
    ("林致远", "lin.zhiyuan", "总经理", "总部", "", ("administrator",)),
    ("沈若溪", "shen.ruoxi", "华东分公司总经理", "华东分公司", "lin.zhiyuan", ("branch_manager", "salesperson")),
    ("顾明轩", "gu.mingxuan", "华南分公司总经理", "华南分公司", "lin.zhiyuan", ("branch_manager", "salesperson")),
    ("周子涵", "zhou.zihan", "销售主管", "华东销售一部", "shen.ruoxi", ("sales_manager",)),
    ("陈思远", "chen.siyuan", "客户经理", "华东销售一部", "zhou.zihan", ("salesperson",)),
    ("吴佳怡", "wu.jiayi", "客户经理", "华东销售一部", "zhou.zihan", ("salesperson",)),
    ("何俊辉", "he.junhui", "销售主管", "华东销售二部", "shen.ruoxi", ("sales_manager",)),
    ("许诗涵", "xu.shihan", "客户经理", "华东销售二部", "he.junhui", ("salesperson",)),
    ("唐雨桐", "tang.yutong", "市场专员", "华东市场部", "shen.ruoxi", ("marketer",)),
    ("黄梓豪", "huang.zihao", "客户经理", "华南销售一部", "gu.mingxuan", ("salesperson",)),
    ("郑雅文", "zheng.yawen", "客户经理", "华南销售一部", "gu.mingxuan", ("salesperson",)),
    ("罗嘉欣", "luo.jiaxin", "客户经理", "华南销售二部", "gu.mingxuan", ("salesperson",)),
)
BRANCHES = ("华东分公司", "华南分公司")
# Department and the branch above it.
DEPARTMENTS: tuple[tuple[str, str], ...] = (
    ("华东销售一部", "华东分公司"),
    ("华东销售二部", "华东分公司"),
    ("华东市场部", "华东分公司"),
    ("华南销售一部", "华南分公司"),
    ("华南销售二部", "华南分公司"),
)
SELLERS = (
    "zhou.zihan", "chen.siyuan", "wu.jiayi", "he.junhui", "xu.shihan", "huang.zihao", "zheng.yawen", "luo.jiaxin",
)  # fmt: skip
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
# City code, place in the name, street, area code.
PLACES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "华东分公司": (
        ("310115", "上海", "世纪大道", "021"),
        ("320505", "苏州", "竹园路", "0512"),
        ("330106", "杭州", "文三路", "0571"),
        ("320102", "南京", "珠江路", "025"),
        ("330212", "宁波", "中山东路", "0574"),
    ),
    "华南分公司": (
        ("440106", "广州", "天河路", "020"),
        ("440305", "深圳", "科苑路", "0755"),
        ("440606", "佛山", "南国东路", "0757"),
        ("441900", "东莞", "鸿福路", "0769"),
        ("350203", "厦门", "湖滨南路", "0592"),
    ),
}
# Trade, section of the industry classification.
TRADES: tuple[tuple[str, str], ...] = (
    ("精密机械有限公司", "C"),
    ("信息技术有限公司", "I"),
    ("教育科技有限公司", "P"),
    ("医疗器械有限公司", "C"),
    ("物流有限公司", "G"),
    ("建筑设计院有限公司", "M"),
    ("文化传媒有限公司", "R"),
    ("会计师事务所", "L"),
    ("电子元件有限公司", "C"),
    ("餐饮管理有限公司", "H"),
    ("商贸有限公司", "F"),
    ("物业服务有限公司", "K"),
)
CUSTOMER_TAGS = ("老客户", "战略合作", "招投标", "价格敏感", "月结", "需要上门")
DEAL_TAGS = ("竞争激烈", "等审批", "要演示", "年底前签")
BRANDS = (
    "瑞丰", "海纳", "启明", "安禾", "众联", "锦程", "星河", "恒信", "青禾", "云帆", "翰林", "睿驰", "沐阳", "致和", "景行",
    "佳木", "九川", "长风", "海岳", "云岭", "隆昌", "德润", "嘉禾", "泰和", "明达", "鼎新", "信诚", "联创", "新源", "博雅",
    "金桥", "宏图", "凯盛", "远航", "润泽", "弘毅", "华晟", "天元", "尚品", "立新",
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘"
GIVEN = (
    "建国", "晓燕", "志强", "丽华", "海涛", "静怡", "文博", "雪梅", "俊杰", "婷婷", "国栋", "思琪", "宏伟", "梦洁", "立群",
    "春兰", "永平", "佳琳", "学军", "淑芬", "子昂", "雨欣", "振华", "秋月", "一鸣", "慧敏",
)  # fmt: skip
TITLES = (("采购经理", "经理"), ("行政总监", "总"), ("信息主管", "工"), ("总经理", "总"), ("财务经理", "经理"))
AIMS = ("文印设备更新", "会议室改造", "无纸化办公项目", "年度维保续签", "新办公楼配套", "分支机构设备采购")
APPROACHES = ("先约行政负责人演示样机，再报整体方案。", "从维保切入，带出设备更新。", "请老客户引荐，安排参观样板间。")
# What was talked about, by the kind of contact: kind, outcome, words.
TALKS: tuple[tuple[str, str, str], ...] = (
    ("call", "interested", "电话沟通，{called}说现有设备用了六年，卡纸频繁，愿意了解新机型。"),
    ("call", "later", "{called}在外出差，约好下周再联系。"),
    ("call", "not_reached", "拨打两次无人接听，已发微信留言。"),
    ("call", "undecided", "{called}觉得价格偏高，让我们再算一版租赁方案。"),
    ("visit", "interested", "上门拜访{called},看了三楼和五楼的文印室，每月打印量约四万张。"),
    ("visit", "agreed", "现场测试样机，{called}对扫描速度满意，同意进入报价。"),
    ("visit", "undecided", "拜访{called},预算要等季度会定，期间可以先做方案。"),
    ("meeting", "agreed", "与{called}及信息部开会，确认了会议平板的数量和安装时间。"),
    ("meeting", "interested", "方案汇报会，{called}提出要增加移动打印，会后补充说明。"),
    ("social", "interested", "微信发了产品手册和两家同行案例，{called}回复会转给领导。"),
    ("social", "later", "微信问候，{called}说月底前比较忙，下月初再谈。"),
    ("email", "undecided", "发送正式报价单，等待{called}确认配置。"),
    ("note", "", "对方还在比较另外两家的方案，关键看售后响应时间。"),
)
NEXT_STEPS = ("回访确认意向", "发送更新后的报价", "约上门演示", "补充案例资料", "跟进合同审批", "确认安装日期")
TASKS = ("整理客户需求清单", "准备投标文件", "联系维修部确认备件", "月度回访", "催收签字版合同", "制作方案 PPT")
COMMENTS = (
    "这家的行政总监换人了，下次拜访先约新负责人。",
    "竞争对手上周也去演示了，我们的优势在维保。",
    "折扣已按权限批到九折，再低要总部同意。",
    "客户要求月底前给答复，大家抓紧。",
)
NEEDS = (
    "想更换办公室复印机，大约 {count} 台，希望含维保。",
    "新办公楼明年交付，需要 {count} 间会议室的显示设备。",
    "咨询文印管理软件，公司 {count} 个部门分账统计。",
    "在展会上留了名片，想了解租赁价格。",
)
