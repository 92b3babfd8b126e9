"""A list as a board: cards in columns, made into HTML here; the next cards of a column as the reader scrolls."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import company
from zhike.core.entities import Board, Entity
from zhike.core.entities.fields import TAGS
from zhike.core.lists import ListError, ListQuery, Row
from zhike.core.lists.board import (
    NEXT_STEP,
    BoardPage,
    Cards,
    Head,
    Lane,
    board_of,
    choose_whole,
    lanes,
    read_board,
    read_lane,
)
from zhike.core.pages import moments
from zhike.core.pages.display import LIST, html, money, show
from zhike.core.pages.forms import editable_fields
from zhike.core.pages.guards import offered, open_entity, signed_in
from zhike.core.pages.icons import icon
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.table import value_of
from zhike.core.pages.titles import list_address, record_address
from zhike.core.pages.words import sentence_start


@dataclass(frozen=True)
class ShownColumn:
    """One column as the template prints it. `more_url` leads to its next cards, `all_url` to a list of all of them."""

    key: str
    label: str
    tone: str
    count: int
    head: SafeString
    cards: SafeString
    more_url: str
    all_url: str
    takes: bool


@dataclass(frozen=True)
class ShownBoard:
    """The whole board. `wholes` are the pipelines to choose from, `{label, url, active}`."""

    columns: list[ShownColumn]
    wholes: list[dict[str, Any]]
    count: int
    moves_url: str
    asked: str


def offers_board(query: ListQuery) -> bool:
    """Whether this reader's list can be shown as a board."""
    return board_of(query) is not None


def board_context(request: HttpRequest, entity: Entity, query: ListQuery) -> dict[str, Any]:  # noqa: ARG001 - as all displays are called
    """What `core/board.html` needs; without a board nothing."""
    board = board_of(query)
    if board is None:
        return {}
    page = read_board(query, board)
    wholes = [
        {"label": each.label, "url": query.link(**{board.within: str(each.id)}), "active": each.id == page.chosen}
        for each in page.wholes
    ]
    shown = ShownBoard(
        columns=[_column(page, lane) for lane in page.lanes],
        wholes=wholes if len(wholes) > 1 else [],
        count=page.count,
        moves_url=f"{list_address(entity)}board/",
        asked=query.address,
    )
    return {"board": shown}


def _column(page: BoardPage, lane: Lane) -> ShownColumn:
    query, board = page.query, page.board
    head = page.heads.get(lane.key, Head())
    cards = page.cards.get(lane.key, Cards(rows=(), next_cursor=""))
    return ShownColumn(
        key=lane.key,
        label=lane.label,
        tone=lane.tone,
        count=head.count,
        head=head_html(head),
        cards=cards_html(query.entity, board, lane, cards.rows),
        more_url=more_url(query, lane, cards),
        all_url=all_url(query, board, lane),
        takes=takes_cards(query, board, lane),
    )


def takes_cards(query: ListQuery, board: Board, lane: Lane) -> bool:
    """Whether this reader may bring any card there: by one of the column's verbs, or by an edit."""
    entity, names = query.entity, board.verbs_into(lane.state)
    if names:
        return any(offered(query.actor, entity, verb) for verb in entity.verbs if verb.name in names)
    may_edit = "edit" not in entity.without and query.actor.access.reach(entity.slug, "edit") is not None
    return may_edit and board.by in editable_fields(entity, query.actor)


def more_url(query: ListQuery, lane: Lane, cards: Cards) -> str:
    """Where the next cards of the column come from; blank behind the last."""
    if not cards.next_cursor:
        return ""
    place = urlencode({"column": lane.key, "after": cards.next_cursor})
    return f"{list_address(query.entity)}board/column/?{query.address}{'&' if query.address else ''}{place}"


def all_url(query: ListQuery, board: Board, lane: Lane) -> str:
    """The list of all cards of the column, as a table."""
    by = {board.by: lane.key} if lane.key else {f"{board.by}.is_empty": "1"}
    return query.link(display="table", **by)


@signed_in
def board_column(request: PageRequest, slug: str) -> HttpResponse:
    """`/opportunities/board/column/?…&column=3&after=…`: the next cards of a column, and the way to those behind them."""
    entity = open_entity(request.actor, slug)
    own = frozenset({"column", "after"})
    query = ListQuery.parse(entity, request.actor, request.GET, page_own=own, strict=False)
    board = board_of(query)
    if board is None:
        raise Http404
    _wholes, chosen = choose_whole(query, board)
    key = request.GET.get("column", "")
    lane = next((each for each in lanes(entity, board, chosen, keep={key}) if each.key == key), None)
    if lane is None:
        raise Http404
    try:
        cards = read_lane(query, board, key, request.GET.get("after", ""))
    except ListError as damaged:
        raise Http404 from damaged
    context = {
        "cards": cards_html(entity, board, lane, cards.rows),
        "more_url": more_url(query, lane, cards),
        "all_url": f"{list_address(entity)}{all_url(query, board, lane)}",
    }
    return render(request, "core/board_cards.html", context)


# ------------------------------------------------------------------------------------------------------------ cards


def head_html(head: Head) -> SafeString:
    """Count and sum of a column, exact."""
    total = "" if head.sum is None else f'<small class="z-board__sum">{escape(money(head.sum, ""))}</small>'
    return html(f'<small class="z-count">{head.count:,}</small>{total}')


def cards_html(entity: Entity, board: Board, lane: Lane, rows: Sequence[Row]) -> SafeString:
    """The cards of a column, one `<li>` each."""
    maker = _CardMaker(entity, board, lane)
    return html("".join([maker.card(row) for row in rows]))


class _CardMaker:
    """Makes the cards of one column; words and the day are looked up once."""

    def __init__(self, entity: Entity, board: Board, lane: Lane) -> None:
        self.entity = entity
        self.board = board
        self.lane = lane
        self.today = company.today()
        self.is_open = lane.state not in board.closed
        self.overdue = f'<strong class="z-bad">{escape(_("overdue"))}</strong>'
        self.grip, self.dots = icon("grip-vertical", "small"), icon("dots", "small")

    def card(self, row: Row) -> str:
        address = record_address(self.entity, row.id)
        title = escape(row.title) or f"#{row.id}"
        move = escape(_("Move “%(title)s”") % {"title": row.title or f"#{row.id}"})
        facts, foot = self._facts(row), self._foot(row)
        return (
            f'<li class="z-board__card" data-card="{row.id}" data-version="{getattr(row.record, "version", 0)}">'
            f'<div class="z-board__name"><a data-drawer draggable="false" href="{address}">{title}</a>'
            f'<button type="button" class="z-board__grip z-needs-js" data-lift aria-label="{move}" '
            f'aria-describedby="board-keys">{self.grip}</button>'
            f'<a class="z-board__move" data-modal draggable="false" href="/{self.entity.slug}/board/{row.id}/" '
            f'aria-label="{move}">{self.dots}</a></div>{facts}{foot}</li>'
        )

    def _facts(self, row: Row) -> str:
        shown = []
        for cell in row.cells:
            if cell.column.name not in (*self.board.card, TAGS) or cell.column.name in (self.board.due, NEXT_STEP):
                continue
            value = value_of(cell)
            if value.link is not None:
                value = replace(value, link=replace(value.link, url=""))
            text = show(value, LIST)
            if text:
                css = ' class="z-number"' if cell.column.is_number else ""
                shown.append(f"<span{css}>{text}</span>")
        return f'<div class="z-board__facts">{"".join(shown)}</div>' if shown else ""

    def _foot(self, row: Row) -> str:
        days = {cell.column.name: _day_of(cell.value) for cell in row.cells if isinstance(cell.value, date)}
        shown = []
        since = days.get(self.board.since)
        if since is not None and self.is_open:
            shown.append(f"<span>{escape(self._age(since))}</span>")
        due = dict.fromkeys((self.board.due, *([NEXT_STEP] if self.is_open else [])))
        shown += [self._day(name, days[name]) for name in due if name in days]
        return f'<div class="z-board__foot">{"".join(shown)}</div>' if shown else ""

    def _age(self, since: date) -> str:
        count = max((self.today - since).days, 0)
        return ngettext("%(count)d day here", "%(count)d days here", count) % {"count": count}

    def _day(self, name: str, day: date) -> str:
        label = escape(sentence_start(self.entity.field(name).label))
        late = f" {self.overdue}" if self.is_open and day < self.today else ""
        return f'<span title="{label} {day.isoformat()}">{label} {escape(moments.day_in_words(day, self.today))}{late}</span>'


def _day_of(value: date) -> date:
    return company.day_of(value) if isinstance(value, datetime) else value
