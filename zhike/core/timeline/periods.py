"""The stages a record went through, each with the time it lasted: what was said, sent and done in each of them."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from zhike.core import company
from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Board, Entity
from zhike.core.history.models import StateChange
from zhike.core.lists.board import lanes
from zhike.core.pages import moments

# Nobody reads more; a record moved to and fro keeps its latest.
MOST = 24


@dataclass(frozen=True)
class Period:
    """A stage from one moment (None: from the beginning) to another (None: until now), both aware."""

    label: str
    since: datetime | None
    until: datetime | None

    @property
    def days(self) -> str:
        """“07-08 – 08-10”, open where it has no end."""
        today = company.today()
        ends = [moments.day_in_words(company.day_of(each), today) if each else "" for each in (self.since, self.until)]
        return " – ".join(ends).strip()


def periods(actor: Actor, entity: Entity, row: Any) -> list[Period]:
    """The stages a record went through, from the first; none where its board has no history or the reader may not see it."""
    board = entity.board
    if board is None or board.by not in entity.history:
        return []
    if actor.access.field_mode(entity.slug, board.by) not in (FieldMode.OPEN, FieldMode.READ_ONLY):
        return []
    found = StateChange.objects.filter(entity=entity.slug, record_id=row.pk, field=board.by)
    changes = list(reversed(found.order_by("-effective_on", "-id")[:MOST]))
    if not changes:
        return []
    labels = _labels(entity, board, {each.new for each in changes} | {changes[0].old})
    starts = [(changes[0].old, None), *((each.new, _moment(each)) for each in changes)]
    ends = [*(start for _key, start in starts[1:]), None]
    return [
        Period(labels[key], since, until)
        for (key, since), until in zip(starts, ends, strict=True)
        if key in labels and (since is None or until is None or since < until)
    ]


def _labels(entity: Entity, board: Board, keys: set[str]) -> dict[str, str]:
    """The names of these stages. What one is called is nobody's secret: every card says it."""
    field = entity.field(board.by)
    if field.related is None:
        return {lane.key: lane.label for lane in lanes(entity, board, keep=keys) if lane.key in keys}
    rows = field.related._default_manager.in_bulk([int(key) for key in keys if key.isdecimal()])
    return {str(pk): str(stage) for pk, stage in rows.items()}


def _moment(change: StateChange) -> datetime:
    """When it changed: the moment of recording where that was on the day it took effect, else the beginning of that day."""
    if company.day_of(change.recorded_at) == change.effective_on:
        return change.recorded_at
    return datetime.combine(change.effective_on, time.min, tzinfo=company.zone())
