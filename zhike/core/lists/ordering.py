"""The order of a list: blanks last in both directions, alike on both databases, and always ending in the id.

A list falls into two segments by its first key: rows that have it, then rows that have not. Each is read by itself, so that
one plain index serves both directions on both databases, and a row's place can be found again (keyset).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import NullIf
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.conditions import may_filter
from zhike.core.entities import Entity, Field, FieldKind
from zhike.core.lists.custom_order import column_of, least_of, sorted_name, with_value
from zhike.core.lists.errors import ListError
from zhike.core.lists.keyset import RowAfter

MAX_KEYS = 3
ANY_ROW = ~Q(pk__in=[])
NO_ROW = Q(pk__in=[])


@dataclass(frozen=True)
class SortKey:
    """One field that people sort by."""

    name: str
    descending: bool

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


@dataclass(frozen=True, kw_only=True)
class Key:
    """One column of the order, as the database sorts it. `blanks_first` only while reading backwards."""

    column: str
    field: models.Field[Any, Any]
    descending: bool
    may_be_blank: bool
    blanks_first: bool = False
    # The custom field whose values have to be joined for it.
    custom: Field | None = None

    @property
    def is_text(self) -> bool:
        return isinstance(self.field, (models.CharField, models.TextField))

    @property
    def has_value(self) -> Q:
        """The column is not blank; `> ''` lets an index jump over the blank ones."""
        if not self.may_be_blank:
            return ANY_ROW
        if self.custom is not None and not self.is_text:
            # Says the same as "not null", but SQLite sees only in a comparison that the joined row must be there.
            return Q(**{f"{self.column}__gte": least_of(self.custom)})
        return Q(**{f"{self.column}__gt": ""}) if self.is_text else Q(**{f"{self.column}__isnull": False})

    @property
    def is_blank(self) -> Q:
        missing = Q(**{f"{self.column}__isnull": True})
        return missing | Q(**{self.column: ""}) if self.is_text else missing

    def reversed(self) -> Key:
        return replace(self, descending=not self.descending, blanks_first=not self.blanks_first)

    def after(self, value: Any) -> Q:
        """Rows that come later by this key alone."""
        if self.may_be_blank and _is_blank(value):
            return self.has_value if self.blanks_first else NO_ROW
        later = Q(**{f"{self.column}__{'lt' if self.descending else 'gt'}": value})
        if not self.may_be_blank:
            return later
        later &= self.has_value
        return later if self.blanks_first else later | self.is_blank

    def from_here_on(self, value: Any) -> Q:
        """Rows with this value or a later one, for the first key of rows that have it."""
        return Q(**{f"{self.column}__{'lte' if self.descending else 'gte'}": value})

    def same(self, value: Any) -> Q:
        return self.is_blank if self.may_be_blank and _is_blank(value) else Q(**{self.column: value})

    def terms(self, *, blanks_apart: bool) -> list[Any]:
        """What stands in ORDER BY; `blanks_apart` where the query has rows of one sort only."""
        if blanks_apart or not self.may_be_blank:
            return [F(self.column).desc() if self.descending else F(self.column).asc()]
        flag = Case(When(self.is_blank, then=Value(1)), default=Value(0))
        # An empty text and none at all are the same blank.
        value = NullIf(F(self.column), Value("")) if self.is_text else F(self.column)
        return [flag.desc() if self.blanks_first else flag.asc(), value.desc() if self.descending else value.asc()]


@dataclass(frozen=True)
class Segment:
    """The rows with a first key, or those without (`blank`), and the order inside."""

    keys: tuple[Key, ...]
    blank: bool

    @property
    def condition(self) -> Q:
        first = self.keys[0]
        return first.is_blank if self.blank else first.has_value

    @property
    def inner(self) -> tuple[Key, ...]:
        """The keys that still differ inside the segment."""
        return self.keys[1:] if self.blank else self.keys

    def order(self) -> list[Any]:
        found: list[Any] = []
        for place, key in enumerate(self.inner):
            found += key.terms(blanks_apart=place == 0 and not self.blank)
        return found

    def after(self, values: Sequence[Any]) -> Q:
        """The rows of the segment behind the one with these values, given for all keys."""
        keys, given = (self.keys[1:], values[1:]) if self.blank else (self.keys, values)
        alike = all(key.descending is keys[0].descending and not key.may_be_blank for key in keys[1:])
        if len(keys) > 1 and alike:
            # One comparison of rows, which both databases find in an index on the same columns.
            return Q(RowAfter([key.column for key in keys], [key.field for key in keys], given, keys[0].descending))
        found = NO_ROW
        for key, value in zip(reversed(keys), reversed(given), strict=True):
            found = key.after(value) | (key.same(value) & found)
        # Says nothing new, but an index on the first key can use it.
        return found if self.blank else found & keys[0].from_here_on(given[0])


def _is_blank(value: Any) -> bool:
    return value is None or value == ""


@dataclass(frozen=True)
class Order:
    """The whole order; the last key is the id."""

    keys: tuple[Key, ...]

    def segments(self) -> tuple[Segment, ...]:
        """In reading order."""
        first = self.keys[0]
        filled, blank = Segment(self.keys, blank=False), Segment(self.keys, blank=True)
        if not first.may_be_blank:
            return (filled,)
        return (blank, filled) if first.blanks_first else (filled, blank)

    def joined(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """The rows with all that the keys look at."""
        for key in self.keys:
            rows = rows if key.custom is None else with_value(rows, key.custom)
        return rows

    def reversed(self) -> Order:
        return Order(tuple(key.reversed() for key in self.keys))

    def terms(self) -> list[Any]:
        """The order for one statement over all rows: export, sub-selects."""
        return [term for key in self.keys for term in key.terms(blanks_apart=False)]

    def values_of(self, row: models.Model) -> list[Any]:
        return [getattr(row, f"sort_{place}") for place in range(len(self.keys))]

    def annotations(self) -> dict[str, F]:
        """The keys' values under the names that `values_of` reads."""
        return {f"sort_{place}": F(key.column) for place, key in enumerate(self.keys)}


def read_sort(entity: Entity, actor: Actor, text: str) -> tuple[SortKey, ...]:
    """Read `-amount,name`; blank is the entity's own order. Raises `ListError`."""
    names = [name for name in text.split(",") if name]
    if len(names) > MAX_KEYS:
        raise ListError(_("A list can be sorted by three columns at most."), "sort")
    found: dict[str, SortKey] = {}
    for name in names or entity.ordering:
        bare = name.removeprefix("-")
        known = bare in entity.readable or entity.may_name(bare)
        field = entity.field(bare) if known and entity.has_field(bare) else None
        if field is None or not field.sort_path or not may_filter(entity, field, actor):
            if not names:
                continue  # the entity's own order, by a field that this reader may not see
            raise ListError(_("This list cannot be sorted by “%(name)s”.") % {"name": bare[:60]}, "sort")
        found.setdefault(bare, SortKey(bare, name.startswith("-")))
    return tuple(found.values())


def order_of(entity: Entity, sort: tuple[SortKey, ...]) -> Order:
    """The columns that sort the rows; without keys the newest come first."""
    keys = [_key(entity, each) for each in sort]
    descending = keys[0].descending if keys else True
    pk = entity.model._meta.pk
    if pk is None:
        raise TypeError(entity.slug)
    return Order((*keys, Key(column="pk", field=pk, descending=descending, may_be_blank=False)))


def _key(entity: Entity, sort: SortKey) -> Key:
    field = entity.field(sort.name)
    if field.custom is not None:
        return Key(
            column=sorted_name(field),
            field=column_of(field),
            descending=sort.descending,
            may_be_blank=True,
            custom=field,
        )
    column = _last_field(entity.model, field.sort_path)
    is_text = isinstance(column, (models.CharField, models.TextField))
    if field.kind is FieldKind.RELATION:
        may_be_blank = field.model_field.null or column.null
    else:
        # A text that people must fill in has a key; one they may leave out has a blank one.
        may_be_blank = column.null or (is_text and field.model_field.blank)
    return Key(column=field.sort_path, field=column, descending=sort.descending, may_be_blank=may_be_blank)


def _last_field(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    found: Any = None
    for name in path.split("__"):
        found = model._meta.get_field(name)
        model = found.related_model or model
    column: models.Field[Any, Any] = found.target_field if found.is_relation else found
    return column


def to_json(value: Any) -> str | int | bool | None:
    """A key's value for a cursor; `Key.field.to_python` reads it back."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, bool)):
        return value
    raise TypeError(value)
