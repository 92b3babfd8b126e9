"""The figures of sales on the home page: exact sums of what the person reaches, over the same days of other months."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from zhike.core import company, writes
from zhike.core.actors import Actor, Via
from zhike.customers.models import Customer
from zhike.identity.factories import cast
from zhike.sales import actions, tiles
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("today", "months", "expected"),
    [
        (date(2026, 3, 31), 1, (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 1, 15), 1, (date(2025, 12, 1), date(2025, 12, 15))),
        (date(2024, 2, 29), 12, (date(2023, 2, 1), date(2023, 2, 28))),
        (date(2026, 11, 22), 12, (date(2025, 11, 1), date(2025, 11, 22))),
    ],
)
def test_the_same_days_of_an_earlier_month_end_with_it(today: date, months: int, expected: tuple[date, date]) -> None:
    assert tiles._same_days(today, months=months) == expected


def test_a_change_is_told_with_its_sign_and_not_against_nothing() -> None:
    assert tiles._change(Decimal(150), Decimal(100)) == {"change": "+50.0 %", "direction": "up"}
    assert tiles._change(Decimal(50), Decimal(100)) == {"change": "-50.0 %", "direction": "down"}
    assert tiles._change(Decimal(50), Decimal(0)) == {}


def test_won_this_month_counts_what_the_person_reaches_and_opens_its_list() -> None:
    people = cast()
    for owner, amount in ((people.ana, 1000), (people.ana, 500), (people.cyd, 7)):
        customer = writes.create(Actor.system(), Customer(name=f"客户 {amount}", owner=owner))
        row = Opportunity(name=f"商机 {amount}", owner=owner, customer=customer, amount=Decimal(amount))
        actions.win_opportunity(Actor.system(), writes.create(Actor.system(), row), closed_on=company.today())
    told = tiles.won_this_month(Actor.of(people.ana, Via.PAGE))
    assert told is not None
    now = told["figures"][0]  # type: ignore[index]
    assert now.count == 2
    assert "1,500" in now.amount
    client = Client()
    client.force_login(people.ana)
    assert client.get(now.url).context["page"].total.value == 2
