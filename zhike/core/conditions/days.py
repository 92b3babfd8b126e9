"""Spans of days as conditions write them (ISO 8601: P15D, P2W, P3M, P1Y), counted on the company's calendar.

Working days are Monday to Friday; public holidays are not known yet.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_SPAN = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?", re.ASCII)
_SATURDAY = 5
_WORKING_WEEK = 5
MOST_MONTHS = 1200
MOST_DAYS = 36_525
# Days a condition may name: far beyond any business, and safe in every time zone.
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(8999, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Span:
    """A length of time in whole months and days; with `working`, in working days alone. At most a hundred years."""

    months: int = 0
    days: int = 0
    working: bool = False

    @classmethod
    def read(cls, text: str, *, working: bool = False) -> "Span":
        """Read `P1Y6M`, `P2W3D`. Raises `ValueError` for anything else, and for working months."""
        found = _SPAN.fullmatch(text)
        if found is None:
            raise ValueError(text)
        years, months, weeks, days = (int(part or 0) for part in found.groups())
        span = cls(months=years * 12 + months, days=weeks * 7 + days, working=working)
        if span.months > MOST_MONTHS or span.days > MOST_DAYS or (working and (span.months or weeks)):
            raise ValueError(text)
        return span

    def after(self, day: date) -> date:
        """The day so much later. A month later keeps the day of the month or takes the month's last."""
        return _working_days(day, self.days, 1) if self.working else _shift(day, self.months, self.days)

    def before(self, day: date) -> date:
        """The day so much earlier."""
        return _working_days(day, self.days, -1) if self.working else _shift(day, -self.months, -self.days)


def _shift(day: date, months: int, days: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=days)


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY


def _working_days(day: date, count: int, direction: int) -> date:
    weeks, left = divmod(count, _WORKING_WEEK)
    # Whole weeks of five working days from any weekday end on the same weekday; from a weekend that is a day off again,
    # so one week less is jumped and the rest walked.
    if weeks and not left:
        weeks, left = weeks - 1, _WORKING_WEEK
    found = day + timedelta(weeks=weeks * direction)
    while left:
        found += timedelta(days=direction)
        left -= is_working_day(found)
    return found
