"""Custom values where lists find them: `CustomValue` follows `Record.custom` in the transaction of every write."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhike.core.customfields.config import config_of
from zhike.core.customfields.models import CustomValue
from zhike.core.entities import Entity, Field, FieldKind
from zhike.core.entities.fields import is_custom
from zhike.core.writes.insertion import insert_values
from zhike.core.writes.results import Written

_COLUMNS = ("field", "record_id", "text", "number", "at", "unique_key", "live")
_Row = tuple[Any, ...]


def follow(entity: Entity, batch: Sequence[Written]) -> None:
    """Repeat what the batch changed of custom values. Without such a change it asks and writes nothing."""
    kept = {field.name: field for field in config_of(entity.slug).kept}
    if not kept:
        return
    rows: list[_Row] = []
    again: list[Written] = []
    touched: dict[str, Field] = {}
    for each in batch:
        if each.is_new:
            rows += _rows(kept.values(), each.row.pk, each.row.custom, live=True)
            continue
        changed = {name: kept[name] for name in each.changes if name in kept}
        if changed:
            again.append(each)
            touched |= changed
    if again:
        # One statement for the whole batch: what any row of it changed is written anew for each of them.
        ids = [each.row.pk for each in again]
        CustomValue.objects.filter(record_id__in=ids, field__in=[_id(field) for field in touched.values()]).delete()
        for each in again:
            rows += _rows(touched.values(), each.row.pk, each.row.custom, live=True)
    insert_values(CustomValue, _COLUMNS, rows)


def write_again(field: Field, records: Iterable[tuple[int, dict[str, Any], bool]]) -> None:
    """Write one field anew for these records: (id, custom, whether it lives)."""
    known = list(records)
    CustomValue.objects.filter(field=_id(field), record_id__in=[pk for pk, _custom, _live in known]).delete()
    rows = [row for pk, custom, live in known for row in _rows([field], pk, custom, live=live)]
    insert_values(CustomValue, _COLUMNS, rows)


def mark(entity: Entity, ids: Sequence[int], *, live: bool) -> None:
    """Records went into the recycle bin, or came back."""
    fields = [_id(field) for field in config_of(entity.slug).kept]
    if fields:
        CustomValue.objects.filter(record_id__in=ids, field__in=fields).update(live=live)


def remove(entity: Entity, ids: Sequence[int]) -> None:
    """Records are gone for good."""
    fields = [_id(field) for field in config_of(entity.slug).kept]
    if fields:
        CustomValue.objects.filter(record_id__in=ids, field__in=fields).delete()


def check_unique(entity: Entity, row: Any, names: Iterable[str]) -> None:
    """Say which value another live record has. Raises `ValidationError` by field; a race is left to the database."""
    custom = config_of(entity.slug).custom
    errors: dict[str, str] = {}
    for name in names:
        field = custom.get(name) if is_custom(name) else None
        if field is None or not field.unique or name not in row.custom:
            continue
        others = CustomValue.objects.filter(field=_id(field), unique_key=str(row.custom[name]), live=True)
        if others.exclude(record_id=row.pk or 0).exists():
            errors[name] = _("Another record already has this value, and no two may be alike.")
    if errors:
        raise ValidationError(errors)


def column_value(kind: FieldKind, stored: Any) -> Any:
    """A stored value in the form that its column of `CustomValue` holds."""
    if kind is FieldKind.DATE:
        return datetime.combine(date.fromisoformat(stored), time.min, tzinfo=UTC)
    if kind is FieldKind.MOMENT:
        return datetime.fromisoformat(stored)
    return Decimal(int(stored) if isinstance(stored, bool) else stored)


def _rows(fields: Iterable[Field], record_id: int, custom: dict[str, Any], *, live: bool) -> list[_Row]:
    return [row for field in fields for row in _rows_of(field, record_id, custom.get(field.name), live=live)]


def _rows_of(field: Field, record_id: int, stored: Any, *, live: bool) -> list[_Row]:
    if stored is None or field.custom is None:
        return []
    unique_key = str(stored) if field.unique else None
    if field.custom.column == "text":
        words = stored if isinstance(stored, list) else [stored]
        return [(field.custom.id, record_id, word, None, None, unique_key, live) for word in words]
    if field.kind is FieldKind.FILE:
        return [(field.custom.id, record_id, None, Decimal(pk), None, None, live) for pk in stored]
    try:
        value = column_value(field.kind, stored)
    except (ValueError, TypeError, ArithmeticError):
        return []
    number, at = (None, value) if field.custom.column == "at" else (value, None)
    return [(field.custom.id, record_id, None, number, at, unique_key, live)]


def _id(field: Field) -> int:
    if field.custom is None:
        raise TypeError(field.name)
    return field.custom.id
