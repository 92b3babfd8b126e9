"""The ways a list can be shown: as a table, and as the boards and calendars its entity declares."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.core.entities import Entity
from zhike.core.lists import ListQuery
from zhike.core.pages.board_page import board_context, offers_board
from zhike.core.pages.calendar_page import calendar_context, offers_calendar
from zhike.core.pages.requests import PageRequest
from zhike.core.saved_views.reading import Asked

TABLE, BOARD, CALENDAR = "table", "board", "calendar"
_LABELS = {TABLE: _("Table"), BOARD: _("Board"), CALENDAR: _("Calendar")}
_ICONS = {TABLE: "table", BOARD: "layout-kanban", CALENDAR: "calendar"}
_OFFERS = {BOARD: offers_board, CALENDAR: offers_calendar}


def offered_displays(query: ListQuery) -> list[str]:
    """What this reader can be shown the list as, the table first."""
    return [TABLE, *(name for name, offers in _OFFERS.items() if offers(query))]


def display_of(request: PageRequest, asked: Asked) -> str:
    """How the list is to be shown: as the address says, else as its view does, else as a table."""
    kept = asked.view.display if asked.view is not None else TABLE
    wanted = request.GET.get("display") or kept
    return wanted if wanted in offered_displays(asked.query) else TABLE


def displays(query: ListQuery, shown: str) -> list[dict[str, Any]]:
    """The buttons between them; none where there is only the table."""
    names = offered_displays(query)
    if len(names) < 2:
        return []
    return [
        {
            "name": name,
            "label": _LABELS[name],
            "icon": _ICONS[name],
            "url": query.link(display=name),
            "active": name == shown,
        }
        for name in names
    ]


def display_template(request: PageRequest, entity: Entity, asked: Asked, display: str) -> tuple[str, dict[str, Any]]:
    """The template of a board or calendar, and what it shows."""
    if display == CALENDAR:
        kept = {} if asked.view is None else asked.view.display_settings
        return "core/calendar.html", calendar_context(request, entity, asked.query, kept)
    return "core/board.html", board_context(request, entity, asked.query)
