"""Undoing a whole import, however long ago it was: what it made goes to the recycle bin, what it changed is as before.

Records that somebody touched since are left alone and listed. All of it hangs on the events of the import's batch, so that
neither its file nor its job is needed. What an undoing does carries a batch id of its own, made from the import's: begun
again after an accident, or a second time, it sees what is done already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Max, QuerySet

from zhike.core.actors import ALL, Access, Actor, Via
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.external_keys import ExternalKey
from zhike.core.transfer.undo_records import RecordsUndoing
from zhike.core.transfer.undo_report import UndoReport
from zhike.core.transfer.undo_settings import unmake

RIGHT = "settings.imports"
# Events undone in one transaction, unless the caller says how many.
EVENTS = 100
_KEYS = 500


@dataclass
class _WithAllRights:
    """The person who undoes, reaching whatever the import wrote: the right to undo was judged before."""

    pk: Any

    def access(self) -> Access:
        return ALL


def batch_of_undoing(batch: str) -> str:
    """The batch id of what undoes that batch."""
    return f"undo-{batch}"[:40]


def events_of(batch: str) -> QuerySet[Event]:
    """The events of a batch, found by their index, which holds only events that have one."""
    return Event.objects.filter(batch_id=batch).exclude(batch_id="")


class Undoing:
    """Undoes one import, some of its events at a time. Call `some` in a transaction, with what it returned, till it is None."""

    def __init__(self, actor: Actor, batch: str, report: UndoReport) -> None:
        own = batch_of_undoing(batch)
        self.actor = (
            Actor.system(Via.IMPORT).in_batch(own)
            if actor.user_id is None
            else Actor(user=_WithAllRights(actor.user_id), via=Via.IMPORT, batch_id=own)
        )
        self.batch = batch
        self.report = report

    def some(self, place: dict[str, int] | None, size: int = EVENTS) -> tuple[dict[str, int] | None, int]:
        """Undo `size` events from `place` (None: from the newest). Returns the next place, None at the end, and events done.

        After the records come keys that the import gave, then the options and fields it made.
        """
        here = place or {}
        if "settings" in here:
            unmake(self.actor, events_of(self.batch), self.report)
            return None, 0
        if "keys" in here:
            return self._forget_keys(here["keys"]), 0
        events = events_of(self.batch)
        if "before" in here:
            events = events.filter(pk__lt=here["before"])
        found = list(events.order_by("-pk").values_list("pk", "entity", "record_id")[:size])
        if not found:
            return {"keys": 0}, 0
        for slug, ids in self._records(found):
            RecordsUndoing(self.actor, registry.get(slug), self.batch, self.report).undo(ids)
        return {"before": found[-1][0]}, len(found)

    def _records(self, found: Sequence[tuple[int, str, int]]) -> Iterator[tuple[str, list[int]]]:
        """Records kind by kind from the newest to the oldest, so that what points at a record goes before it.

        Each record comes as a whole, at its newest event.
        """
        ids: dict[str, set[int]] = {}
        for _pk, slug, record_id in found:
            ids.setdefault(slug, set()).add(record_id)
        slugs = {each.slug for each in registry.all()}
        newest: set[int] = set()
        for slug in ids.keys() & slugs:
            rows = Event.objects.filter(batch_id=self.batch, entity=slug, record_id__in=ids[slug])
            newest.update(rows.order_by().values("record_id").annotate(last=Max("pk")).values_list("last", flat=True))
        wanted = [each for each in found if each[0] in newest]
        for slug, group in groupby(wanted, key=itemgetter(1)):
            yield slug, [record_id for _pk, _slug, record_id in group]

    def _forget_keys(self, after: int) -> dict[str, int]:
        """Keys the import gave to records that it changed in nothing; those of kept records stay with them."""
        found = ExternalKey.objects.filter(batch_id=self.batch, pk__gt=after).order_by("pk")
        keys = list(found.values_list("pk", "entity", "record_id")[:_KEYS])
        if not keys:
            return {"settings": 0}
        written = set(
            events_of(self.batch).filter(record_id__in={each[2] for each in keys}).values_list("entity", "record_id")
        )
        ExternalKey.objects.filter(pk__in=[pk for pk, slug, record in keys if (slug, record) not in written]).delete()
        return {"keys": keys[-1][0]}
