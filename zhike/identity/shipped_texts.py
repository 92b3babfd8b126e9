"""Names and descriptions of the shipped roles as migration 0002 stores them, in the company's language."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy, gettext_noop

from zhike.core.actors import Actor
from zhike.core.entities import contribute
from zhike.core.shipped_texts import ShippedTexts
from zhike.identity import actions
from zhike.identity.models import Role

NAMES = {
    "系统管理员": gettext_noop("Administrator"),
    "高层管理者": gettext_noop("Executive"),
    "分支负责人": gettext_noop("Branch manager"),
    "销售经理": gettext_noop("Sales manager"),
    "销售代表": gettext_noop("Salesperson"),
    "市场专员": gettext_noop("Marketer"),
    "客服专员": gettext_noop("Service agent"),
    "只读用户": gettext_noop("Read-only"),
}
DESCRIPTIONS = {
    "可查看和修改全部数据，并管理人员、角色与系统设置。": gettext_noop(
        "Sees and changes everything, and keeps people, roles and settings."
    ),
    "可查看和导出全公司数据，不做修改。": gettext_noop("Sees and exports everything, changes nothing."),
    "管理本部门及下级部门的全部业务数据。": gettext_noop(
        "Runs a branch or department: everything of its people and of the departments below."
    ),
    "管理自己及全部下属的业务数据。": gettext_noop(
        "Leads salespeople: everything of his own and of everyone below him."
    ),
    "处理自己负责的客户与商机。": gettext_noop("Works on his own customers and opportunities."),
    "可查看全部客户与商机，维护自己负责的数据，可导入和导出名单。": gettext_noop(
        "Sees all customers and opportunities, works on his own, imports and exports lists."
    ),
    "可查看全部客户与联系人以便服务，可维护联系人信息；不查看商机。": gettext_noop(
        "Sees every customer and contact so as to help, keeps contacts up to date; sees no opportunities."
    ),
    "可查看全部数据，不能修改或导出。": gettext_noop("Sees everything, changes and exports nothing."),
}


def _roles() -> Iterator[Role]:
    yield from Role.objects.filter(shipped=True).order_by("pk")


def _rename(actor: Actor, role: Role, wanted: Mapping[str, str]) -> None:
    actions.edit_role(actor, role, role.version, wanted)


contribute(
    ShippedTexts(
        label=gettext_lazy("Roles"), texts=NAMES | DESCRIPTIONS, fields=("name", "description"), rows=_roles,
        rename=_rename, right="settings.roles", weight=100,
    )
)  # fmt: skip
