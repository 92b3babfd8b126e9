"""Files name what a follow-up is about by key, number or name."""

import pytest
from django.core.exceptions import ValidationError

from zhike.activities.models import Activity
from zhike.core import writes
from zhike.core.actors import Via
from zhike.core.record_keys import key_of
from zhike.core.testing import samples
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


def test_a_batch_names_records_in_any_of_three_ways(people: Cast, customer: Customer) -> None:
    actor = people.actor("admin", Via.IMPORT)
    named = (key_of(customer), str(customer.number), customer.name)
    rows = [Activity(about=name) for name in named]
    writes.create_many(actor, rows)
    assert {row.about for row in rows} == {key_of(customer)}
    assert {row.party_id for row in rows} == {customer.pk}


def test_a_name_of_two_records_or_of_none_or_out_of_reach_is_refused(people: Cast, customer: Customer) -> None:
    twin = samples.make("customers", people.ana, "twin")
    Customer.objects.filter(pk=twin.pk).update(name=customer.name, name_key=customer.name_key)
    foreign = samples.make("customers", people.cyd, "foreign")
    for name, who in ((customer.name, "ana"), ("nobody", "ana"), (foreign.name, "ana")):
        with pytest.raises(ValidationError):
            writes.create(people.actor(who, Via.IMPORT), Activity(about=name))


def test_people_at_a_form_choose_and_do_not_name(people: Cast, customer: Customer) -> None:
    with pytest.raises(ValidationError):
        writes.create(people.actor("ana"), Activity(about=customer.name))
