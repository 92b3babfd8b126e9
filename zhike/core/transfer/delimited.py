"""Delimited text: CSV, tab, semicolon and pipe, read as a stream in constant memory."""

import csv
import io
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from zhike.core.transfer.encodings import Encoding, detect
from zhike.core.transfer.guard import without_guard
from zhike.core.transfer.tables import Cell, Limits, Row, RowShape, Table, TableError, name_columns

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_RECORDS = 60
# Excel's own hint in the first line of a file.
_HINTS = {f"sep={delimiter}": delimiter for delimiter in DELIMITERS}


def open_delimited(path: Path, limits: Limits, *, encoding: str = "", delimiter: str = "") -> Table:
    """Open a delimited text file. `encoding` and `delimiter` override what is recognised. Raises `TableError`."""
    found = detect(path, limits, encoding)
    hint, skipped = _hint(path, found)
    if delimiter and delimiter not in DELIMITERS:
        raise TableError(_("The separator must be a comma, a semicolon, a tab or a vertical bar."))
    separator = delimiter or hint or sniff_delimiter(_sample(path, found, skipped))
    header_row, headings = _header(path, found, separator, skipped)
    columns, notes = name_columns(headings, limits)
    read = partial(_rows, path, found, separator, skipped, header_row, RowShape(columns, limits))
    return Table(
        columns=columns, header_row=header_row, read=read, encoding=found.name, delimiter=separator, notes=notes
    )


def sniff_delimiter(sample: list[str]) -> str:
    """The separator that splits the sample's lines most evenly into more than one cell; the comma when none does."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = [len(cells) for cells in csv.reader(sample, delimiter=delimiter) if any(map(str.strip, cells))]
        # The last record of a sample may be cut short.
        widths = widths[:-1] if len(widths) > 2 else widths
        if not widths or widths[0] < 2:
            continue
        evenness = sum(1 for width in widths if width == widths[0]) / len(widths)
        if (evenness, widths[0]) > best_score:
            best, best_score = delimiter, (evenness, widths[0])
    return best


def _open_text(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    stream = path.open("rb")
    stream.seek(encoding.mark)
    return io.TextIOWrapper(stream, encoding=encoding.codec, newline="")


def _hint(path: Path, encoding: Encoding) -> tuple[str, int]:
    """The separator that a first line `sep=;` names, and how many lines that hint takes."""
    with _open_text(path, encoding) as text:
        first = text.readline().rstrip("\r\n")
    delimiter = _HINTS.get(first.lower(), "")
    return delimiter, 1 if delimiter else 0


def _sample(path: Path, encoding: Encoding, skipped: int) -> list[str]:
    with _open_text(path, encoding) as text:
        return [line.replace("\x00", "") for line in islice(text, skipped, skipped + _SAMPLE_RECORDS)]


class _Lines:
    """The lines of a file, noting when the reader asks for one more than there are: a quotation left open."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            return next(self._text)
        except StopIteration:
            self.ended = True
            raise


def _records(path: Path, encoding: Encoding, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Numbered records, blank ones included; a record that spans lines counts once, as in a spreadsheet."""
    with _open_text(path, encoding) as text:
        for _line in range(skipped):
            text.readline()
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter)
        number = skipped
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _broken(number) from error
            if lines.ended:
                raise _broken(number)
            yield number, cells


def _broken(number: int) -> TableError:
    return TableError(
        _("Row %(row)d: a quotation mark is opened and never closed, so the rows below cannot be told apart.")
        % {"row": number}
    )


def _header(path: Path, encoding: Encoding, delimiter: str, skipped: int) -> tuple[int, list[Cell]]:
    for number, cells in _records(path, encoding, delimiter, skipped):
        if any(cell.strip() for cell in cells):
            return number, [without_guard(cell) for cell in cells]
    return skipped + 1, []


def _rows(
    path: Path, encoding: Encoding, delimiter: str, skipped: int, header_row: int, shape: RowShape
) -> Iterator[Row]:
    for number, cells in _records(path, encoding, delimiter, skipped):
        if number <= header_row:
            continue
        row = shape.fit(number, [without_guard(cell) if cell[:1] == "'" else cell for cell in cells])
        if not row.is_blank or row.problem:
            yield row
