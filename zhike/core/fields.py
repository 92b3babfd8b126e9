"""Model fields that say more than a column type: what kind of value a person sees, and what follows from what.

Each is an ordinary Django field; the registry (`zhike.core.entities`) reads their extra attributes.
"""

from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    # Django's fields take type arguments only in the eyes of the type checker.
    _Text = models.CharField[str, str]
    _NumberText = models.CharField[Any, Any]
    _Decimal = models.DecimalField[Any, Any]
    _SmallInteger = models.PositiveSmallIntegerField[Any, Any]
    _Json = models.JSONField[Any, Any]
else:
    _Text = _NumberText = models.CharField
    _Decimal = models.DecimalField
    _SmallInteger = models.PositiveSmallIntegerField
    _Json = models.JSONField


class OptionField(_Text):
    """The stable code of an option in the list `list_name`; blank is the empty string.

    A list is kept by administrators (`core.options.Option`) or is a code table that an app registers (regions, industries).
    Whether a code exists is checked by the write path, so that a new option costs no migration.
    """

    def __init__(self, *args: Any, list_name: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)
        self.list_name = list_name

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["list_name"] = self.list_name
        return name, path, args, kwargs


class MoneyField(_Decimal):
    """An amount with two decimals. The model also declares `<name>_currency` and `<name>_base` (see `core.money`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)


class UnitPriceField(MoneyField):
    """A price per unit: money with six decimals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)


class CurrencyField(_Text):
    """An ISO 4217 code; blank means the company's currency until the row is written."""

    def __init__(self, verbose_name: Any = _("currency"), **kwargs: Any) -> None:  # noqa: B008  (lazy text)
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(verbose_name, **kwargs)


class BaseAmountField(_Decimal):
    """The amount of `of` in company currency at the rate of the row's business day; kept by the write path."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 20)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)
        self.of = of

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["of"] = self.of
        return name, path, args, kwargs


class PinyinKeyField(_Text):
    """The key by which the text field `of` sorts: its pinyin, in ASCII; kept by the write path. `person` reads surnames right."""

    def __init__(self, *args: Any, of: str = "name", person: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 255)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)
        self.of = of
        self.person = person

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {"of": self.of, "person": self.person}
        return name, path, args, kwargs


class PhoneField(_Text):
    """A telephone number as people write it; the write path stores it in one format when it can be read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)


class PercentField(_SmallInteger):
    """Whole per cent, 0 to 100."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["validators"] = [MinValueValidator(0), MaxValueValidator(100)]
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, path, args, kwargs


class NumberField(_NumberText):
    """A document number drawn from the numbering rule `rule` when the row is created without one; unique, never reused."""

    def __init__(self, verbose_name: Any = _("number"), *, rule: str = "", **kwargs: Any) -> None:  # noqa: B008  (lazy text)
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(verbose_name, **kwargs)
        self.rule = rule

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["rule"] = self.rule
        return name, path, args, kwargs


class RecordKeyField(_Text):
    """Any record of any kind, named by its key: "customers:42" (`core.record_keys`); blank for none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)


class RecordKeysField(_Json):
    """Several records of any kind, named by their keys, in the order in which they were chosen; NULL for none.

    The app whose field it is says which records may be named (`core.record_choices`).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
