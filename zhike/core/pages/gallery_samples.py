"""Invented Chinese and English contents for the gallery: long and short names, blanks, every tone and state."""

from collections.abc import Callable

from django import forms

Row = dict[str, object]
Say = Callable[[str, str], str]

HERE = "/dev/gallery"

_COMPANIES = (
    ("浦江汽车零部件集团股份有限公司", "Pujiang Auto Parts Group", "A", "green", "赢单", "Won", "12.50 万", "125.0K"),
    ("云岭茶业", "Yunling Tea", "B", "brand", "方案报价", "Proposal", "3.20 万", "32.0K"),
    (
        "海岳医疗器械(苏州)有限公司",
        "Haiyue Medical Devices (Suzhou)",
        "A",
        "amber",
        "商务谈判",
        "Negotiation",
        "86.00 万",
        "860.0K",
    ),
    ("北辰软件", "Beichen Software", "C", "grey", "初步接洽", "First contact", "", ""),
    ("长乐渔港食品厂", "Changle Harbour Foods", "B", "red", "输单", "Lost", "1.08 万", "10.8K"),
    ("天目新能源科技", "Tianmu New Energy", "A", "blue", "需求确认", "Needs confirmed", "240.00 万", "2.4M"),
    ("松山湖精密模具", "Songshan Precision Moulds", "B", "brand", "方案报价", "Proposal", "18.30 万", "183.0K"),
    ("青禾种业", "Qinghe Seeds", "C", "grey", "初步接洽", "First contact", "0.96 万", "9.6K"),
    ("临港集装箱运输公司", "Lingang Container Lines", "A", "amber", "商务谈判", "Negotiation", "1.20 亿", "120.0M"),
    (
        "金石检测技术服务有限公司",
        "Jinshi Testing Services",
        "B",
        "blue",
        "需求确认",
        "Needs confirmed",
        "7.45 万",
        "74.5K",
    ),
    ("安溪县教育局", "Anxi County Education Office", "B", "green", "赢单", "Won", "33.00 万", "330.0K"),
    ("星桥连锁酒店", "Starbridge Hotels", "C", "grey", "初步接洽", "First contact", "", ""),
)
_FUNNEL = (
    ("初步接洽", "Contact", 1000, 420, "1,260.0 万", "12.6M"),
    ("需求确认", "Needs", 640, 269, "980.5 万", "9.8M"),
    ("方案报价", "Proposal", 380, 160, "702.0 万", "7.0M"),
    ("商务谈判", "Negotiation", 160, 67, "333.8 万", "3.3M"),
    ("赢单", "Won", 98, 41, "218.4 万", "2.2M"),
)
_PEOPLE = (
    ("林安娜", "Anna Lin", "安娜", "AL"),
    ("周本", "Ben Zhou", "周本", "BZ"),
    ("丁恒", "Heng Ding", "丁恒", "HD"),
)
_DAYS = (("3 天前", "3 days ago"), ("今天", "today"), ("昨天", "yesterday"), ("12 天前", "12 days ago"))


class SampleForm(forms.Form):
    """Each kind of control once; `full_clean` on bad input shows the errors."""

    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(widget=forms.RadioSelect)
    credit_code = forms.CharField(required=False)
    owner = forms.ChoiceField(widget=forms.Select(attrs={"data-combobox": ""}))
    tags = forms.MultipleChoiceField(required=False, widget=forms.SelectMultiple(attrs={"data-combobox": ""}))
    level = forms.ChoiceField(required=False)
    amount = forms.DecimalField(required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    currency = forms.ChoiceField(choices=[("CNY", "CNY"), ("USD", "USD"), ("EUR", "EUR")])
    closes_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    follow = forms.BooleanField(required=False)
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))


def sample_form(say: Say, posted: dict[str, object] | None = None) -> SampleForm:
    """The form with labels and choices in the chosen language."""
    form = SampleForm(
        posted,
        auto_id="id_%s" if posted is None else "wrong_%s",
        initial={"kind": "company", "owner": "0", "tags": ["a", "b"], "amount": "125000.00"},
    )
    for name, label, help_text in _field_words(say):
        form.fields[name].label = label
        form.fields[name].help_text = help_text
    for name, choices in _field_choices(say).items():
        field = form.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
    return form


def _field_words(say: Say) -> list[tuple[str, str, str]]:
    return [
        ("name", say("客户名称", "name"), say("与营业执照一致", "As on the business licence")),
        ("kind", say("类型", "kind"), ""),
        (
            "credit_code",
            say("统一社会信用代码", "credit code"),
            say("18 位;境外客户可留空", "18 characters; blank abroad"),
        ),
        ("owner", say("负责人", "owner"), ""),
        ("tags", say("标签", "tags"), ""),
        ("level", say("级别", "level"), ""),
        ("amount", say("预计金额", "expected amount"), ""),
        ("currency", say("币种", "currency"), ""),
        ("closes_on", say("预计成交日期", "expected to close on"), ""),
        (
            "follow",
            say("加入我的关注", "follow this customer"),
            say("有变化时提醒我", "Tell me when something changes"),
        ),
        ("note", say("备注", "note"), ""),
    ]


def _field_choices(say: Say) -> dict[str, list[tuple[str, str]]]:
    return {
        "kind": [
            ("company", say("企业", "Company")),
            ("public", say("政府及事业单位", "Public body")),
            ("person", say("个人", "Person")),
        ],
        "owner": [(str(at), say(zh, en)) for at, (zh, en, _short, _letters) in enumerate(_PEOPLE)],
        "tags": [
            ("a", say("重点客户", "Key account")),
            ("b", say("展会", "Trade fair")),
            ("c", say("介绍", "Referral")),
        ],
        "level": [("", "—"), ("A", say("A 战略客户", "A strategic")), ("B", say("B 重要客户", "B important"))],
    }


def rows(say: Say) -> list[Row]:
    """Twelve customers as a list shows them."""
    found: list[Row] = []
    for at, (zh, en, level, tone, stage_zh, stage_en, amount_zh, amount_en) in enumerate(_COMPANIES):
        person = _PEOPLE[at % 3]
        found.append(
            {
                "id": at + 1,
                "url": f"{HERE}/{at + 1}/",
                "name": say(zh, en),
                "level": level,
                "level_tone": {"A": "brand", "B": "blue"}.get(level, ""),
                "tone": tone,
                "stage": say(stage_zh, stage_en),
                "owner": say(person[0], person[1]),
                "initials": say(person[2], person[3]),
                "last": say(*_DAYS[at % 4]),
                "next": say("今天", "today") if at % 3 == 0 else "" if at % 5 == 0 else "12-0" + str(at % 9 + 1),
                "overdue": at == 2,
                "amount": say(amount_zh, amount_en),
            }
        )
    return found


def shell(say: Say, theme: str, page: str) -> Row:
    """What the context processor gives a real page."""
    home = _item(say("首页", "Home"), "home", active=page == "home")
    customers = _item(say("客户", "Customers"), "building", active=page in ("list", "record"), count=3)
    contacts = _item(say("联系人", "Contacts"), "address-book")
    opportunities = _item(say("商机", "Opportunities"), "target", active=page == "forms")
    funnel = _item(say("销售漏斗", "Funnel"), "chart-funnel")
    products = _item(say("产品", "Products"), "package", active=page == "components")
    return {
        "menu": [
            {"label": "", "items": [home]},
            {"label": say("客户", "Customers"), "items": [customers, contacts]},
            {"label": say("销售", "Sales"), "items": [opportunities, funnel]},
            {"label": say("产品", "Products"), "items": [products]},
        ],
        "quick_create": [customers, contacts, opportunities],
        "phone": [home, customers, opportunities, _item(say("我的", "Me"), "user")],
        "user": {"full_name": say("林安娜", "Anna Lin"), "initials": say("安娜", "AL")},
        "company_name": say("华东五金贸易", "Huadong Hardware"),
        "theme": theme,
        "settings_url": HERE,
        "profile_url": HERE,
        "sign_out_url": HERE,
        "query": "",
    }


def samples(language: str, theme: str, page: str) -> Row:
    """The whole context of one gallery page."""
    chinese = language == "zh-hans"

    def say(zh: str, en: str) -> str:
        return zh if chinese else en

    mistakes: Row = {"kind": "company", "owner": "1", "amount": "12,5o", "currency": "CNY", "credit_code": "91310"}
    return {
        "zh": chinese,
        "page": page,
        "shell": shell(say, theme, page),
        "rows": rows(say),
        "form": sample_form(say),
        "wrong": sample_form(say, mistakes),
        "facts": _facts(say),
        "funnel": _funnel(say),
        **_stages(say),
        **_ways(say),
    }


def _item(label: str, icon: str, *, active: bool = False, count: int | None = None) -> Row:
    return {"label": label, "icon": icon, "url": HERE, "active": active, "count": count}


def _stages(say: Say) -> Row:
    names = [say(zh, en) for zh, en, _width, _count, _zh_sum, _en_sum in _FUNNEL]

    def bar(*states: str, note: str = "") -> list[Row]:
        return [
            {
                "label": name,
                "state": state,
                "note": note if state == "now" else "",
                "url": HERE if state == "next" else "",
            }
            for name, state in zip(names, states, strict=False)
        ]

    return {
        "stages": bar("done", "done", "now", "next", "next", note=say("9 天", "9 days")),
        "stages_won": bar("done", "done", "done", "done", "won"),
        "stages_lost": [*bar("done", "done"), {"label": say("输单", "Lost"), "state": "lost"}],
    }


def _ways(say: Say) -> Row:
    """Tabs, views, pages and other ways through a list."""
    tabs = [
        ("全部", "All", 1240),
        ("我的", "Mine", 260),
        ("我下属的", "My team's", None),
        ("我协作的", "Shared with me", None),
    ]
    parts = [
        ("基本信息", "Facts", None),
        ("联系人", "Contacts", 3),
        ("商机", "Opportunities", 2),
        ("历史", "History", None),
    ]
    return {
        "tabs": [_item(say(zh, en), "", active=zh == "全部", count=count) for zh, en, count in tabs],
        "record_tabs": [_item(say(zh, en), "", active=zh == "基本信息", count=count) for zh, en, count in parts],
        "views": [_item(say("列表", "List"), "list", active=True), _item(say("看板", "Board"), "layout-kanban")],
        "pages": [
            {"label": word, "url": "" if word == "…" else HERE, "current": word == "2"}
            for word in ("1", "2", "3", "…", "25")
        ],
        "crumbs": [
            {"label": say("客户", "Customers"), "url": HERE},
            {"label": say("浦江汽车零部件集团", "Pujiang Auto Parts"), "url": ""},
        ],
        "chips": [
            {"label": say("阶段:方案报价", "Stage: Proposal"), "url": HERE},
            {"label": say("级别:A", "Level: A"), "url": HERE},
        ],
        "sizes": [("10", "10"), ("50", "50"), ("200", "200")],
    }


def _facts(say: Say) -> list[Row]:
    address = say("上海市浦东新区临港新片区云汉路 979 号 2 楼", "979 Yunhan Road, Lingang, Pudong, Shanghai")
    return [
        {"label": say("统一社会信用代码", "credit code"), "value": "91310115MA1K3XYZ0N"},
        {"label": say("行业", "industry"), "value": say("汽车制造业", "Motor vehicles")},
        {"label": say("所在地区", "region"), "value": say("上海市 浦东新区", "Pudong, Shanghai")},
        {"label": say("上级公司", "parent company"), "value": say("浦江控股", "Pujiang Holding"), "url": HERE},
        {"label": say("员工人数", "employees"), "value": "1,200"},
        {"label": say("来源", "source"), "value": None},
        {"label": say("地址", "address"), "value": address, "wide": True},
    ]


def _funnel(say: Say) -> list[Row]:
    return [
        {
            "label": say(zh, en),
            "width": width,
            "text": str(count),
            "note": say(zh_sum, en_sum),
            "url": HERE,
            "tone": "won" if zh == "赢单" else "",
        }
        for zh, en, width, count, zh_sum, en_sum in _FUNNEL
    ]
