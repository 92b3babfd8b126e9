"""Modules of the product that an administrator may switch off. What is off is gone everywhere; its data stay."""

from django.db import models
from django.utils.translation import gettext as _

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.entities.declarations import Module
from zhike.core.entities.registry import registry


class ModuleSwitch(models.Model):
    """A module that was switched off, or on again. Modules without a row are on."""

    name = models.CharField(max_length=40, unique=True)
    is_on = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.name}: {'on' if self.is_on else 'off'}"


def _load_off() -> frozenset[str]:
    return frozenset(ModuleSwitch.objects.filter(is_on=False).values_list("name", flat=True))


_off = overlay.Setting("modules", _load_off)


def is_on(name: str) -> bool:
    """Whether the module may be used; a blank name is always on."""
    return not name or name not in _off.get()


def may_open(actor: Actor, module: str, right: str) -> bool:
    """Whether the actor may open what needs `right`: blank, `slug:action`, or a right outside entities."""
    if not is_on(module):
        return False
    if not right:
        return actor.is_system or actor.user is not None
    slug, colon, action = right.partition(":")
    return actor.access.reach(slug, action) is not None if colon else actor.access.may(right)


def declared() -> list[Module]:
    return registry.contributions(Module)


def switch(name: str, *, on: bool) -> None:
    """Switch a module. Raises `ValueError` with a sentence for one that is unknown or required."""
    module = next((each for each in declared() if each.name == name), None)
    if module is None or (module.required and not on):
        raise ValueError(_("This module cannot be switched off, since others stand on it."))
    ModuleSwitch.objects.update_or_create(name=name, defaults={"is_on": on})
    overlay.bump()
