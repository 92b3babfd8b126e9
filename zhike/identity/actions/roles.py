"""Roles and who holds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.search import index
from zhike.core.writes import Conflict, RuleBroken, create, require, save
from zhike.identity.access import Scope
from zhike.identity.actions.own_account import note
from zhike.identity.models import Department, Role, User, UserRole
from zhike.identity.organisation import rules_of
from zhike.identity.rules import administrator_ids, last_administrator, must_cover

RIGHTS = ("grants", "denies", "fields", "settings")


@dataclass(frozen=True)
class RoleGrant:
    """A role to be held, with the departments chosen for its "chosen departments" scopes."""

    role: Role
    departments: tuple[Department, ...] = ()


def create_role(actor: Actor, *, name: str, description: str = "", **rights: Any) -> Role:
    """Add a role; `rights` are `grants`, `denies`, `fields`, `settings` as `Role` describes them.

    Raises `NotAllowed` where they go beyond the actor's own settings rights.
    """
    role = Role(name=name, description=description, **rights)
    _must_cover(actor, role)
    return create(actor, role)


def edit_role(actor: Actor, role: Role, version: int, wanted: Mapping[str, Any]) -> Role:
    """Change a role as read in `version`: name, description, and whole sets of rights.

    Raises `Conflict` when somebody changed it since, `RuleBroken` when nobody would be left to keep people and roles.
    """
    require(actor, registry.of(Role), "edit")
    with transaction.atomic():
        overlay.bump()
        row: Role = Role.objects.select_for_update().get(pk=role.pk)
        if row.version != version:
            raise Conflict({}, row.version)
        _must_cover(actor, row)
        before = administrator_ids()
        for name, value in wanted.items():
            setattr(row, name, value)
        _must_cover(actor, row)
        saved = save(actor, row, verb="edit")
        if before and not administrator_ids():
            raise RuleBroken(last_administrator())
    return saved


def copy_role(actor: Actor, role: Role, *, name: str) -> Role:
    """A new role with the rights of another, as a beginning."""
    rights = {each: getattr(role, each) for each in RIGHTS}
    return create_role(actor, name=name, description=role.description, **rights)


def delete_role(actor: Actor, role: Role) -> None:
    """Remove a role nobody holds. Raises `RuleBroken` while somebody does."""
    require(actor, registry.of(Role), "delete")
    _must_cover(actor, role)
    if role.code == "administrator":
        raise RuleBroken(_("The administrator role stays, so that there is always a way back in."))
    with transaction.atomic():
        holders = list(User.objects.filter(user_roles__role=role).order_by("full_name_key")[:4])
        if holders:
            names = ", ".join(str(each) for each in holders[:3]) + ("…" if len(holders) > 3 else "")
            raise RuleBroken(_("%(names)s hold this role. Give them another one first.") % {"names": names})
        note(actor, role, "delete", {"name": (role.name, None)})
        index.remove(registry.of(Role), [role.pk])
        role.delete()
        overlay.bump()


def set_roles(actor: Actor, user: User, grants: Sequence[RoleGrant]) -> User:
    """Make these the person's roles, no others.

    Needs the right to keep roles. Raises `NotAllowed` where a role given or taken goes beyond the actor's own settings
    rights, `RuleBroken` when nobody would be left to keep people and roles.
    """
    require(actor, registry.of(User), "set_roles")
    with transaction.atomic():
        overlay.bump()
        held = {each.role_id: each for each in UserRole.objects.filter(user=user).select_related("role")}
        wanted = {each.role.pk: each for each in grants}
        for role in (
            *(held[pk].role for pk in held.keys() - wanted),
            *(wanted[pk].role for pk in wanted.keys() - held),
        ):
            _must_cover(actor, role)
        before, administrators = _described(held.values()), administrator_ids()
        UserRole.objects.filter(user=user, role__in=held.keys() - wanted).delete()
        for pk, grant in wanted.items():
            row = held.get(pk) or UserRole.objects.create(user=user, role=grant.role)
            row.departments.set(grant.departments)
        if administrators and not administrator_ids():
            raise RuleBroken(last_administrator())
        after = _described(UserRole.objects.filter(user=user).select_related("role"))
        if before != after:
            note(actor, user, "set_roles", {"roles": (before, after)})
        overlay.bump()
    return user


def give_roles(actor: Actor, user: User, *, roles: Iterable[Role] = (), departments: Iterable[Department] = ()) -> User:
    """`set_roles` as a form sends it: one choice of departments for every role whose scopes name chosen ones."""
    chosen = tuple(departments)
    return set_roles(actor, user, [RoleGrant(role, chosen if uses_chosen_departments(role) else ()) for role in roles])


def uses_chosen_departments(role: Role) -> bool:
    """Whether any of the role's scopes is “chosen departments”."""
    return any(scope == Scope.CHOSEN_DEPARTMENTS for entry in role.grants.values() for scope in entry.values())


def _must_cover(actor: Actor, role: Role) -> None:
    must_cover(actor, rules_of({}, {}, {}, role.settings))


def _described(held: Iterable[UserRole]) -> list[str]:
    """Roles in words, for the event."""
    found = []
    for each in held:
        departments = [str(one) for one in each.departments.order_by("pk")]
        found.append(each.role.name + (f" ({', '.join(departments)})" if departments else ""))
    return sorted(found)
