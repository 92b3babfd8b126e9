"""Telling subscribers: one loop, a cursor for each, moved in the transaction of its effect."""

import logging
import time
import traceback
from datetime import timedelta

from django.db import transaction
from django.utils import timezone, translation

from zhike.core import company, overlay
from zhike.core.events.models import Event, EventCursor, EventFailure
from zhike.core.events.reading import BEGINNING, Position, end, position_of, read
from zhike.core.events.subscribers import Subscriber, subscribers

log = logging.getLogger(__name__)

# A round ends at whichever comes first, so that no round holds SQLite's write lock for long.
_ROUND_EVENTS = 200
_ROUND_SECONDS = 0.2
# Before the second try, the third, …; after the last one the event waits for an administrator.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (10, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
)


def dispatch() -> int:
    """Tell every subscriber what is new, one round each, and try again what is due. Returns how many events were read.

    May run in several processes: a subscriber whose cursor another one holds is left to it.
    """
    overlay.refresh()
    # What handlers write for nobody in particular is in the company's language.
    with translation.override(company.current().language):
        return sum(_advance(each) for each in subscribers()) + sum(_retry(each) for each in subscribers())


def _advance(subscriber: Subscriber) -> int:
    cursor = _cursor_of(subscriber)
    if not read(Position(cursor.tx, cursor.event_id), limit=1):  # looking costs no lock
        return 0
    ends_at = time.monotonic() + _ROUND_SECONDS
    with transaction.atomic(durable=True):
        held = EventCursor.objects.select_for_update(skip_locked=True).filter(pk=cursor.pk).first()
        if held is None:
            return 0
        events = read(Position(held.tx, held.event_id), limit=_ROUND_EVENTS)
        told = 0
        for event in events:
            if subscriber.wants(event):
                _tell(subscriber, event)
            told += 1
            held.tx, held.event_id = position_of(event)
            if time.monotonic() >= ends_at:
                break
        held.save(update_fields=["tx", "event_id"])
    return told


def _cursor_of(subscriber: Subscriber) -> EventCursor:
    """The subscriber's cursor; a new one begins now, or at the beginning of the log."""
    found = EventCursor.objects.filter(subscriber=subscriber.name).first()
    if found is not None:
        return found
    start = BEGINNING if subscriber.from_start else end()
    made, _ = EventCursor.objects.get_or_create(
        subscriber=subscriber.name, defaults={"tx": start.tx, "event_id": start.event_id}
    )
    return made


def _tell(subscriber: Subscriber, event: Event) -> None:
    """Call the handler; what it did is undone when it fails, and the event is put aside."""
    try:
        with transaction.atomic():
            subscriber.handler(event)
    except Exception:
        log.exception("%s failed on event %s (%s).", subscriber.name, event.pk, event.name)
        EventFailure.objects.update_or_create(
            subscriber=subscriber.name,
            event=event,
            defaults={"attempts": 1, "error": _short_trace(), "retry_at": timezone.now() + PAUSES[0]},
        )


def _retry(subscriber: Subscriber) -> int:
    due = EventFailure.objects.filter(subscriber=subscriber.name, retry_at__lte=timezone.now()).order_by(
        "retry_at", "id"
    )
    tried = 0
    for pk in list(due.values_list("pk", flat=True)[:_ROUND_EVENTS]):
        with transaction.atomic(durable=True):
            failure = (
                due.select_for_update(skip_locked=True, of=("self",)).select_related("event").filter(pk=pk).first()
            )
            if failure is not None:
                _try_again(subscriber, failure)
                tried += 1
    return tried


def _try_again(subscriber: Subscriber, failure: EventFailure) -> None:
    try:
        with transaction.atomic():
            subscriber.handler(failure.event)
    except Exception:
        log.exception("%s failed on event %s, try %s.", subscriber.name, failure.event_id, failure.attempts + 1)
        pause = PAUSES[failure.attempts] if failure.attempts < len(PAUSES) else None
        failure.attempts += 1
        failure.error = _short_trace()
        failure.retry_at = None if pause is None else timezone.now() + pause
        failure.save(update_fields=["attempts", "error", "retry_at"])
    else:
        failure.delete()


def _short_trace() -> str:
    return traceback.format_exc(limit=-5)[-4000:]
