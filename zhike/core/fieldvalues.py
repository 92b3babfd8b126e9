"""The value of any field of a row: in a column of its own, or in `custom` for a field that an administrator added.

`custom` holds values in their stable form: amounts as text, days and moments as ISO, records by id, several choices as a list.
A blank has no key at all, and neither has the "no" of a yes-or-no field. Generic code reads with `value_of` and writes with
`set_value`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import company, options
from zhike.core.entities import Field, FieldKind
from zhike.core.text import tidy

MASK = "****"
MAX_CHOICES = 50
MAX_FILES = 20
# Days that lists and conditions can work with.
_FIRST, _LAST = date(1000, 1, 1), date(8999, 12, 31)
_BLANKS: Mapping[FieldKind, Callable[[], Any]] = {
    FieldKind.BOOLEAN: lambda: False,
    FieldKind.MULTI_CHOICE: list,
    FieldKind.FILE: list,
}


def value_of(row: Any, field: Field) -> Any:
    """The Python value of a field; of a relation the id."""
    if field.custom is None:
        return getattr(row, field.attname)
    return from_stored(field, row.custom.get(field.name))


def related_of(row: Any, field: Field) -> Any:
    """The row that a relation points at, or None. Costs a query where it was not read before."""
    if field.custom is None:
        return getattr(row, field.name) if getattr(row, field.attname) is not None else None
    pk = row.custom.get(field.name)
    return None if pk is None or field.related is None else field.related._default_manager.filter(pk=pk).first()


def set_value(row: Any, field: Field, value: Any) -> None:
    """Set a field: a Python value; of a relation the row or its id. `writes` checks it."""
    if field.custom is None:
        is_id = field.kind is FieldKind.RELATION and not isinstance(value, models.Model)
        setattr(row, field.attname if is_id else field.name, value)
        return
    stored = to_stored(field, value)
    kept = {name: each for name, each in row.custom.items() if name != field.name}
    row.custom = kept if stored is None else kept | {field.name: stored}


def blank_of(field: Field) -> Any:
    """The value of a custom field that was never filled in."""
    if field.kind in _BLANKS:
        return _BLANKS[field.kind]()
    return "" if field.kind.is_text or field.kind is FieldKind.OPTION else None


def from_stored(field: Field, stored: Any) -> Any:
    """The Python value of what `custom` or the log holds; what cannot be read counts as blank."""
    if stored is None or stored == "" or stored == []:
        return blank_of(field)
    read = _FROM.get(field.kind)
    try:
        return stored if read is None else read(stored)
    except (ValueError, TypeError, ArithmeticError):
        return blank_of(field)


def to_stored(field: Field, value: Any) -> Any:
    """The stable form of a Python value; None for a blank. What it cannot convert stays, for `clean` to refuse."""
    if value is None or value in ("", [], ()) or (field.kind is FieldKind.BOOLEAN and value is False):
        return None
    write = _TO.get(field.kind)
    try:
        return value if write is None else write(field, value)
    except (ValueError, TypeError, ArithmeticError, AttributeError):
        return value


def clean(field: Field, given: Any) -> Any:
    """What may be stored of a value that came from a form, a file or the API, Python or JSON; None for a blank.

    Raises `ValidationError` with a sentence.
    """
    if given is None or given in ("", [], ()):
        return None
    return to_stored(field, _CLEAN.get(field.kind, _clean_column)(field, given))


def _money(field: Field, value: Any) -> str:
    return format(round(Decimal(value), field.decimal_places or 0), "f")


def _moment(_field: Field, value: Any) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=company.zone())
    return aware.astimezone(UTC).isoformat()


def _day(_field: Field, value: Any) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()


def _id(_field: Field, value: Any) -> int:
    return int(value.pk if isinstance(value, models.Model) else value)


_FROM: Mapping[FieldKind, Callable[[Any], Any]] = {
    FieldKind.DECIMAL: Decimal,
    FieldKind.MONEY: Decimal,
    FieldKind.DATE: date.fromisoformat,
    FieldKind.MOMENT: datetime.fromisoformat,
}
_TO: Mapping[FieldKind, Callable[[Field, Any], Any]] = {
    FieldKind.INTEGER: lambda _field, value: int(value),
    FieldKind.DECIMAL: _money,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _day,
    FieldKind.MOMENT: _moment,
    FieldKind.RELATION: _id,
    FieldKind.MULTI_CHOICE: lambda _field, value: list(value),
    FieldKind.FILE: lambda _field, value: [int(each) for each in value],
}


def _clean_column(field: Field, given: Any) -> Any:
    """Checked as the column of that kind would be."""
    if isinstance(given, bool) or not isinstance(given, (str, int, float, Decimal, date)):
        raise ValidationError(_("This value is not of the kind that “%(field)s” takes.") % {"field": field.label})
    return field.model_field.clean(str(given) if isinstance(given, float) else given, None)


def _clean_text(field: Field, given: Any) -> str | None:
    if not isinstance(given, str):
        raise ValidationError(_("“%(field)s” takes a text.") % {"field": field.label})
    if MASK in given and field.kind.is_personal:
        raise ValidationError(_("This is a masked value. Type the full one, or leave the field as it is."))
    text = tidy(given, lines=field.kind is FieldKind.LONG_TEXT)
    if text:
        field.model_field.clean(text, None)
    return text or None


def _clean_day(field: Field, given: Any) -> date:
    found = _clean_column(field, given)
    day = found.date() if isinstance(found, datetime) else found
    if not _FIRST <= day <= _LAST:
        raise ValidationError(_("Write a day such as 2026-01-31."))
    return found  # type: ignore[no-any-return]  # the column's own type


def _clean_boolean(field: Field, given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValidationError(_("“%(field)s” is yes or no.") % {"field": field.label})
    return given


def _clean_option(field: Field, given: Any) -> str:
    if not isinstance(given, str) or given not in options.entries(field.option_list):
        raise ValidationError(_("“%(value)s” is not one of the choices.") % {"value": str(given)[:60]})
    return given


def _clean_options(field: Field, given: Any) -> list[str]:
    if not isinstance(given, (list, tuple)) or len(given) > MAX_CHOICES:
        raise ValidationError(_("“%(field)s” takes a list of at most 50 choices.") % {"field": field.label})
    chosen = {_clean_option(field, each) for each in given}
    return [code for code in options.entries(field.option_list) if code in chosen]


def _clean_record(_field: Field, given: Any) -> int:
    if isinstance(given, models.Model):
        return int(given.pk)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given < 2**63:
        raise ValidationError(_("There is no such record, or you cannot see it."))
    return given


def _clean_files(field: Field, given: Any) -> list[int]:
    """Ids of files, as they were given; whether they may stand here is asked by the write itself."""
    ids = list(given) if isinstance(given, (list, tuple)) else [given]
    if any(isinstance(each, bool) or not isinstance(each, int) or not 0 < each < 2**63 for each in ids):
        raise ValidationError(_("“%(field)s” takes the ids of uploaded files.") % {"field": field.label})
    ids = list(dict.fromkeys(ids))
    most = most_files(field)
    if len(ids) > most:
        raise ValidationError(
            ngettext("“%(field)s” takes one file.", "“%(field)s” takes at most %(count)d files.", most)
            % {"field": field.label, "count": most}
        )
    return ids


def most_files(field: Field) -> int:
    """How many files may stand in the field."""
    return MAX_FILES if field.custom is not None and field.custom.several else 1


_CLEAN: Mapping[FieldKind, Callable[[Field, Any], Any]] = {
    FieldKind.TEXT: _clean_text,
    FieldKind.LONG_TEXT: _clean_text,
    FieldKind.PHONE: _clean_text,
    FieldKind.EMAIL: _clean_text,
    FieldKind.URL: _clean_text,
    FieldKind.DATE: _clean_day,
    FieldKind.MOMENT: _clean_day,
    FieldKind.BOOLEAN: _clean_boolean,
    FieldKind.OPTION: _clean_option,
    FieldKind.MULTI_CHOICE: _clean_options,
    FieldKind.RELATION: _clean_record,
    FieldKind.FILE: _clean_files,
}
