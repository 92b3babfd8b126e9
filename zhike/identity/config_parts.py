"""Roles in a configuration file."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core.actors import Actor
from zhike.core.configfile import ConfigSection, Keys, Property, Refusal
from zhike.core.entities import contribute, registry
from zhike.identity import actions
from zhike.identity.models import Role

_RIGHTS = ("grants", "denies", "fields", "settings")


def _key(role: Role) -> str:
    """Shipped roles go by their code, others by their name."""
    return role.code or role.name


def _read() -> Mapping[Keys, Any]:
    return {
        (_key(role),): {
            "name": role.name,
            "description": role.description,
            **{each: getattr(role, each) for each in _RIGHTS},
        }
        for role in Role.objects.order_by("-shipped", "name_key", "pk")
    }


def _role(key: str) -> Role | None:
    return Role.objects.filter(code=key).first() or Role.objects.filter(code="", name=key).first()


def _write(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    role = _role(keys[0])
    wanted = dict(thing)
    wanted["name"] = wanted["name"] or (role.name if role else keys[0])
    _check(wanted)
    if role is not None:
        actions.edit_role(actor, role, role.version, wanted)
        return
    if wanted["name"] != keys[0]:
        raise Refusal(_("A new role goes by its name; write the same name here and above."), "name")
    actions.create_role(actor, **wanted)


def _check(wanted: Mapping[str, Any]) -> None:
    """Rights for what is not installed would lie dormant and wake with a later version: they are refused."""
    known = {each.slug for each in registry.all()} | {"*", "*shared"}
    for part in ("grants", "denies", "fields"):
        for slug, entry in wanted[part].items():
            if slug not in known:
                raise Refusal(_("There is no such kind of record."), f"{part}.{slug}")
            if not isinstance(entry, Mapping):
                raise Refusal(_("Here a table is expected."), f"{part}.{slug}")
    if not all(isinstance(each, str) for each in wanted["settings"]):
        raise Refusal(_("Here names of rights are expected."), "settings")


def _remove(actor: Actor, keys: Keys) -> None:
    role = _role(keys[0])
    if role is not None:
        actions.delete_role(actor, role)


contribute(
    ConfigSection(
        name="roles",
        label=gettext_lazy("Roles"),
        right="settings.roles",
        depth=1,
        read=_read,
        write=_write,
        remove=_remove,
        properties={
            "name": Property(kind=str, default=""),
            "description": Property(kind=str, default=""),
            "grants": Property(kind=dict, default={}),
            "denies": Property(kind=dict, default={}),
            "fields": Property(kind=dict, default={}),
            "settings": Property(kind=list, default=[]),
        },
        weight=700,
    )
)
