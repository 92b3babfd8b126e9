"""Cells into Python values: numbers, days, moments and answers as people in China and elsewhere write them.

Every function takes one `Cell`, returns None for a blank one, and raises `NotUnderstood` with a sentence that names the
value and says what is expected. Nothing is guessed where two readings are possible.
"""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from zhike.core.transfer.tables import Cell


class NotUnderstood(ValueError):
    """The value cannot be read as what its field expects; the message is a sentence for the person importing."""


_TRUE = frozenset(["是", "对", "有", "真", "√", "✓", "✔", "☑", "yes", "y", "true", "t", "1", "on"])
_FALSE = frozenset(["否", "无", "假", "不是", "没有", "错", "×", "✗", "✘", "☐", "no", "n", "false", "f", "0", "off"])
# Money signs and words that may stand around an amount. The field's own currency holds.
_CURRENCY = re.compile(
    r"^(?:人民币|rmb|cny|usd|eur|hkd|(?:us|hk)?[¥$€£])\s*|\s*(?:元整?|人民币|rmb|cny|usd|eur|hkd|[¥$€£])$",
    re.IGNORECASE,
)
_UNITS = {"": 0, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "thousand": 3, "million": 6, "billion": 9}
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)?(?:\.(?P<part>[0-9]+))?"
    r"\s*(?P<unit>千万|百万|千|万|亿|thousand|million|billion)?",
    re.IGNORECASE,
)
# What files mostly hold, read without further thought.
_PLAIN = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,10})?")
_ISO_DAY = re.compile(r"(?:1[89]|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}")
_SHORTENED = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?e\+[0-9]+", re.IGNORECASE)
_CLOCK = (
    r"(?:[T\s]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6})[0-9]*)?)?"
    r"\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})\s*(?P<mark>[-/.年])\s*(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})\s*[日号]?" + _CLOCK
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})" + _CLOCK)
_YEAR_LAST = re.compile(
    r"(?P<first>[0-9]{1,2})\s*[-/.]\s*(?P<second_part>[0-9]{1,2})\s*[-/.]\s*(?P<year>[0-9]{4})" + _CLOCK
)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*[日号]?(?:\s.*)?")
_SERIAL = re.compile(r"[0-9]{5}(?:\.0+)?")
# Excel counts days from here; its day 60, 29 February 1900, never was, so serials begin after it.
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 61, 2_958_465
_EARLIEST_YEAR = 1800
_SHOWN = 60


def fold(cell: Cell) -> str:
    """Full-width characters as their plain twins, odd spaces and minus signs made ordinary, the ends trimmed."""
    text = unicodedata.normalize("NFKC", str(cell))
    return " ".join(text.replace("\u2212", "-").replace("\u2013", "-").split())


def shown(cell: Cell) -> str:
    """The value as a sentence quotes it: one line, at most 60 characters."""
    text = " ".join(str(cell).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def to_text(cell: Cell, *, max_length: int | None = None, lines: bool = False) -> str:
    """Text with its ends trimmed; numbers as they are written. With `lines`, line breaks inside are kept."""
    text = _plain(cell).strip()
    if not lines:
        text = " ".join(text.split("\n")).replace("\r", "")
    if max_length is not None and len(text) > max_length:
        raise NotUnderstood(
            _("“%(value)s” has %(count)d characters; at most %(limit)d fit. Shorten it.")
            % {"value": shown(text), "count": len(text), "limit": max_length}
        )
    return text


def _plain(cell: Cell) -> str:
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return str(cell)


def to_decimal(cell: Cell, *, places: int = 2, max_digits: int = 18) -> Decimal | None:
    """A decimal of at most `places` places: `1,234.50`, `￥1,200`, `1.2万`, `(300)` for −300.

    Numbers of a workbook are rounded half up, since formulas leave long tails; typed digits are never dropped.
    """
    if isinstance(cell, (bool, date, time)):
        raise _no_number(cell)
    if isinstance(cell, (int, Decimal)):
        return _fitted(Decimal(cell), cell, places, max_digits, rounding=True)
    if _PLAIN.fullmatch(cell):
        return _fitted(Decimal(cell), cell, places, max_digits, rounding=False)
    text = fold(cell)
    if not text:
        return None
    if _SHORTENED.fullmatch(text):
        raise NotUnderstood(
            _("“%(value)s” was shortened by a spreadsheet and has lost digits. Format it as number and export again.")
            % {"value": shown(cell)}
        )
    return _fitted(_number(text, cell), cell, places, max_digits, rounding=False)


def _number(text: str, cell: Cell) -> Decimal:
    negative = text.startswith("(") and text.endswith(")")
    bare = text[1:-1].strip() if negative else text
    # A sign may stand before the money sign: -¥300.
    minus = bare[:1] == "-"
    bare = _CURRENCY.sub("", _CURRENCY.sub("", bare[1:].strip() if minus else bare))
    found = _NUMBER.fullmatch(bare)
    signs = minus + negative + bool(found and found["sign"])
    if found is None or (found["whole"] is None and found["part"] is None) or signs > 1:
        raise _no_number(cell)
    digits = re.sub(r"[, ]", "", found["whole"] or "0")
    number = Decimal(f"{digits}.{found['part'] or '0'}").scaleb(_UNITS[(found["unit"] or "").lower()])
    return -number if minus or negative or found["sign"] == "-" else number


def _fitted(number: Decimal, cell: Cell, places: int, max_digits: int, *, rounding: bool) -> Decimal:
    fits = number.adjusted() + places < 26  # the precision of decimal arithmetic is 28 digits
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if fits else number
    if rounded != number and not rounding:
        raise NotUnderstood(
            _("“%(value)s” has more than %(places)d decimals. Round it.") % {"value": shown(cell), "places": places}
        )
    if not fits or rounded.adjusted() >= max_digits - places:
        raise NotUnderstood(_("“%(value)s” is too large a number to be stored.") % {"value": shown(cell)})
    return rounded or abs(rounded)


def _no_number(cell: Cell) -> NotUnderstood:
    return NotUnderstood(_("“%(value)s” is not a number. Write it as 1234.50.") % {"value": shown(cell)})


def to_integer(cell: Cell) -> int | None:
    """A whole number, written like any decimal: `1,200`, `3万`, `12.0`."""
    number = to_decimal(cell, places=10, max_digits=28)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise NotUnderstood(_("“%(value)s” is not a whole number.") % {"value": shown(cell)})
    return int(number)


def to_percent(cell: Cell) -> int | None:
    """Whole per cent from 0 to 100: `30`, `30%`, and 0.3 from a workbook cell formatted as per cent."""
    if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
        if cell == 1:
            raise NotUnderstood(_("“1” may mean 1% or 100%. Format the column as text and write 1% or 100%."))
        number: Decimal | None = Decimal(cell) * 100 if 0 < cell < 1 else Decimal(cell)
    else:
        text = fold(cell)
        number = to_decimal(text.removesuffix("%"), places=4) if text else None
        if number is not None and 0 < number < 1 and not text.endswith("%"):
            raise NotUnderstood(
                _("“%(value)s” may be a fraction or a percentage. Write it with a per cent sign, like 30%%.")
                % {"value": shown(cell)}
            )
    if number is None:
        return None
    if not 0 <= number <= 100 or number != number.to_integral_value():
        raise NotUnderstood(_("“%(value)s” is not a whole percentage from 0 to 100.") % {"value": shown(cell)})
    return int(number)


def to_boolean(cell: Cell) -> bool | None:
    """Yes or no: 是, 否, √, ×, yes, no, true, false, 1, 0."""
    if isinstance(cell, bool):
        return cell
    text = fold(cell).casefold()
    if not text:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise NotUnderstood(_("“%(value)s” is neither yes nor no. Write 是 or 否, yes or no.") % {"value": shown(cell)})


def to_date(cell: Cell, *, zone: ZoneInfo) -> date | None:
    """A day: `2024-01-31`, `2024/1/31`, `2024年1月31日`, `20240131`, an Excel serial; a time beside it is dropped.

    A moment that names its offset is turned into `zone` (the company's) first. Two-digit years and days like 03/04/2024
    are refused, since they can be read in two ways.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str) and _ISO_DAY.fullmatch(cell):
        with suppress(ValueError):
            return date.fromisoformat(cell)
    moment = _moment(cell, zone)
    return None if moment is None else moment.astimezone(zone).date()


def to_moment(cell: Cell, *, zone: ZoneInfo) -> datetime | None:
    """A moment in UTC from a day with or without time of day; times without offset are in `zone`."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=zone).astimezone(UTC)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), tzinfo=zone).astimezone(UTC)
    moment = _moment(cell, zone)
    return None if moment is None else moment.astimezone(UTC)


def _moment(cell: Cell, zone: ZoneInfo) -> datetime | None:
    if isinstance(cell, (bool, time)):
        raise _no_day(cell)
    if isinstance(cell, (int, Decimal)):
        # A workbook may hold 20240131 as a number.
        return _from_serial(cell, zone) if cell < 10_000_000 else _from_text(str(cell), cell, zone)
    text = fold(cell)
    if not text:
        return None
    if _SERIAL.fullmatch(text):
        return _from_serial(Decimal(text), zone)
    return _from_text(text, cell, zone)


def _from_serial(serial: int | Decimal, zone: ZoneInfo) -> datetime:
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        raise _no_day(serial)
    days = int(serial)
    seconds = int(((Decimal(serial) - days) * 86_400).to_integral_value())
    return datetime.combine(_EPOCH + timedelta(days=days), time(), tzinfo=zone) + timedelta(seconds=seconds)


def _from_text(text: str, cell: Cell, zone: ZoneInfo) -> datetime:
    found = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is not None:
        return _assemble(found, int(found["month"]), int(found["day"]), cell, zone)
    found = _YEAR_LAST.fullmatch(text)
    if found is not None:
        month, day = _month_and_day(int(found["first"]), int(found["second_part"]), cell)
        return _assemble(found, month, day, cell, zone)
    if _SHORT_YEAR.fullmatch(text):
        raise NotUnderstood(
            _("“%(value)s” has a year of two digits. Write the year in full, like 2024-01-31.") % {"value": shown(cell)}
        )
    raise _no_day(cell)


def _month_and_day(first: int, second: int, cell: Cell) -> tuple[int, int]:
    """The order of the two is certain only where one of them cannot be a month, or both are the same."""
    if first == second or second > 12:
        return first, second
    if first > 12:
        return second, first
    raise NotUnderstood(
        _("“%(value)s” may be day/month or month/day. Write it as 2024-01-31.") % {"value": shown(cell)}
    )


def _assemble(found: re.Match[str], month: int, day: int, cell: Cell, zone: ZoneInfo) -> datetime:
    year = int(found["year"])
    try:
        if year < _EARLIEST_YEAR:
            raise ValueError(year)
        fraction = (found["fraction"] or "").ljust(6, "0")
        return datetime(
            year, month, day, int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0),
            int(fraction), tzinfo=_offset(found["zone"]) or zone,
        )  # fmt: skip
    except ValueError as error:
        raise NotUnderstood(
            _("“%(value)s” is not a day of the calendar. Check year, month and day.") % {"value": shown(cell)}
        ) from error


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def _no_day(cell: Cell) -> NotUnderstood:
    return NotUnderstood(_("“%(value)s” is not a date. Write it as 2024-01-31.") % {"value": shown(cell)})
