"""A table read from a file: its header, its rows with the numbers a spreadsheet shows, and what may be too much."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from django.utils.translation import gettext as _

# A blank cell is the empty string. Delimited files give text only; workbooks give typed values, never a float.
Cell: TypeAlias = str | int | Decimal | bool | date | datetime | time

# Stray characters that spreadsheets and web pages leave around a heading.
_INVISIBLE: dict[int, str | None] = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\x00"))
# Templates name columns in braces.
_INVISIBLE |= {ord("{"): "(", ord("}"): ")"}


class TableError(ValueError):
    """The file as a whole cannot be read; the message is a sentence for the person who gave it."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one table may be at most. Sizes in bytes, lengths in characters."""

    upload_bytes: int = 100 * 1024 * 1024
    # All parts of a workbook together, unpacked: guards against a small file that swells.
    unpacked_bytes: int = 400 * 1024 * 1024
    rows: int = 1_048_576
    columns: int = 500
    cell: int = 100_000
    line_bytes: int = 2 * 1024 * 1024
    # Cells of the rectangle a worksheet spans, since it is held whole while it is read.
    sheet_cells: int = 20_000_000


class Row(NamedTuple):
    """One row: its number as a spreadsheet counts it (the first line is 1), one cell per column, what is wrong.

    `problem` is a sentence, blank for a sound row.
    """

    number: int
    cells: tuple[Cell, ...]
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        return not any(not isinstance(cell, str) or cell.strip() for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Table:
    """An opened table. `rows()` may be called again and starts from the top each time.

    `notes` are sentences about the whole table that a person should see before importing it.
    """

    columns: tuple[str, ...]
    header_row: int
    read: Callable[[], Iterator[Row]]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    _positions: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._positions.update({name: position for position, name in enumerate(self.columns)})

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Rows below the header and the row numbered `after`, without blank ones.

        Raises `TableError` where the file is broken beyond a row.
        """
        return (row for row in self.read() if row.number > after) if after else self.read()

    def position(self, column: str) -> int:
        """Where the column stands in a row's cells. Raises `KeyError`."""
        return self._positions[column]


def clean_heading(cell: Cell) -> str:
    """A heading as one line without invisible characters."""
    return " ".join(str(cell).translate(_INVISIBLE).split())


def name_columns(cells: Sequence[Cell], limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names from the header row, each made unique, and notes on those that had to be changed.

    Blank headings at the end are dropped. Raises `TableError` for too many columns or none.
    """
    headings = [clean_heading(cell) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise TableError(_("The file is empty. The first row must hold the names of the columns."))
    if len(headings) > limits.columns:
        raise TableError(
            _("The file has %(count)d columns; at most %(limit)d can be read. Remove columns that are not needed.")
            % {"count": len(headings), "limit": limits.columns}
        )
    names: list[str] = []
    repeated = {name for name, count in Counter(headings).items() if count > 1 and name}
    taken = {name for name in headings if name}
    for position, heading in enumerate(headings, start=1):
        name = heading or _("Column %(position)d") % {"position": position}
        if name in names or (not heading and name in taken):
            name = _next_free(name, taken.union(names))
        names.append(name)
    notes = tuple(
        _("The heading “%(heading)s” occurs more than once; the later ones are called “%(heading)s (2)” and so on.")
        % {"heading": heading}
        for heading in sorted(repeated)
    )
    return tuple(names), notes


def _next_free(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


class RowShape:
    """Judges raw rows against the header: width, cell length, NUL characters, number of rows."""

    def __init__(self, columns: tuple[str, ...], limits: Limits) -> None:
        self.columns = columns
        self.width = len(columns)
        self.limits = limits

    def fit(self, number: int, cells: Sequence[Cell]) -> Row:
        """The row at header width, with a problem where its own width differs or a cell cannot be taken."""
        if number > self.limits.rows:
            raise TableError(
                _("The file has more than %(limit)d rows. Split it into several files.") % {"limit": self.limits.rows}
            )
        count = len(cells)
        if count == self.width:
            if cells[0] == self.columns[0] and tuple(map(clean_heading, cells)) == self.columns:
                return Row(number, tuple(cells), _("This row repeats the names of the columns; it is no record."))
            return Row(number, tuple(cells), self._cell_problem(cells))
        kept = tuple(cells[: self.width]) + ("",) * (self.width - count)
        extra = any(str(cell).strip() for cell in cells[self.width :])
        if count > self.width and not extra:
            return Row(number, kept, self._cell_problem(kept))
        if count <= 1 and not any(str(cell).strip() for cell in cells):
            return Row(number, kept)  # an empty line
        problem = _(
            "This row has %(count)d cells, but the header has %(width)d. Check its separators and quotation marks."
        ) % {"count": count, "width": self.width}
        return Row(number, kept, problem)

    def _cell_problem(self, cells: Sequence[Cell]) -> str:
        for column, cell in zip(self.columns, cells, strict=True):
            if not isinstance(cell, str):
                continue
            if len(cell) > self.limits.cell:
                return _("Column “%(column)s” holds %(count)d characters; at most %(limit)d can be read.") % {
                    "column": column,
                    "count": len(cell),
                    "limit": self.limits.cell,
                }
            if "\x00" in cell:
                return _("Column “%(column)s” holds a NUL character, which text cannot contain. Remove it.") % {
                    "column": column
                }
        return ""
