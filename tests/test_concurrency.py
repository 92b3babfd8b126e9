"""Many people at once: nobody is told “database is locked”, and nothing that was acknowledged is lost."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connections

from zhike.core import writes
from zhike.core.events.models import Event
from zhike.core.history.models import StateChange
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast
from zhike.sales import actions
from zhike.sales.models import Opportunity

pytestmark = [pytest.mark.file, pytest.mark.django_db(transaction=True), pytest.mark.serial("crash")]

CLIENTS = 8


@pytest.fixture
def people() -> Cast:
    return cast()


def at_once(work: Callable[[int], None]) -> None:
    """Run `work(n)` for each client in a thread with a connection of its own; the first error is raised here."""
    errors: list[BaseException] = []
    start = threading.Barrier(CLIENTS)

    def client(number: int) -> None:
        try:
            start.wait(timeout=30)
            work(number)
        except BaseException as error:  # noqa: BLE001  (raised again below)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    if errors:
        raise errors[0]


@pytest.mark.parametrize("edits", [25, pytest.param(200, marks=pytest.mark.long)])
def test_eight_people_who_edit_one_record_lose_no_edit(people: Cast, edits: int) -> None:
    admin = people.actor("admin")
    row = writes.create(admin, Customer(name="浦发银行", employees=0))

    def work(_number: int) -> None:
        actor = people.actor("admin")
        for _edit in range(edits):
            while True:
                mine = Customer.objects.get(pk=row.pk)
                mine.employees = (mine.employees or 0) + 1
                try:
                    writes.save(actor, mine)
                except writes.Conflict:
                    continue
                break

    at_once(work)
    row.refresh_from_db()
    assert row.employees == CLIENTS * edits
    assert row.version == CLIENTS * edits + 1
    logged = Event.objects.filter(entity="customers", record_id=row.pk, verb="edit")
    assert sorted(logged.values_list("version", flat=True)) == list(range(2, CLIENTS * edits + 2))


def test_eight_people_who_create_at_once_get_numbers_of_their_own(people: Cast) -> None:
    def work(number: int) -> None:
        for each in range(20):
            writes.create(people.actor("admin"), Opportunity(name=f"商机{number}-{each}", owner=people.ana))

    at_once(work)
    numbers = list(Opportunity.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == CLIENTS * 20
    sequences = sorted(int(str(number).rsplit("-", 1)[1]) for number in numbers)
    assert sequences == list(range(1, CLIENTS * 20 + 1))


def test_of_eight_who_win_the_same_opportunity_one_does(people: Cast) -> None:
    admin = people.actor("admin")
    customer = writes.create(admin, Customer(name="浦发银行"))
    row = writes.create(admin, Opportunity(name="网点改造", customer=customer, amount=Decimal(100), owner=people.ana))
    outcomes: list[str] = []

    def work(_number: int) -> None:
        mine = Opportunity.objects.get(pk=row.pk)
        try:
            actions.win_opportunity(people.actor("admin"), mine)
            outcomes.append("won")
        except writes.Refused:
            outcomes.append("refused")

    at_once(work)
    assert sorted(outcomes) == ["refused"] * (CLIENTS - 1) + ["won"]
    assert Event.objects.filter(verb="win").count() == 1
    assert StateChange.objects.filter(entity="opportunities", field="status", new="won").count() == 1
