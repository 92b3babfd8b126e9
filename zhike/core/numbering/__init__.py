"""Document numbers by rules such as `SJ-{yyyy}{mm}{dd}-{seq:4}`: counted per period, drawn in the transaction, never reused."""

import re
from dataclasses import dataclass
from datetime import date

from django.db import connections, router
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from zhike.core import overlay
from zhike.core.numbering.models import NumberCounter, NumberRule

_PART = re.compile(r"\{(yyyy|yy|mm|dd|seq(?::(\d))?)\}")
MAX_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A shipped rule; a row of `NumberRule` with its name replaces the pattern."""

    name: str
    label: str | Promise
    pattern: str
    reset: str = NumberRule.Reset.DAY


_shipped: dict[str, Rule] = {}


def declare(rule: Rule) -> None:
    """Declare a rule; called from an app's `entities.py`."""
    check_pattern(rule.pattern)
    _shipped[rule.name] = rule


def declared() -> list[Rule]:
    return list(_shipped.values())


def check_pattern(pattern: str) -> None:
    """Raise `ValueError` with a sentence unless the pattern has exactly one sequence and nothing unknown in braces."""
    kinds = [found.group(1) for found in _PART.finditer(pattern)]
    if sum(kind.startswith("seq") for kind in kinds) != 1:
        raise ValueError(_("A number needs exactly one {seq}, for example {seq:4}."))
    if "{" in _PART.sub("", pattern) or "}" in _PART.sub("", pattern):
        raise ValueError(_("Between braces only yyyy, yy, mm, dd and seq are known."))


def _load() -> dict[str, tuple[str, str]]:
    changed = {row.name: (row.pattern, row.reset) for row in NumberRule.objects.all()}
    return {rule.name: changed.get(rule.name, (rule.pattern, rule.reset)) for rule in _shipped.values()}


_rules = overlay.Setting("numbering", _load)


def current(name: str) -> tuple[str, str]:
    """(pattern, reset) in force. Raises `KeyError` for a rule nobody declared."""
    return _rules.get()[name]


def draw(name: str, on: date, count: int = 1) -> list[str]:
    """The next `count` numbers of a rule for a business day.

    Drawn in the caller's transaction: the counter stays locked till its end.
    """
    pattern, reset = current(name)
    last = _advance(name, _period(reset, on), count)
    return _written(pattern, on, last - count, count)


def coming(name: str, on: date, count: int = 3) -> list[str]:
    """The next numbers of a rule on that day, if nobody else draws one first; nothing is drawn."""
    pattern, reset = current(name)
    period = _period(reset, on)
    last = NumberCounter.objects.filter(rule=name, period=period).values_list("last", flat=True).first() or 0
    return _written(pattern, on, last, count)


def _period(reset: str, on: date) -> str:
    return {
        NumberRule.Reset.DAY: f"{on:%Y%m%d}",
        NumberRule.Reset.MONTH: f"{on:%Y%m}",
        NumberRule.Reset.YEAR: f"{on:%Y}",
    }.get(NumberRule.Reset(reset), "")


def _written(pattern: str, on: date, last: int, count: int) -> list[str]:
    before, digits, after = _dated(pattern, on)
    return [f"{before}{str(number).zfill(digits)}{after}"[:MAX_LENGTH] for number in range(last + 1, last + 1 + count)]


def _advance(name: str, period: str, count: int) -> int:
    """Move the counter, making it where it is new, and return its last number: one statement on either database."""
    table = NumberCounter._meta.db_table
    using = router.db_for_write(NumberCounter)
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (rule, period, last) VALUES (%s, %s, %s) ON CONFLICT (rule, period) "  # noqa: S608 - our name
            f"DO UPDATE SET last = {table}.last + excluded.last RETURNING last",
            [name, period, count],
        )
        return int(cursor.fetchone()[0])


def _dated(pattern: str, on: date) -> tuple[str, int, str]:
    """The pattern with its day filled in: what stands before the sequence, its least digits, what stands after it."""

    def fill(found: re.Match[str]) -> str:
        day = {"yyyy": f"{on:%Y}", "yy": f"{on:%y}", "mm": f"{on:%m}", "dd": f"{on:%d}"}
        return day.get(found.group(1), found.group(0))

    before, _sequence, after = _PART.sub(fill, pattern).partition("{seq")
    digits, _brace, rest = after.partition("}")
    return before, int(digits.removeprefix(":") or 1), rest
