"""Rows of a list as they are shown: plain values, related records by their label, masked fields masked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from django.db import models

from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field, FieldKind
from zhike.core.fieldvalues import value_of
from zhike.core.lists.columns import Column
from zhike.core.lists.labels import Related, related_by_key, related_labels
from zhike.core.masking import mask
from zhike.core.record_choices import as_keys

# Records are told by name or not at all.
_UNTOLD = (FieldKind.RELATION, FieldKind.RECORDS, FieldKind.FILE)
_SEVERAL = (FieldKind.RECORDS, FieldKind.FILE)

# Names of related records by model and id; under None, of records of any kind by their key.
Labels = Mapping[type[models.Model] | None, Mapping[Any, Related]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value. Blank is None, "" or []; `currency` stands with money; a masked value is already text with stars.

    `several` are the records that a field names many of, by key; one that is gone for good is left out.
    """

    column: Column
    value: object
    related: Related | None = None
    currency: str = ""
    masked: bool = False
    several: Mapping[str, Related] = attribute(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One record of the page. Of `record` only the shown columns are loaded; reading another one costs a query."""

    id: int
    title: str
    record: Any
    cells: tuple[Cell, ...]


def columns_to_load(entity: Entity, columns: Iterable[Column]) -> tuple[str, ...]:
    """The model fields that a page needs: the shown ones, the title, the number and what identifies the state."""
    names = ["id", *(name for column in columns for name in column.field.columns), *entity.field(entity.title).columns]
    names += [name for name in ("version", "deleted_at", entity.number) if name and entity.has_column(name)]
    known = {each.name for each in entity.model._meta.concrete_fields}
    return tuple(dict.fromkeys(name for name in names if name in known))


def build_rows(actor: Actor, entity: Entity, columns: Sequence[Column], records: Sequence[Any]) -> tuple[Row, ...]:
    """Rows with their cells; one statement for each related model, whatever the number of rows."""
    labels = _labels(actor, entity, columns, records)
    return tuple(
        Row(
            id=record.pk,
            title=_title(entity, record, labels),
            record=record,
            cells=tuple(_cell(column, record, labels) for column in columns),
        )
        for record in records
    )


def _labels(actor: Actor, entity: Entity, columns: Sequence[Column], records: Sequence[Any]) -> Labels:
    fields = [column.field for column in columns if not column.masked]
    wanted: dict[type[models.Model], set[int]] = {}
    for field in (*fields, entity.field(entity.title)):
        if field.kind is FieldKind.RELATION and field.related is not None:
            ids = (value_of(record, field) for record in records)
            wanted.setdefault(field.related, set()).update(pk for pk in ids if pk is not None)
    labels: dict[type[models.Model] | None, Mapping[Any, Related]] = {
        model: related_labels(actor, model, ids) for model, ids in wanted.items()
    }
    if any(each.kind in (FieldKind.RECORD, *_SEVERAL) for each in fields):
        labels[None] = related_by_key(actor, {key for record in records for key in keys_in(record, fields)})
    return labels


def keys_in(record: Any, fields: Iterable[Field]) -> Iterable[str]:
    """The keys of the records that these fields of a row name."""
    for each in fields:
        if each.kind is FieldKind.RECORD:
            yield getattr(record, each.attname)
        elif each.kind in _SEVERAL:
            yield from keys_of(each, value_of(record, each))


def keys_of(field: Field, value: Any) -> list[str]:
    """The keys of the records that a value of several names; files are named by their ids."""
    return [f"attachments:{pk}" for pk in value or ()] if field.kind is FieldKind.FILE else as_keys(value)


def _title(entity: Entity, record: Any, labels: Labels) -> str:
    field = entity.field(entity.title)
    value = getattr(record, field.attname)
    if field.kind is FieldKind.RELATION and field.related is not None:
        related = labels[field.related].get(value)
        return related.label if related else ""
    return "" if value is None else str(value)


def _cell(column: Column, record: Any, labels: Labels) -> Cell:
    field = column.field
    value = value_of(record, field)
    if column.masked:
        return Cell(column=column, value="" if field.kind in _UNTOLD else mask(value), masked=True)
    if field.kind is FieldKind.RECORD:
        return Cell(column=column, value=value, related=labels[None].get(value))
    if field.kind in _SEVERAL:
        found = {key: labels[None][key] for key in keys_of(field, value) if key in labels[None]}
        return Cell(column=column, value=list(found), several=found)
    if field.kind is FieldKind.RELATION and field.related is not None:
        related = None if value is None else labels[field.related].get(value)
        return Cell(column=column, value=value, related=related)
    return Cell(column=column, value=value, currency=_currency(column, record))


def _currency(column: Column, record: Any) -> str:
    name = column.field.currency_name
    return str(getattr(record, name, "")) if name else ""
