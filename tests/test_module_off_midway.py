"""A module is switched off while people work in it: nothing half-done, a clear answer, and all is there when it is on again."""

import pytest
from django.test import Client

from zhike.activities.models import Activity, Task
from zhike.core import overlay, timeline, writes
from zhike.core.actors import Actor, Via
from zhike.core.entities import registry
from zhike.core.modules import ModuleSwitch
from zhike.core.pages.reading import Reader
from zhike.core.record_keys import key_of
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db


def _switch(name: str, *, on: bool) -> None:
    ModuleSwitch.objects.update_or_create(name=name, defaults={"is_on": on})
    overlay.bump()
    overlay.forget()


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def client(people: Cast) -> Client:
    client = Client()
    client.force_login(people.ana)
    return client


@pytest.fixture
def customer(people: Cast) -> Customer:
    return writes.create(Actor.system(), Customer(name="浦发银行", owner=people.ana))


def test_a_form_opened_before_is_refused_afterwards_and_nothing_is_written(
    client: Client, people: Cast, customer: Customer
) -> None:
    assert client.get("/tasks/new/").status_code == 200
    _switch("activities", on=False)
    assert client.post("/tasks/new/", {"name": "回访", "owner": people.ana.pk}).status_code == 404
    assert (
        client.post(f"/activities/log/?about={key_of(customer)}", {"kind": "call", "content": "x"}).status_code == 404
    )
    assert (Task.objects.count(), Activity.objects.count()) == (0, 0)


def test_the_records_of_other_modules_go_on_without_it(client: Client, people: Cast, customer: Customer) -> None:
    ana = Actor.of(people.ana, Via.PAGE)
    task = writes.create(ana, Task(name="回访", about=key_of(customer), owner=people.ana))
    _switch("activities", on=False)
    for address in ("/", "/customers/", f"/customers/{customer.pk}/", "/search/?q=回访"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "/tasks/" not in answer.content.decode(), address
    assert client.get(f"/tasks/{task.pk}/").status_code == 404
    assert client.get(f"/customers/{customer.pk}/edit/").status_code == 200
    _switch("activities", on=True)
    assert client.get(f"/tasks/{task.pk}/").status_code == 200


def test_a_record_transferred_while_the_module_is_off_takes_its_follow_ups_along(
    people: Cast, customer: Customer
) -> None:
    system = Actor.system()
    task = writes.create(system, Task(name="回访", about=key_of(customer), owner=people.ben))
    _switch("activities", on=False)
    customer.owner = people.cyd
    writes.save(system, customer, verb="transfer")
    _switch("activities", on=True)
    assert Task.objects.visible_to(Actor.of(people.cyd, Via.PAGE)).filter(pk=task.pk).exists()
    assert not Task.objects.visible_to(Actor.of(people.ana, Via.PAGE)).filter(pk=task.pk).exists()


def test_with_sales_off_a_timeline_leaves_opportunities_out(client: Client, people: Cast, customer: Customer) -> None:
    ana = Actor.of(people.ana, Via.PAGE)
    opportunity = writes.create(ana, Opportunity(name="网点改造", customer=customer, owner=people.ana))
    writes.create(Actor.system(), Activity(about=key_of(opportunity), kind="call", content="谈价格", owner=people.ben))
    _switch("sales", on=False)
    assert client.get(f"/opportunities/{opportunity.pk}/").status_code == 404
    subject = timeline.Subject(registry.of(Customer), customer)
    page = timeline.read(Reader(Actor.of(people.ana, Via.PAGE)), subject, timeline.sources(), after="", limit=20)
    assert all("网点改造" not in str(item) for item in page.items)
