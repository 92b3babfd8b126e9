"""Readings of Chinese words whose characters are read otherwise than alone.

Facts, written for what stands in company, place and person names. A word is followed by one syllable for each of
its characters, without tones, ü as v; words are parted by commas.
"""

from __future__ import annotations

# Characters whose usual reading in names is not the first of the dictionary.
CHARACTERS = """
长 chang, 都 du, 曾 zeng, 轧 zha, 仔 zai, 露 lu, 蚌 beng, 莞 guan, 番 fan, 塞 sai, 柏 bai, 会 hui, 和 he,
着 zhuo, 给 gei, 厦 sha, 地 di, 得 de, 的 de, 了 le, 率 lv, 藏 cang, 贾 jia, 石 shi, 沈 shen, 郗 xi, 逄 pang,
覃 qin, 仇 chou, 粘 nian, 牟 mu, 谌 chen, 褚 chu, 乐 le, 朝 chao, 系 xi, 洗 xi, 佛 fo, 阿 a, 弹 dan, 模 mo,
夏 xia, 车 che, 校 xiao, 调 tiao, 行 xing, 勒 le, 尾 wei, 茄 qie, 坻 di, 峙 zhi, 珲 hun
"""

WORDS = """
银行 yin hang, 行业 hang ye, 行情 hang qing, 行家 hang jia, 行列 hang lie, 行长 hang zhang, 商行 shang hang,
同行 tong hang, 央行 yang hang, 分行 fen hang, 支行 zhi hang, 总行 zong hang, 投行 tou hang, 洋行 yang hang,
车行 che hang, 琴行 qin hang, 表行 biao hang, 金行 jin hang, 珠宝行 zhu bao hang, 典当行 dian dang hang,
拍卖行 pai mai hang, 贸易行 mao yi hang, 农商行 nong shang hang, 城商行 cheng shang hang, 农行 nong hang,
工行 gong hang, 建行 jian hang, 中行 zhong hang, 招行 zhao hang, 交行 jiao hang, 太行 tai hang, 排行 pai hang,
百行 bai hang, 成长 cheng zhang, 增长 zeng zhang, 生长 sheng zhang, 校长 xiao zhang, 院长 yuan zhang,
局长 ju zhang, 处长 chu zhang, 科长 ke zhang, 部长 bu zhang, 市长 shi zhang, 县长 xian zhang, 省长 sheng zhang,
镇长 zhen zhang, 村长 cun zhang, 店长 dian zhang, 厂长 chang zhang, 会长 hui zhang, 组长 zu zhang,
队长 dui zhang, 班长 ban zhang, 家长 jia zhang, 船长 chuan zhang, 机长 ji zhang, 董事长 dong shi zhang,
理事长 li shi zhang, 秘书长 mi shu zhang, 首长 shou zhang, 长孙 zhang sun, 重庆 chong qing, 重新 chong xin,
重复 chong fu, 重组 chong zu, 重构 chong gou, 重建 chong jian, 重阳 chong yang, 重叠 chong die, 九重 jiu chong,
会计 kuai ji, 会稽 kuai ji, 财会 cai kuai, 厦门 xia men, 厦工 xia gong, 厦钨 xia wu, 厦航 xia hang, 厦大 xia da,
厦漳 xia zhang, 音乐 yin yue, 乐器 yue qi, 器乐 qi yue, 声乐 sheng yue, 民乐 min yue, 国乐 guo yue,
乐团 yue tuan, 乐队 yue dui, 乐曲 yue qu, 乐谱 yue pu, 乐章 yue zhang, 乐坛 yue tan, 乐府 yue fu, 爱乐 ai yue,
交响乐 jiao xiang yue, 乐清 yue qing, 今朝 jin zhao, 朝霞 zhao xia, 朝晖 zhao hui, 朝夕 zhao xi, 校对 jiao dui,
校准 jiao zhun, 校验 jiao yan, 校正 jiao zheng, 调度 diao du, 调查 diao cha, 调研 diao yan, 调拨 diao bo,
调配 diao pei, 调动 diao dong, 调兵山 diao bing shan, 调试 tiao shi, 色调 se diao, 格调 ge diao, 强调 qiang diao,
曲调 qu diao, 自传 zi zhuan, 传记 zhuan ji, 率先 shuai xian, 率领 shuai ling, 表率 biao shuai, 人参 ren shen,
党参 dang shen, 海参 hai shen, 花旗参 hua qi shen, 西洋参 xi yang shen, 红参 hong shen, 高丽参 gao li shen,
参茸 shen rong, 西藏 xi zang, 藏药 zang yao, 藏医 zang yi, 藏族 zang zu, 藏羚 zang ling, 藏红花 zang hong hua,
藏格 zang ge, 宝藏 bao zang, 青藏 qing zang, 川藏 chuan zang, 藏式 zang shi, 矿藏 kuang cang, 大夫 dai fu,
便宜 pian yi, 差旅 chai lv, 出差 chu chai, 邮差 you chai, 弹簧 tan huang, 弹性 tan xing, 弹力 tan li,
弹跳 tan tiao, 模具 mu ju, 模板 mu ban, 模样 mu yang, 精模 jing mu, 注塑模 zhu su mu, 压铸模 ya zhu mu,
湖泊 hu po, 血泊 xue po, 水泊 shui po, 番禺 pan yu, 六安 lu an, 六合区 lu he qu, 蔚县 yu xian, 阿胶 e jiao,
东阿 dong e, 柏林 bo lin, 地壳 di qiao, 甲壳 jia qiao, 咖喱 ga li, 给水 ji shui, 给排水 ji pai shui,
供给 gong ji, 补给 bu ji, 给予 ji yu, 自给 zi ji, 番茄 fan qie, 雪茄 xue jia, 茄克 jia ke, 单县 shan xian,
单于 chan yu, 浒墅关 xu shu guan, 浒关 xu guan, 尉犁 yu li, 铅山 yan shan, 洪洞 hong tong, 中牟 zhong mu,
浚县 xun xian, 泌阳 bi yang, 繁峙 fan shi, 莘县 shen xian, 莘庄 xin zhuang, 黄陂 huang pi, 荥经 ying jing,
大埔 da bu, 伽师 jia shi, 盱眙 xu yi, 甪直 lu zhi, 涡阳 guo yang, 枞阳 zong yang, 长子县 zhang zi xian,
蚌埠 beng bu, 大城县 dai cheng xian, 井陉 jing xing, 龟兹 qiu ci, 吐蕃 tu bo, 可汗 ke han, 十里堡 shi li pu,
瓦窑堡 wa yao bu, 吴堡 wu bu, 乐亭 lao ting, 乐陵 lao ling, 乐昌 le chang, 东莞 dong guan, 莞尔 wan er,
米脂 mi zhi, 任丘 ren qiu, 什邡 shi fang, 什锦 shi jin, 耒阳 lei yang, 筠连 jun lian, 郫都 pi du, 犍为 qian wei,
台州 tai zhou, 天台 tian tai, 丽水 li shui, 亳州 bo zhou, 歙县 she xian, 解州 xie zhou, 会泽 hui ze,
句容 ju rong, 曲阜 qu fu, 戏曲 xi qu, 仔猪 zi zhu, 仔细 zi xi, 仔鸡 zi ji, 宁波 ning bo, 覃塘 qin tang,
柞水 zha shui, 勐腊 meng la, 尉氏 wei shi, 单晶 dan jing, 曾经 ceng jing, 未曾 wei ceng, 曾用名 ceng yong ming,
大都会 da du hui, 都是 dou shi, 佛山 fo shan, 仿佛 fang fu, 系泊 ji bo, 系带 ji dai, 处理 chu li, 纤夫 qian fu,
拉纤 la qian, 载体 zai ti, 称职 chen zhi, 对称 dui chen, 称心 chen xin, 中奖 zhong jiang, 解数 xie shu,
血液 xue ye, 投降 tou xiang, 降服 xiang fu, 落枕 lao zhen, 尽管 jin guan, 角色 jue se, 主角 zhu jue,
角斗 jue dou, 角逐 jue zhu, 卡口 qia kou, 关卡 guan qia, 发卡 fa qia, 隽永 juan yong, 勒紧 lei jin, 钥匙 yao shi,
咀嚼 ju jue, 相机 xiang ji, 创伤 chuang shang, 禅让 shan rang, 覆没 fu mo, 没收 mo shou, 沉没 chen mo,
埋怨 man yuan, 巷道 hang dao, 呼和浩特 hu he hao te, 巴音郭楞 ba yin guo leng, 喀什 ka shi, 亚运 ya yun,
术语 shu yu, 苍术 cang zhu, 白术 bai zhu, 兰若 lan re, 般若 bo re, 南无 nan mo, 吐鲁番 tu lu fan, 扁舟 pian zhou,
薄荷 bo he, 纸薄 zhi bao, 剥皮 bao pi, 炮制 pao zhi, 泡菜 pao cai, 宿舍 su she, 星宿 xing xiu, 作坊 zuo fang,
朝鲜 chao xian, 鲜族 xian zu, 鲜于 xian yu
"""

# Read at the beginning of a person's name; two characters first.
SURNAMES = """
单于 chan yu, 尉迟 yu chi, 万俟 mo qi, 澹台 tan tai, 长孙 zhang sun, 亓官 qi guan, 鲜于 xian yu, 令狐 ling hu,
夏侯 xia hou, 皇甫 huang fu, 公冶 gong ye, 单 shan, 解 xie, 仇 qiu, 查 zha, 曾 zeng, 盖 ge, 任 ren, 朴 piao,
区 ou, 乐 yue, 缪 miao, 翟 zhai, 员 yun, 黑 he, 祭 zhai, 冼 xian, 洗 xian, 繁 po, 秘 bi, 折 she, 种 chong, 宓 mi,
隗 wei, 召 shao, 覃 qin, 葛 ge, 逄 pang, 牟 mou, 瞿 qu, 钭 tou, 郄 qie, 句 gou, 能 nai, 乜 nie, 厍 she, 佴 nai,
幺 yao, 都 du, 阚 kan, 臧 zang, 藏 zang, 圈 juan, 隽 juan, 尉 wei, 蔚 yu, 宿 su, 称 chen, 谌 chen, 郇 xun,
燕 yan, 应 ying, 纪 ji, 褚 chu, 盛 sheng, 卜 bu, 石 shi, 车 che, 那 na, 宁 ning, 仉 zhang, 訾 zi, 靳 jin, 璩 qu,
晁 chao, 邸 di, 夹 jia, 行 xing, 相 xiang, 长 chang, 重 chong, 哈 ha, 撒 sa, 妫 gui, 庹 tuo, 妥 tuo
"""
