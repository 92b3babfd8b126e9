"""Reading the values of a comparison: checked and brought into the type of the field."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from zhike.core import company, options, tags
from zhike.core.conditions.days import FIRST_DAY, LAST_DAY, Span
from zhike.core.conditions.errors import ConditionError
from zhike.core.conditions.tree import Literal, Mine, Operand, Relative, Today
from zhike.core.entities import Field, FieldKind
from zhike.core.entities.fields import TAGS

MAX_TEXT = 1_000
MAX_LENGTH = 100_000
_LARGEST = 2**63 - 1
_LARGEST_CUSTOM = 10**15 - 1  # what the column of custom numbers holds
_INTEGER = re.compile(r"-?\d{1,19}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,30}(?:\.\d{1,20})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAYS = (FieldKind.DATE, FieldKind.MOMENT)


def read_operand(field: Field, raw: object, path: str) -> Operand:
    """One value for `field`. Raises `ConditionError` naming `path`."""
    if raw == "$today" and field.kind in _DAYS:
        return Today()
    if isinstance(raw, Mapping) and field.kind in _DAYS:
        return read_relative(raw, path)
    if field.kind is FieldKind.RELATION and isinstance(raw, str) and raw.startswith("$"):
        return _mine(field, raw, path)
    return _READERS.get(field.kind, _text)(field, raw, path)


def read_relative(raw: Mapping[object, object], path: str) -> Relative:
    """`{"ago": "P15D"}`, `{"in": "P7D"}`, either with `"unit": "workday"`."""
    keys = set(raw)
    unit = raw.get("unit", "day")
    for word in ("ago", "in"):
        span = raw.get(word)
        if keys <= {word, "unit"} and isinstance(span, str) and unit in ("day", "workday"):
            return Relative(_span(span, path, working=unit == "workday"), ahead=word == "in")
    raise ConditionError(
        _("A relative day is written {“ago”: “P15D”} or {“in”: “P7D”}, with “unit”: “workday” for working days."), path
    )


def _span(text: str, path: str, *, working: bool) -> Span:
    try:
        return Span.read(text, working=working)
    except ValueError:
        raise ConditionError(
            _(
                "“%(text)s” is not a number of days. Write P15D, P2W, P3M or P1Y, at most a hundred years, "
                "and working days as P5D."
            )
            % {"text": text[:40]},
            path,
        ) from None


def _mine(field: Field, raw: str, path: str) -> Mine:
    model = "" if field.related is None else field.related._meta.label
    allowed: tuple[Mine, ...] = ()
    if model == settings.AUTH_USER_MODEL:
        allowed = (Mine.ME, Mine.MY_SUBORDINATES)
    elif model == "identity.Department":
        allowed = (Mine.MY_DEPARTMENT,)
    if raw not in allowed:
        raise ConditionError(
            _("“%(value)s” cannot be used for “%(field)s”.") % {"value": raw[:40], "field": field.label}, path
        )
    return Mine(raw)


def _refuse(field: Field, path: str, wanted: str) -> ConditionError:
    return ConditionError(
        _("The value for “%(field)s” is not right: %(wanted)s") % {"field": field.label, "wanted": wanted}, path
    )


def check_text(raw: object, path: str) -> str:
    """A text that both databases can hold and compare: not blank, at most 1,000 characters. Raises `ConditionError`."""
    if not isinstance(raw, str):
        raise ConditionError(_("Write a text here."), path)
    if not raw:
        raise ConditionError(_("A blank text matches nothing. Use “is empty” instead."), path)
    if len(raw) > MAX_TEXT:
        raise ConditionError(_("This text is too long; write at most 1,000 characters."), path)
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise ConditionError(_("This text contains characters that cannot be stored."), path) from None
    if "\0" in raw:
        raise ConditionError(_("This text contains characters that cannot be stored."), path)
    return raw


def read_length(raw: object, path: str) -> int:
    """A number of characters. Raises `ConditionError`."""
    if isinstance(raw, str) and _INTEGER.fullmatch(raw):
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MAX_LENGTH:
        raise ConditionError(_("Write a whole number of characters, from 0 to 100,000."), path)
    return raw


def _text(_field: Field, raw: object, path: str) -> str:
    return check_text(raw, path)


def _integer(field: Field, raw: object, path: str) -> int:
    if isinstance(raw, str) and _INTEGER.fullmatch(raw):
        raw = int(raw)
    largest = _LARGEST if field.custom is None else _LARGEST_CUSTOM
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) > largest:
        raise _refuse(field, path, _("write a whole number."))
    return raw


def _record(field: Field, raw: object, path: str) -> int:
    try:
        found = _integer(field, raw, path)
    except ConditionError:
        found = 0
    if found < 1:
        raise _refuse(field, path, _("choose a record, given by its id."))
    return found


def _decimal(field: Field, raw: object, path: str) -> Decimal:
    # Money is compared in company currency, so its column counts.
    column: Any = field.model_field
    if field.custom is None:
        column = column.model._meta.get_field(field.sort_path or field.name)
    places: int = column.decimal_places
    found = None
    if isinstance(raw, (int, Decimal, float)) and not isinstance(raw, bool):
        raw = format(Decimal(repr(raw) if isinstance(raw, float) else raw), "f")
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
        found = Decimal(raw)
    if found is None or abs(found) >= 10 ** (column.max_digits - places):
        raise _refuse(field, path, _("write a number."))
    if found != round(found, places):
        raise _refuse(field, path, _("write a number with at most %(places)d decimals.") % {"places": places})
    return found


def _date(field: Field, raw: object, path: str) -> date:
    found = None
    if type(raw) is date:
        found = raw
    elif isinstance(raw, str) and _DAY.fullmatch(raw):
        try:
            found = parse_date(raw)
        except ValueError:
            found = None
    if found is None or not FIRST_DAY <= found <= LAST_DAY:
        raise _refuse(field, path, _("write a day such as 2026-01-31."))
    return found


def _moment(field: Field, raw: object, path: str) -> date | datetime:
    """A day, or a moment; a moment without offset is meant in the company's time zone."""
    if isinstance(raw, str) and "T" in raw:
        try:
            raw = parse_datetime(raw)
        except ValueError:
            raw = None
    if isinstance(raw, datetime):
        if not FIRST_DAY <= raw.date() <= LAST_DAY:
            raise _refuse(field, path, _("write a day such as 2026-01-31."))
        return raw if raw.tzinfo is not None else raw.replace(tzinfo=company.zone())
    return _date(field, raw, path)


def _boolean(field: Field, raw: object, path: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw in words:
        return words[raw]
    raise _refuse(field, path, _("write true or false."))


def _choice(field: Field, raw: object, path: str) -> Literal:
    codes = {code for code, _label in field.choices}
    text = str(raw) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    if not text or text not in codes:
        raise _unknown_code(field, raw, path)
    stored: Literal = field.model_field.to_python(text)
    return stored


def _option(field: Field, raw: object, path: str) -> str:
    if field.option_list == TAGS and isinstance(raw, str) and tags.code_of(raw):
        return tags.code_of(raw)  # callers of the API name tags as people do
    if not isinstance(raw, str) or not raw or raw not in options.entries(field.option_list):
        raise _unknown_code(field, raw, path)
    return raw


def _unknown_code(field: Field, raw: object, path: str) -> ConditionError:
    return ConditionError(
        _("“%(value)s” is not one of the choices of “%(field)s”.") % {"value": str(raw)[:40], "field": field.label},
        path,
    )


_READERS: Mapping[FieldKind, Callable[[Field, object, str], Literal]] = {
    FieldKind.INTEGER: _integer,
    FieldKind.PERCENT: _integer,
    FieldKind.DECIMAL: _decimal,
    FieldKind.MONEY: _decimal,
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _moment,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.CHOICE: _choice,
    FieldKind.OPTION: _option,
    FieldKind.MULTI_CHOICE: _option,
    FieldKind.RELATION: _record,
}
