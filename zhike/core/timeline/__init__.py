"""Everything about one record in the order of time: what apps contribute, merged, scoped, and read by pages from the newest."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import merge
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Contribution, Entity, Label, RecordKind, registry
from zhike.core.pages import moments
from zhike.core.pages.display import Link
from zhike.core.pages.history_entries import Change
from zhike.core.pages.reading import Reader

# A source that has nothing more below.
_END = "."
_LONGEST_CURSOR = 1000


@dataclass(frozen=True)
class Subject:
    """The record whose timeline is read; the reader reaches it. `since` and `until` (aware) leave out what was before and after."""

    entity: Entity
    row: Any
    since: datetime | None = None
    until: datetime | None = None

    @property
    def key(self) -> str:
        return f"{self.entity.slug}:{self.row.pk}"

    @property
    def is_party(self) -> bool:
        """Whether everything of its contacts and transactions stands in its timeline too."""
        return self.entity.party == "id"

    @property
    def attached(self) -> Q:
        """The condition on attached rows that stand in this timeline, whoever may see them."""
        if self.is_party:
            return Q(party_id=self.row.pk)
        if self.entity.kind is RecordKind.OWNED:
            return Q(about=self.key) | Q(anchor=self.key)
        return Q(about=self.key)

    def during(self, column: str) -> Q:
        """The condition that a moment of a source lies in the time asked for."""
        inside = Q()
        if self.since is not None:
            inside &= Q(**{f"{column}__gte": self.since})
        if self.until is not None:
            inside &= Q(**{f"{column}__lt": self.until})
        return inside


@dataclass(frozen=True)
class Found:
    """One row of a source: when it was, and where its source goes on below it."""

    at: datetime
    position: str
    row: Any


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry as it is shown. `what` is said of `who`; `text` is what a person wrote, as safe HTML.

    `about` is the key of the record it happened to; its name stands beside where that is not the subject itself.
    `people` says who took part, as safe HTML. `step_url` leads to what is to be done with it now, named by `step`.
    """

    at: datetime
    icon: str
    what: str
    tone: str = ""
    who: str = ""
    via: str = ""
    title: str = ""
    url: str = ""
    text: SafeString = field(default_factory=SafeString)
    marks: tuple[SafeString, ...] = ()
    people: SafeString = field(default_factory=SafeString)
    note: str = ""
    changes: Sequence[Change] = ()
    about: str = ""
    link: Link | None = None
    step: str = ""
    step_url: str = ""
    step_asks: bool = True
    is_ahead: bool = False

    @property
    def when(self) -> SafeString:
        """The moment in words, the exact one on hover."""
        return moments.element(self.at, dense=True)


@dataclass(frozen=True, kw_only=True)
class TimelineSource(Contribution):
    """Something that stands in timelines.

    - `rows(actor, subject, after, limit)`: at most `limit` rows that the actor sees, of the time that `subject.during` says,
      newest first, below the position `after` (blank: from the top). Raises `ValueError` for a position that it did not give.
    - `show(reader, subject, rows)`: these rows as items, in their order.
    - `covers`: the entities whose events say nothing besides; `is_follow_up`: people wrote it, so it stands among the newest
      follow-ups on a record's page.
    """

    name: str
    label: Label
    module: str
    rows: Callable[[Actor, Subject, str, int], list[Found]]
    show: Callable[[Reader, Subject, Sequence[Any]], list[Item]]
    covers: frozenset[str] = frozenset()
    is_follow_up: bool = True


@dataclass(frozen=True)
class TimelinePage:
    """Some items, and the cursor of those below; blank at the end."""

    items: list[Item]
    earlier: str


def sources() -> list[TimelineSource]:
    """The sources in order of weight, of modules that are on."""
    return [each for each in registry.contributions(TimelineSource) if modules.is_on(each.module)]


def read(
    reader: Reader, subject: Subject, chosen: Sequence[TimelineSource], *, after: str = "", limit: int = 20
) -> TimelinePage:
    """The newest items of these sources, or those below a cursor. Raises `ValueError` for a cursor that is none."""
    positions = _positions(after)
    found = {
        each.name: each.rows(reader.actor, subject, positions.get(each.name, ""), limit + 1)
        for each in chosen
        if positions.get(each.name) != _END
    }
    streams = [[(each.at, name, each) for each in rows] for name, rows in found.items()]
    merged = list(merge(*streams, key=lambda entry: entry[0], reverse=True))[:limit]
    taken: dict[str, list[Found]] = {}
    for _at, name, each in merged:
        taken.setdefault(name, []).append(each)
    for name, rows in found.items():
        mine = taken.get(name, [])
        if len(mine) == len(rows) <= limit:
            positions[name] = _END
        elif mine:
            positions[name] = mine[-1].position
        else:
            positions.setdefault(name, "")
    has_more = any(positions.get(each.name) != _END for each in chosen)
    return TimelinePage(
        items=_shown(reader, subject, chosen, merged, taken), earlier=json.dumps(positions) if has_more else ""
    )


def _positions(after: str) -> dict[str, str]:
    if not after:
        return {}
    if len(after) > _LONGEST_CURSOR:
        raise ValueError(after[:40])
    positions = json.loads(after)
    if not isinstance(positions, dict) or not all(isinstance(each, str) for each in positions.values()):
        raise ValueError(after)
    return positions


def _shown(
    reader: Reader,
    subject: Subject,
    chosen: Sequence[TimelineSource],
    merged: Sequence[tuple[datetime, str, Found]],
    taken: Mapping[str, Sequence[Found]],
) -> list[Item]:
    """The items in the order of the merged rows, with the names of the records they are about, one statement for each kind."""
    by_source = {
        each.name: iter(each.show(reader, subject, [one.row for one in taken[each.name]]))
        for each in chosen
        if each.name in taken
    }
    items = [next(by_source[name]) for _at, name, _found in merged]
    links = reader.key_links({item.about for item in items} - {subject.key, ""})
    return [replace(item, link=links.get(item.about)) if item.about != subject.key else item for item in items]


def position(at: datetime, pk: int) -> str:
    """Where a source that is ordered by a moment goes on: below this row."""
    return f"{at.isoformat()}~{pk}"


def below(column: str, after: str) -> Q:
    """The condition of a source ordered by `-column, -pk` to go on below a position. Raises `ValueError`."""
    if not after:
        return Q()
    moment, _tilde, number = after.partition("~")
    at, pk = datetime.fromisoformat(moment), int(number)
    if at.tzinfo is None or abs(pk) > 2**62:
        raise ValueError(after)
    # The first part lets the index find the place.
    return Q(**{f"{column}__lte": at}) & (Q(**{f"{column}__lt": at}) | Q(pk__lt=pk))
