"""The left menu: what apps contribute, in the order and with the gaps that an administrator chose.

Hiding an entry tidies the menu and is no protection: who may open a page decides `right`, as before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from zhike.core import modules, overlay
from zhike.core.actors import Actor
from zhike.core.customfields.config import config_of
from zhike.core.entities import Entity, Label, MenuItem, registry
from zhike.core.menu.models import MenuChoice

# Where everybody begins; it is never hidden.
ALWAYS_SHOWN = frozenset({"home"})


@dataclass(frozen=True)
class Arrangement:
    """Names in the order chosen, and those that are hidden."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = field(default_factory=frozenset)


def _load() -> Arrangement:
    rows = list(MenuChoice.objects.order_by("position", "name"))
    return Arrangement(tuple(row.name for row in rows), frozenset(row.name for row in rows if row.is_hidden))


_arrangement = overlay.Setting("menu", _load)


def current() -> Arrangement:
    """The arrangement in force; empty where nobody changed anything."""
    return _arrangement.get()


def ordered() -> list[MenuItem]:
    """All entries that apps contribute, hidden ones too, in order; the entries of one group stand together."""
    declared = {each.name: each for each in registry.contributions(MenuItem)}
    names = [name for name in current().order if name in declared]
    before = ""
    for name in declared:
        if name not in names:  # came with a later version: stands after the entry it was declared after
            names.insert(names.index(before) + 1 if before else 0, name)
        before = name
    return _grouped(declared[name] for name in names)


def _grouped(items: Iterable[MenuItem]) -> list[MenuItem]:
    groups: dict[str, list[MenuItem]] = {}
    for item in items:
        groups.setdefault(str(item.group), []).append(item)
    return [item for group in groups.values() for item in group]


def shown() -> list[MenuItem]:
    """The entries that are not hidden, in order."""
    hidden = current().hidden
    return [item for item in ordered() if item.name not in hidden]


def offered(actor: Actor) -> list[MenuItem]:
    """The entries that are shown and that the actor may open, in order."""
    return [item for item in shown() if modules.may_open(actor, item.module, item.right)]


def creatable(actor: Actor) -> list[Entity]:
    """What this person may create from anywhere: the kinds of records whose lists stand in his menu, in its order."""
    slugs = [slug for slug, _colon, page in (item.url_name.partition(":") for item in offered(actor)) if page == "list"]
    entities = [registry.get(slug) for slug in dict.fromkeys(slugs)]
    return [
        each
        for each in entities
        if "create" not in each.without
        and modules.is_on(each.module)
        and actor.access.reach(each.slug, "create") is not None
    ]


def label_of(item: MenuItem) -> Label:
    """What an entry is called: a list like its records, where the company renamed them."""
    slug, _colon, page = item.url_name.partition(":")
    return registry.get(slug).label_plural if page == "list" and config_of(slug).name is not None else item.label
