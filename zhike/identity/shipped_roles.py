"""The roles that come with Zhike 0.1. Frozen: migration 0002 reads this; later changes are migrations of their own.

They are a beginning: every one may be edited and copied in the settings. Names are stored text, in the company's
language.
"""

from dataclasses import dataclass, field

Grants = dict[str, dict[str, str]]

_VIEW_ALL = {"view": "all"}
_NOTHING = {"*": "none"}
_LOOK_ONLY = {**_VIEW_ALL, **_NOTHING}
_WORK = ("view", "create", "edit", "verbs")
_MANAGE = (*_WORK, "delete", "transfer", "import", "export", "approve")
# Everybody sees configuration and catalogue; how roles are made up is the administrator's matter.
_COMMON: Grants = {"*shared": _LOOK_ONLY, "roles": _NOTHING}


def _each(actions: tuple[str, ...], scope: str) -> dict[str, str]:
    return dict.fromkeys(actions, scope)


@dataclass(frozen=True, kw_only=True)
class ShippedRole:
    """One definition; `names` and `descriptions` by language."""

    code: str
    names: dict[str, str]
    descriptions: dict[str, str]
    grants: Grants
    settings: tuple[str, ...] = field(default=())


SHIPPED_ROLES = (
    ShippedRole(
        code="administrator",
        names={"en": "Administrator", "zh-hans": "系统管理员"},
        descriptions={
            "en": "Sees and changes everything, and keeps people, roles and settings.",
            "zh-hans": "可查看和修改全部数据，并管理人员、角色与系统设置。",
        },
        grants={"*": {"*": "all"}},
        settings=("*",),
    ),
    ShippedRole(
        code="executive",
        names={"en": "Executive", "zh-hans": "高层管理者"},
        descriptions={
            "en": "Sees and exports everything, changes nothing.",
            "zh-hans": "可查看和导出全公司数据，不做修改。",
        },
        grants={"*": {"view": "all", "export": "all"}, "roles": _NOTHING},
    ),
    ShippedRole(
        code="branch_manager",
        names={"en": "Branch manager", "zh-hans": "分支负责人"},
        descriptions={
            "en": "Runs a branch or department: everything of its people and of the departments below.",
            "zh-hans": "管理本部门及下级部门的全部业务数据。",
        },
        grants={"*": _each(_MANAGE, "department_and_below"), **_COMMON},
    ),
    ShippedRole(
        code="sales_manager",
        names={"en": "Sales manager", "zh-hans": "销售经理"},
        descriptions={
            "en": "Leads salespeople: everything of his own and of everyone below him.",
            "zh-hans": "管理自己及全部下属的业务数据。",
        },
        grants={"*": _each(_MANAGE, "own_and_subordinates"), **_COMMON},
    ),
    ShippedRole(
        code="salesperson",
        names={"en": "Salesperson", "zh-hans": "销售代表"},
        descriptions={
            "en": "Works on his own customers and opportunities.",
            "zh-hans": "处理自己负责的客户与商机。",
        },
        grants={"*": _each(_WORK, "own"), **_COMMON},
    ),
    ShippedRole(
        code="marketer",
        names={"en": "Marketer", "zh-hans": "市场专员"},
        descriptions={
            "en": "Sees all customers and opportunities, works on his own, imports and exports lists.",
            "zh-hans": "可查看全部客户与商机，维护自己负责的数据，可导入和导出名单。",
        },
        grants={
            "*": _each(_WORK, "own"),
            "customers": {**_VIEW_ALL, **_each(("create", "edit", "verbs", "import"), "own"), "export": "all"},
            "contacts": {**_VIEW_ALL, **_each(("create", "edit", "verbs", "import"), "own"), "export": "all"},
            "opportunities": _LOOK_ONLY,
            "opportunity-lines": _LOOK_ONLY,
            **_COMMON,
        },
    ),
    ShippedRole(
        code="service_agent",
        names={"en": "Service agent", "zh-hans": "客服专员"},
        descriptions={
            "en": "Sees every customer and contact so as to help, keeps contacts up to date; sees no opportunities.",
            "zh-hans": "可查看全部客户与联系人以便服务，可维护联系人信息；不查看商机。",
        },
        grants={
            "*": _each(_WORK, "own"),
            "customers": {**_VIEW_ALL, **_each(("create", "edit", "verbs"), "own")},
            "contacts": {**_VIEW_ALL, "create": "all", "edit": "all", "verbs": "all"},
            "opportunities": _NOTHING,
            "opportunity-lines": _NOTHING,
            **_COMMON,
        },
    ),
    ShippedRole(
        code="read_only",
        names={"en": "Read-only", "zh-hans": "只读用户"},
        descriptions={
            "en": "Sees everything, changes and exports nothing.",
            "zh-hans": "可查看全部数据，不能修改或导出。",
        },
        grants={"*": _VIEW_ALL, "roles": _NOTHING},
    ),
)
