"""The arrangement of a form as the page sends it: a flat list of items, in which headings of sections begin new parts.

Without a script, buttons send the list with one step to take; nothing is kept before somebody saves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from zhike.core.customfields.actions import Part

_FIELD = "f:"
_SECTION = "s"


@dataclass(frozen=True)
class Item:
    """One line: a field by its name, or the heading of a section (blank name) with its titles."""

    name: str = ""
    title_zh: str = ""
    title_en: str = ""

    @property
    def is_section(self) -> bool:
        return not self.name

    @property
    def sent(self) -> str:
        """How the page sends it back."""
        return _SECTION if self.is_section else _FIELD + self.name


def items_of(parts: Iterable[Part]) -> list[Item]:
    """The parts of a form as lines."""
    found: list[Item] = []
    for part in parts:
        found.append(Item(title_zh=part.title_zh, title_en=part.title_en))
        found += [Item(name) for name in part.names]
    return found


def parts_of_items(items: Sequence[Item]) -> list[Part]:
    """The lines as parts of a form; the first one begins the form whatever it is."""
    titles: list[Item] = []
    names: list[list[str]] = []
    for item in items:
        if item.is_section or not titles:
            titles.append(item if item.is_section else Item())
            names.append([])
        if not item.is_section:
            names[-1].append(item.name)
    return [
        Part(names=tuple(each), title_zh=title.title_zh, title_en=title.title_en)
        for title, each in zip(titles, names, strict=True)
    ]


def read_items(posted: QueryDict) -> list[Item]:
    """The lines as the page sent them, after the step that a button asked for."""
    titles = list(zip(posted.getlist("title_zh"), posted.getlist("title_en"), strict=False))
    found: list[Item] = []
    for sent in posted.getlist("item"):
        if sent.startswith(_FIELD):
            found.append(Item(sent.removeprefix(_FIELD)))
        elif sent == _SECTION:
            chinese, english = titles.pop(0) if titles else ("", "")
            found.append(Item(title_zh=chinese, title_en=english))
    return _stepped(found, posted.get("step", ""))


def _stepped(items: list[Item], step: str) -> list[Item]:
    verb, _colon, place = step.partition(":")
    at = int(place) if place.isdecimal() else -1
    if verb == "add":
        items.append(Item())
    elif verb == "drop" and 0 < at < len(items) and items[at].is_section:
        items.pop(at)
    elif verb in ("up", "down") and 0 < at < len(items):
        to = at - 1 if verb == "up" else at + 1
        if 0 < to < len(items):
            items[at], items[to] = items[to], items[at]
    return items
