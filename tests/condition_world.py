"""A small company with every awkward value in it, for tests that compare two ways of asking the same."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from zhike.catalog.models import Product
from zhike.core import company
from zhike.core.actors import Actor, Via
from zhike.core.scoping.team import TeamMember
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast
from zhike.sales.models import Opportunity, OpportunityLine, Pipeline, Stage

TEXTS = (
    "", "", "ACME", "acme", "Acme 100%", "a_b", "aXb", "back\\slash", "É", "é", "浦发银行", "上海浦发", "Straße",
    "STRASSE", "０", "'; DROP TABLE", "İ", "ß",
)  # fmt: skip
AMOUNTS = (
    None,
    Decimal(0),
    Decimal("0.01"),
    Decimal("0.10"),
    Decimal(1000),
    Decimal("1000.50"),
    Decimal("99999999.99"),
)
ROWS = 40


@dataclass(frozen=True)
class World:
    """The rows are in the database; `cast` are the people, `actors` those who ask."""

    cast: Cast
    actors: tuple[Actor, ...]


def _days(chance: random.Random) -> date | None:
    return chance.choice((None, company.today() + timedelta(days=chance.randint(-40, 40))))


def _moment(chance: random.Random) -> datetime:
    """Moments close to the company's midnight, where days change."""
    midnight = datetime.combine(company.today(), datetime.min.time(), tzinfo=company.zone()).astimezone(UTC)
    edge = chance.choice((timedelta(0), timedelta(microseconds=-1), timedelta(seconds=1), timedelta(hours=-5)))
    return midnight + timedelta(days=chance.randint(-20, 5)) + edge


class _Builder:
    """Makes rows without the write path, so that blanks and strange values get in too."""

    def __init__(self, people: Cast) -> None:
        self.chance = random.Random(20260131)
        # Untyped, since blanks are put where a form would not take them.
        self.pick: Any = self.chance.choice
        self.people = people
        self.users: list[Any] = [people.ana, people.ben, people.cyd, people.dan, None]
        self.departments: list[Any] = [people.team, people.elsewhere, None]

    def stamps(self) -> dict[str, Any]:
        gone = self.chance.random() < 0.1
        deleted = {"deleted_at": timezone.now(), "deletion_id": uuid4()} if gone else {}
        return {"created_at": _moment(self.chance), "updated_at": _moment(self.chance), **deleted}

    def owned(self) -> dict[str, Any]:
        pick = self.pick
        return {"owner": pick(self.users), "department": pick(self.departments), **self.stamps()}

    def customers(self) -> Iterator[Customer]:
        pick = self.pick
        for number in range(ROWS):
            revenue, name = pick(AMOUNTS), pick(TEXTS) or "无名"
            yield Customer(
                name=name, name_key=name.lower(), number=pick((None, f"KH{number}")), kind=pick(Customer.Kind.values),
                state=pick(("", "potential", "current")), level=pick(("", "key", "ordinary")),
                region=pick(("", "440000", "440300", "310000")), industry=pick(("", "C", "J")),
                country=pick(("", "CN", "US")), annual_revenue=revenue, annual_revenue_currency="USD",
                annual_revenue_base=revenue and revenue * 7,
                employees=pick((None, 0, 1, 2_000_000_000)), founded_in=pick((None, 1000, 1998, 2026)),
                credit_code_doubtful=pick((True, False)), **self.owned(),
            )  # fmt: skip

    def contacts(self, customers: list[Customer]) -> Iterator[Contact]:
        pick = self.pick
        for _number in range(ROWS):
            customer = pick(customers)
            yield Contact(
                name=pick(TEXTS), customer=customer, job_title=pick(TEXTS), role=pick(("", "decides", "uses")),
                is_main=pick((True, False)), birthday=_days(self.chance), reach_owner_id=customer.owner_id,
                reach_department_id=customer.department_id, **self.stamps(),
            )  # fmt: skip

    def opportunities(
        self, customers: list[Customer], contacts: list[Contact], stages: list[Stage]
    ) -> Iterator[Opportunity]:
        pick = self.pick
        for number in range(ROWS):
            amount, stage, name = pick(AMOUNTS), pick(stages), pick(TEXTS) or "无名"
            yield Opportunity(
                name=name, name_key=name.lower(), number=f"SJ{number}", customer=pick((None, *customers)),
                contact=pick((None, *contacts)), pipeline=stage.pipeline,
                stage=stage, status=stage.status, amount=amount, amount_currency="CNY",
                amount_base=amount, probability=pick((None, 0, 50, 100)), closes_on=_days(self.chance),
                closed_on=_days(self.chance), valid_until=_days(self.chance), source=pick(("", "referral", "website")),
                lost_reason=pick(("", "price")), **self.owned(),
            )  # fmt: skip

    def lines(self, opportunities: list[Opportunity], products: list[Product]) -> Iterator[OpportunityLine]:
        pick = self.pick
        for _number in range(ROWS):
            opportunity, price = pick(opportunities), pick(AMOUNTS)
            yield OpportunityLine(
                opportunity=opportunity, product=pick(products), quantity=pick((Decimal(1), Decimal("2.5"))),
                price=price, price_base=price, reach_owner_id=opportunity.owner_id,
                reach_department_id=opportunity.department_id,
                **self.stamps(),
            )  # fmt: skip


def build() -> World:
    """Fill the database; the same rows every time."""
    people = cast()
    builder = _Builder(people)
    customers = Customer.objects.bulk_create(builder.customers())
    for customer in customers[::3]:
        customer.parent = builder.chance.choice(customers)
        customer.save()
    contacts = Contact.objects.bulk_create(builder.contacts(customers))
    pipeline = Pipeline.objects.create(name="Second", **builder.stamps())
    Stage.objects.create(pipeline=pipeline, name="Late", status="won", **builder.stamps())
    stages = list(Stage.objects.select_related("pipeline").order_by("id"))
    opportunities = Opportunity.objects.bulk_create(builder.opportunities(customers, contacts, stages))
    products = Product.objects.bulk_create(
        [
            Product(name=f"P{number}", number=f"P{number}", series=TEXTS[number], **builder.stamps())
            for number in range(6)
        ]
    )
    OpportunityLine.objects.bulk_create(builder.lines(opportunities, products))
    TeamMember.objects.bulk_create(
        [TeamMember(entity="customers", record_id=each.pk, user=people.ben) for each in customers[::4]]
        + [TeamMember(entity="opportunities", record_id=each.pk, user=people.cyd) for each in opportunities[::4]]
    )
    asking = (people.admin, people.ana, people.ben, people.cyd, people.dan)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Rows nobody counted are thought to be one, and five nested conditions to be cheap as nested loops.
            cursor.execute("ANALYZE")
    return World(people, (*(Actor.of(user, Via.PAGE) for user in asking), Actor.system()))
