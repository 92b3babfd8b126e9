"""Rows and clients for the tests of pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.customers.models import Contact, Customer
from zhike.identity.models import User
from zhike.sales.models import Opportunity, Pipeline, Stage


def client_of(user: User) -> Client:
    """A browser in which this person is signed in, speaking English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["zhike_language"] = "en"
    return client


def customer(owner: User, name: str = "浦发银行", **values: Any) -> Customer:
    """A customer of this owner, written as the system."""
    return writes.create(Actor.system(Via.SHELL), Customer(name=name, owner=owner, **values))


def contact(of: Customer, name: str = "王芳", **values: Any) -> Contact:
    """A person at that customer."""
    return writes.create(Actor.system(Via.SHELL), Contact(customer=of, name=name, **values))


def opportunity(of: Customer, name: str = "Data warehouse", amount: str = "125000.00", **values: Any) -> Opportunity:
    """An open opportunity in the first stage of the first pipeline."""
    pipeline = Pipeline.objects.order_by("pk")[0]
    stage = Stage.objects.filter(pipeline=pipeline).order_by("position")[0]
    row = Opportunity(
        name=name,
        customer=of,
        pipeline=pipeline,
        stage=stage,
        amount=Decimal(amount),
        closes_on=date(2030, 1, 31),
        owner=of.owner,
        **values,
    )
    return writes.create(Actor.system(Via.SHELL), row)


def text_of(response: Any) -> str:
    """The body of an answer."""
    return str(response.content.decode())
