"""A list seen as a board: its columns, the exact count and sum of each, and the cards of a column a few at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import models

from zhike.core import options
from zhike.core.conditions import may_filter
from zhike.core.entities import Board, Entity, Field, FieldKind, registry
from zhike.core.entities.fields import TAGS
from zhike.core.lists import counting
from zhike.core.lists.columns import Column, available
from zhike.core.lists.errors import ListError
from zhike.core.lists.filters import Filter, read_filter
from zhike.core.lists.query import ListQuery
from zhike.core.lists.reading import matching, slice_of
from zhike.core.lists.rows import Row, build_rows
from zhike.core.scoping.scope import scope

CARDS = 20
# What stands on every card of an entity that has it: the day of the next step.
NEXT_STEP = "next_step_on"
# Of a column with fewer cards of the reader than this, his rows are gathered and sorted; of a fuller one the order is walked.
_WALKED_FROM = 200


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One column: `key` as the address names it, blank for cards without a value; `state` is what logic tests."""

    key: str
    label: str
    state: str = ""
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One of the things of which a board shows one at a time: a pipeline."""

    id: int
    label: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands above a column: how many cards match, and their sum where the reader may see it. Both are exact."""

    count: int = 0
    sum: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Cards:
    """A few cards of one column, and the cursor behind them; blank where there are no more."""

    rows: tuple[Row, ...]
    next_cursor: str


@dataclass(frozen=True, kw_only=True)
class BoardPage:
    """The answer to a list's question as a board. `wholes` is filled where there are several to choose from."""

    query: ListQuery
    board: Board
    lanes: tuple[Lane, ...]
    heads: dict[str, Head]
    cards: dict[str, Cards]
    wholes: tuple[Whole, ...] = ()
    chosen: int | None = None

    @property
    def count(self) -> int:
        return sum(head.count for head in self.heads.values())


def board_of(query: ListQuery) -> Board | None:
    """The board of the list, where it has one and its reader may filter by what makes its columns."""
    board, entity = query.entity.board, query.entity
    if board is None or not may_filter(entity, entity.field(board.by), query.actor):
        return None
    return board


def read_board(query: ListQuery, board: Board) -> BoardPage:
    """The whole board with the first cards of each column: one statement adds up all columns, one reads each that is not empty."""
    wholes, chosen = choose_whole(query, board)
    whole = within(query, board, chosen)
    sums = heads(whole, board)
    shown = lanes(query.entity, board, chosen, keep=sums.keys())
    records: dict[str, tuple[list[Any], str]] = {
        lane.key: lane_records(query, board, lane.key, count=sums[lane.key].count) for lane in shown if lane.key in sums
    }
    rows = iter(rows_of(query, board, [record for found, _cursor in records.values() for record in found]))
    cards = {
        key: Cards(rows=tuple(next(rows) for _record in found), next_cursor=cursor)
        for key, (found, cursor) in records.items()
    }
    return BoardPage(
        query=query, board=board, lanes=shown, heads=sums, cards=cards, wholes=wholes, chosen=chosen
    )  # fmt: skip


def read_lane(query: ListQuery, board: Board, key: str, after: str) -> Cards:
    """The next cards of one column. Raises `ListError` for a cursor that is damaged, or from another order."""
    records, cursor = lane_records(query, board, key, after=after, count=_WALKED_FROM)
    return Cards(rows=rows_of(query, board, records), next_cursor=cursor)


def lane_records(query: ListQuery, board: Board, key: str, *, count: int, after: str = "") -> tuple[list[Any], str]:
    """The records of one column in the list's order, and the cursor behind them."""
    asked = replace(
        query,
        columns=card_columns(query, board),
        filters=(*query.filters, _lane_filter(query, board, key)),
        size=CARDS,
        page=1,
        after=after,
        before="",
    )
    restricted = bool(scope(query.actor, query.entity))
    return slice_of(asked, walks=restricted and count >= _WALKED_FROM)


def rows_of(query: ListQuery, board: Board, records: Sequence[Any]) -> tuple[Row, ...]:
    """Records as rows with what a card shows; related names are read for all cards together."""
    return build_rows(query.actor, query.entity, card_columns(query, board), records)


def card_columns(query: ListQuery, board: Board) -> tuple[Column, ...]:
    """What a card shows to this reader: the declared fields, the days that tell its age and lateness, its column and its tags."""
    names = dict.fromkeys((*board.card, board.since, board.due, NEXT_STEP, board.by, TAGS))
    known = {column.name: column for column in available(query.entity, query.actor)}
    return tuple(known[name] for name in names if name in known)


def _lane_filter(query: ListQuery, board: Board, key: str) -> Filter:
    parameter, values = (board.by, (key,)) if key else (f"{board.by}.is_empty", ("1",))
    found = read_filter(query.entity, query.actor, parameter, values)
    if found is None:
        raise ListError(board.by, board.by)
    return found


def value_into(entity: Entity, board: Board, lane: Lane) -> Any:
    """What `by` holds for the cards of a column: a code, or the configured row."""
    field = entity.field(board.by)
    if field.kind is not FieldKind.RELATION or field.related is None:
        return lane.key
    return field.related._default_manager.get(pk=int(lane.key))


# ---------------------------------------------------------------------------------------------------------- columns


def lanes(entity: Entity, board: Board, whole: int | None = None, *, keep: Any = ()) -> tuple[Lane, ...]:
    """The columns in order; of `whole` (a pipeline's id) where columns belong to something.

    A value that is out of use has a column only where cards still stand in it (`keep`: the keys that have cards).
    """
    field = entity.field(board.by)
    made = _MAKERS[field.kind](field, board, whole, frozenset(keep))
    return (*made, Lane(key="", label="—")) if "" in keep else made


def _choices(field: Field, _board: Board, _whole: int | None, _keep: frozenset[str]) -> tuple[Lane, ...]:
    tones = getattr(field.model_field.model, "tones", {}).get(field.name, {})
    return tuple(
        Lane(key=code, label=str(label), state=code, tone=tones.get(code, "")) for code, label in field.choices if code
    )


def _options(field: Field, _board: Board, _whole: int | None, keep: frozenset[str]) -> tuple[Lane, ...]:
    return tuple(
        Lane(key=code, label=entry.text(), state=code, tone=entry.colour)
        for code, entry in options.entries(field.option_list).items()
        if entry.is_active or code in keep
    )


def _configured(field: Field, board: Board, whole: int | None, keep: frozenset[str]) -> tuple[Lane, ...]:
    if field.related is None:
        return ()
    rows = _live(field.related, keep)
    owner = _owner_of(board, field)
    if owner:
        rows = rows.filter(**{owner: whole})
    return tuple(
        Lane(key=str(row.pk), label=str(row), state=str(getattr(row, "status", "")), tone=str(getattr(row, "tone", "")))
        for row in rows
        if getattr(row, "is_active", True) or str(row.pk) in keep
    )


_MAKERS = {FieldKind.CHOICE: _choices, FieldKind.OPTION: _options, FieldKind.RELATION: _configured}


def _live(model: type[models.Model], keep: frozenset[str] = frozenset()) -> models.QuerySet[Any]:
    """Configured rows in their order. What a column is called is nobody's secret: every card says it."""
    entity = registry.of(model)
    rows: models.QuerySet[Any] = model._default_manager.order_by(*entity.ordering, "pk")
    if not entity.has_column("deleted_at"):
        return rows
    return rows.filter(models.Q(deleted_at__isnull=True) | models.Q(pk__in=[int(key) for key in keep if key]))


def _owner_of(board: Board, field: Field) -> str:
    """The relation of a configured row to what it belongs to: `pipeline` of a stage."""
    if not board.within or field.related is None:
        return ""
    whole = registry.of(field.model_field.model).field(board.within).related
    return next((each.name for each in field.related._meta.fields if each.related_model is whole), "")


def choose_whole(query: ListQuery, board: Board) -> tuple[tuple[Whole, ...], int | None]:
    """Those in use, and the one shown: the one the address filters by, else the first."""
    if not board.within:
        return (), None
    related = query.entity.field(board.within).related
    if related is None:
        return (), None
    asked = next((each.values[0] for each in query.filters if each.parameter == board.within and each.values), "")
    rows = [row for row in _live(related) if getattr(row, "is_active", True) or str(row.pk) == asked]
    found = tuple(Whole(id=row.pk, label=str(row)) for row in rows)
    chosen = next((each.id for each in found if str(each.id) == asked), None)
    if chosen is None and not asked and found:
        chosen = found[0].id
    return found, chosen


def within(query: ListQuery, board: Board, chosen: int | None) -> ListQuery:
    """The question narrowed to one whole."""
    if not board.within or chosen is None or any(each.parameter == board.within for each in query.filters):
        return query
    narrowed = read_filter(query.entity, query.actor, board.within, (str(chosen),))
    return query if narrowed is None else replace(query, filters=(*query.filters, narrowed))


def heads(query: ListQuery, board: Board) -> dict[str, Head]:
    """Count and sum of every column that has cards, by its key: one statement for the whole board."""
    entity = query.entity
    summed = entity.field(board.sum) if board.sum else None
    if summed is not None and not may_filter(entity, summed, query.actor):
        summed = None  # a sum would tell what its reader may not see
    found = counting.grouped(matching(query), entity.field(board.by).attname, summed.sort_path if summed else "")
    merged: dict[str, Head] = {}
    for value, (count, total) in found.items():
        key = "" if value is None else str(value)
        before = merged.get(key, Head())
        both = total if before.sum is None else before.sum + (total or 0)
        merged[key] = Head(count=before.count + count, sum=both)
    return merged
