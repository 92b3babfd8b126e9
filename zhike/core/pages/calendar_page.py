"""A list as a calendar: the days of a month, a week or a day, and bringing a record to another day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind
from zhike.core.lists import ListQuery
from zhike.core.lists.calendar import (
    MOST,
    CalendarItem,
    CalendarPage,
    calendar_of,
    read_calendar,
    today,
)
from zhike.core.lists.query import DAY, SCALE
from zhike.core.pages.answers import MALFORMED, REFUSED
from zhike.core.pages.display import LIST, show
from zhike.core.pages.forms import editable_fields
from zhike.core.pages.guards import open_entity, reached, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.table import value_of
from zhike.core.pages.titles import list_address, record_address, title_of

MONTH, WEEK, ONE_DAY = "month", "week", "day"
SCALES = (MONTH, WEEK, ONE_DAY)
# So many things stand in a day of the month; the rest is a click away.
IN_A_CELL = 4
FIRST_HOUR, LAST_HOUR = 8, 18
_EARLIEST, _LATEST = date(1900, 2, 1), date(2199, 11, 30)


@dataclass(frozen=True)
class ShownItem:
    """One record in a day. `time` is blank for what lasts all day."""

    id: int
    title: str
    url: str
    time: str
    tone: str
    state: str
    version: int


@dataclass(frozen=True)
class ShownDay:
    """One day. `rest` says how many more there are than are shown, `rest_url` leads to all of them."""

    iso: str
    number: str
    name: str
    url: str
    items: list[ShownItem]
    count: int
    rest: int
    is_today: bool
    is_outside: bool


@dataclass(frozen=True)
class ShownHour:
    """One hour of a single day."""

    label: str
    items: list[ShownItem]


def offers_calendar(query: ListQuery) -> bool:
    """Whether this reader's list can be shown as a calendar."""
    return calendar_of(query) is not None


def calendar_context(request: HttpRequest, entity: Entity, query: ListQuery) -> dict[str, Any]:
    """What `core/calendar.html` needs; without a calendar nothing."""
    calendar = calendar_of(query)
    if calendar is None:
        return {}
    now = today(entity, calendar)
    scale = request.GET.get(SCALE, MONTH) if request.GET.get(SCALE) in SCALES else MONTH
    day = read_day(request.GET.get(DAY, "")) or now
    first, last = span(scale, day)
    page = read_calendar(query, calendar, first, last)
    days = [_day(query, page, each, scale=scale, month=day.month, now=now) for each in _days(first, last)]
    return {
        "calendar": {
            "scale": scale,
            "title": _title(scale, day, first, last),
            "names": _weekdays() if scale == MONTH else [],
            "days": days,
            "hours": _hours(days[0]) if scale == ONE_DAY else [],
            "all_day": [item for item in days[0].items if not item.time] if scale == ONE_DAY else [],
            "previous": query.link(**{SCALE: scale, DAY: _step(scale, day, -1).isoformat()}),
            "next": query.link(**{SCALE: scale, DAY: _step(scale, day, 1).isoformat()}),
            "today": query.link(**{SCALE: scale, DAY: None}),
            "scales": [
                {"label": label, "url": query.link(**{SCALE: name, DAY: day.isoformat()}), "active": name == scale}
                for name, label in ((MONTH, _("Month")), (WEEK, _("Week")), (ONE_DAY, _("Day")))
            ],
            "moves_url": f"{list_address(entity)}calendar/" if _may_move(query.actor, entity, calendar.start) else "",
            "too_many": _("Only the first %(count)d are shown. Narrow the list with a filter.") % {"count": MOST}
            if page.has_more
            else "",
            "is_empty": not page.items,
        }
    }


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
    return f"{date_format(day, 'DATE_FORMAT')} {_weekdays()[day.weekday()]}"


def _weekdays() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def _day(query: ListQuery, page: CalendarPage, day: date, *, scale: str, month: int, now: date) -> ShownDay:
    found = [item for item in page.items if item.first <= day <= item.last]
    # What lasts all day stands first, then by time.
    found.sort(key=lambda item: (item.at is not None and item.first == day, item.at or datetime.min.time()))
    shown = found[:IN_A_CELL] if scale == MONTH else found
    return ShownDay(
        iso=day.isoformat(),
        number=str(day.day) if scale == MONTH else f"{day.month}-{day.day}",
        name=_weekdays()[day.weekday()],
        url=query.link(**{SCALE: ONE_DAY, DAY: day.isoformat()}),
        items=[_shown(query.entity, item, day) for item in shown],
        count=len(found),
        rest=len(found) - len(shown),
        is_today=day == now,
        is_outside=scale == MONTH and day.month != month,
    )


def _shown(entity: Entity, item: CalendarItem, day: date) -> ShownItem:
    tones = getattr(entity.model, "tones", {})
    marks = [cell for cell in item.row.cells if cell.column.name in tones and cell.value]
    tone = str(tones[marks[0].column.name].get(str(marks[0].value), "")) if marks else ""
    return ShownItem(
        id=item.row.id,
        title=item.row.title or f"#{item.row.id}",
        url=record_address(entity, item.row.id),
        time=f"{item.at:%H:%M}" if item.at is not None and item.first == day else "",
        tone=tone,
        state=str(show(value_of(marks[0]), LIST)) if marks else "",
        version=getattr(item.row.record, "version", 0),
    )


def _hours(day: ShownDay) -> list[ShownHour]:
    """The hours of a working day, and those outside it in which something begins; none where nothing has a time."""
    timed = [(int(item.time[:2]), item) for item in day.items if item.time]
    if not timed:
        return []
    first, last = min(FIRST_HOUR, *(hour for hour, _item in timed)), max(LAST_HOUR, *(hour for hour, _item in timed))
    return [
        ShownHour(label=f"{hour:02}:00", items=[item for each, item in timed if each == hour])
        for hour in range(first, last + 1)
    ]


# ----------------------------------------------------------------------------------------------------------- moving


def _may_move(actor: Actor, entity: Entity, start: str) -> bool:
    may_edit = "edit" not in entity.without and actor.access.reach(entity.slug, "edit") is not None
    return may_edit and start in editable_fields(entity, actor)


@signed_in
@require_POST
def calendar_move(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/opportunities/calendar/42/`: bring a record to another day, as an edit of its day; the time stays."""
    entity = open_entity(request.actor, slug, "edit")
    calendar = entity.calendar
    if calendar is None:
        raise Http404
    row = reached(request.actor, entity, pk, "edit")
    if not _may_move(request.actor, entity, calendar.start):
        return JsonResponse({"text": _("Your roles do not let you change this day.")}, status=403)
    day, begins = read_day(request.POST.get("day", "")), getattr(row, calendar.start)
    if day is None or begins is None:
        return JsonResponse({"text": _("Choose a day of the calendar.")}, status=MALFORMED)
    wanted = {calendar.start: moved(entity, calendar.start, begins, day)}
    ends = getattr(row, calendar.end) if calendar.end else None
    if ends is not None and calendar.end in editable_fields(entity, request.actor):
        wanted[calendar.end] = ends + (wanted[calendar.start] - begins)
    version = request.POST.get("version", "")
    try:
        known = int(version) if version.isdecimal() and len(version) < 10 else row.version
        writes.merge_edit(request.actor, entity.model, pk, known, wanted)
    except writes.NotReachable:
        raise
    except writes.Refused as refusal:
        status = 403 if isinstance(refusal, writes.NotAllowed) else REFUSED
        return JsonResponse({"text": refusal.sentence}, status=status)
    except ValidationError as malformed:
        return JsonResponse({"text": " ".join(malformed.messages)}, status=MALFORMED)
    text = _("“%(title)s” is now on %(day)s.") % {"title": title_of(entity, row), "day": day.isoformat()}
    return JsonResponse({"text": text})


def moved(entity: Entity, name: str, value: Any, day: date) -> Any:
    """The same on another day; a moment keeps its time in the reader's zone."""
    if entity.field(name).kind is not FieldKind.MOMENT:
        return day
    local = timezone.localtime(value)
    return datetime.combine(day, local.time(), tzinfo=local.tzinfo)
