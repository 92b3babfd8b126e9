"""Who is known already: told with names to who may see them, as a number to who may not, and never in the way."""

import pytest
from django.test import Client

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.customers.leads.known import Given, known
from zhike.customers.models import Contact, Customer, Lead
from zhike.identity.factories import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def ours(people: Cast) -> Customer:
    """A customer of ana's with a contact."""
    ana = people.actor("ana")
    customer: Customer = writes.create(ana, Customer(name="浦江机械", email="info@pujiang.example", owner=people.ana))
    writes.create(ana, Contact(customer=customer, name="王小明", mobile="13800138000"))
    return customer


def test_the_owner_is_told_names_and_a_stranger_a_number(people: Cast, ours: Customer) -> None:
    given = Given(mobile="138-0013-8000", email="INFO@pujiang.example", company_name="浦江机械 ")
    mine = known(people.actor("ana"), given)
    assert {(match.label, match.url.split("/")[1]) for match in mine.matches} == {
        ("浦江机械", "customers"),
        ("王小明", "contacts"),
    }
    assert mine.unseen == 0
    theirs = known(people.actor("cyd"), given)
    assert (theirs.matches, theirs.unseen) == ((), 2)
    assert "2" in theirs.unseen_sentence


def test_who_has_nothing_in_common_and_what_lies_in_the_bin_is_not_named(people: Cast, ours: Customer) -> None:
    ana = people.actor("ana")
    assert not known(ana, Given(mobile="13900139000", company_name="浦江"))
    assert not known(ana, Given())
    writes.delete(Actor.system(), ours)
    assert not known(ana, Given(mobile="13800138000", company_name="浦江机械"))


def test_a_lead_is_not_its_own_double(people: Cast) -> None:
    ana = people.actor("ana")
    one = writes.create(ana, Lead(name="李四", mobile="13900139000", owner=people.ana))
    assert not known(ana, Given.of(one))
    two = writes.create(ana, Lead(name="李四", mobile="139 0013 9000", owner=people.ana))
    assert [match.row.pk for match in known(ana, Given.of(two)).matches] == [one.pk]


def test_the_form_asks_while_one_types_and_the_page_shows_it(people: Cast, ours: Customer, client: Client) -> None:
    client.force_login(people.ana)
    assert 'hx-get="/leads/known/' in client.get("/leads/new/").text
    hint = client.get("/leads/known/", {"mobile": "13800138000"}).text
    assert "王小明" in hint
    assert client.get("/leads/known/", {"mobile": "13100000000"}).text == ""
    lead = writes.create(people.actor("ana"), Lead(name="小王", mobile="13800138000", owner=people.ana))
    assert "王小明" in client.get(f"/leads/{lead.pk}/").text
