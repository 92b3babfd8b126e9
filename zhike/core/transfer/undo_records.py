"""Records of one kind taken back together: what an import made is removed, what it changed is as before, all else stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, F, Min, Q, Value
from django.db.models.functions import Cast, Concat, Length, Substr
from django.utils.translation import gettext as _

from zhike.core import fieldvalues, writes
from zhike.core.actors import REVEAL, Actor
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.entities.fields import is_custom
from zhike.core.events.models import Event
from zhike.core.external_keys import ExternalKey
from zhike.core.history.models import StateChange
from zhike.core.pages.titles import title_of
from zhike.core.transfer.undo_report import Kept, UndoReport
from zhike.core.writes.errors import Blocked, Refused

# What the undoing itself writes; any other event of its batch only follows from these.
_DONE = frozenset({"delete", "undo_import"})
_REFUSALS = (Refused, ValidationError, IntegrityError)


@dataclass
class _Past:
    """What happened to one record from the import on: the import's own events, and the last one of anybody else."""

    mine: list[Event] = field(default_factory=list)
    other: Event | None = None
    is_undone: bool = False


class RecordsUndoing:
    """Takes back records of one entity, in the caller's transaction."""

    def __init__(self, actor: Actor, entity: Entity, batch: str, report: UndoReport) -> None:
        self.actor = actor
        self.entity = entity
        self.batch = batch
        self.report = report
        # Names of those who changed something since.
        self._people: dict[int, str] = {}

    def undo(self, ids: Sequence[int]) -> None:
        """Take back those that nobody touched since; the others are told of."""
        pasts = self._pasts(ids)
        rows = self.entity.model._default_manager.filter(pk__in=ids).order_by("pk")
        stored = {
            row.pk: row for row in (rows.select_for_update() if connection.features.has_select_for_update else rows)
        }
        # Runs of records made and of records changed, from the newest to the oldest.
        runs: list[tuple[bool, list[Any]]] = []
        for pk in ids:
            past, row = pasts[pk], stored.get(pk)
            if past.is_undone:
                continue
            if row is None or getattr(row, "deleted_at", None) is not None:
                self.report.gone += 1
            elif past.other is not None:
                self._keep_touched(row, past.other)
            else:
                was_made = past.mine[0].verb == "create"
                if not runs or runs[-1][0] != was_made:
                    runs.append((was_made, []))
                runs[-1][1].append(row)
        for was_made, group in runs:
            self._remove(group) if was_made else self._restore(group, pasts)

    def _pasts(self, ids: Sequence[int]) -> dict[int, _Past]:
        events = Event.objects.filter(entity=self.entity.slug, record_id__in=ids)
        first = events.filter(batch_id=self.batch).aggregate(first=Min("pk"))["first"]
        pasts: dict[int, _Past] = {pk: _Past() for pk in ids}
        # Looking behind a mask touches nothing.
        for event in events.filter(pk__gte=first).exclude(verb=REVEAL).order_by("pk").only(*_READ):
            past = pasts[event.record_id]
            if event.batch_id == self.batch:
                past.mine.append(event)
            elif event.batch_id == self.actor.batch_id:
                past.is_undone |= event.verb in _DONE
            elif past.mine:  # whatever came before the import is no matter
                past.other = event
        return pasts

    def _remove(self, rows: Sequence[Any]) -> None:
        used = self._used([row.pk for row in rows])
        for row in rows:
            if row.pk in used:
                self._keep(row, used[row.pk])
        free = [row for row in rows if row.pk not in used]
        if not free:
            return
        try:
            with transaction.atomic():
                self._remove_free(free)
        except _REFUSALS:
            for row in free:
                self._one(row, self._remove_free, [row])

    def _remove_free(self, rows: Sequence[Any]) -> None:
        # One deletion: a record that is taken out of the recycle bin again brings what hung on it.
        deletion = uuid5(NAMESPACE_OID, self.actor.batch_id)
        held = writes.delete_many(self.actor, rows, deletion_id=deletion)
        ids = [row.pk for row in rows if row.pk not in held]
        self._free_numbers(ids)
        self._forget_states(ids)
        ExternalKey.objects.filter(entity=self.entity.slug, record_id__in=ids).delete()
        self.report.removed += len(ids)
        for row in rows:
            if row.pk in held:
                self._keep(row, _needed(held[row.pk]))

    def _restore(self, rows: Sequence[Any], pasts: dict[int, _Past]) -> None:
        """Give every field the value it had before the first change of the batch."""
        for row in rows:
            before: dict[str, Any] = {}
            for event in pasts[row.pk].mine:
                for name, (old, _new) in event.changes.items():
                    before.setdefault(name, old)
            for name, old in before.items():
                _set_back(self.entity, row, name, old)
        if not rows:
            return
        try:
            with transaction.atomic():
                self._save(rows)
        except _REFUSALS:
            for row in rows:
                self._one(row, self._save, [row])

    def _save(self, rows: Sequence[Any]) -> None:
        writes.save_many(self.actor, rows, verb="undo_import", action="edit")
        ids = [row.pk for row in rows]
        self._forget_states(ids)
        keys = ExternalKey.objects.filter(entity=self.entity.slug, record_id__in=ids)
        keys.filter(batch_id=self.batch).delete()
        keys.update(fingerprint="")  # the next import takes the rows up again
        self.report.restored += len(rows)

    def _one(self, row: Any, do: Any, rows: list[Any]) -> None:
        reason = ""
        try:
            with transaction.atomic():
                do(rows)
        except Refused as refused:
            reason = refused.sentence
        except ValidationError as refused:
            reason = " ".join(refused.messages)
        except IntegrityError:
            reason = _("A value that must be unique is taken by now.")
        if reason:
            self._keep(row, reason)

    def _free_numbers(self, ids: Sequence[int]) -> None:
        """Their numbers can be imported again: numbers are unique over the recycle bin too."""
        number = self.entity.number
        if not number:
            return
        length = self.entity.field(number).max_length or 60
        mark = Concat(Value("~"), Cast("pk", CharField()))
        rows = self.entity.model._default_manager.filter(pk__in=ids).exclude(**{number: ""})
        rows.update(**{number: Concat(Substr(F(number), 1, Value(length) - Length(mark)), mark)})

    def _forget_states(self, ids: Sequence[int]) -> None:
        batches = (self.batch, self.actor.batch_id)
        StateChange.objects.filter(entity=self.entity.slug, record_id__in=ids, batch_id__in=batches).delete()

    def _used(self, ids: Sequence[int]) -> dict[int, str]:
        """Why records made by the import are needed by what came later."""
        used: dict[int, str] = {}
        keys = {f"{self.entity.slug}:{pk}": pk for pk in ids}
        for other in registry.all() if ids else ():
            if other.part_of and other in registry.parts_of(self.entity):
                rows = other.model._default_manager.filter(deleted_at__isnull=True).order_by()
                found: Iterable[Any] = rows.filter(**{f"{other.part_of}__in": ids}).values_list(
                    f"{other.part_of}_id", flat=True
                )
            elif other.kind is RecordKind.ATTACHED:
                rows = other.model._default_manager.filter(deleted_at__isnull=True).order_by()
                named = rows.filter(Q(about__in=keys) | Q(anchor__in=keys)).values_list("about", "anchor")
                found = [keys[key] for pair in named for key in pair if key in keys]
            else:
                continue
            for pk in set(found):
                used.setdefault(
                    pk, _("It has %(records)s that are not of this import.") % {"records": other.label_plural}
                )
        return used

    def _keep(self, row: Any, reason: str, **more: str) -> None:
        title = title_of(self.entity, row) if self.report.names_more else ""
        self.report.keep(Kept(entity=self.entity.slug, record_id=row.pk, title=title, reason=reason, **more))

    def _keep_touched(self, row: Any, event: Event) -> None:
        if event.actor_id is not None and event.actor_id not in self._people:
            person = get_user_model()._default_manager.filter(pk=event.actor_id).first()
            self._people[event.actor_id] = str(person or "")
        who = self._people.get(event.actor_id or 0) or _("the system")
        self._keep(row, _("It was changed after the import."), who=who, when=event.at.isoformat())


_READ = ("id", "record_id", "batch_id", "verb", "changes", "actor_id", "at")


def _set_back(entity: Entity, row: Any, name: str, old: Any) -> None:
    if is_custom(name):
        if entity.has_field(name):
            fieldvalues.set_value(row, entity.field(name), fieldvalues.from_stored(entity.field(name), old))
        return
    column = row._meta.get_field(name)
    setattr(row, column.attname, old if old is None else column.to_python(old))


def _needed(blocked: Blocked) -> str:
    names: Iterable[str] = dict.fromkeys(f"{label} “{name}”" for label, name in blocked.needed_by[:3])
    return _("It is needed by %(records)s.") % {"records": ", ".join(names)}
