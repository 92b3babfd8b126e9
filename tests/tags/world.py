"""Customers with tags, what is stored of them, and what a condition finds."""

from typing import Any

from zhike.core import conditions, tags
from zhike.core.actors import Actor, Via
from zhike.core.entities import registry
from zhike.core.pages.tests.world import customer
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

SYSTEM = Actor.system(Via.SHELL)
TAGGED = ("customers", "contacts", "leads", "products", "opportunities")


def tagged(people: Cast, *words: str, name: str = "浦发银行") -> Customer:
    return customer(people.ana, name, custom={"tags": list(words)} if words else {})


def stored(row: Any) -> list[str]:
    """The names of a record's tags, as they stand in the table."""
    row.refresh_from_db()
    return tags.labels(row.custom.get("tags", []))


def found(condition: dict[str, Any], actor: Actor = SYSTEM) -> set[str]:
    """The customers that a condition finds, asked of the database and of each row alike."""
    parsed = conditions.parse(registry.get("customers"), condition)
    by_sql = {row.name for row in conditions.apply(Customer.objects.all(), parsed, actor)}
    assert by_sql == {row.name for row in Customer.objects.all() if conditions.matches(parsed, row, actor)}
    return by_sql
