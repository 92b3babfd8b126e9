"""Amounts in several currencies: what a board adds up, and what a new rate changes."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from zhike.core import company, overlay, writes
from zhike.core.actors import Actor
from zhike.core.jobs import NoArguments, enqueue
from zhike.core.jobs.worker import work_once
from zhike.core.money.models import ExchangeRate
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast
from zhike.sales import actions, funnel
from zhike.sales.jobs import REVALUE
from zhike.sales.models import Opportunity, Pipeline

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def rate(currency: str, value: str, days_ago: int) -> None:
    day = company.today() - timedelta(days=days_ago)
    ExchangeRate.objects.create(currency=currency, valid_from=day, rate=Decimal(value))
    overlay.bump()


def test_a_mixed_board_equals_an_independent_sum(people: Cast) -> None:
    rate("USD", "7.1234", 100)
    rate("EUR", "7.8765", 100)
    rates = {"CNY": Decimal(1), "USD": Decimal("7.1234"), "EUR": Decimal("7.8765")}
    chance = random.Random(7)
    expected = Decimal(0)
    for number in range(60):
        currency = chance.choice(list(rates))
        amount = Decimal(chance.randint(1, 10_000_000)) / 100
        expected += (amount * rates[currency]).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        row = Opportunity(name=f"商机{number}", amount=amount, amount_currency=currency, owner=people.ana)
        writes.create(people.actor("ana"), row)
    found = funnel.read(people.actor("ana"), Pipeline.objects.get().pk, company.today(), funnel.Grouping.NONE)
    assert sum(figure.amount for figure in found.by_stage.values()) == expected


def test_a_currency_without_a_rate_is_refused_by_name(people: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        writes.create(
            people.actor("ana"), Opportunity(name="x", amount=Decimal(1), amount_currency="USD", owner=people.ana)
        )
    assert "USD" in refused.value.message_dict["amount"][0]


def test_open_amounts_follow_the_rate_and_closed_ones_stay(people: Cast) -> None:
    rate("USD", "7", 30)
    ana = people.actor("ana")
    customer = writes.create(ana, Customer(name="甲", owner=people.ana))
    open_one, won = (
        writes.create(
            ana, Opportunity(name=name, amount=Decimal(100), amount_currency="USD", customer=customer, owner=people.ana)
        )
        for name in ("开着", "赢了")
    )
    actions.win_opportunity(ana, won, closed_on=company.today() - timedelta(days=1))
    rate("USD", "8", 0)
    enqueue(Actor.system(), REVALUE, NoArguments())
    assert work_once(["quick", "long"])
    open_one.refresh_from_db()
    won.refresh_from_db()
    assert (open_one.amount_base, open_one.version) == (Decimal(800), 1)
    assert won.amount_base == Decimal(700)


def test_a_closed_amount_takes_the_rate_of_its_day(people: Cast) -> None:
    rate("USD", "6", 300)
    rate("USD", "7", 10)
    ana = people.actor("ana")
    customer = writes.create(ana, Customer(name="甲", owner=people.ana))
    row = Opportunity(name="旧单", amount=Decimal(100), amount_currency="USD", customer=customer, owner=people.ana)
    writes.create(ana, row)
    assert Opportunity.objects.aggregate(sum=Sum("amount_base"))["sum"] == Decimal(700)
    actions.win_opportunity(ana, row, closed_on=company.today() - timedelta(days=200))
    row.refresh_from_db()
    assert row.amount_base == Decimal(600)
    assert isinstance(row.closed_on, date)
