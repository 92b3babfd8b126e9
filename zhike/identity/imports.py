"""What imports may say of people besides their fields: the roles they hold, and who heads a department."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.core.actors import Actor
from zhike.core.entities import contribute
from zhike.core.transfer.cells import NotKnown
from zhike.core.transfer.suggest import folded
from zhike.core.transfer.targets import ImportColumn, ImportTarget
from zhike.core.writes import save
from zhike.identity.actions.roles import RoleGrant, set_roles
from zhike.identity.models import Role, User, UserRole
from zhike.identity.shipped_roles import SHIPPED_ROLES

# Who heads a department answers for it and all below.
HEAD_ROLE = "branch_manager"


def _known_roles() -> dict[str, Role]:
    """Roles by code and name, the shipped ones by their names in all languages."""
    roles = {folded(role.code): role for role in Role.objects.exclude(code="")}
    shipped = {folded(name): each.code for each in SHIPPED_ROLES for name in each.names.values()}
    named = {name: roles[folded(code)] for name, code in shipped.items() if folded(code) in roles}
    return named | roles | {folded(role.name): role for role in Role.objects.all()}


def read_roles(_actor: Actor, text: str) -> list[Role]:
    """Roles by name or code, joined by commas. Raises `NotKnown`."""
    known = _known_roles()
    found: list[Role] = []
    for name in text.replace("，", ",").replace("、", ",").replace(";", ",").replace("；", ",").split(","):
        if not name.strip():
            continue
        role = known.get(folded(name))
        if role is None:
            raise NotKnown(name.strip())
        found.append(role)
    return found


def give_roles(actor: Actor, user: User, roles: list[Role]) -> bool:
    """See that the person holds these roles besides those he has."""
    held = list(UserRole.objects.filter(user=user).select_related("role").prefetch_related("departments"))
    missing = [role for role in roles if role.pk not in {each.role_id for each in held}]
    if not missing:
        return False
    kept = [RoleGrant(each.role, tuple(each.departments.all())) for each in held]
    set_roles(actor, user, [*kept, *(RoleGrant(role) for role in missing)])
    return True


def appoint_head(actor: Actor, department: Any, person: User) -> bool:
    """Put a person at the head of a department, with the role that goes with it."""
    changed = department.head_id != person.pk
    if changed:
        department.head = person
        save(actor, department, verb="edit")
    return give_roles(actor, person, [Role.objects.get(code=HEAD_ROLE)]) or changed


def _begin_person(user: User) -> None:
    user.set_unusable_password()


contribute(
    ImportTarget(
        slug="users",
        begin=_begin_person,
        columns=(
            ImportColumn(
                name="roles",
                label=_("roles"),
                read=read_roles,
                apply=give_roles,
                labels=lambda _actor: list(Role.objects.values_list("name", flat=True)),
                words=("角色", "权限", "role", "roles", "profile"),
            ),
        ),
        words=(
            ("full_name", ("姓名", "员工姓名", "name", "full name", "user name", "sales agent")),
            ("superior", ("上级", "直属上级", "manager", "reports to", "supervisor")),
            ("department", ("部门", "所属部门", "department", "office", "regional office")),
            ("username", ("用户名", "登录名", "账号", "login", "user id")),
        ),
    ),
    ImportTarget(slug="departments", appoint=appoint_head, appoints="users"),
)
