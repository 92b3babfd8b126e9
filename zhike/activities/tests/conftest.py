"""The cast, and customers of ana's to follow up."""

import pytest

from zhike.core.testing import samples
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def customer(people: Cast) -> Customer:
    row: Customer = samples.make("customers", people.ana, "pufa")
    return row


@pytest.fixture
def contact(people: Cast, customer: Customer) -> Contact:
    from zhike.core import writes

    return writes.create(people.actor("ana"), Contact(name="王总", customer=customer))
