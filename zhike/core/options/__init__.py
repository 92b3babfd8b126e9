"""Lists an administrator edits (options) and code tables an app brings (regions, industries): stable codes with labels.

A list's shipped options live in code and are translated; rows of `Option` relabel them, switch them off or add to them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language

from zhike.core import overlay
from zhike.core.options.models import Option


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One code and what it says. `label_zh` or `label_en` blank: the shipped `label` in the reader's language."""

    code: str
    label: str | Promise = ""
    label_zh: str = ""
    label_en: str = ""
    parent: str = ""
    colour: str = ""
    is_active: bool = True
    is_shipped: bool = True

    def text(self) -> str:
        """The label in the active language."""
        chinese = (get_language() or "zh").startswith("zh")
        chosen = self.label_zh if chinese else self.label_en
        return chosen or str(self.label) or self.label_zh or self.label_en or self.code


@dataclass(frozen=True, kw_only=True)
class OptionList:
    """A list with a name. `is_table`: brought whole by `load`, not edited by administrators."""

    name: str
    label: str | Promise
    module: str = ""
    entries: tuple[Entry, ...] = ()
    load: Callable[[], Iterable[Entry]] | None = None
    # Codes with ancestry: "under" and dependent selects work on them.
    is_tree: bool = False
    # Belongs to one field that an administrator added.
    is_custom: bool = False

    @property
    def is_table(self) -> bool:
        return self.load is not None


_lists: dict[str, OptionList] = {}


def declare(option_list: OptionList) -> None:
    """Declare a list; called from an app's `entities.py`."""
    if option_list.name in _lists:
        raise ValueError(f"The option list {option_list.name} is declared twice.")
    _lists[option_list.name] = option_list


# Lists that administrators made, by name; asked each time, since they come and go.
_provided: list[Callable[[], Mapping[str, OptionList]]] = []


def provide(lists: Callable[[], Mapping[str, OptionList]]) -> None:
    """Let lists that are made while the program runs be found."""
    _provided.append(lists)


def declared() -> list[OptionList]:
    """Every list: those of the apps, then those of custom fields."""
    return [*_lists.values(), *(each for lists in _provided for each in lists().values())]


def get_list(name: str) -> OptionList:
    """The list of that name. Raises `KeyError`."""
    return _lists[name] if name in _lists else {each.name: each for each in declared()}[name]


def _load_all() -> dict[str, dict[str, Entry]]:
    rows: dict[str, list[Option]] = {}
    for row in Option.objects.order_by("position", "id"):
        rows.setdefault(row.list_name, []).append(row)
    return {each.name: _merge(each, rows.get(each.name, [])) for each in declared() if not each.is_table}


def _merge(option_list: OptionList, rows: list[Option]) -> dict[str, Entry]:
    shipped = {entry.code: entry for entry in option_list.entries}
    positions = {entry.code: index * 10 for index, entry in enumerate(option_list.entries)}
    merged = dict(shipped)
    for row in rows:
        base = shipped.get(row.code)
        merged[row.code] = Entry(
            code=row.code,
            label=base.label if base else "",
            label_zh=row.label_zh,
            label_en=row.label_en,
            parent=row.parent or (base.parent if base else ""),
            colour=row.colour or (base.colour if base else ""),
            is_active=row.is_active,
            is_shipped=base is not None,
        )
        positions[row.code] = row.position
    order = sorted(merged, key=lambda code: positions[code])
    return {code: merged[code] for code in order}


_options = overlay.Setting("options", _load_all)
_tables: dict[str, dict[str, Entry]] = {}
_children_of_tables: dict[str, dict[str, list[str]]] = {}


def entries(list_name: str) -> dict[str, Entry]:
    """All entries of a list by code, in order, switched-off ones included. An unknown list is empty."""
    declared_list = _lists.get(list_name)
    if declared_list is None or declared_list.load is None:
        return _options.get().get(list_name, {})
    if list_name not in _tables:
        _tables[list_name] = {entry.code: entry for entry in declared_list.load()}
    return _tables[list_name]


def label(list_name: str, code: str) -> str:
    """What the code says in the active language; the code itself when nobody knows it."""
    entry = entries(list_name).get(code)
    return entry.text() if entry else code


def choices(list_name: str, *, keep: str = "", parent: str | None = None) -> list[tuple[str, str]]:
    """(code, label) of active entries, and of `keep` even if switched off; with `parent` only its children."""
    known = entries(list_name)
    chosen = known.values() if parent is None else [known[code] for code in _children(list_name).get(parent, ())]
    return [(entry.code, entry.text()) for entry in chosen if entry.is_active or entry.code == keep]


def ancestors(list_name: str, code: str) -> list[str]:
    """The code and those above it, nearest first. A cycle ends where it began."""
    known = entries(list_name)
    chain: list[str] = []
    while code in known and code not in chain:
        chain.append(code)
        code = known[code].parent
    return chain


def codes_under(list_name: str, code: str) -> frozenset[str]:
    """The code and all below it; empty for a code that nobody knows."""
    if code not in entries(list_name):
        return frozenset()
    children = _children(list_name)
    found, edge = {code}, [code]
    while edge:
        edge = [each for above in edge for each in children.get(above, ()) if each not in found]
        found.update(edge)
    return frozenset(found)


def _children(list_name: str) -> Mapping[str, list[str]]:
    """Codes by the code above them, in order. Of a code table, which has thousands, made once."""
    if list_name in _children_of_tables:
        return _children_of_tables[list_name]
    found: dict[str, list[str]] = {}
    for entry in entries(list_name).values():
        found.setdefault(entry.parent, []).append(entry.code)
    if list_name in _tables:
        _children_of_tables[list_name] = found
    return found
