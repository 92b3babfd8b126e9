"""Writes down when the demo's story is said to have happened: actions stamp everything with now, the hour of the telling."""

from datetime import datetime, timedelta
from typing import Any

from zhike.core.company import zone
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.history.models import StateChange
from zhike.core.search import index
from zhike.sales.demo.story import Story

_BATCH = 500


def tell(story: Story) -> None:
    """Give every record of the story its day of making and of its last change, and the log the order of the story."""
    changed = _retell(story)
    for slug, created in story.created.items():
        _records(slug, created, changed[slug])


def _retell(story: Story) -> dict[str, dict[int, datetime]]:
    """The log anew, oldest first, since it is read in the order of its ids. Returns the last moment of each record.

    Nobody has read it yet: it is written in the transaction that makes the company.
    """
    last = {slug: dict(created) for slug, created in story.created.items()}
    events = list(Event.objects.order_by("pk"))
    for event in events:
        made = story.created.get(event.entity, {}).get(event.record_id)
        if made is None:
            continue
        event.at = _moment(event, made)
        last[event.entity][event.record_id] = max(last[event.entity][event.record_id], event.at)
    numbers = dict(zip(_in_order(events), sorted(event.pk for event in events), strict=True))
    Event.objects.all().delete()
    for event in events:
        event.pk = numbers[event.pk]
    Event.objects.bulk_create(sorted(events, key=lambda event: event.pk), batch_size=_BATCH)
    states = list(StateChange.objects.filter(event__in=list(numbers)))
    for state in states:
        if state.event is not None:
            state.event = numbers[state.event]
    StateChange.objects.bulk_update(states, ["event"], batch_size=_BATCH)
    return last


def _in_order(events: list[Event]) -> list[int]:
    return [event.pk for event in sorted(events, key=lambda event: (event.at, event.pk))]


def _moment(event: Event, made: datetime) -> datetime:
    """A step is logged on its business day, everything else when the record was made."""
    if event.effective_on is None:
        return made
    day = datetime.combine(event.effective_on, made.astimezone(zone()).timetz(), zone())
    return min(max(day, made + timedelta(minutes=1)), event.at)


def _records(slug: str, created: dict[int, datetime], changed: dict[int, datetime]) -> None:
    entity = registry.get(slug)
    ids = sorted(created)
    for start in range(0, len(ids), _BATCH):
        rows: list[Any] = list(entity.model._default_manager.filter(pk__in=ids[start : start + _BATCH]))
        for row in rows:
            row.created_at, row.updated_at = created[row.pk], changed[row.pk]
        entity.model._default_manager.bulk_update(rows, ["created_at", "updated_at"])
        index.refresh(entity, rows)
