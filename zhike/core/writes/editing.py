"""Edits by people who work at the same time: different fields merge, so do several choices; any other same field asks."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction

from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind, registry
from zhike.core.entities.fields import is_custom
from zhike.core.events.models import Event
from zhike.core.fieldvalues import related_of, set_value, to_stored, value_of
from zhike.core.writes import values
from zhike.core.writes.errors import Conflict, Difference
from zhike.core.writes.locking import lock


def merge_edit(
    actor: Actor, model: type[models.Model], pk: int, version: int, wanted: Mapping[str, Any], *, verb: str = "edit"
) -> tuple[Any, frozenset[str]]:
    """Apply what a person typed over version `version` of a record: `wanted` maps field names to values (rows for relations).

    Returns the row and the fields that others changed meanwhile and that were kept.
    Raises `Conflict` with both values where the same field was changed to something else, `NotReachable` and what `save` raises.
    """
    from zhike.core.writes import save

    entity = registry.of(model)
    with transaction.atomic():
        row = lock(actor, entity, [pk], "edit")[pk]
        theirs = changes_since(entity, row, version)
        mine = {
            name: value
            for name, value in wanted.items()
            if _stored(entity, name, value) != theirs.get(name, _now(entity, row, name))
        }
        together = {name for name in mine.keys() & theirs.keys() if entity.field(name).kind is FieldKind.MULTI_CHOICE}
        for name in together:
            mine[name] = _together(theirs[name] or [], _now(entity, row, name) or [], mine[name] or [])
        clashes = {
            name: Difference(name, theirs=_shown(entity, row, name), mine=value)
            for name, value in mine.items()
            if name in theirs and name not in together and _stored(entity, name, value) != _now(entity, row, name)
        }
        if clashes:
            raise Conflict(clashes, row.version)
        for name, value in mine.items():
            set_value(row, entity.field(name), value)
        return save(actor, row, verb=verb, action="edit"), frozenset(theirs) - frozenset(mine)


def _together(base: list[str], now: list[str], mine: list[str]) -> list[str]:
    """Of several choices, what either person added, without what either took away."""
    kept = [each for each in now if each in mine or each not in base]
    return [*kept, *(each for each in mine if each not in base and each not in kept)]


def changes_since(entity: Entity, row: Any, version: int) -> dict[str, Any]:
    """The fields changed after `version`, with the stable value each had then."""
    before: dict[str, Any] = {}
    if version >= row.version:
        return before
    later = Event.objects.filter(entity=entity.slug, record_id=row.pk, version__gt=version).order_by("id")
    for changes in later.values_list("changes", flat=True):
        for name, (old, _new) in changes.items():
            before.setdefault(name, old)
    return before


def _stored(entity: Entity, name: str, value: Any) -> Any:
    return to_stored(entity.field(name), value) if is_custom(name) else values.stable(value)


def _now(entity: Entity, row: Any, name: str) -> Any:
    return row.custom.get(name) if is_custom(name) else values.stable(getattr(row, entity.field(name).attname))


def _shown(entity: Entity, row: Any, name: str) -> Any:
    """The value as a person is shown it: of a relation the record."""
    field = entity.field(name)
    return related_of(row, field) if field.kind is FieldKind.RELATION else value_of(row, field)
