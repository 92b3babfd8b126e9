"""Excel workbooks (.xlsx), read by calamine after the archive has been found harmless."""

import copy
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import python_calamine
from django.utils.translation import gettext as _
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from zhike.core.transfer.tables import Cell, Limits, Row, RowShape, Table, TableError, name_columns

_CHUNK = 1024 * 1024
_MAX_PARTS = 5_000
# Row numbers and the letters of cell references in a worksheet's XML, quoted either way.
_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,3}([0-9]{1,7})["']""")
_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})[0-9]{1,7}["']""")
_ERROR_CELL = re.compile(rb"""\st\s*=\s*["']e["']""")
# Excel keeps 15 digits of a number; longer ones have lost their end.
_EXACT = 10**15


class _Extent:
    """The rectangle the cells of a worksheet span, gathered piece by piece from its XML."""

    def __init__(self) -> None:
        self.rows = self.columns = self.errors = 0
        self._tail = b""

    def take(self, piece: bytes) -> None:
        text = self._tail + piece
        self.rows = max([self.rows, *map(int, set(_ROW.findall(text)))])
        self.columns = max([self.columns, *map(_column_number, set(_COLUMN.findall(text)))])
        # Cells may go without a reference; then they stand side by side.
        self.columns = max([self.columns, *(row.count(b"<c ") + row.count(b"<c>") for row in text.split(b"<row"))])
        self.errors += len(_ERROR_CELL.findall(text))
        cut = text.rfind(b"<")
        self._tail = text[cut:][-200:] if cut >= 0 else b""


def open_workbook(path: Path, limits: Limits, *, sheet: str = "") -> Table:
    """Open one worksheet, by default the first visible one. Raises `TableError`."""
    notes = _inspect(path, limits)
    try:
        workbook = CalamineWorkbook.from_path(path)
    except python_calamine.PasswordError as error:
        raise TableError(_("The workbook is protected by a password. Remove the password and try again.")) from error
    except python_calamine.CalamineError as error:
        raise _unreadable() from error
    with workbook:
        names = [
            each.name
            for each in workbook.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet and (each.visible == SheetVisibleEnum.Visible or each.name == sheet)
        ]
        if not names or (sheet and sheet not in names):
            raise TableError(
                _("The workbook has no sheet “%(sheet)s”. It has: %(sheets)s.")
                % {"sheet": sheet, "sheets": ", ".join(names)}
                if sheet
                else _("The workbook has no visible sheet.")
            )
        chosen = sheet or names[0]
        loaded = _load(workbook, chosen)
    return _table(loaded, chosen, tuple(names), limits, notes)


def _load(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return workbook.get_sheet_by_name(name)
    except python_calamine.CalamineError as error:
        raise _unreadable() from error


def _table(sheet: CalamineSheet, name: str, names: tuple[str, ...], limits: Limits, notes: tuple[str, ...]) -> Table:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in cells):
            header_row, headings = number, [_cell(cell) for cell in cells]
            break
    else:
        header_row, headings = 1, []
    columns, more = name_columns(headings, limits)
    read = partial(_rows, sheet, header_row, RowShape(columns, limits))
    return Table(columns=columns, header_row=header_row, read=read, sheet=name, sheets=names, notes=(*notes, *more))


def _rows(sheet: CalamineSheet, header_row: int, shape: RowShape) -> Iterator[Row]:
    for number, raw in enumerate(sheet.iter_rows(), start=1):
        if number <= header_row:
            continue
        row = shape.fit(number, [_cell(cell) for cell in raw])
        if row.is_blank and not row.problem:
            continue
        yield row if row.problem else _with_rounding_problem(row, shape.columns)


def _with_rounding_problem(row: Row, columns: tuple[str, ...]) -> Row:
    for column, cell in zip(columns, row.cells, strict=True):
        if isinstance(cell, int) and abs(cell) >= _EXACT:
            problem = _(
                "Column “%(column)s” holds a number of more than 15 digits, which Excel has already rounded. "
                "Format the column as text and enter the number again."
            ) % {"column": column}
            return row._replace(problem=problem)
    return row


def _cell(raw: Any) -> Cell:
    """One calamine value without floats: whole ones become integers, others decimals of the 15 digits Excel shows."""
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() else Decimal(f"{raw:.15g}")
    if isinstance(raw, timedelta):
        return str(raw)
    cell: Cell = "" if raw is None else raw
    return cell


def _unreadable() -> TableError:
    return TableError(
        _("The file is not a readable Excel workbook. Open it in a spreadsheet and save it as .xlsx again.")
    )


def _inspect(path: Path, limits: Limits) -> tuple[str, ...]:
    """Refuse archives that swell, that hold too many parts, or whose sheets span a huge rectangle; return notes."""
    errors = 0
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise _unreadable()
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > limits.unpacked_bytes:
                raise _too_big(limits)
            budget = limits.unpacked_bytes
            for part in parts:
                extent = _Extent()
                budget = _unpack(archive, part, budget, extent, limits)
                _refuse_huge(extent, limits)
                errors += extent.errors
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise _unreadable() from error
    if not errors:
        return ()
    return (
        _("%(count)d cells of the workbook hold a formula error such as #N/A; they are read as blank.")
        % {"count": errors},
    )


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: int, extent: _Extent, limits: Limits) -> int:
    """Unpack one part piece by piece and return what is left of the budget: the sizes an archive declares may lie."""
    probe = copy.copy(part)
    probe.file_size = budget + 1
    is_sheet = part.filename.startswith("xl/worksheets/")
    with archive.open(probe) as stream:
        while piece := stream.read(_CHUNK):
            budget -= len(piece)
            if budget < 0:
                raise _too_big(limits)
            if is_sheet:
                extent.take(piece)
    return budget


def _refuse_huge(extent: _Extent, limits: Limits) -> None:
    if extent.rows * extent.columns > limits.sheet_cells:
        raise TableError(
            _(
                "A sheet spans %(rows)d rows and %(columns)d columns, which is too much to read. "
                "Delete the empty rows and columns beyond the table, or save the sheet as CSV."
            )
            % {"rows": extent.rows, "columns": extent.columns}
        )


def _too_big(limits: Limits) -> TableError:
    return TableError(
        _("The workbook unpacks to more than %(size)d MB. Split it, or save the sheet as CSV.")
        % {"size": limits.unpacked_bytes // (1024 * 1024)}
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
