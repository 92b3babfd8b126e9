"""Values in their stable form: for events, history and comparison."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import models

from zhike.core.entities import Entity

JsonValue = Any
# Stamps and machinery that never count as a change.
MACHINERY = frozenset(
    {"id", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "deletion_id"}
    | {"reach_owner", "reach_department", "anchor", "party_id"}
    # Compared value by value, under the keys of its fields.
    | {"custom"}
)

# Never written to the log, not even as a hash.
SECRET = frozenset({"password"})


def stable(value: Any) -> JsonValue:
    """A value as JSON holds it: decimals and days as text, moments as ISO in UTC, records as their id."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, models.Model):
        return value.pk
    return value


def tracked_columns(entity: Entity) -> list[models.Field[Any, Any]]:
    """The columns whose change a person would recognise."""
    return list(_tracked(entity.model, entity.derived))


@cache
def _tracked(model: type[models.Model], derived: tuple[str, ...]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(
        each
        for each in model._meta.concrete_fields
        if each.name not in MACHINERY and each.name not in derived and not _is_kept_by_machinery(each)
    )


def _is_kept_by_machinery(field: models.Field[Any, Any]) -> bool:
    from zhike.core.fields import BaseAmountField, PinyinKeyField

    return isinstance(field, (BaseAmountField, PinyinKeyField))


def snapshot(entity: Entity, row: models.Model) -> dict[str, Any]:
    """The tracked values of a row, by field name; custom ones in their stored form, where they are filled in."""
    names, read = _reader(entity.model, entity.derived)
    found = dict(zip(names, read(row), strict=True))
    custom = getattr(row, "custom", None)
    return found | custom if custom else found


@cache
def _reader(
    model: type[models.Model], derived: tuple[str, ...]
) -> tuple[tuple[str, ...], Callable[[models.Model], tuple[Any, ...]]]:
    """The names of the tracked columns, and what reads them all from a row at once."""
    columns = _tracked(model, derived)
    get = attrgetter(*(each.attname for each in columns))
    # Of one name `attrgetter` gives the bare value.
    return tuple(each.name for each in columns), get if len(columns) > 1 else lambda row: (get(row),)


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs between two snapshots: name → (old, new)."""
    found = {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}
    if len(before) > len(after) or found:
        # Custom values that are blank now.
        found |= {name: (before[name], None) for name in before.keys() - after.keys()}
    return found
