"""A list seen as a calendar: the rows that fall on a span of days, in the order of their beginning, bounded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
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
    """One record on the calendar: the days it covers; what has a time begins at `starts`, both moments in the calendar's zone."""

    row: Row
    first: date
    last: date
    starts: datetime | None = None
    ends: datetime | None = None


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
    seen = {
        name for name in (calendar.end, calendar.at) if name and may_filter(entity, entity.field(name), query.actor)
    }
    return replace(
        calendar,
        end=calendar.end if calendar.end in seen else "",
        at=calendar.at if calendar.at in seen else "",
    )


def has_moments(entity: Entity, calendar: Calendar) -> bool:
    """Whether things begin at a time, in the reader's zone; else on a business day of the company."""
    return entity.field(calendar.start).kind is FieldKind.MOMENT


def has_hours(entity: Entity, calendar: Calendar) -> bool:
    """Whether something may stand at an hour of its day."""
    return bool(calendar.at) or has_moments(entity, calendar)


def zone_of(entity: Entity, calendar: Calendar) -> tzinfo:
    """By which clock this calendar counts days and hours."""
    return timezone.get_current_timezone() if has_moments(entity, calendar) else company.zone()


def now(entity: Entity, calendar: Calendar) -> datetime:
    """The present moment as this calendar counts days and hours."""
    return timezone.now().astimezone(zone_of(entity, calendar))


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
    """The days, what tells the state, and the notes."""
    known = {column.name: column for column in available(query.entity, query.actor) if not column.masked}
    names = (calendar.start, calendar.end, calendar.at, *states_of(query.entity, calendar), *calendar.notes)
    return [known[name] for name in dict.fromkeys(names) if name in known]


def states_of(entity: Entity, calendar: Calendar) -> Sequence[str]:
    """The fields that may tell the state of a record: the one declared, else the choices that have tones."""
    return (calendar.state,) if calendar.state else tuple(getattr(entity.model, "tones", {}))


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
    zone = zone_of(entity, calendar)
    if not has_moments(entity, calendar):
        at = getattr(row.record, calendar.at) if calendar.at else None
        return CalendarItem(
            row=row, first=start, last=max(start, end or start), starts=None if at is None else at.astimezone(zone)
        )
    starts = start.astimezone(zone)
    ends = None if end is None or end < start else end.astimezone(zone)
    first = last = starts.date()
    if ends is not None and ends > starts:
        # What ends at midnight does not reach into the day that begins then.
        last = (ends - timedelta(microseconds=1)).date()
    return CalendarItem(row=row, first=first, last=last, starts=starts, ends=ends)
