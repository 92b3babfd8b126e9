"""The write itself: rule, row, event, history, index, in the caller's or an own transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core import attachment, company, history, layouts, numbering
from zhike.core.actors import Actor
from zhike.core.customfields import index as custom_index
from zhike.core.customfields import rules as custom_rules
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.entities.fields import is_custom
from zhike.core.events.models import CurrentTransaction, Event, current_transaction
from zhike.core.files import held
from zhike.core.history.models import StateChange
from zhike.core.scoring import engine as scoring
from zhike.core.search import index
from zhike.core.writes import preparation, values
from zhike.core.writes.errors import Conflict, NotAllowed
from zhike.core.writes.insertion import insert_many, insert_values
from zhike.core.writes.results import Written


def prepare(actor: Actor, entity: Entity, batch: Sequence[Written]) -> None:
    """Bring every row of the batch into the form that may be stored, and find what changed. Raises before anything is written."""
    preparation.copy_reach(entity, [each.row for each in batch])
    if entity.kind is RecordKind.ATTACHED:
        about = {each.row.pk: each.before["about"] for each in batch if each.before is not None}
        attachment.follow(actor, entity, [each.row for each in batch], about)
    blank = values.snapshot(entity, entity.model())  # a model is slow to make: once per batch
    usual = values.snapshot(entity, layouts.new_row(entity)) if layouts.defaults(entity) else blank
    filled_in = {*entity.fields, *layouts.custom(entity)}
    for each in batch:
        row = each.row
        preparation.tidy_texts(row)
        custom_rules.clean(actor, entity, row, blank if each.before is None else each.before)
        preparation.settle_ownership(entity, row, each.before)
        each.touched = frozenset(_differences(entity, each, blank)) | each.blanks
        if each.is_new and usual is not blank:
            each.touched &= (
                frozenset(_differences(entity, each, usual)) | each.blanks
            )  # nobody's wish, but the company's
        # What the person asked for is judged before the rule adds what follows from it.
        preparation.check_field_rights(actor, entity, each.touched & filled_in)
        if entity.prepare is not None:
            entity.prepare(actor, each)
        preparation.fill_derived(entity, row)
        each.changes = _differences(entity, each, blank)
        preparation.check_values(entity, row, frozenset(each.changes), is_new=each.is_new)
        custom_rules.check_required(actor, entity, each)
    custom_rules.check_links(entity, batch)
    held.check(actor, entity, batch)
    _draw_numbers(entity, batch)


def _differences(entity: Entity, each: Written, blank: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    before = blank if each.before is None else each.before
    return values.differences(before, values.snapshot(entity, each.row))


def _draw_numbers(entity: Entity, batch: Sequence[Written]) -> None:
    if not entity.number:
        return
    rule = getattr(entity.field(entity.number).model_field, "rule", "")
    without = [each for each in batch if each.is_new and not getattr(each.row, entity.number)]
    if rule and without:
        for each, number in zip(without, numbering.draw(rule, company.today(), len(without)), strict=True):
            setattr(each.row, entity.number, number)
            each.changes[entity.number] = (None, number)


def insert(actor: Actor, batch: Sequence[Written]) -> None:
    """Insert new rows; their ids are set."""
    now = timezone.now()
    for each in batch:
        stamp(actor, each.row, now, is_new=True)
    if len(batch) == 1:
        batch[0].row.save(force_insert=True)
    else:
        insert_many([each.row for each in batch])


def update(actor: Actor, entity: Entity, batch: Sequence[Written]) -> None:
    """Update changed rows where their version is still the one read. Raises `Conflict`."""
    now = timezone.now()
    versioned = entity.has_column("version")
    for each in batch:
        stamp(actor, each.row, now, is_new=False)
        names = {*each.changes, *_kept(entity)}
        assignments = {
            column.attname: getattr(each.row, column.attname)
            for column in entity.model._meta.concrete_fields
            if column.name in names
        }
        if any(map(is_custom, each.changes)):
            assignments["custom"] = each.row.custom
        condition = {"pk": each.row.pk} | ({"version": each.row.version} if versioned else {})
        if versioned:
            assignments["version"] = each.row.version + 1
        if not entity.model._default_manager.filter(**condition).update(**assignments):
            raise Conflict({}, getattr(each.row, "version", 0))
        if versioned:
            each.row.version += 1


def _kept(entity: Entity) -> set[str]:
    """Columns written with every update, changed or not: stamps and what machinery derives."""
    tracked = {each.name for each in values.tracked_columns(entity)}
    untouchable = {"id", "version", "created_at", "created_by", "deleted_at", "deletion_id", "custom", *entity.derived}
    return {each.name for each in entity.model._meta.concrete_fields} - tracked - untouchable


def stamp(actor: Actor, row: Any, now: Any, *, is_new: bool) -> None:
    """Who and when, on models that have the columns."""
    if hasattr(row, "updated_at"):
        row.updated_at = now
    if hasattr(row, "updated_by_id"):
        row.updated_by_id = actor.user_id
    if is_new and hasattr(row, "created_at"):
        row.created_at = now
    if is_new and hasattr(row, "created_by_id"):
        row.created_by_id = actor.user_id


def check_reach(actor: Actor, entity: Entity, rows: Sequence[models.Model]) -> None:
    """After the write the writer must still reach what he wrote. Raises `NotAllowed`, which rolls all back."""
    reach = actor.access.reach(entity.slug, "view")
    if reach is not None and (reach.everything or entity.kind is RecordKind.SHARED):
        return
    ids = [row.pk for row in rows]
    if entity.model._default_manager.all().visible_to(actor).filter(pk__in=ids).count() != len(set(ids)):  # type: ignore[attr-defined]
        raise NotAllowed(
            _(
                "You would no longer see this record. Choose an owner and a department within your reach, or transfer it."
            )
        )


def log(
    actor: Actor, entity: Entity, batch: Sequence[Written], verb: str, effective_on: date | None, note: str = ""
) -> None:
    """One event per row, and a row of state history for each tracked state that changed."""
    now = timezone.now()
    rows = [event_of(actor, entity, each.row, verb, each.changes, effective_on, now, note) for each in batch]
    if len(rows) == 1:
        rows[0].save(force_insert=True)
    else:
        number = current_transaction()
        for row in rows:
            row.tx = number
        insert_many(rows)
    for each, row in zip(batch, rows, strict=True):
        each.event_id = row.pk
    states = [state for each in batch for state in _states(actor, entity, each, effective_on, now)]
    insert_values(StateChange, _STATE_COLUMNS, states)


def event_of(
    actor: Actor,
    entity: Entity,
    row: Any,
    verb: str,
    changes: dict[str, tuple[Any, Any]],
    effective_on: date | None,
    now: Any,
    note: str = "",
) -> Event:
    """The event of one change, not yet stored."""
    return Event(
        tx=CurrentTransaction(),
        at=now,
        effective_on=effective_on,
        actor_id=actor.user_id,
        on_behalf_of_id=None if actor.on_behalf_of is None else actor.on_behalf_of.pk,
        verb=verb,
        entity=entity.slug,
        record_id=row.pk,
        version=getattr(row, "version", 0),
        party_id=attachment.party_of(entity, row),
        changes={
            name: [values.stable(old), values.stable(new)]
            for name, (old, new) in changes.items()
            if name not in values.SECRET
        },
        note=note,
        via=actor.via,
        token_id=actor.token_id,
        batch_id=actor.batch_id,
        request_id=actor.request_id,
    )


_STATE_COLUMNS = (
    "entity", "record_id", "field", "old", "new", "effective_on", "sequence", "recorded_at", "event", "batch_id",
)  # fmt: skip


def _states(actor: Actor, entity: Entity, each: Written, effective_on: date | None, now: Any) -> list[tuple[Any, ...]]:
    """States with their business dates, in the order of `_STATE_COLUMNS`.

    Given steps come first. Creation notes the stage besides, later changes every history field, on the day of the last step.
    """
    steps = list(each.steps)
    given = {name for name, _new, _on in steps}
    day = effective_on or (steps[-1][2] if steps else company.today())
    wanted = entity.history_at_creation if each.is_new else entity.history
    others = [name for name in wanted if name in each.changes and name not in given]
    steps += [(name, getattr(each.row, entity.field(name).attname), day) for name in others]
    found: list[tuple[Any, ...]] = []
    last: dict[str, Any] = {} if each.before is None else {name: each.before[name] for name in entity.history}
    for sequence, (name, new, on) in enumerate(steps):
        old, text = history.as_text(last.get(name)), history.as_text(new)
        found.append((entity.slug, each.row.pk, name, old, text, on, sequence, now, each.event_id, actor.batch_id))
        last[name] = new
    return found


def settle(actor: Actor, entity: Entity, batch: Sequence[Written]) -> None:
    """What the write entails: the search index, the reach of parts, points, and what the entity's own hook does."""
    custom_index.follow(entity, batch)
    index.refresh(entity, [each.row for each in batch])
    moved = [each for each in batch if not each.is_new and each.changed("owner", "department")]
    if entity.kind is RecordKind.OWNED and moved:
        for part in registry.parts_of(entity):
            move_parts(part, [each.row for each in moved])
    attachment.carry(entity, batch)
    held.follow(actor, entity, batch)
    scoring.follow(entity, [each.row for each in batch])
    if entity.settle is not None:
        entity.settle(actor, batch)


def move_parts(part: Entity, anchors: Sequence[Any]) -> None:
    """Give the parts of these anchors their new reach, in the rows and in the index."""
    for anchor in anchors:
        rows = part.model._default_manager.filter(**{part.part_of: anchor.pk})
        rows.update(reach_owner_id=anchor.owner_id, reach_department_id=anchor.department_id)
        index.move(part, rows.values_list("pk", flat=True), anchor.owner_id, anchor.department_id)
