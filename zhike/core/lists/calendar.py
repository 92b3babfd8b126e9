"""A list seen as a calendar: the rows that fall on a span of days, in the order of their beginning, bounded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from zhike.core import company
from zhike.core.conditions import may_filter
from zhike.core.entities import Calendar, Entity, FieldKind
from zhike.core.lists.columns import Column, available
from zhike.core.lists.query import ListQuery
from zhike.core.lists.reading import matching
from zhike.core.lists.rows import Row, build_rows, columns_to_load

MOST = 500


@dataclass(frozen=True, kw_only=True)
class CalendarItem:
    """One record on the calendar: the days it covers, and for a moment the time at which it begins."""

    row: Row
    first: date
    last: date
    at: time | None = None


@dataclass(frozen=True, kw_only=True)
class CalendarPage:
    """What falls between two days. `has_more`: only the first `MOST` are here."""

    items: tuple[CalendarItem, ...]
    has_more: bool


def calendar_of(query: ListQuery) -> Calendar | None:
    """The calendar of the list, where it has one and its reader may filter by its days."""
    calendar, entity = query.entity.calendar, query.entity
    if calendar is None or not may_filter(entity, entity.field(calendar.start), query.actor):
        return None
    if calendar.end and not may_filter(entity, entity.field(calendar.end), query.actor):
        return replace(calendar, end="")
    return calendar


def has_moments(entity: Entity, calendar: Calendar) -> bool:
    """Whether things begin at a time, in the reader's zone; else on a business day of the company."""
    return entity.field(calendar.start).kind is FieldKind.MOMENT


def today(entity: Entity, calendar: Calendar) -> date:
    """The present day as this calendar counts days."""
    return timezone.localdate() if has_moments(entity, calendar) else company.today()


def read_calendar(query: ListQuery, calendar: Calendar, first: date, last: date) -> CalendarPage:
    """The rows on the days from `first` to `last`, in one statement and one for each kind of related record shown."""
    columns = shown_columns(query, calendar)
    names = columns_to_load(query.entity, columns)
    rows = matching(query).filter(_between(query.entity, calendar, first, last)).order_by(calendar.start, "pk")
    records = list(rows.only(*names)[: MOST + 1])
    shown = build_rows(query.actor, query.entity, columns, records[:MOST])
    items = tuple(_item(query.entity, calendar, row) for row in shown)
    return CalendarPage(items=items, has_more=len(records) > MOST)


def shown_columns(query: ListQuery, calendar: Calendar) -> Sequence[Column]:
    """The days, and the first choice that has colours: whether it is open, done or lost."""
    tones = getattr(query.entity.model, "tones", {})
    known = {column.name: column for column in available(query.entity, query.actor) if not column.masked}
    return [known[name] for name in dict.fromkeys((calendar.start, calendar.end, *tones)) if name in known]


def _between(entity: Entity, calendar: Calendar, first: date, last: date) -> Q:
    begins: Any = first
    ends: Any = last
    before = "lte"
    if has_moments(entity, calendar):
        zone = timezone.get_current_timezone()
        begins = datetime.combine(first, time.min, tzinfo=zone)
        ends, before = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone), "lt"
    started = Q(**{f"{calendar.start}__{before}": ends})
    inside = started & Q(**{f"{calendar.start}__gte": begins})
    if not calendar.end:
        return inside
    return inside | (started & Q(**{f"{calendar.end}__gte": begins}))


def _item(entity: Entity, calendar: Calendar, row: Row) -> CalendarItem:
    start = getattr(row.record, calendar.start)
    end = getattr(row.record, calendar.end) if calendar.end else None
    if has_moments(entity, calendar):
        local = timezone.localtime(start)
        first, at = local.date(), local.time()
        last = timezone.localtime(end).date() if end is not None else first
    else:
        first, at, last = start, None, end or start
    return CalendarItem(row=row, first=first, last=max(first, last), at=at)
