"""The one export writer: delimited text as a stream and Excel in constant memory, both safe against formulas.

Values come as Python values: text is guarded, numbers stay numbers, days are ISO, moments are shown in the zone given.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from zhike.core.transfer.guard import with_guard
from zhike.core.transfer.tables import TableError

ExportValue: TypeAlias = str | int | Decimal | bool | date | datetime | time | None

_BYTE_ORDER_MARK = "\ufeff"
_FLUSH = 64 * 1024
# Excel's own bounds.
_SHEET_ROWS = 1_048_576
_CELL_LENGTH = 32_767
_EXACT_DIGITS = 15


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[ExportValue]], *, zone: ZoneInfo) -> Iterator[bytes]:
    """The table as pieces of UTF-8 with byte order mark, comma and CRLF, which every spreadsheet opens right.

    Moments are written as wall time of `zone`, to the second. `rows` is consumed as the pieces are.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yes, no = _("yes"), _("no")

    def text_of(value: ExportValue) -> str | int | Decimal:
        if value is None:
            return ""
        if isinstance(value, str):
            return with_guard(value)
        if isinstance(value, bool):
            return yes if value else no
        if isinstance(value, Decimal):
            return f"{value:f}"
        if isinstance(value, int):
            return value
        return _day_or_moment(value, zone)

    buffer.write(_BYTE_ORDER_MARK)
    writer.writerow([with_guard(column) for column in columns])
    for row in rows:
        writer.writerow([text_of(value) for value in row])
        if buffer.tell() > _FLUSH:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode("utf-8", errors="replace")
    buffer.seek(0)
    buffer.truncate()
    return piece


def _day_or_moment(value: date | datetime | time, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return _local(value, zone).isoformat(" ", "seconds")
    if isinstance(value, time):
        return value.isoformat("seconds")
    return value.isoformat()


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Wall time without zone, whole seconds; moments without zone are taken as they are."""
    local = moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
    return local.replace(microsecond=0)


def write_workbook(
    target: Path, columns: Sequence[str], rows: Iterable[Sequence[ExportValue]], *, zone: ZoneInfo, sheet: str = ""
) -> int:
    """Write the table into a new .xlsx file and return how many rows it has, the header not counted.

    No cell is ever a formula or a link. Numbers beyond 15 digits are written as text, since Excel would round them; text
    is cut at Excel's 32,767 characters. Raises `TableError` beyond Excel's 1,048,576 rows.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(target.parent),
    }
    count = 0
    with xlsxwriter.Workbook(str(target), options) as workbook:
        page = workbook.add_worksheet(_sheet_name(sheet))
        page.freeze_panes(1, 0)
        cells = _Cells(page, zone, yes=_("yes"), no=_("no"))
        cells.day_format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        cells.moment_format = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        cells.time_format = workbook.add_format({"num_format": "hh:mm:ss"})
        heading = workbook.add_format({"bold": True})
        for position, column in enumerate(columns):
            page.write_string(0, position, column[:_CELL_LENGTH], heading)
            page.set_column(position, position, min(max(len(column.encode("gb18030", "replace")) + 2, 10), 40))
        for row in rows:
            count += 1
            if count >= _SHEET_ROWS:
                raise TableError(
                    _("An Excel sheet holds at most 1,048,575 rows. Export as CSV, or filter the list first.")
                )
            for position, value in enumerate(row):
                cells.write(count, position, value)
    return count


def _sheet_name(name: str) -> str:
    """At most 31 characters without those that Excel forbids."""
    kept = "".join(character for character in name if character not in "[]:*?/\\").strip("' ")[:31]
    return kept or _("Export")


class _Cells:
    """Writes values of every kind into one worksheet."""

    def __init__(self, page: Worksheet, zone: ZoneInfo, *, yes: str, no: str) -> None:
        self.page = page
        self.zone = zone
        self.yes, self.no = yes, no
        self.day_format = self.moment_format = self.time_format = None

    def write(self, row: int, column: int, value: ExportValue) -> None:
        page = self.page
        if isinstance(value, str):
            if value:
                page.write_string(row, column, value if len(value) <= _CELL_LENGTH else value[: _CELL_LENGTH - 1] + "…")
        elif value is None:
            return
        elif isinstance(value, bool):
            page.write_string(row, column, self.yes if value else self.no)
        elif isinstance(value, (int, Decimal)):
            self._write_number(row, column, value)
        elif isinstance(value, datetime):
            page.write_datetime(row, column, _local(value, self.zone), self.moment_format)
        elif isinstance(value, date):
            page.write_datetime(row, column, value, self.day_format)
        else:
            page.write_datetime(row, column, value, self.time_format)

    def _write_number(self, row: int, column: int, value: int | Decimal) -> None:
        digits = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if len(digits.replace("-", "").replace(".", "").lstrip("0")) > _EXACT_DIGITS:
            self.page.write_string(row, column, digits)
        else:
            self.page.write_number(row, column, float(value))
