"""Undoing a whole import, however long ago it was: what it made goes to the recycle bin, what it changed is as before.

Records that somebody touched since are left alone and listed. All of it hangs on the events of the import's batch, so that
neither its file nor its job is needed. What an undoing does carries a batch id of its own, made from the import's: begun
again after an accident, or a second time, it sees what is done already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import fieldvalues, writes
from zhike.core.actors import ALL, Access, Actor, Via
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.events.models import Event
from zhike.core.external_keys import ExternalKey
from zhike.core.history.models import StateChange
from zhike.core.pages.titles import title_of
from zhike.core.writes.errors import Blocked, Refused

RIGHT = "settings.imports"
# Records kept that are named one by one; all are counted.
NAMED = 1_000
_EVENTS = 60
_KEYS = 500


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A record that was left as it is, and why; `who` and `when` where somebody changed it since."""

    entity: str
    record_id: int
    title: str
    reason: str
    who: str = ""
    when: str = ""


@dataclass(kw_only=True)
class UndoReport:
    """What an undoing did: records removed, records set back, records gone already, records kept."""

    removed: int = 0
    restored: int = 0
    gone: int = 0
    kept: int = 0
    named: list[Kept] = field(default_factory=list)

    def keep(self, kept: Kept) -> None:
        self.kept += 1
        if len(self.named) < NAMED:
            self.named.append(kept)

    @property
    def summary(self) -> list[str]:
        """Sentences for the page of the job and the terminal."""
        said = [
            ngettext(
                "%(count)d record was moved to the recycle bin.",
                "%(count)d records were moved to the recycle bin.",
                self.removed,
            )
            % {"count": self.removed},
            ngettext(
                "%(count)d record has its old values back.",
                "%(count)d records have their old values back.",
                self.restored,
            )
            % {"count": self.restored},
        ]
        if self.kept:
            said.append(
                ngettext(
                    "%(count)d record was left as it is, since it was changed or used afterwards.",
                    "%(count)d records were left as they are, since they were changed or used afterwards.",
                    self.kept,
                )
                % {"count": self.kept}
            )
        return said

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"summary": self.summary}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "UndoReport":
        counts = {name: stored.get(name, 0) for name in ("removed", "restored", "gone", "kept")}
        return cls(**counts, named=[Kept(**each) for each in stored.get("named", [])])


@dataclass
class _WithAllRights:
    """The person who undoes, reaching whatever the import wrote: the right to undo was judged before."""

    pk: Any

    def access(self) -> Access:
        return ALL


def batch_of_undoing(batch: str) -> str:
    """The batch id of what undoes that batch."""
    return f"undo-{batch}"[:40]


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

    def some(self, place: dict[str, int] | None) -> tuple[dict[str, int] | None, int]:
        """Undo some more from `place` (None: from the newest event). Returns the next place, None at the end, and events done."""
        here = place or {}
        if "keys" not in here:
            events = Event.objects.filter(batch_id=self.batch)
            if "before" in here:
                events = events.filter(pk__lt=here["before"])
            found = list(events.order_by("-pk").values_list("pk", "entity", "record_id")[:_EVENTS])
            if found:
                self._undo(found)
                return {"before": found[-1][0]}, len(found)
            return {"keys": 0}, 0
        return self._forget_keys(here["keys"]), 0

    def _undo(self, found: Sequence[tuple[int, str, int]]) -> None:
        """From the newest to the oldest, so that what points at a record goes before it. Each record as a whole, at its newest."""
        ids: dict[str, set[int]] = {}
        for _pk, slug, record_id in found:
            ids.setdefault(slug, set()).add(record_id)
        newest: dict[tuple[str, int], int] = {}
        for slug, records in ids.items():
            rows = Event.objects.filter(batch_id=self.batch, entity=slug, record_id__in=records)
            for record_id, last in rows.values("record_id").annotate(last=Max("pk")).values_list("record_id", "last"):
                newest[slug, record_id] = last
        slugs = {each.slug for each in registry.all()}
        for pk, slug, record_id in found:
            if slug in slugs and newest[slug, record_id] == pk:
                self._undo_record(registry.get(slug), record_id)

    def _undo_record(self, entity: Entity, pk: int) -> None:
        rows = entity.model._default_manager.filter(pk=pk)
        row = (rows.select_for_update() if connection.features.has_select_for_update else rows).first()
        events = self._events_of(entity, pk)
        mine = [event for event in events if event.batch_id == self.batch]
        others = [event for event in events if event.batch_id not in (self.batch, self.actor.batch_id)]
        if any(event.batch_id == self.actor.batch_id for event in events):
            return  # undone already
        if row is None or getattr(row, "deleted_at", None) is not None:
            self.report.gone += 1
        elif others:
            self.report.keep(self._touched(entity, row, others[-1]))
        else:
            self._undo_untouched(entity, row, mine)

    def _events_of(self, entity: Entity, pk: int) -> list[Event]:
        events = Event.objects.filter(entity=entity.slug, record_id=pk)
        first = events.filter(batch_id=self.batch).aggregate(first=Min("pk"))["first"]
        return list(events.filter(pk__gte=first).order_by("pk"))

    def _undo_untouched(self, entity: Entity, row: Any, mine: list[Event]) -> None:
        was_made = mine[0].verb == "create"
        reason = _used_by(entity, row) if was_made else ""
        if not reason:
            try:
                with transaction.atomic():
                    self._remove(entity, row) if was_made else self._restore(entity, row, mine)
            except Blocked as needed:
                reason = _needed(needed)
            except Refused as refused:
                reason = refused.sentence
            except ValidationError as refused:
                reason = " ".join(refused.messages)
            except IntegrityError:
                reason = _("A value that must be unique is taken by now.")
        if reason:
            self.report.keep(Kept(entity=entity.slug, record_id=row.pk, title=title_of(entity, row), reason=reason))
        elif was_made:
            self.report.removed += 1
        else:
            self.report.restored += 1

    def _remove(self, entity: Entity, row: Any) -> None:
        writes.delete(self.actor, row)
        self._free_number(entity, row)
        self._forget_states(entity, row)
        ExternalKey.objects.filter(entity=entity.slug, record_id=row.pk).delete()

    def _free_number(self, entity: Entity, row: Any) -> None:
        """Its number can be imported again: numbers are unique over the recycle bin too."""
        if not entity.number or not getattr(row, entity.number):
            return
        length = entity.field(entity.number).max_length or 60
        mark = f"~{row.pk}"
        freed = f"{getattr(row, entity.number)[: length - len(mark)]}{mark}"
        entity.model._default_manager.filter(pk=row.pk).update(**{entity.number: freed})

    def _restore(self, entity: Entity, row: Any, mine: list[Event]) -> None:
        """Give every field the value it had before the first change of the batch."""
        before: dict[str, Any] = {}
        for event in mine:
            for name, (old, _new) in event.changes.items():
                before.setdefault(name, old)
        for name, old in before.items():
            _set_back(entity, row, name, old)
        writes.save(self.actor, row, verb="undo_import", action="edit")
        self._forget_states(entity, row)
        keys = ExternalKey.objects.filter(entity=entity.slug, record_id=row.pk)
        keys.filter(batch_id=self.batch).delete()
        keys.update(fingerprint="")  # the next import takes the row up again

    def _forget_states(self, entity: Entity, row: Any) -> None:
        batches = (self.batch, self.actor.batch_id)
        StateChange.objects.filter(entity=entity.slug, record_id=row.pk, batch_id__in=batches).delete()

    def _forget_keys(self, after: int) -> dict[str, int] | None:
        """Keys the import gave to records that it changed in nothing; those of kept records stay with them."""
        found = ExternalKey.objects.filter(batch_id=self.batch, pk__gt=after).order_by("pk")
        keys = list(found.values_list("pk", "entity", "record_id")[:_KEYS])
        if not keys:
            return None
        written = set(
            Event.objects.filter(batch_id=self.batch, record_id__in={each[2] for each in keys}).values_list(
                "entity", "record_id"
            )
        )
        ExternalKey.objects.filter(pk__in=[pk for pk, slug, record in keys if (slug, record) not in written]).delete()
        return {"keys": keys[-1][0]}

    def _touched(self, entity: Entity, row: Any, event: Event) -> Kept:
        person = get_user_model()._default_manager.filter(pk=event.actor_id).first() if event.actor_id else None
        return Kept(
            entity=entity.slug,
            record_id=row.pk,
            title=title_of(entity, row),
            reason=_("It was changed after the import."),
            who=str(person) if person is not None else _("the system"),
            when=event.at.isoformat(),
        )


def _set_back(entity: Entity, row: Any, name: str, old: Any) -> None:
    if fieldvalues.is_custom(name):
        if entity.has_field(name):
            fieldvalues.set_value(row, entity.field(name), fieldvalues.from_stored(entity.field(name), old))
        return
    column = row._meta.get_field(name)
    setattr(row, column.attname, old if old is None else column.to_python(old))


def _used_by(entity: Entity, row: Any) -> str:
    """Why a record made by the import is needed by what came later; blank when nothing hangs on it."""
    key = f"{entity.slug}:{row.pk}"
    for part in registry.parts_of(entity):
        rows = part.model._default_manager.filter(**{part.part_of: row.pk, "deleted_at__isnull": True})
        if rows.exists():
            return _("It has %(records)s that are not of this import.") % {"records": part.label_plural}
    for other in registry.all():
        if other.kind is RecordKind.ATTACHED:
            live = other.model._default_manager.filter(deleted_at__isnull=True)
            if live.filter(about=key).exists() or live.filter(anchor=key).exists():
                return _("It has %(records)s that are not of this import.") % {"records": other.label_plural}
    return ""


def _needed(blocked: Blocked) -> str:
    names: Iterable[str] = dict.fromkeys(f"{label} “{name}”" for label, name in blocked.needed_by[:3])
    return _("It is needed by %(records)s.") % {"records": ", ".join(names)}
