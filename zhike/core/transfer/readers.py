"""Opening a table of any kind a person may bring: the one door for uploads, plans and commands."""

import re
import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from zhike.core.transfer.delimited import open_delimited
from zhike.core.transfer.tables import Limits, Table, TableError
from zhike.core.transfer.workbooks import open_workbook

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How pictures, documents, archives and programmes begin, whatever they are called.
_NO_TABLE = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF-", b"{\\rtf", b"MZ\x90", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b",
    b"SQLite",
)  # fmt: skip
# Other programmes save web pages and XML under the name of a workbook.
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|meta|head|\?xml)", re.IGNORECASE)
_START = 200


def open_table(
    path: Path, *, sheet: str = "", encoding: str = "", delimiter: str = "", limits: Limits | None = None
) -> Table:
    """Open a CSV, TSV or other delimited text file, or an .xlsx workbook, told apart by content and not by name.

    `sheet` names the worksheet of a workbook; `encoding` and `delimiter` override what is recognised in text.
    Raises `TableError` with a sentence that says what to do.
    """
    bounds = limits or Limits()
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(_START)
    except OSError as error:
        raise TableError(_("The file %(name)s cannot be opened.") % {"name": path.name}) from error
    if size == 0:
        raise TableError(_("The file is empty. The first row must hold the names of the columns."))
    if size > bounds.upload_bytes:
        raise TableError(
            _("The file is larger than %(size)d MB. Split it into several files.")
            % {"size": bounds.upload_bytes // (1024 * 1024)}
        )
    if start.startswith(_NO_TABLE):
        raise TableError(
            _("This file is no table, whatever its name says. Save your table as CSV or .xlsx, and choose that file.")
        )
    if _MARKUP.match(start):
        raise TableError(
            _("This is a web page or XML under the name of a table. Open it in a spreadsheet and save it as .xlsx.")
        )
    if start.startswith(_OLD_EXCEL):
        raise TableError(
            _("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password.")
        )
    if start.startswith(b"PK\x03\x04") and zipfile.is_zipfile(path):
        return open_workbook(path, bounds, sheet=sheet)
    return open_delimited(path, bounds, encoding=encoding, delimiter=delimiter)
