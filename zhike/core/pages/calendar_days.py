"""Months, weeks and days as the calendar prints them, whatever stands in them: a list's records or one's own schedule."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zhike.core.lists.hours import LEAST, MINUTES, Place, lay_out, quarters_of

MONTH, WEEK, ONE_DAY = "month", "week", "day"
SCALES = (MONTH, WEEK, ONE_DAY)
# So many things stand in a day of the month; the rest is a click away.
IN_A_CELL = 4
# So many stand side by side at one hour; more could not be read.
LANES = {WEEK: 4, ONE_DAY: 12}
# Where the hours of a day are scrolled to, unless something begins earlier.
FIRST_HOUR = 8
# What lasts this long is no matter of hours.
_WHOLE_DAY = timedelta(hours=24)
_MARKS = {"green": "check", "red": "x", "grey": "x", "blue": "progress", "amber": "progress"}
_EARLIEST, _LATEST = date(1900, 2, 1), date(2199, 11, 30)


# The address of a form for something new on a day, from one time to another where they are given.
Creating = Callable[[date, time | None, time | None], str]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something on a calendar. `starts` is None for what has no time; `move_url` is blank for what this reader may not move.

    `state` says in words what the colour `tone` says; `has_end`: whether its length may be changed by its lower edge.
    """

    id: int
    title: str
    url: str
    first: date
    last: date
    starts: datetime | None = None
    ends: datetime | None = None
    tone: str = ""
    state: str = ""
    note: str = ""
    icon: str = ""
    is_over: bool = False
    version: int = 0
    move_url: str = ""
    has_end: bool = False
    takes_hours: bool = False
    may_lose_time: bool = False

    @property
    def mark(self) -> str:
        """The icon: a state is told by its shape too, for who does not tell its colour from others."""
        return _MARKS.get(self.tone, self.icon) if self.state else self.icon


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the reader wants to see, and where he stands. `link` makes an address of this page for a scale and a day.

    `create` is None for who may create nothing; `now` is in the calendar's zone; `remembers` names the cookie of the scale.
    """

    scale: str
    day: date
    now: datetime
    has_hours: bool
    link: Callable[[str, date | None], str]
    create: Creating | None = None
    remembers: str = ""

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day shown."""
        return span(self.scale, self.day)


@dataclass(frozen=True, kw_only=True)
class ShownItem:
    """One event in one day. `time` is blank for what lasts all day or began earlier; the others are for the hours' grid."""

    event: Event
    time: str
    until: str = ""
    at: int = 0
    begins: int = 0
    quarters: int = 0
    lane: int = 0
    width: int = 0
    # The later part of what began the day before is neither dragged nor stretched.
    is_rest: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownGroup:
    """Events side by side."""

    begins: int
    quarters: int
    items: list[ShownItem]


@dataclass(frozen=True, kw_only=True)
class ShownDay:
    """One day. `rest` says how many more there are than are shown, `url` leads to all of them."""

    iso: str
    number: str
    name: str
    url: str
    items: list[ShownItem]
    groups: list[ShownGroup]
    slots: list[dict[str, Any]]
    new_url: str
    count: int
    rest: int
    is_today: bool
    is_outside: bool
    now: int | None = None
    minutes: int = 0


def read_day(text: str) -> date | None:
    """A day of the address, None where it is none, or too far away for a calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None


def span(scale: str, day: date) -> tuple[date, date]:
    """The first and the last day shown; weeks begin on Monday."""
    if scale == ONE_DAY:
        return day, day
    if scale == WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    begins = day.replace(day=1)
    ends = (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return begins - timedelta(days=begins.weekday()), ends + timedelta(days=6 - ends.weekday())


def days_context(asked: Asked, events: Sequence[Event], *, too_many: str = "") -> dict[str, Any]:
    """What `core/calendar.html` prints as `calendar`."""
    first, last = asked.span
    days = [_day(asked, each, events) for each in _days(first, last)]
    has_hours = asked.has_hours and asked.scale != MONTH
    return {
        "scale": asked.scale,
        "title": _title(asked.scale, asked.day, first, last),
        "names": weekdays() if asked.scale == MONTH else [],
        "days": days,
        "hours": _hours(days) if has_hours else [],
        "previous": asked.link(asked.scale, _step(asked.scale, asked.day, -1)),
        "next": asked.link(asked.scale, _step(asked.scale, asked.day, 1)),
        "today": asked.link(asked.scale, None),
        "scales": [
            {"name": name, "label": label, "url": asked.link(name, asked.day), "active": name == asked.scale}
            for name, label in ((MONTH, _("Month")), (WEEK, _("Week")), (ONE_DAY, _("Day")))
        ],
        "remembers": asked.remembers,
        "may_move": any(each.move_url for each in events),
        "may_create": asked.create is not None and has_hours,
        "states": _states(events),
        "too_many": too_many,
        "is_empty": not events,
    }


def _step(scale: str, day: date, by: int) -> date:
    if scale == MONTH:
        begins = day.replace(day=1)
        return (begins + timedelta(days=31)).replace(day=1) if by > 0 else (begins - timedelta(days=1)).replace(day=1)
    return day + timedelta(days=by * (7 if scale == WEEK else 1))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _title(scale: str, day: date, first: date, last: date) -> str:
    if scale == MONTH:
        return date_format(day, "YEAR_MONTH_FORMAT")
    if scale == WEEK:
        return f"{first.isoformat()} – {last.isoformat()}"
    return f"{date_format(day, 'DATE_FORMAT')} {weekdays()[day.weekday()]}"


def weekdays() -> list[str]:
    """The days of the week in short, Monday first."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def _states(events: Iterable[Event]) -> list[tuple[str, str]]:
    """What the colours mean: tone and word, each once."""
    found = {(each.tone, each.state): None for each in events if each.tone and each.state}
    return sorted(found, key=lambda state: state[1])


# -------------------------------------------------------------------------------------------------------------- a day


def _day(asked: Asked, day: date, events: Sequence[Event]) -> ShownDay:
    found = sorted((each for each in events if each.first <= day <= each.last), key=lambda each: _order(each, day))
    groups: list[ShownGroup] = []
    if asked.has_hours and asked.scale != MONTH:
        all_day, groups, left_out = _by_hours(found, day, LANES[asked.scale])
        shown = [*all_day, *(left_out if asked.scale == ONE_DAY else ())]
    else:
        shown = [_item(each, day) for each in found]
        shown = shown[:IN_A_CELL] if asked.scale == MONTH else shown
    is_today, minutes = day == asked.now.date(), asked.now.hour * 60 + asked.now.minute
    return ShownDay(
        iso=day.isoformat(),
        number=str(day.day) if asked.scale == MONTH else f"{day.month}-{day.day}",
        name=weekdays()[day.weekday()],
        url=asked.link(ONE_DAY, day),
        items=shown,
        groups=groups,
        slots=_slots(asked, day),
        new_url=asked.create(day, None, None) if asked.create else "",
        count=len(found),
        rest=len(found) - len(shown) - sum(len(group.items) for group in groups),
        is_today=is_today,
        is_outside=asked.scale == MONTH and day.month != asked.day.month,
        now=minutes // MINUTES if is_today else None,
        minutes=minutes,
    )


def _order(event: Event, day: date) -> tuple[bool, float]:
    """What lasts all day stands first, then by time."""
    timed = event.starts is not None and event.first == day
    return timed, 0.0 if event.starts is None else event.starts.timestamp()


def _item(event: Event, day: date) -> ShownItem:
    began_here = event.starts is not None and event.first == day
    return ShownItem(event=event, time=f"{event.starts:%H:%M}" if event.starts and began_here else "")


def _by_hours(
    found: Sequence[Event], day: date, most: int
) -> tuple[list[ShownItem], list[ShownGroup], list[ShownItem]]:
    """What lasts all day, what has its hours, and those that found no room beside the others."""
    all_day: list[ShownItem] = []
    timed: list[tuple[Event, tuple[int, int]]] = []
    for each in found:
        piece = _piece(each, day)
        if piece is None:
            all_day.append(_item(each, day))
        else:
            timed.append((each, piece))
    layout = lay_out([piece for _event, piece in timed], most)
    groups = [
        ShownGroup(
            begins=group.begins,
            quarters=group.ends - group.begins,
            items=[_block(timed[place.index][0], day, place, group.begins) for place in group.places],
        )
        for group in layout.groups
    ]
    return all_day, groups, [_item(timed[index][0], day) for index in layout.left_out]


def _piece(event: Event, day: date) -> tuple[int, int] | None:
    if event.starts is None or (event.ends is not None and event.ends - event.starts >= _WHOLE_DAY):
        return None
    return quarters_of(event.starts, event.ends, day)


def _block(event: Event, day: date, place: Place, above: int) -> ShownItem:
    begins = event.starts
    return replace(
        _item(event, day),
        time="" if begins is None else f"{begins:%H:%M}",
        until="" if event.ends is None or event.ends == begins else f"{event.ends:%H:%M}",
        at=place.begins,
        begins=place.begins - above,
        quarters=place.ends - place.begins,
        lane=place.lane + 1,
        width=place.width,
        is_rest=event.first != day,
    )


def _slots(asked: Asked, day: date) -> list[dict[str, Any]]:
    """The empty hours, each a way to something new at that hour; none for who may create nothing."""
    if asked.create is None or not asked.has_hours or asked.scale == MONTH:
        return []
    return [
        {
            "at": hour * 60 // MINUTES,
            "label": f"{hour:02}:00",
            "url": asked.create(day, time(hour), time(hour, LEAST * MINUTES)),
        }
        for hour in range(24)
    ]


def _hours(days: Sequence[ShownDay]) -> list[dict[str, Any]]:
    """The labels of the hours; `is_first` marks the one that the grid is scrolled to."""
    blocks = [item for day in days for group in day.groups for item in group.items]
    begun = [item.at * MINUTES // 60 for item in blocks if not item.is_rest]
    first = min([FIRST_HOUR, *begun])
    return [{"at": hour * 60 // MINUTES, "label": f"{hour:02}:00", "is_first": hour == first} for hour in range(24)]
