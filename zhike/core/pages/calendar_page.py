"""A list as a calendar: its records on the days and hours of a month, a week or a day."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.entities import Calendar, Entity, FieldKind
from zhike.core.lists import ListQuery
from zhike.core.lists.calendar import (
    MOST,
    CalendarItem,
    CalendarPage,
    calendar_of,
    has_hours,
    has_moments,
    now,
    read_calendar,
    states_of,
)
from zhike.core.lists.query import DAY, SCALE
from zhike.core.pages.calendar_days import MONTH, SCALES, Asked, Creating, Event, days_context, read_day
from zhike.core.pages.display import plain
from zhike.core.pages.forms import editable_fields
from zhike.core.pages.table import value_of
from zhike.core.pages.titles import list_address, record_address
from zhike.core.pages.words import sentence_start

# What is preset of something new that is made from its day alone.
_MORNING = time(9)
# States that need no second look.
_OVER = frozenset({"grey", "green", "red"})


def offers_calendar(query: ListQuery) -> bool:
    """Whether this reader's list can be shown as a calendar."""
    return calendar_of(query) is not None


def calendar_context(
    request: HttpRequest, entity: Entity, query: ListQuery, settings: Mapping[str, object]
) -> dict[str, Any]:
    """What `core/calendar.html` needs; without a calendar nothing. `settings` are those of the view that is shown."""
    calendar = calendar_of(query)
    if calendar is None:
        return {}
    present = now(entity, calendar)
    asked = Asked(
        scale=scale_of(request, entity.slug, kept=str(settings.get(SCALE, ""))),
        day=read_day(request.GET.get(DAY, "")) or present.date(),
        now=present,
        has_hours=has_hours(entity, calendar),
        link=lambda scale, day: query.link(**{SCALE: scale, DAY: day.isoformat() if day else None}),
        create=creating(query.actor, entity, calendar),
        remembers=cookie_of(entity.slug),
    )
    page = read_calendar(query, calendar, *asked.span)
    events = events_of(query.actor, entity, calendar, page)
    return {"calendar": days_context(asked, events, too_many=too_many(page))}


def scale_of(
    request: HttpRequest, name: str, asked: QueryDict | None = None, *, kept: str = "", default: str = MONTH
) -> str:
    """How many days are shown: as the address says, else as the view does (`kept`), else as this person saw them last."""
    address: QueryDict = request.GET if asked is None else asked
    said = (address.get(SCALE, ""), kept, request.COOKIES.get(cookie_of(name), ""))
    return next((scale for scale in said if scale in SCALES), default)


def cookie_of(name: str) -> str:
    """Where the browser keeps the scale last used; the page's script writes it."""
    return f"zhike_scale_{name}"


def too_many(page: CalendarPage) -> str:
    """The sentence that not everything is shown; blank when it is."""
    if not page.has_more:
        return ""
    return _("Only the first %(count)d are shown. Narrow the list with a filter.") % {"count": MOST}


def may_move(actor: Actor, entity: Entity, name: str) -> bool:
    """Whether a role of the actor lets him change that day or moment."""
    may_edit = "edit" not in entity.without and actor.access.reach(entity.slug, "edit") is not None
    return may_edit and name in editable_fields(entity, actor)


def creating(actor: Actor, entity: Entity, calendar: Calendar) -> Creating | None:
    """The way to a form for a new record on a day, at an hour of it; None for who may not create one."""
    if "create" in entity.without or actor.access.reach(entity.slug, "create") is None:
        return None
    address = f"{list_address(entity)}new/"

    def create(day: date, begins: time | None, ends: time | None) -> str:
        preset = {calendar.start: day.isoformat()}
        if has_moments(entity, calendar):
            preset[calendar.start] = _written(day, begins or _MORNING)
            if calendar.end and ends is not None:
                preset[calendar.end] = _written(day, ends)
        elif calendar.at and begins is not None:
            preset[calendar.at] = _written(day, begins)
        return f"{address}?{urlencode(preset)}"

    return create


def _written(day: date, at: time) -> str:
    return f"{datetime.combine(day, at):%Y-%m-%dT%H:%M}"


# -------------------------------------------------------------------------------------------------------------- events


def events_of(actor: Actor, entity: Entity, calendar: Calendar, page: CalendarPage, *, icon: str = "") -> list[Event]:
    """The records of a list as events."""
    moves = f"{list_address(entity)}calendar/" if may_move(actor, entity, calendar.start) else ""
    takes_hours = has_moments(entity, calendar) or bool(calendar.at and may_move(actor, entity, calendar.at))
    has_end = bool(calendar.end and has_moments(entity, calendar) and may_move(actor, entity, calendar.end))
    return [
        _event(entity, calendar, item, moves=moves, takes_hours=takes_hours, has_end=has_end, icon=icon)
        for item in page.items
    ]


def _event(
    entity: Entity, calendar: Calendar, item: CalendarItem, *, moves: str, takes_hours: bool, has_end: bool, icon: str
) -> Event:
    row = item.row
    title = row.title or f"#{row.id}"
    tone, state = _state(entity, calendar, item)
    notes = [plain(value_of(cell)) for cell in row.cells if cell.column.name in calendar.notes]
    return Event(
        id=row.id,
        title=title,
        url=record_address(entity, row.id),
        first=item.first,
        last=item.last,
        starts=item.starts,
        ends=item.ends,
        tone=tone,
        state=state,
        note=" · ".join(note for note in notes if note and note not in title),
        icon=icon,
        is_over=bool(calendar.state) and tone in _OVER,
        version=getattr(row.record, "version", 0),
        move_url=f"{moves}{row.id}/" if moves else "",
        has_end=has_end,
        takes_hours=takes_hours,
        may_lose_time=bool(takes_hours and calendar.at),
    )


def _state(entity: Entity, calendar: Calendar, item: CalendarItem) -> tuple[str, str]:
    """The colour, and what it says: of a choice its value, of a yes its own name, of a no nothing."""
    names = states_of(entity, calendar)
    cells = [cell for cell in item.row.cells if cell.column.name in names and cell.value]
    if not cells:
        return "", ""
    cell = cells[0]
    if cell.column.field.kind is FieldKind.BOOLEAN:
        return "green", sentence_start(str(cell.column.field.label))
    tones = getattr(entity.model, "tones", {})
    return str(tones.get(cell.column.name, {}).get(str(cell.value), "")), plain(value_of(cell))
