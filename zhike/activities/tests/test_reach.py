"""Who sees what is attached to a record, and what becomes of it when the record changes hands, moves, or ends."""

from typing import Any

import pytest

from zhike.activities.models import Activity, Comment, Task
from zhike.core import attachment, writes
from zhike.core.events.models import Event
from zhike.core.record_keys import key_of
from zhike.core.scoping import team
from zhike.core.testing import samples
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast
from zhike.identity.ownership import transfer_record

pytestmark = pytest.mark.django_db
EVERYBODY = ("ana", "ben", "cyd", "dan", "eve")


def sees(people: Cast, row: Any) -> set[str]:
    model = type(row)
    return {name for name in EVERYBODY if model.objects.visible_to(people.actor(name)).filter(pk=row.pk).exists()}


def call(people: Cast, by: str, about: Any, **given: Any) -> Activity:
    return writes.create(people.actor(by), Activity(about=key_of(about), **given))


def test_whoever_reaches_the_record_or_does_it_sees_an_activity(people: Cast, customer: Customer) -> None:
    assert sees(people, call(people, "ana", customer)) == {"ana", "dan"}
    team.grant("customers", [(customer.pk, people.cyd.pk)], reason="manual")
    row = call(people, "cyd", customer)
    assert sees(people, row) == {"ana", "dan", "cyd"}
    team.withdraw("customers", [(customer.pk, people.cyd.pk)], reason="manual")
    assert sees(people, row) == {"ana", "dan", "cyd"}  # he did it


def test_a_private_one_is_its_owners_alone(people: Cast, customer: Customer) -> None:
    row = call(people, "ana", customer, is_private=True)
    assert sees(people, row) == {"ana"}
    assert row.party_id == customer.pk
    assert row.anchor == ""
    row.is_private = False
    writes.save(people.actor("ana"), row)
    assert sees(people, row) == {"ana", "dan"}


def test_a_stranger_attaches_nothing_to_a_record_he_does_not_reach(people: Cast, customer: Customer) -> None:
    from django.core.exceptions import ValidationError

    for row in (
        Activity(about=key_of(customer)),
        Task(name="t", about=key_of(customer)),
        Comment(text="t", about=key_of(customer)),
    ):
        with pytest.raises(ValidationError):
            writes.create(people.actor("cyd"), row)


def test_a_transfer_of_the_customer_carries_all_that_is_attached_within(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    on_contact = call(people, "ana", contact)
    task = writes.create(people.actor("ana"), Task(name="t", about=key_of(customer), owner=people.ana))
    comment = writes.create(people.actor("ana"), Comment(text="c", about=key_of(task)))
    transfer_record(people.actor("dan"), customer, owner=people.cyd)
    assert sees(people, on_contact) == {"ana", "cyd", "dan"}  # ana did it, and dan leads her
    assert "cyd" in sees(people, task)
    assert "ana" in sees(people, comment)  # she does the task that it is about


def test_a_contact_that_moves_takes_its_follow_ups_to_the_other_customer(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    row = call(people, "ana", contact)
    comment = writes.create(people.actor("ana"), Comment(text="c", about=key_of(row)))
    other = samples.make("customers", people.ben, "other")
    contact.customer = other
    writes.save(people.actor("admin"), contact)
    for each in (row, comment):
        each.refresh_from_db()
        assert (each.party_id, each.anchor) == (other.pk, key_of(other))
    customer.refresh_from_db()
    other.refresh_from_db()
    assert customer.last_contact_at is None
    assert other.last_contact_at == row.starts_at


def test_they_go_and_come_back_with_their_record_and_are_erased_with_it(people: Cast, customer: Customer) -> None:
    row = call(people, "ana", customer, content="secret")
    task = writes.create(people.actor("ana"), Task(name="t", about=key_of(customer)))
    part = writes.create(people.actor("ana"), Task(name="p", about=key_of(customer), parent=task))
    comment = writes.create(people.actor("ana"), Comment(text="c", about=key_of(task)))
    admin = people.actor("admin")
    writes.delete(admin, customer)
    for each in (row, task, part, comment):
        assert not sees(people, each)
    writes.restore(admin, customer)
    for each in (row, task, part, comment):
        assert "ana" in sees(people, each)
    customer.refresh_from_db()
    assert customer.last_contact_at is not None
    writes.erase(admin, Customer.objects.get(pk=customer.pk))
    assert not Activity.objects.exists()
    assert not Task.objects.exists()
    assert not Comment.objects.exists()
    assert not [each for each in Event.objects.filter(entity="activities") if each.changes]


def test_a_purge_takes_them_along(people: Cast, customer: Customer) -> None:
    call(people, "ana", customer)
    writes.create(people.actor("ana"), Comment(text="c", about=key_of(customer)))
    admin = people.actor("admin")
    writes.purge(admin, writes.delete(admin, customer))
    assert not Activity.objects.exists()
    assert not Comment.objects.exists()


def test_moving_everything_to_another_record_moves_reach_and_last_contact(people: Cast, customer: Customer) -> None:
    row = call(people, "ana", customer)
    other = samples.make("customers", people.cyd, "other")
    assert attachment.move(customer, other) == 1
    row.refresh_from_db()
    assert (row.about, row.party_id) == (key_of(other), other.pk)
    assert "cyd" in sees(people, row)
    customer.refresh_from_db()
    other.refresh_from_db()
    assert (customer.last_contact_at, other.last_contact_at) == (None, row.starts_at)
