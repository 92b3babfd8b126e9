"""A field as pages, API, import and conditions see it, read from the Django model field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import models
from django.utils.functional import Promise

from zhike.core.entities.kinds import FieldKind
from zhike.core.fields import (
    BaseAmountField,
    MoneyField,
    NumberField,
    OptionField,
    PercentField,
    PhoneField,
    PinyinKeyField,
    RecordKeyField,
    RecordKeysField,
)

Label: TypeAlias = str | Promise
Choices: TypeAlias = Sequence[tuple[str, Label]]

# The first class that fits wins, so subclasses stand before their bases.
_KINDS: tuple[tuple[type[models.Field[Any, Any]], FieldKind], ...] = (
    (OptionField, FieldKind.OPTION),
    (RecordKeyField, FieldKind.RECORD),
    (RecordKeysField, FieldKind.RECORDS),
    (MoneyField, FieldKind.MONEY),
    (BaseAmountField, FieldKind.DECIMAL),
    (PercentField, FieldKind.PERCENT),
    (PhoneField, FieldKind.PHONE),
    (NumberField, FieldKind.NUMBER),
    (models.ForeignKey, FieldKind.RELATION),
    (models.OneToOneField, FieldKind.RELATION),
    (models.EmailField, FieldKind.EMAIL),
    (models.URLField, FieldKind.URL),
    (models.TextField, FieldKind.LONG_TEXT),
    (models.CharField, FieldKind.TEXT),
    (models.BooleanField, FieldKind.BOOLEAN),
    (models.DateTimeField, FieldKind.MOMENT),
    (models.DateField, FieldKind.DATE),
    (models.DecimalField, FieldKind.DECIMAL),
    (models.IntegerField, FieldKind.INTEGER),
    (models.JSONField, FieldKind.LIST),
)


# Every key of a custom field begins so; no column does.
CUSTOM = "cf_"
# The one custom field that is shipped: several of the company's tags. Its name is never a column's.
TAGS = "tags"


def is_custom(name: str) -> bool:
    """Whether a name is that of a field whose values stand in `Record.custom`."""
    return name == TAGS or name.startswith(CUSTOM)


@dataclass(frozen=True, kw_only=True)
class Custom:
    """What a custom field has besides: where its values are kept and when it is asked for.

    `column` is the column of `CustomValue` that holds the value, where `is_indexed` says that it is kept there as well. `is_ready`:
    lists can be filtered and sorted by it. `shown_if` is a condition on the record, empty for always; `default` as JSON holds it.
    `several` says that more than one file may stand in it.
    """

    id: int
    kind: str
    column: str
    is_indexed: bool
    is_ready: bool
    shown_if: Mapping[str, Any]
    default: Any = None
    several: bool = False


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an entity. `sort_path` is the Django path that orders rows by it, blank where it cannot be sorted."""

    name: str
    kind: FieldKind
    label: Label
    help_text: Label
    required: bool
    editable: bool
    unique: bool
    max_length: int | None
    decimal_places: int | None
    choices: Choices
    option_list: str
    related: type[models.Model] | None
    sort_path: str
    model_field: models.Field[Any, Any]
    # Of a field that an administrator added: its value stands in `Record.custom`, read it with `core.fieldvalues`.
    custom: Custom | None = None

    @property
    def attname(self) -> str:
        """The attribute that holds the stored value: `customer_id` for a relation."""
        return self.model_field.attname

    @property
    def currency_name(self) -> str:
        """The field that holds a money field's currency."""
        return f"{self.name}_currency" if self.kind is FieldKind.MONEY and self.custom is None else ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The model fields to select so that the value can be shown."""
        if self.custom is not None:
            return ("custom",)
        return (self.name, self.currency_name) if self.currency_name else (self.name,)


def describe_field(model: type[models.Model], name: str) -> Field:
    """Read one field off its model. Raises `FieldDoesNotExist` for an unknown name and `TypeError` for a kind we do not know."""
    found = model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise TypeError(f"{model.__name__}.{name} is not a column of its own table.")
    kind = _kind_of(found)
    related = found.related_model if kind is FieldKind.RELATION else None
    return Field(
        name=name,
        kind=kind,
        label=found.verbose_name,
        help_text=found.help_text,
        required=not found.blank and not found.has_default(),
        editable=found.editable,
        unique=found.unique,
        max_length=found.max_length,
        decimal_places=getattr(found, "decimal_places", None),
        choices=tuple((str(code), text) for code, text in found.flatchoices) if found.choices else (),
        option_list=found.list_name if isinstance(found, OptionField) else "",
        related=related if isinstance(related, type) else None,
        sort_path=_sort_path(model, found, kind),
        model_field=found,
    )


def _kind_of(field: models.Field[Any, Any]) -> FieldKind:
    if field.choices:
        return FieldKind.CHOICE
    for field_class, kind in _KINDS:
        if isinstance(field, field_class):
            return kind
    raise TypeError(f"{field} has no kind; add it to core.entities.fields.")


def _sort_path(model: type[models.Model], field: models.Field[Any, Any], kind: FieldKind) -> str:
    if kind in (FieldKind.LONG_TEXT, FieldKind.LIST, FieldKind.RECORDS):
        return ""
    if kind is FieldKind.RELATION:
        # A related record sorts by its own natural order: its pinyin key, its position, else its name.
        related = field.related_model
        names = {each.name for each in related._meta.get_fields()} if isinstance(related, type) else set()
        for natural in ("name_key", "full_name_key", "position", "name"):
            if natural in names:
                return f"{field.name}__{natural}"
        return field.name
    for other in model._meta.fields:
        if isinstance(other, (PinyinKeyField, BaseAmountField)) and other.of == field.name:
            return other.name
    return field.name
