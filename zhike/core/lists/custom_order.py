"""Sorting rows by a custom value: the table of values joined once for each key, so that its index can give the order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import BigIntegerField, QuerySet
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql.constants import LOUTER
from django.db.models.sql.datastructures import Join

from zhike.core.customfields.models import CustomValue
from zhike.core.entities import Field


def sorted_name(field: Field) -> str:
    """Under which name the joined value stands in the query."""
    return f"sorted_by_{field.name}"


def column_of(field: Field) -> models.Field[Any, Any]:
    """The column of `CustomValue` that holds the value."""
    if field.custom is None:
        raise TypeError(field.name)
    column: Any = CustomValue._meta.get_field(field.custom.column)
    found: models.Field[Any, Any] = column
    return found


def least_of(field: Field) -> Any:
    """What no number or moment of the field lies below."""
    is_moment = column_of(field).name == "at"
    return datetime(1, 1, 2, tzinfo=UTC) if is_moment else Decimal(-(10**15))


def with_value(rows: QuerySet[Any], field: Field) -> QuerySet[Any]:
    """The rows with the field's value beside them, under `sorted_name`; rows without a value stay."""
    if field.custom is None or sorted_name(field) in rows.query.annotations:
        return rows
    found = rows.all()
    query: Any = found.query
    relation: Any = _ValueJoin(rows.model, field.custom.id)
    parent = query.get_initial_alias()
    alias = query.join(Join(CustomValue._meta.db_table, parent, None, LOUTER, relation, True))
    joined: QuerySet[Any] = found.alias(**{sorted_name(field): Col(alias, column_of(field))})
    return joined


@dataclass(frozen=True)
class _ValueJoin:
    """What Django asks of the relation behind a join: here the record's id, and which field is meant."""

    model: type[models.Model]
    field_id: int
    related_model: ClassVar[type[models.Model]] = CustomValue

    def get_joining_fields(self) -> tuple[tuple[Any, Any], ...]:
        return ((self.model._meta.pk, CustomValue._meta.get_field("record_id")),)

    def get_extra_restriction(self, alias: str, _related_alias: str) -> Exact:
        field: Any = CustomValue._meta.get_field("field")
        return Exact(Col(alias, field, BigIntegerField()), self.field_id)
