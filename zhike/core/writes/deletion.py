"""The end of a record: into the recycle bin with its parts, back again, away for good, or a person forgotten."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core import attachment
from zhike.core.actors import Actor
from zhike.core.customfields import index as custom_index
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.events.models import Event, current_transaction
from zhike.core.external_keys import ExternalKey
from zhike.core.history.models import StateChange
from zhike.core.record_keys import RecordsGone, by_entity
from zhike.core.scoping.team import TeamMember
from zhike.core.search import index
from zhike.core.writes import record, uniqueness, values
from zhike.core.writes.errors import Blocked, NotReachable, RuleBroken
from zhike.core.writes.insertion import insert_many
from zhike.core.writes.locking import lock
from zhike.core.writes.results import Written
from zhike.core.writes.rights import require

# How many needing records are named before the rest is only counted.
_NAMED = 20


def delete(actor: Actor, row: Any) -> Any:
    """Put a record and its parts into the recycle bin, under one deletion id.

    Raises `Blocked` when other records need it, `NotReachable`, `NotAllowed`.
    """
    entity = registry.of(row)
    _must_be_deletable(entity)
    require(actor, entity, "delete")
    with transaction.atomic():
        row = lock(actor, entity, [row.pk], "delete")[row.pk]
        needed_by = needing(actor, entity, row)
        if needed_by:
            raise Blocked(needed_by)
        deletion_id = uuid4()
        for each, rows in _with_parts(entity, row, deleted_by=None):
            _mark(actor, each, rows, timezone.now(), deletion_id, "delete")
    return row


def put_away(actor: Actor, rows: Iterable[Any]) -> None:
    """Put rows into the recycle bin because another record was changed: the right to that one was asked for."""
    for row in rows:
        deletion_id = uuid4()
        for each, found in _with_parts(registry.of(row), row, deleted_by=None):
            _mark(actor, each, found, timezone.now(), deletion_id, "delete")


def delete_many(actor: Actor, rows: Sequence[Any], *, deletion_id: UUID | None = None) -> dict[int, Blocked]:
    """Put records of one kind into the recycle bin, each with its parts, in one transaction. Those that others need stay.

    Returns why, for each that stays, by id. Raises `NotReachable`, `NotAllowed`; then nothing is deleted.
    """
    entity = registry.of(rows[0])
    _must_be_deletable(entity)
    require(actor, entity, "delete")
    with transaction.atomic():
        found = lock(actor, entity, [row.pk for row in rows], "delete")
        held = _held(entity, found.keys())
        going = [row for pk, row in found.items() if pk not in held]
        if going:
            for each, level in _levels(entity, going, deleted_by=None):
                _mark(actor, each, level, timezone.now(), deletion_id or uuid4(), "delete")
        return {pk: Blocked(needing(actor, entity, found[pk])) for pk in sorted(held)}


def _held(entity: Entity, ids: Collection[int]) -> set[int]:
    """Those of these records that live ones need which are not among them; and those that such a one needs in turn."""
    held: set[int] = set()
    among: list[tuple[int, int]] = []
    for other, name in _pointing_at(entity):
        if other.part_of == name:
            continue
        rows = other.model._default_manager.filter(**{f"{name}__in": list(ids)}).order_by()
        if other.has_column("deleted_at"):
            rows = rows.filter(deleted_at__isnull=True)
        if other is entity:
            among += rows.values_list("pk", f"{name}_id")
        else:
            held.update(rows.values_list(f"{name}_id", flat=True).distinct())
    while more := {needed for pk, needed in among if needed not in held and (pk in held or pk not in ids)}:
        held |= more
    return held


def restore(actor: Actor, row: Any) -> Any:
    """Take a record and what was deleted with it out of the recycle bin. Raises `ValidationError` when a value is taken by now."""
    entity = registry.of(row)
    require(actor, entity, "delete")
    back: list[Any] = []
    with uniqueness.whole(lambda: _must_be_free(back)):
        found = entity.model._default_manager.all().visible_to(actor, "delete", deleted=True).filter(pk=row.pk).first()  # type: ignore[attr-defined]
        if found is None:
            raise NotReachable
        if entity.part_of and getattr(getattr(found, entity.part_of), "deleted_at", None) is not None:
            raise RuleBroken(
                _("Restore “%(name)s” first; this belongs to it.") % {"name": getattr(found, entity.part_of)}
            )
        if entity.kind is RecordKind.ATTACHED:
            _must_still_be_there(found)
        deletion_id = found.deletion_id
        for each, rows in _with_parts(entity, found, deleted_by=deletion_id):
            for one in rows:
                one.deleted_at = None
            back += rows
            _must_be_free(rows)
            _mark(actor, each, rows, None, None, "restore")
    return found


def _must_still_be_there(row: Any) -> None:
    for slug, ids in by_entity([row.about]).items():
        rows: Any = registry.get(slug).model._default_manager
        about = rows.filter(pk__in=ids).first()
        if about is None or getattr(about, "deleted_at", None) is not None:
            raise RuleBroken(_("Restore “%(name)s” first; this belongs to it.") % {"name": about or row.about})


def needing(actor: Actor, entity: Entity, row: Any) -> list[tuple[str, str]]:
    """Live records outside its parts that point at this one: (entity label, record label), no name where the actor sees none."""
    found: list[tuple[str, str]] = []
    for other, name in _pointing_at(entity):
        if other.part_of == name:
            continue
        rows = other.model._default_manager.filter(**{name: row.pk})
        if other.has_column("deleted_at"):
            rows = rows.filter(deleted_at__isnull=True)
        named = list(rows.order_by("pk")[: _NAMED - len(found)])
        seen = _seen(actor, other, named)
        found += [(str(other.label), str(each) if each.pk in seen else _("a record you do not see")) for each in named]
        if len(found) >= _NAMED:
            break
    return found


def _seen(actor: Actor, entity: Entity, rows: list[Any]) -> set[int]:
    reached: Any = entity.model._default_manager.all()
    return (
        set(reached.visible_to(actor).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
        if rows
        else set()
    )


def purge(actor: Actor, row: Any) -> None:
    """Remove a record of the recycle bin for good, with its parts and every generic row. Needs the right `recycle.purge`."""
    if not actor.access.may("recycle.purge"):
        raise NotReachable
    entity = registry.of(row)
    with transaction.atomic():
        for each, rows in reversed(_with_parts(entity, row, deleted_by=row.deletion_id)):
            _remove_for_good(actor, each, rows, keep_events=True)


def erase(actor: Actor, row: Any) -> None:
    """Forget a person: remove the record, its parts, its history and the values in its events. Needs `recycle.purge`.

    The events stay as bare facts (who did what, when), so that figures of the past do not change.
    """
    if not actor.access.may("recycle.purge"):
        raise NotReachable
    entity = registry.of(row)
    with transaction.atomic():
        needed_by = needing(actor, entity, row)
        if needed_by:
            raise Blocked(needed_by)
        for each, rows in reversed(_with_parts(entity, row, deleted_by=row.deletion_id, every=True)):
            _remove_for_good(actor, each, rows, keep_events=False)


def _must_be_deletable(entity: Entity) -> None:
    if "delete" in entity.without or not entity.has_column("deleted_at"):
        raise RuleBroken(_("%(entity)s cannot be deleted.") % {"entity": entity.label_plural})


def _must_be_free(rows: Iterable[Any]) -> None:
    for row in rows:
        try:
            uniqueness.never_twice(row)
        except ValidationError as taken:
            raise RuleBroken(
                _("“%(name)s” cannot come back, since another record has taken its place: %(reason)s")
                % {"name": row, "reason": " ".join(taken.messages)}
            ) from taken


def _with_parts(entity: Entity, row: Any, *, deleted_by: Any, every: bool = False) -> list[tuple[Entity, list[Any]]]:
    """The record and its parts, level by level: live ones, or those of one deletion, or every one."""
    return _levels(entity, [row], deleted_by=deleted_by, every=every)


def _levels(entity: Entity, rows: list[Any], *, deleted_by: Any, every: bool = False) -> list[tuple[Entity, list[Any]]]:
    levels = [(entity, rows)]
    for anchor, anchors in levels:
        for part in registry.parts_of(anchor):
            of_anchors = part.model._default_manager.filter(**{f"{part.part_of}__in": [each.pk for each in anchors]})
            found = list(_of_deletion(of_anchors, deleted_by, every=every).order_by("pk"))
            if found:
                levels.append((part, found))
        for attached, every_row in attachment.attached_to(anchor, anchors):
            found = list(_of_deletion(every_row, deleted_by, every=every).order_by("pk"))
            if found:
                levels.append((attached, found))
    return levels


def _of_deletion(rows: Any, deleted_by: Any, *, every: bool) -> Any:
    if every:
        return rows
    return rows.filter(deleted_at__isnull=True) if deleted_by is None else rows.filter(deletion_id=deleted_by)


def _mark(actor: Actor, entity: Entity, rows: list[Any], at: Any, deletion_id: Any, verb: str) -> None:
    now = timezone.now()
    ids = [row.pk for row in rows]
    entity.model._default_manager.filter(pk__in=ids).update(
        deleted_at=at,
        deletion_id=deletion_id,
        version=models.F("version") + 1,
        updated_at=now,
        updated_by=actor.user_id,
    )
    for row in rows:
        row.deleted_at, row.deletion_id, row.version = at, deletion_id, row.version + 1
    events = [record.event_of(actor, entity, row, verb, {}, None, now) for row in rows]
    number = current_transaction()
    for event in events:
        event.tx = number
    insert_many(events)
    custom_index.mark(entity, ids, live=at is None)
    if at is None:
        index.refresh(entity, rows)
    else:
        index.remove(entity, ids)
    if entity.settle is not None:
        gone = {"deleted_at": (now, None) if at is None else (None, at)}
        entity.settle(actor, [Written(row=row, before=values.snapshot(entity, row), changes=gone) for row in rows])


def _pointing_at(entity: Entity) -> Iterable[tuple[Entity, str]]:
    for other in registry.all():
        for each in other.model._meta.concrete_fields:
            if each.remote_field is not None and each.related_model is entity.model and each.editable:
                yield other, each.name


def _remove_for_good(actor: Actor, entity: Entity, rows: list[Any], *, keep_events: bool) -> None:
    ids = [row.pk for row in rows]
    generic = {"entity": entity.slug, "record_id__in": ids}
    now = timezone.now()
    verb = "purge" if keep_events else "erase"
    Event.objects.bulk_create([record.event_of(actor, entity, row, verb, {}, None, now) for row in rows])
    if not keep_events:
        Event.objects.filter(**generic).update(changes={}, note="")
        StateChange.objects.filter(**generic).delete()
    TeamMember.objects.filter(**generic).delete()
    ExternalKey.objects.filter(**generic).delete()
    index.remove(entity, ids)
    custom_index.remove(entity, ids)
    for each in registry.contributions(RecordsGone):
        each.run({f"{entity.slug}:{pk}" for pk in ids})
    try:
        entity.model._default_manager.filter(pk__in=ids).delete()
    except models.ProtectedError as held:
        # Live records that need it were asked for before; these lie in the recycle bin themselves.
        raise RuleBroken(
            _("Records in the recycle bin still point at this one. Remove those for good first.")
        ) from held
