"""The end of a record and its way back."""

from collections.abc import Callable

import pytest

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.events.models import Event
from zhike.core.history.models import StateChange
from zhike.core.scoping.team import TeamMember
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def dan(people: Cast) -> Actor:
    return people.actor("dan")


@pytest.fixture
def customer(people: Cast, dan: Actor) -> Customer:
    return writes.create(dan, Customer(name="浦发银行", credit_code="9131000013221158XC", owner=people.ana))


def test_parts_go_along_and_come_back_together(dan: Actor, customer: Customer) -> None:
    contact = writes.create(dan, Contact(name="王建国", customer=customer))
    writes.delete(dan, customer)
    contact.refresh_from_db()
    customer.refresh_from_db()
    assert contact.deleted_at
    assert contact.deletion_id == customer.deletion_id
    assert not Contact.objects.visible_to(dan).exists()
    writes.restore(dan, customer)
    assert list(Contact.objects.visible_to(dan)) == [contact]


def test_a_part_deleted_before_stays_deleted(dan: Actor, customer: Customer) -> None:
    gone = writes.create(dan, Contact(name="李丽", customer=customer))
    writes.delete(dan, gone)
    writes.delete(dan, customer)
    writes.restore(dan, customer)
    assert not Contact.objects.visible_to(dan).exists()


def test_a_part_cannot_come_back_without_its_anchor(dan: Actor, customer: Customer) -> None:
    contact = writes.create(dan, Contact(name="李丽", customer=customer))
    writes.delete(dan, customer)
    contact.refresh_from_db()
    with pytest.raises(writes.RuleBroken):
        writes.restore(dan, contact)


def test_what_others_need_stays_and_names_them(dan: Actor, people: Cast, customer: Customer) -> None:
    writes.create(dan, Opportunity(name="网点改造", customer=customer, owner=people.ana))
    with pytest.raises(writes.Blocked) as blocked:
        writes.delete(dan, customer)
    assert "网点改造" in blocked.value.sentence
    customer.refresh_from_db()
    assert customer.deleted_at is None


def test_a_restored_record_does_not_take_a_value_that_is_taken(dan: Actor, people: Cast, customer: Customer) -> None:
    writes.delete(dan, customer)
    writes.create(dan, Customer(name="浦东发展银行", credit_code="9131000013221158XC", owner=people.ana))
    with pytest.raises(writes.RuleBroken):
        writes.restore(dan, customer)
    assert Customer.objects.visible_to(dan).count() == 1


@pytest.mark.parametrize("end", [writes.purge, writes.erase])
def test_only_who_may_purge_ends_a_record_for_good(
    dan: Actor, customer: Customer, end: Callable[[Actor, Customer], None]
) -> None:
    with pytest.raises(writes.NotReachable):
        end(dan, customer)
    assert Customer.objects.filter(pk=customer.pk).exists()


def test_erasing_forgets_every_value_and_keeps_the_bare_facts(people: Cast, dan: Actor, customer: Customer) -> None:
    admin = people.actor("admin")
    contact = writes.create(dan, Contact(name="王建国", mobile="13800138000", customer=customer))
    contact.mobile = "13900139000"
    writes.save(dan, contact)
    writes.erase(admin, customer)
    assert not Customer.objects.filter(pk=customer.pk).exists()
    assert not Contact.objects.filter(pk=contact.pk).exists()
    events = Event.objects.filter(entity__in=("customers", "contacts"))
    assert events.exists()
    assert not any(event.changes for event in events)
    assert not StateChange.objects.filter(entity="customers", record_id=customer.pk).exists()
    assert not TeamMember.objects.filter(entity="customers", record_id=customer.pk).exists()


def test_what_blocks_is_not_named_to_who_does_not_see_it(people: Cast, customer: Customer) -> None:
    writes.create(Actor.system(), Opportunity(name="canary-secret", customer=customer, owner=people.cyd))
    with pytest.raises(writes.Blocked) as blocked:
        writes.delete(people.actor("dan"), customer)
    assert "canary-secret" not in blocked.value.sentence


def test_what_another_record_of_the_bin_points_at_is_not_torn_away(
    people: Cast, dan: Actor, customer: Customer
) -> None:
    row = writes.create(dan, Opportunity(name="网点改造", customer=customer, owner=people.ana))
    writes.delete(dan, row)
    customer = writes.delete(dan, customer)
    admin = people.actor("admin")
    with pytest.raises(writes.RuleBroken):
        writes.purge(admin, customer)
    assert Customer.objects.filter(pk=customer.pk).exists()
    row.refresh_from_db()
    writes.purge(admin, row)
    writes.purge(admin, customer)
    assert not Customer.objects.filter(pk=customer.pk).exists()
