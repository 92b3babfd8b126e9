"""The platform's own parts of a configuration file: modules, options, numbering, the menu."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import company, menu, modules, numbering
from zhike.core.actors import Actor
from zhike.core.configfile.rows import columns_of, read_rows
from zhike.core.configfile.sections import ConfigSection, Keys, Property, Refusal
from zhike.core.configuration import actions, menu_actions, option_actions
from zhike.core.configuration.option_actions import Words
from zhike.core.configuration.rights import COMPANY, MENU, MODULES, OPTIONS
from zhike.core.entities import contribute
from zhike.core.options.models import Option


def _read_modules() -> Mapping[Keys, Any]:
    return {(each.name,): modules.is_on(each.name) for each in modules.declared() if not each.required}


def _write_module(actor: Actor, keys: Keys, on: bool) -> None:
    """Switched on before anything of it is written, and off when everything is."""
    if keys[0] not in {each.name for each in modules.declared()}:
        raise Refusal(_("There is no such module in this installation."))
    if on:
        actions.switch_module(actor, keys[0], on=True)


def _finish_module(actor: Actor, keys: Keys, on: bool) -> None:
    if not on:
        actions.switch_module(actor, keys[0], on=False)


_OPTION = {
    "label_zh": Property(kind=str, default=""),
    "label_en": Property(kind=str, default=""),
    "colour": Property(kind=str, default=""),
    "parent": Property(kind=str, default=""),
    "position": Property(kind=int, default=0),
    "in_use": Property(kind=bool, default=True, column="is_active"),
}


def _read_options() -> Mapping[Keys, Any]:
    rows = Option.objects.order_by("list_name", "position", "code")
    return read_rows(rows, ("list_name", "code"), _OPTION)


def _write_option(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    wanted = columns_of(thing, _OPTION)
    words = Words(**{name: wanted.pop(name) for name in ("label_zh", "label_en", "colour")})
    option_actions.set_option(actor, keys[0], keys[1], words, **wanted)


def _remove_option(actor: Actor, keys: Keys) -> None:
    option_actions.remove_option(actor, keys[0], keys[1])


def _read_numbering() -> Mapping[Keys, Any]:
    found: dict[Keys, Any] = {}
    for rule in numbering.declared():
        pattern, reset = numbering.current(rule.name)
        found[(rule.name,)] = {"pattern": pattern, "reset": reset}
    return found


def _write_numbering(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    actions.change_number_rule(actor, keys[0], pattern=thing["pattern"], reset=thing["reset"])


def _read_menu() -> Mapping[Keys, Any]:
    arranged = menu.current()
    return {(): {"order": list(arranged.order), "hidden": sorted(arranged.hidden)}}


def _write_menu(actor: Actor, _keys: Keys, thing: Mapping[str, Any]) -> None:
    if not all(isinstance(name, str) for name in (*thing["order"], *thing["hidden"])):
        raise Refusal(_("Here names of menu entries are expected."))
    menu_actions.arrange_menu(actor, thing["order"], sorted(thing["hidden"]))


def _read_tags() -> Mapping[Keys, Any]:
    return {(): {"people_make_new": company.current().has_free_tags}}


def _write_tags(actor: Actor, _keys: Keys, thing: Mapping[str, Any]) -> None:
    actions.switch_free_tags(actor, on=thing["people_make_new"])


contribute(
    ConfigSection(
        name="tags",
        label=gettext_lazy("Tags"),
        right=OPTIONS,
        depth=0,
        read=_read_tags,
        write=_write_tags,
        properties={"people_make_new": Property(kind=bool, default=True)},
        weight=310,
    ),
    ConfigSection(
        name="modules",
        label=gettext_lazy("Modules"),
        right=MODULES,
        depth=1,
        read=_read_modules,
        write=_write_module,
        finish=_finish_module,
        kind=bool,
        weight=10,
    ),
    ConfigSection(
        name="options",
        label=gettext_lazy("Lists of choices"),
        right=OPTIONS,
        depth=2,
        read=_read_options,
        write=_write_option,
        remove=_remove_option,
        properties=_OPTION,
        weight=300,
    ),
    ConfigSection(
        name="numbering",
        label=gettext_lazy("Numbering"),
        right=COMPANY,
        depth=1,
        read=_read_numbering,
        write=_write_numbering,
        properties={"pattern": Property(kind=str, required=True), "reset": Property(kind=str, required=True)},
        weight=400,
    ),
    ConfigSection(
        name="menu",
        label=gettext_lazy("Menu"),
        right=MENU,
        depth=0,
        read=_read_menu,
        write=_write_menu,
        properties={"order": Property(kind=list, default=[]), "hidden": Property(kind=list, default=[])},
        weight=800,
    ),
)
