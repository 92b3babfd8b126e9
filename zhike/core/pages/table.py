"""The table of a list: every cell made into HTML here, so that the template only loops over rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhike.core import company
from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind, RecordKind, registry
from zhike.core.lists import Cell, Column, ListPage, Related, Row
from zhike.core.pages.display import LIST, LIST_IN_TEN_THOUSANDS, Link, Style, Value, html, money, show
from zhike.core.pages.forms import inline_fields
from zhike.core.pages.titles import record_address
from zhike.core.pages.words import sentence_start, speaks_chinese

_CLASSES = {
    FieldKind.DATE: "z-cell-date",
    FieldKind.MOMENT: "z-cell-date",
}

# Kinds whose values repeat down a column.
_FEW = frozenset({FieldKind.OPTION, FieldKind.CHOICE, FieldKind.BOOLEAN, FieldKind.RELATION})


@dataclass(frozen=True)
class Head:
    """The head of a column. `sort` is "ascending", "descending" or "none"; `link` is blank where it cannot be sorted.

    `editable`: its values may be changed where they stand.
    """

    name: str
    label: str
    css: str
    sort: str
    link: str
    editable: bool = False


@dataclass(frozen=True)
class TableRow:
    """One row as HTML: `<tr>` with its cells, and the box to select it where the table has such."""

    id: int
    html: SafeString


@dataclass(frozen=True)
class Table:
    """What the template loops over. `totals` has one cell per column, or is empty."""

    heads: list[Head]
    rows: list[TableRow]
    totals: list[SafeString]
    has_money: bool


def make_table(entity: Entity, page: ListPage, *, in_ten_thousands: bool = False, selects: bool = False) -> Table:
    """The table of one page of a list; `selects` gives each row a box."""
    style = LIST_IN_TEN_THOUSANDS if in_ten_thousands else LIST
    makers = [_cell_maker(entity, column, style) for column in page.columns]
    edited = edited_in_place(entity, page.query.actor)
    return Table(
        heads=[_head(page, column, style, editable=column.name in edited) for column in page.columns],
        rows=[_row(row, makers, selects=selects) for row in page.rows],
        totals=_totals(page, style),
        has_money=any(column.kind is FieldKind.MONEY for column in page.columns),
    )


def make_row(
    entity: Entity,
    columns: Sequence[Column],
    row: Row,
    *,
    in_ten_thousands: bool = False,
    selects: bool = False,
    note: str = "",
) -> SafeString:
    """One row by itself, as `make_table` makes it; `note` stands quietly beside its name."""
    style = LIST_IN_TEN_THOUSANDS if in_ten_thousands else LIST
    makers = [_cell_maker(entity, column, style, note) for column in columns]
    return _row(row, makers, selects=selects).html


def edited_in_place(entity: Entity, actor: Actor) -> frozenset[str]:
    """The fields whose values this reader may change where they stand; a name is a link and is changed in the form."""
    if "edit" in entity.without or actor.access.reach(entity.slug, "edit") is None:
        return frozenset()
    return frozenset(inline_fields(entity, actor)) - {entity.title}


def _head(page: ListPage, column: Column, style: Style, *, editable: bool) -> Head:
    key = page.query.sort[0] if page.query.sort else None
    sort = "none"
    if key is not None and key.name == column.name:
        sort = "descending" if key.descending else "ascending"
    label = sentence_start(column.label)
    if column.kind is FieldKind.MONEY:
        label = f"{label} ({_unit(style)})"
    link = page.query.sort_link(column.name) if column.sortable else ""
    return Head(column.name, label, "z-cell-number" if column.is_number else "", sort, link, editable)


def _unit(style: Style) -> str:
    own = company.current().currency
    if own == "CNY" and speaks_chinese():
        return "万元" if style.in_ten_thousands else "元"
    return _("10,000 %(currency)s") % {"currency": own} if style.in_ten_thousands else own


_CellMaker = Callable[[Row, Cell], str]


def _cell_maker(entity: Entity, column: Column, style: Style, note: str = "") -> _CellMaker:
    """What makes the cells of one column. Values of a small set are made into HTML once."""
    label = escape(sentence_start(column.label))
    if column.name == entity.title:
        said = f' <span class="z-row-note">{escape(note)}</span>' if note else ""

        def title(row: Row, _cell: Cell) -> str:
            address = record_address(entity, row.id)
            shown = escape(row.title) or f"#{row.id}"
            return f'<th scope="row" class="z-cell-name"><a data-drawer href="{address}">{shown}</a>{said}</th>'

        return title
    css = "z-cell-number" if column.is_number else _CLASSES.get(column.kind, "")
    opening = f'<td class="{css}" data-label="{label}">' if css else f'<td data-label="{label}">'

    def plain(_row: Row, cell: Cell) -> str:
        shown = show(value_of(cell), style)
        return f"{opening}{shown}</td>" if shown else "<td></td>"

    if column.kind not in _FEW:
        return plain
    made: dict[object, str] = {}

    def remembered(row: Row, cell: Cell) -> str:
        if cell.value not in made:
            made[cell.value] = plain(row, cell)
        return made[cell.value]

    return remembered


def value_of(cell: Cell) -> Value:
    """A list's cell as a value that `display` can show. People, stages and other configuration stand without a link in a list."""
    link = None
    if cell.related is not None:
        leads = cell.related.reachable and cell.related.slug and _is_opened(cell.related.slug)
        link = Link(
            cell.related.label, record_address(registry.get(cell.related.slug), cell.related.id) if leads else ""
        )
    return Value(
        field=cell.column.field,
        value=cell.value,
        link=link,
        links=tuple(_link_of(cell, each) for each in cell.several.values()),
        currency=cell.currency,
        masked=cell.masked,
    )


def _link_of(cell: Cell, related: Related) -> Link:
    """One of several: a file is opened from where it stands, other records from the record's page."""
    leads = cell.column.kind is FieldKind.FILE and related.reachable
    return Link(related.label, record_address(registry.get(related.slug), related.id) if leads else "")


def _is_opened(slug: str) -> bool:
    return registry.get(slug).kind is not RecordKind.SHARED


def _row(row: Row, makers: list[_CellMaker], *, selects: bool) -> TableRow:
    cells = "".join([make(row, cell) for make, cell in zip(makers, row.cells, strict=True)])
    return TableRow(row.id, html(f"<tr>{_box(row) if selects else ''}{cells}</tr>"))


def _box(row: Row) -> str:
    return (
        '<td class="z-cell-select"><label><input type="checkbox" class="form-check-input" name="row" '
        f'value="{row.id}" aria-label="{escape(row.title)}"></label></td>'
    )


def _totals(page: ListPage, style: Style) -> list[SafeString]:
    if not page.totals:
        return []
    cells: list[SafeString] = []
    for index, column in enumerate(page.columns):
        total = page.totals.get(column.name)
        if total is not None:
            cells.append(html(f'<td class="z-cell-number">{escape(money(total, "", style))}</td>'))
        elif index == 0:
            cells.append(html(f'<th scope="row" class="z-cell-name">{escape(_("Total"))}</th>'))
        else:
            cells.append(html("<td></td>"))
    return cells
