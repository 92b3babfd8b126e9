"""A stored custom field as the `Field` that pages, lists, conditions, import and API work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy

from zhike.core.customfields.models import CustomField, CustomKind
from zhike.core.entities import Field, FieldKind, Label, registry
from zhike.core.entities.fields import TAGS, Custom
from zhike.core.fields import MoneyField, OptionField, PhoneField

MAX_TEXT = 255
MAX_LONG_TEXT = 10_000
# Numbers that both databases compare exactly: SQLite keeps decimals in 53 bits.
DIGITS = 15
MAX_INTEGER = 10**DIGITS - 1
MAX_PLACES = 6
_TARGETS = {CustomKind.USER: "users", CustomKind.DEPARTMENT: "departments"}
_KINDS: Mapping[str, FieldKind] = {
    CustomKind.TEXT: FieldKind.TEXT,
    CustomKind.LONG_TEXT: FieldKind.LONG_TEXT,
    CustomKind.INTEGER: FieldKind.INTEGER,
    CustomKind.DECIMAL: FieldKind.DECIMAL,
    CustomKind.MONEY: FieldKind.MONEY,
    CustomKind.DATE: FieldKind.DATE,
    CustomKind.MOMENT: FieldKind.MOMENT,
    CustomKind.CHOICE: FieldKind.OPTION,
    CustomKind.MULTI_CHOICE: FieldKind.MULTI_CHOICE,
    CustomKind.BOOLEAN: FieldKind.BOOLEAN,
    CustomKind.USER: FieldKind.RELATION,
    CustomKind.DEPARTMENT: FieldKind.RELATION,
    CustomKind.RECORD: FieldKind.RELATION,
    CustomKind.REGION: FieldKind.OPTION,
    CustomKind.PHONE: FieldKind.PHONE,
    CustomKind.EMAIL: FieldKind.EMAIL,
    CustomKind.URL: FieldKind.URL,
    CustomKind.FILE: FieldKind.FILE,
}
_AT = (FieldKind.DATE, FieldKind.MOMENT)
_NUMBERS = (
    FieldKind.INTEGER, FieldKind.DECIMAL, FieldKind.MONEY, FieldKind.BOOLEAN, FieldKind.RELATION, FieldKind.FILE,
)  # fmt: skip
# Several values, yes or nothing, and ids have no order that would mean something.
_UNSORTED = (FieldKind.MULTI_CHOICE, FieldKind.BOOLEAN, FieldKind.RELATION, FieldKind.FILE)
# What fields are called that are shipped, until the company calls them otherwise.
_SHIPPED: Mapping[str, Label] = {TAGS: gettext_lazy("tags")}
# Lists cannot be filtered by a text of any length.
NOT_INDEXED = frozenset({CustomKind.LONG_TEXT})
CAN_BE_UNIQUE = frozenset(
    {CustomKind.TEXT, CustomKind.INTEGER, CustomKind.PHONE, CustomKind.EMAIL, CustomKind.URL, CustomKind.DATE}
)


def _in_their_language(chinese: str, english: str, shipped: Label = "") -> str:
    wanted = chinese if (get_language() or "zh").startswith("zh") else english
    return wanted or str(shipped) or chinese or english


# What an administrator wrote in the reader's language; else what is shipped, else the other language. Each call of `lazy`
# makes a class of 20 kB, so there is one for all.
worded = lazy(_in_their_language, str)


def describe(row: CustomField) -> Field | None:
    """The field; None where the entity that it links to is not installed (any more)."""
    kind = _KINDS.get(row.kind)
    target = target_of(row)
    slugs = {each.slug for each in registry.all()}
    if kind is None or (target and target not in slugs):
        return None
    column = model_field(row)
    column.set_attributes_from_name(row.key)
    ready = row.is_indexed and row.is_filled
    return Field(
        name=row.key,
        kind=kind,
        label=worded(row.label_zh, row.label_en, _SHIPPED.get(row.key, row.key)),
        help_text=worded(row.help_zh, row.help_en),
        required=row.required,
        editable=True,
        unique=row.unique,
        max_length=column.max_length,
        decimal_places=getattr(column, "decimal_places", None),
        choices=(),
        option_list=row.option_list,
        related=registry.get(target).model if target else None,
        sort_path=row.key if ready and kind not in _UNSORTED else "",
        model_field=column,
        custom=Custom(
            id=row.pk,
            kind=row.kind,
            column=column_of_kind(kind),
            is_indexed=row.is_indexed,
            is_ready=ready,
            shown_if=row.shown_if or {},
            default=row.default,
            several=row.several,
        ),
    )


def target_of(row: CustomField) -> str:
    """The slug of the entity that the field links to; blank where it links to none."""
    return _TARGETS.get(CustomKind(row.kind), row.target) if row.kind in CustomKind.values else ""


def column_of_kind(kind: FieldKind) -> str:
    """The column of `CustomValue` that holds values of this kind."""
    return "at" if kind in _AT else "number" if kind in _NUMBERS else "text"


def model_field(row: CustomField) -> models.Field[Any, Any]:
    """A model field of no table, for its checks and conversions."""
    return _MAKERS[row.kind](row)


def _text(_row: CustomField) -> models.Field[Any, Any]:
    return models.CharField(max_length=MAX_TEXT, blank=True, default="")


def _option(row: CustomField) -> models.Field[Any, Any]:
    return OptionField(list_name=row.option_list)


def _id(_row: CustomField) -> models.Field[Any, Any]:
    return models.BigIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])


def _integer(_row: CustomField) -> models.Field[Any, Any]:
    bounds = [MinValueValidator(-MAX_INTEGER), MaxValueValidator(MAX_INTEGER)]
    return models.BigIntegerField(null=True, blank=True, validators=bounds)


def _decimal(row: CustomField) -> models.Field[Any, Any]:
    return models.DecimalField(null=True, blank=True, max_digits=DIGITS, decimal_places=min(row.places, MAX_PLACES))


_MAKERS: Mapping[str, Callable[[CustomField], models.Field[Any, Any]]] = {
    CustomKind.TEXT: _text,
    CustomKind.LONG_TEXT: lambda _row: models.TextField(max_length=MAX_LONG_TEXT, blank=True, default=""),
    CustomKind.INTEGER: _integer,
    CustomKind.DECIMAL: _decimal,
    CustomKind.MONEY: lambda _row: MoneyField(max_digits=DIGITS),
    CustomKind.DATE: lambda _row: models.DateField(null=True, blank=True),
    CustomKind.MOMENT: lambda _row: models.DateTimeField(null=True, blank=True),
    CustomKind.CHOICE: _option,
    CustomKind.MULTI_CHOICE: lambda _row: models.JSONField(blank=True, default=list),
    CustomKind.BOOLEAN: lambda _row: models.BooleanField(default=False),
    CustomKind.USER: _id,
    CustomKind.DEPARTMENT: _id,
    CustomKind.RECORD: _id,
    CustomKind.REGION: _option,
    CustomKind.PHONE: lambda _row: PhoneField(),
    CustomKind.EMAIL: lambda _row: models.EmailField(blank=True, default="", max_length=MAX_TEXT),
    CustomKind.URL: lambda _row: models.URLField(blank=True, default="", max_length=MAX_TEXT),
    CustomKind.FILE: lambda _row: models.JSONField(blank=True, default=list),
}
