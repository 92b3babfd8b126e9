"""Arranging the left menu."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from zhike.core import menu, overlay
from zhike.core.actors import Actor
from zhike.core.configuration.log import log
from zhike.core.configuration.rights import MENU, require
from zhike.core.entities import MenuItem, registry
from zhike.core.menu.models import MenuChoice
from zhike.core.writes.errors import RuleBroken


def arrange_menu(actor: Actor, order: Sequence[str], hidden: Collection[str]) -> None:
    """Put the entries into this order and hide some; entries not named follow. Raises `RuleBroken` for an unknown one."""
    require(actor, MENU)
    known = {each.name for each in registry.contributions(MenuItem)}
    unknown = [name for name in (*order, *hidden) if name not in known]
    if unknown:
        raise RuleBroken(_("The menu has no entry “%(name)s”.") % {"name": unknown[0]})
    if len(set(order)) != len(order):
        raise RuleBroken(_("Each entry can stand in the menu only once."))
    if menu.ALWAYS_SHOWN & set(hidden):
        raise RuleBroken(_("The home page stays in the menu; everybody begins there."))
    with transaction.atomic():
        before = menu.current()
        MenuChoice.objects.all().delete()
        MenuChoice.objects.bulk_create(
            MenuChoice(name=name, position=place * 10, is_hidden=name in hidden)
            for place, name in enumerate((*order, *sorted(set(hidden) - set(order))))
        )
        overlay.bump()
        log(
            actor,
            "arrange_menu",
            {"order": (list(before.order), list(order)), "hidden": (sorted(before.hidden), sorted(hidden))},
        )


def reset_menu(actor: Actor) -> None:
    """Let the menu be as it comes with Zhike."""
    arrange_menu(actor, (), ())
