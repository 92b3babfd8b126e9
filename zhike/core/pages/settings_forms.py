"""The forms of the platform's own settings."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import company, money
from zhike.core.configuration.option_actions import COLOURS
from zhike.core.numbering.models import NumberRule
from zhike.core.pages.inputs import AmountInput, Select

_CONTROL = {"class": "form-control"}
_SELECT = {"class": "form-select"}
_FIRST_ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo")


def _zones() -> list[tuple[str, str]]:
    rest = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return [(name, name.replace("_", " ")) for name in dict.fromkeys((*_FIRST_ZONES, *rest))]


class CompanyForm(forms.Form):
    """Name, money, days and language of the company."""

    name = forms.CharField(label=gettext_lazy("Company name"), max_length=200, widget=forms.TextInput(attrs=_CONTROL))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=Select(attrs=_SELECT))
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Business days begin and end at midnight there."),
        choices=_zones,
        widget=Select(attrs=_SELECT | {"data-combobox": ""}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("For everyone who has not chosen another one."),
        choices=settings.LANGUAGES,
        widget=Select(attrs=_SELECT),
    )
    fiscal_year_start = forms.TypedChoiceField(
        label=gettext_lazy("First month of the fiscal year"),
        coerce=int,
        choices=lambda: [(number, str(name)) for number, name in MONTHS.items()],
        widget=Select(attrs=_SELECT),
    )

    def __init__(self, *args: Any, is_fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = company.current().currency
        codes = (own,) if is_fixed else tuple(dict.fromkeys((own, *money.CURRENCIES)))
        currency = self.fields["currency"]
        if isinstance(currency, forms.ChoiceField):
            currency.choices = [(code, code) for code in codes]
        if is_fixed:
            currency.help_text = _("Fixed, since amounts are stored in it.")


class RateForm(forms.Form):
    """What one unit of a foreign currency is worth from a day on."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=Select(attrs=_SELECT))
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"),
        initial=company.today,
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_CONTROL | {"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = company.current().currency
        currency = self.fields["currency"]
        if isinstance(currency, forms.ChoiceField):
            currency.choices = [(code, code) for code in money.CURRENCIES if code != own]
        rate = AmountInput(places=8, required=True)
        rate.label = _("One unit in %(currency)s") % {"currency": own}
        self.fields["rate"] = rate


class NumberRuleForm(forms.Form):
    """How the numbers of one kind of record look."""

    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        max_length=60,
        help_text=gettext_lazy("{yyyy} {yy} {mm} {dd} stand for the day, {seq:4} for a number of four digits."),
        widget=forms.TextInput(attrs=_CONTROL),
    )
    reset = forms.ChoiceField(
        label=gettext_lazy("Begins anew"), choices=NumberRule.Reset.choices, widget=Select(attrs=_SELECT)
    )

    @staticmethod
    def reset_label(reset: str) -> str:
        """“every day”"""
        return str(NumberRule.Reset(reset).label)


_COLOUR_NAMES = {
    "grey": gettext_lazy("grey"),
    "blue": gettext_lazy("blue"),
    "green": gettext_lazy("green"),
    "amber": gettext_lazy("amber"),
    "red": gettext_lazy("red"),
    "violet": gettext_lazy("violet"),
    "brand": gettext_lazy("teal"),
}


class OptionForm(forms.Form):
    """The words and the colour of an option."""

    label_zh = forms.CharField(
        label=gettext_lazy("Chinese"), max_length=100, required=False, widget=forms.TextInput(attrs=_CONTROL)
    )
    label_en = forms.CharField(
        label=gettext_lazy("English"), max_length=100, required=False, widget=forms.TextInput(attrs=_CONTROL)
    )
    colour = forms.ChoiceField(
        label=gettext_lazy("Colour"),
        required=False,
        choices=[("", gettext_lazy("none")), *((code, _COLOUR_NAMES[code]) for code in COLOURS)],
        widget=Select(attrs=_SELECT),
    )
