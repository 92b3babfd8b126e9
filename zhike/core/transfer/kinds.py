"""What kind of field a column of a file would make: by what stands in its first rows."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from zhike.core import company
from zhike.core.customfields.describing import MAX_PLACES
from zhike.core.customfields.models import CustomKind
from zhike.core.transfer.cells import is_blank
from zhike.core.transfer.tables import Cell, Table
from zhike.core.transfer.values import NotUnderstood, to_boolean, to_date, to_decimal

# Rows looked at, and cells: a file of very many columns is not to be waited for.
_ROWS, _CELLS = 1_000, 30_000
# A list to choose from: so many different values at most, and each of them again and again.
_CHOICES, _AGAIN = 20, 2
_LONG = 200
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOBILE = re.compile(r"(?:\+?86)?[ -]?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}")
_URL = re.compile(r"https?://\S+")
_DAY = re.compile(r"[0-9]{4}\s*[-/.年].+|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}.*|(?:19|20)[0-9]{6}")
_CLOCK = re.compile(r"[0-9]:[0-9]{2}")
# Digits that are no number: numbers of things begin with a nought or are very long.
_NAME_OF_DIGITS = re.compile(r"0[0-9]+|[0-9]{11,}")
_ABOUT_MONEY = re.compile(r"金额|价|费|款|amount|price|revenue|budget|cost|value", re.IGNORECASE)
# In the order they are offered.
KINDS = (
    CustomKind.TEXT, CustomKind.LONG_TEXT, CustomKind.CHOICE, CustomKind.INTEGER, CustomKind.DECIMAL, CustomKind.MONEY,
    CustomKind.DATE, CustomKind.MOMENT, CustomKind.BOOLEAN, CustomKind.PHONE, CustomKind.EMAIL, CustomKind.URL,
)  # fmt: skip


def kinds_of(table: Table) -> list[tuple[str, int]]:
    """For each column of the table the kind of field that holds its values, with the decimals it needs."""
    rows = list(islice(table.rows(), min(_ROWS, _CELLS // len(table.columns))))
    found: list[tuple[str, int]] = []
    for place, heading in enumerate(table.columns):
        cells = [row.cells[place] for row in rows if not row.problem and not is_blank(row.cells[place])]
        kind, places = _kind(cells)
        is_money = kind in (CustomKind.DECIMAL, CustomKind.INTEGER) and places <= 2 and _ABOUT_MONEY.search(heading)
        found.append((str(CustomKind.MONEY if is_money else kind), places))
    return found


def _kind(cells: Sequence[Cell]) -> tuple[CustomKind, int]:
    texts = [str(cell).strip() for cell in cells]
    if not texts:
        return CustomKind.TEXT, 2
    for kind, pattern in ((CustomKind.EMAIL, _EMAIL), (CustomKind.PHONE, _MOBILE), (CustomKind.URL, _URL)):
        if all(pattern.fullmatch(text) for text in texts):
            return kind, 2
    if _reads_as_day(cells, texts):
        return (CustomKind.MOMENT if any(map(_CLOCK.search, texts)) else CustomKind.DATE), 2
    if len(set(texts)) <= 2 and _all_read(to_boolean, cells):
        return CustomKind.BOOLEAN, 2
    if not any(map(_NAME_OF_DIGITS.fullmatch, texts)):
        places = _places(cells)
        if places is not None:
            return (CustomKind.DECIMAL, max(2, places)) if places else (CustomKind.INTEGER, 2)
    if any(len(text) > _LONG or "\n" in text for text in texts):
        return CustomKind.LONG_TEXT, 2
    different = len(set(texts))
    return (CustomKind.CHOICE if different <= _CHOICES and len(texts) >= _AGAIN * different else CustomKind.TEXT), 2


def _reads_as_day(cells: Sequence[Cell], texts: Sequence[str]) -> bool:
    are_days = all(
        isinstance(cell, date) or _DAY.fullmatch(text) is not None for cell, text in zip(cells, texts, strict=True)
    )
    return are_days and _all_read(lambda cell: to_date(cell, zone=company.zone()), cells)


def _places(cells: Sequence[Cell]) -> int | None:
    """The most decimals any of them has; None where one is no number that fits."""
    most = 0
    for cell in cells:
        if isinstance(cell, (bool, date, datetime)):
            return None
        try:
            number = to_decimal(cell, places=MAX_PLACES, max_digits=15)
        except NotUnderstood:
            return None
        exponent = (number or Decimal()).normalize().as_tuple().exponent
        most = max(most, -exponent if isinstance(exponent, int) else 0)
    return most


def _all_read(read: Callable[[Cell], object], cells: Sequence[Cell]) -> bool:
    try:
        for cell in cells:
            read(cell)
    except NotUnderstood:
        return False
    return True
