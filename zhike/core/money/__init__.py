"""Money: an amount, its currency, and the base amount in the company's currency at the rate of a business day.

Half-up to two decimals; a total equals the sum of its rounded lines; never a float.
"""

from bisect import bisect_right
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from zhike.core import company, overlay
from zhike.core.money.models import ExchangeRate

CENT = Decimal("0.01")
# The currencies offered; any ISO 4217 code with a rate is accepted.
CURRENCIES = (
    "CNY",
    "USD",
    "EUR",
    "HKD",
    "JPY",
    "GBP",
    "KRW",
    "SGD",
    "AUD",
    "CAD",
    "TWD",
    "MOP",
    "THB",
    "VND",
    "INR",
    "RUB",
)


class NoRate(ValueError):
    """There is no exchange rate for that currency on or before that day; the text is a sentence for the user."""


def round_money(amount: Decimal) -> Decimal:
    """Half-up to two decimals."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _load_rates() -> dict[str, tuple[list[date], list[Decimal]]]:
    rates: dict[str, tuple[list[date], list[Decimal]]] = {}
    for row in ExchangeRate.objects.order_by("currency", "valid_from"):
        days, values = rates.setdefault(row.currency, ([], []))
        days.append(row.valid_from)
        values.append(row.rate)
    return rates


_rates = overlay.Setting("rates", _load_rates)


def rate(currency: str, on: date) -> Decimal:
    """Units of company currency for one unit of `currency` on a day. Raises `NoRate`."""
    if currency == company.current().currency:
        return Decimal(1)
    days, values = _rates.get().get(currency, ([], []))
    index = bisect_right(days, on)
    if not index:
        raise NoRate(
            _(
                "There is no exchange rate for %(currency)s on %(day)s. An administrator can add it under Settings, Currencies."
            )
            % {"currency": currency, "day": on.isoformat()}
        )
    return values[index - 1]


def to_base(amount: Decimal, currency: str, on: date) -> Decimal:
    """The amount in company currency, two decimals half-up. Raises `NoRate`."""
    return round_money(amount * rate(currency, on))
