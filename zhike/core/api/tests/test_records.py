"""Reading and changing records through the API, as its callers do."""

import json
from typing import Any

import pytest
from django.test import Client

from zhike.core import modules, writes
from zhike.core.events.models import Event
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast, give_token
from zhike.identity.models import User
from zhike.sales.models import Opportunity, Stage

pytestmark = pytest.mark.django_db
CANARY = "canary-7f3a"


class Caller:
    """A person with a token."""

    def __init__(self, user: User, *, read_only: bool = False) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {give_token(user, read_only=read_only).text}"}

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, f"/api/v1/{path}", json.dumps(body or {}), "application/json", headers={**self.headers, **named}
        )


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def ana(people: Cast) -> Caller:
    return Caller(people.ana)


@pytest.fixture
def customer(people: Cast) -> Customer:
    return writes.create(people.actor("ana"), Customer(name=f"浦发银行 {CANARY}", owner=people.ana))


def test_a_list_has_items_total_and_a_way_on(ana: Caller, people: Cast) -> None:
    for number in range(5):
        writes.create(people.actor("ana"), Customer(name=f"客户{number}", owner=people.ana))
    first = ana.get("customers", limit="2", order="name").json()
    assert [each["name"] for each in first["items"]] == ["客户0", "客户1"]
    assert first["total"] == {"value": 5, "exact": True}
    second = ana.get("customers", limit="2", order="name", cursor=first["next"]).json()
    assert [each["name"] for each in second["items"]] == ["客户2", "客户3"]
    last = ana.get("customers", limit="2", order="name", cursor=second["next"], total="false").json()
    assert ([each["name"] for each in last["items"]], last["next"], last["total"]) == (["客户4"], None, None)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("filter", "{"),
        ("filter", "[]"),
        ("filter", '{"field": "owner.password", "op": "starts_with", "value": "p"}'),
        ("filter", '{"field": "name", "op": "regex", "value": "."}'),
        ("order", "owner__password"),
        ("fields", "password"),
        ("cursor", "AAAA"),
        ("limit", "100000"),
    ],
)
def test_what_is_not_on_the_list_of_the_allowed_is_refused(ana: Caller, parameter: str, value: str) -> None:
    answer = ana.get("customers", **{parameter: value})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_stranger_reads_changes_and_deletes_nothing(people: Cast, customer: Customer) -> None:
    cyd = Caller(people.cyd)
    assert CANARY not in cyd.get("customers").content.decode()
    assert CANARY not in cyd.get("customers", q=CANARY).content.decode()
    for method, path, body in (
        ("GET", f"customers/{customer.pk}", None),
        ("PATCH", f"customers/{customer.pk}", {"level": "key"}),
        ("DELETE", f"customers/{customer.pk}", None),
        ("POST", f"customers/{customer.pk}/transfer", {"owner": people.cyd.pk}),
    ):
        answer = cyd.send(method, path, body)
        assert answer.status_code in (403, 404), (method, path)
        assert CANARY not in answer.content.decode()
    customer.refresh_from_db()
    assert customer.version == 1


def test_a_relation_to_what_one_does_not_reach_is_refused(people: Cast, customer: Customer) -> None:
    answer = Caller(people.cyd).send("POST", "contacts", {"name": "王建国", "customer": customer.pk})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "customer"
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "name", ["id", "version", "created_by", "deleted_at", "name_key", "status", "reach_owner", "nonsense"]
)
def test_fields_nobody_fills_in_are_refused(ana: Caller, name: str) -> None:
    assert ana.send("POST", "customers", {"name": "甲", name: 1}).status_code == 422
    assert not Customer.objects.exists()


def test_the_version_guards_a_change(ana: Caller, customer: Customer) -> None:
    read = ana.get(f"customers/{customer.pk}")
    assert read.headers["ETag"] == '"1"'
    assert ana.send("PATCH", f"customers/{customer.pk}", {"level": "key"}, If_Match='"1"').status_code == 200
    late = ana.send("PATCH", f"customers/{customer.pk}", {"level": "small"}, If_Match='"1"')
    assert (late.status_code, late.json()["version"]) == (412, 2)
    customer.refresh_from_db()
    assert customer.level == "key"


def test_the_same_key_takes_effect_once(ana: Caller) -> None:
    first = ana.send("POST", "customers", {"name": "甲"}, Idempotency_Key="k1")
    again = ana.send("POST", "customers", {"name": "甲"}, Idempotency_Key="k1")
    other = ana.send("POST", "customers", {"name": "乙"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.json()["id"] == first.json()["id"]
    assert Customer.objects.count() == 1


def test_a_refused_request_may_be_sent_again_under_its_key(ana: Caller) -> None:
    assert ana.send("POST", "customers", {"name": "甲", "level": "nope"}, Idempotency_Key="k").status_code == 422
    assert ana.send("POST", "customers", {"name": "甲"}, Idempotency_Key="k").status_code == 201


def test_another_systems_key_makes_once_and_changes_after(ana: Caller) -> None:
    made = ana.send("PUT", "customers/by/erp/C-001", {"name": "甲"})
    changed = ana.send("PUT", "customers/by/erp/C-001", {"name": "甲公司"})
    assert (made.status_code, changed.status_code) == (201, 200)
    assert made.json()["id"] == changed.json()["id"]
    assert Customer.objects.get().name == "甲公司"


def test_a_verb_runs_its_action_and_says_why_not(ana: Caller, people: Cast, customer: Customer) -> None:
    row = writes.create(people.actor("ana"), Opportunity(name="网点改造", owner=people.ana))
    refused = ana.send("POST", f"opportunities/{row.pk}/win", {})
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json()["errors"]} == {"customer", "amount"}
    assert ana.send("PATCH", f"opportunities/{row.pk}", {"customer": customer.pk}).status_code == 200
    won = ana.send("POST", f"opportunities/{row.pk}/win", {"amount": "9.90", "closed_on": "2026-03-01"})
    assert (won.status_code, won.json()["status"], won.json()["amount"]) == (200, "won", "9.90")
    assert ana.send("POST", f"opportunities/{row.pk}/win", {}).status_code == 409


def test_a_batch_is_all_or_none_and_names_the_place(ana: Caller) -> None:
    answer = ana.send(
        "POST",
        "customers/batch",
        {
            "operations": [
                {"op": "create", "record": {"name": "甲"}},
                {"op": "create", "record": {"name": "乙", "level": "?"}},
            ]
        },
    )
    assert answer.status_code == 422
    assert "2" in answer.json()["detail"]
    assert not Customer.objects.exists()


def test_a_read_only_token_changes_nothing(people: Cast, customer: Customer) -> None:
    reader = Caller(people.ana, read_only=True)
    assert reader.get("customers").status_code == 200
    assert reader.send("POST", "customers/query", {"q": "浦发"}).status_code == 200
    assert reader.send("PATCH", f"customers/{customer.pk}", {"level": "key"}).status_code == 401


def test_a_switched_off_module_is_gone(ana: Caller, people: Cast) -> None:
    writes.create(people.actor("ana"), Opportunity(name="网点改造", owner=people.ana))
    assert "/api/v1/opportunities" in ana.get("openapi.json").json()["paths"]
    modules.switch("sales", on=False)
    assert ana.get("opportunities").status_code == 404
    assert ana.send("POST", "opportunities", {"name": "新的"}).status_code == 404
    assert "/api/v1/opportunities" not in ana.get("openapi.json").json()["paths"]


def test_a_departed_person_is_out_at_the_next_request(people: Cast, ana: Caller) -> None:
    assert ana.get("customers").status_code == 200
    User.objects.filter(pk=people.ana.pk).update(state=User.State.LEFT)
    assert ana.get("customers").status_code == 401


def test_an_event_names_the_token(ana: Caller, people: Cast) -> None:
    ana.send("POST", "customers", {"name": "甲"})
    event = Event.objects.get(entity="customers")
    assert (event.via, event.actor_id) == ("api", people.ana.pk)
    assert event.token_id


def test_moving_to_a_stage_asks_for_what_it_demands(ana: Caller, people: Cast, customer: Customer) -> None:
    row = writes.create(people.actor("ana"), Opportunity(name="网点改造", customer=customer, owner=people.ana))
    offer = Stage.objects.get(name="方案报价")
    assert ana.send("POST", f"opportunities/{row.pk}/move", {"stage": offer.pk}).status_code == 422
    moved = ana.send(
        "POST", f"opportunities/{row.pk}/move", {"stage": offer.pk, "reason": "已发报价", "amount": "1000"}
    )
    assert moved.status_code == 200, moved.content
    assert moved.json()["stage"]["label"] == "方案报价"
    assert Event.objects.get(verb="move").note == "已发报价"
