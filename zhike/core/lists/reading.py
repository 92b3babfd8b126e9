"""Answering a list's question: one page of rows, how many there are, and the way to the pages around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connections
from django.db.models import Max, Model, Q, QuerySet

from zhike.core.conditions import visible
from zhike.core.lists import counting
from zhike.core.lists.columns import Column
from zhike.core.lists.counting import Total
from zhike.core.lists.keyset import pack, unpack
from zhike.core.lists.ordering import Key, Order, Segment, to_json
from zhike.core.lists.query import ListQuery
from zhike.core.lists.rows import Row, build_rows, columns_to_load
from zhike.core.scoping.scope import scope

# From this depth on the ids are looked up first, so that whole rows are read for one page only.
_DEEP = 200
_AROUND = 2
# So many rows are counted where nobody asked how many there are.
_PROBE = 2_000


@dataclass(frozen=True, kw_only=True)
class PageNumber:
    """One place in the row of page links; `number` is None for a gap."""

    number: int | None
    link: str = ""
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One page of a list. `first` and `last` are the positions of its rows, 0 when there are none."""

    query: ListQuery
    rows: tuple[Row, ...]
    total: Total | None
    page: int
    page_count: int | None
    next_cursor: str
    previous_cursor: str
    totals: Mapping[str, Decimal]

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.query.columns

    @property
    def first(self) -> int:
        return (self.page - 1) * self.query.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def next_link(self) -> str:
        """The next page by cursor, which costs the same however deep it is; blank on the last."""
        return self.query.link(page=self.page + 1, after=self.next_cursor) if self.next_cursor else ""

    @property
    def previous_link(self) -> str:
        if not self.previous_cursor:
            return ""
        page = max(self.page - 1, 1)
        return self.query.link(page=page) if page == 1 else self.query.link(page=page, before=self.previous_cursor)

    @property
    def numbers(self) -> tuple[PageNumber, ...]:
        """The first page, those around this one, and the last, with gaps between."""
        if self.page_count is None or self.page_count < 2:
            return ()
        near = range(max(self.page - _AROUND, 1), min(self.page + _AROUND, self.page_count) + 1)
        shown = sorted({1, *near, self.page_count})
        found: list[PageNumber] = []
        for place, number in enumerate(shown):
            if place and number - shown[place - 1] > 1:
                found.append(PageNumber(number=None))
            found.append(PageNumber(number=number, link=self._link_to(number), current=number == self.page))
        return tuple(found)

    def _link_to(self, number: int) -> str:
        if number == self.page + 1 and self.next_link:
            return self.next_link
        if number == self.page - 1 and self.previous_link:
            return self.previous_link
        return self.query.link(page=number)


def matching(query: ListQuery, *, in_order: bool = False, scan: bool = False) -> QuerySet[Any]:
    """All rows that match and that the reader may see, in no order; `in_order` and `scan` as in `visible_to`."""
    rows = visible(query.entity, query.actor, in_order=in_order, scan=scan)
    found: QuerySet[Any] = rows.filter(query.restriction()).order_by()
    return found


def ordered(query: ListQuery) -> QuerySet[Any]:
    """The same in the list's order, for export."""
    return query.order.joined(matching(query)).order_by(*query.order.terms())


def matching_ids(query: ListQuery, *, limit: int | None = None) -> list[int]:
    """The ids of all rows that match, in ascending order: "select all matching". Their number is exact."""
    return list(matching(query).order_by("pk").values_list("pk", flat=True)[:limit])


def read(query: ListQuery, *, count: bool = True) -> ListPage:
    """Read one page. Raises `ListError` for a cursor that is damaged or belongs to another list or order."""
    return _Reading(query).page(with_count=count)


def slice_of(query: ListQuery, *, walks: bool = False) -> tuple[list[Any], str]:
    """The bare records of one page and the cursor behind them, with nothing counted: a column of a board.

    `walks` when many of the rows are the reader's; see `visible_to`. Raises `ListError` as `read` does.
    """
    reading = _Reading(query)
    if walks and reading.may_walk:
        reading.rows_in_order = matching(query, in_order=True)
    found = reading.slice(query.page)
    return found.records, reading.cursor(found.records[-1]) if found.more_after else ""


@dataclass(frozen=True)
class _Slice:
    """The records of a page, and whether there are more on either side."""

    records: list[Any]
    more_before: bool
    more_after: bool


def _pages(total: Total, size: int) -> int:
    return max(-(-total.value // size), 1)


def _has_index(model: type[Model], key: Key) -> bool:
    """Whether an index gives the order of the key."""
    return key.custom is not None or _begins_index(model, key.column)


@cache
def _begins_index(model: type[Model], column: str) -> bool:
    """Whether some index of the table begins with the column."""
    if "__" in column:  # a column of another table
        return False
    field = model._meta.get_field(column)
    if getattr(field, "db_index", False) or getattr(field, "unique", False):
        return True
    return any(index.fields_orders and index.fields_orders[0][0] == field.name for index in model._meta.indexes)


class _Reading:
    """One answer to one query."""

    def __init__(self, query: ListQuery) -> None:
        self.query = query
        self.order = query.order
        self.rows = matching(query)
        self.rows_in_order = self.order.joined(self.rows)
        self.has_cursor = bool(query.after or query.before)
        self.is_restricted = bool(scope(query.actor, query.entity))
        self.is_whole = not (self.is_restricted or query.is_filtered or query.tab or query.ids)
        on_sqlite = connections[self.rows.db].vendor == "sqlite"
        self.may_walk = self.is_restricted and on_sqlite
        if on_sqlite and self.is_whole and not _has_index(query.entity.model, self.order.keys[0]):
            # An index over the living rows would lead to each of them in turn: three times slower than reading them all.
            self.rows_in_order = self.order.joined(matching(query, scan=True))

    def page(self, *, with_count: bool) -> ListPage:
        query, page, found = self.query, self.query.page, None
        total = None
        if with_count and page == 1 and not self.has_cursor and not self.may_walk:
            found = self.slice(page)
            total = None if found.more_after else Total(len(found.records), exact=True)
        if with_count and total is None:
            total = counting.count(self.rows, is_whole=self.is_whole)
        if total is not None and total.exact:
            page = min(page, _pages(total, query.size))
        if found is None:
            self._choose_way(total, page)
            found = self.slice(page)
        if not found.records and page > 1 and not self.has_cursor:
            # Behind the end of a list whose number of rows was estimated, or not asked for: its last page.
            exact = Total(self.rows.count(), exact=True)
            total, page = total and exact, _pages(exact, query.size)
            found = self.slice(page)
        return ListPage(
            query=query,
            rows=build_rows(query.actor, query.entity, query.columns, found.records),
            total=total,
            page=page,
            page_count=None if total is None else max(_pages(total, query.size), page),
            next_cursor=self.cursor(found.records[-1]) if found.more_after else "",
            previous_cursor=self.cursor(found.records[0]) if found.more_before else "",
            totals=counting.sums(self.rows, query.columns) if query.with_totals else {},
        )

    def _choose_way(self, total: Total | None, page: int) -> None:
        """On SQLite: gather the actor's rows and sort them, or walk the order's index until the page is full."""
        if not self.may_walk:
            return
        mine = self.rows[:_PROBE].count() if total is None else total.value
        passed = page * self.query.size if not self.has_cursor else self.query.size
        largest_id = self.query.entity.model._default_manager.aggregate(largest=Max("pk"))["largest"] or 0
        if mine * mine > passed * largest_id:
            self.rows_in_order = self.order.joined(matching(self.query, in_order=True))

    def slice(self, page: int) -> _Slice:
        query = self.query
        if query.before:
            records, more = self._from_place(self.order.reversed(), query.before, "before")
            return _Slice(records[::-1], more_before=more, more_after=True)
        if query.after:
            records, more = self._from_place(self.order, query.after, "after")
            return _Slice(records, more_before=True, more_after=more)
        records, more = self._from_offset((page - 1) * query.size)
        return _Slice(records, more_before=page > 1, more_after=more)

    def _from_place(self, order: Order, cursor: str, parameter: str) -> tuple[list[Any], bool]:
        blank, packed = unpack(cursor, self.query.entity.slug, self.query.sort_text, parameter)
        values = [key.field.to_python(value) for key, value in zip(order.keys, packed, strict=True)]
        wanted = self.query.size + 1
        found: list[Any] = []
        reached = False
        for segment in order.segments():
            if segment.blank == blank:
                reached = True
                found += self._records(segment, segment.after(values), 0, wanted)
            elif reached and len(found) < wanted:
                found += self._records(segment, None, 0, wanted - len(found))
        return found[: self.query.size], len(found) == wanted

    def _from_offset(self, offset: int) -> tuple[list[Any], bool]:
        wanted = self.query.size + 1
        found: list[Any] = []
        segments = self.order.segments()
        for segment in segments:
            if len(found) == wanted:
                break
            part = self._records(segment, None, 0 if found else offset, wanted - len(found))
            if not part and not found and offset and segment is not segments[-1]:
                offset = max(offset - self.rows_in_order.filter(segment.condition).count(), 0)
            found += part
        return found[: self.query.size], len(found) == wanted

    def _records(self, segment: Segment, place: Q | None, offset: int, limit: int) -> list[Any]:
        rows = self.rows_in_order.filter(segment.condition)
        if place is not None:
            rows = rows.filter(place)
        rows = rows.order_by(*segment.order())
        if offset < _DEEP:
            return list(self._loaded(rows)[offset : offset + limit])
        ids = list(rows.values_list("pk", flat=True)[offset : offset + limit])
        loaded = {row.pk: row for row in self._loaded(self.query.entity.model._default_manager.filter(pk__in=ids))}
        return [loaded[pk] for pk in ids if pk in loaded]

    def _loaded(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        names = columns_to_load(self.query.entity, self.query.columns)
        found: QuerySet[Any] = rows.only(*names).annotate(**self.order.annotations())
        return found

    def cursor(self, record: Any) -> str:
        values = self.order.values_of(record)
        first = self.order.keys[0]
        blank = first.may_be_blank and values[0] in (None, "")
        return pack(self.query.entity.slug, self.query.sort_text, blank, [to_json(each) for each in values])
