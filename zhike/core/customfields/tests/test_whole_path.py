"""A field of every kind goes the whole way: form, page, list, filter, API, history."""

import json
from typing import Any

import pytest

from zhike.core import conditions, fieldvalues, writes
from zhike.core.customfields.models import CustomValue
from zhike.core.customfields.tests.world import LINKS, SAMPLES, SYSTEM, Sample, field
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.lists import ListQuery, available, read
from zhike.core.pages.tests.world import client_of, text_of
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, give_token

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind.value)


def value_and_other(sample: Sample, people: Cast) -> tuple[Any, Any, Any]:
    """What is typed, the JSON value, and another one; of links an id."""
    if sample.kind not in LINKS:
        return sample.typed, sample.json, sample.other
    rows = {
        "user": (people.ana.pk, people.ben.pk),
        "department": (people.team.pk, people.elsewhere.pk),
        "record": tuple(
            writes.create(SYSTEM, Customer(name=name, owner=people.ana)).pk for name in ("Parent Ltd", "Sister Ltd")
        ),
    }
    first, second = rows[sample.kind.value]
    return str(first), first, second


def the_one(**names: str) -> Customer:
    return Customer.objects.get(**names)


@EACH
def test_a_value_typed_into_the_form_is_on_the_page_in_the_list_and_in_the_filter(people: Cast, sample: Sample) -> None:
    field(sample.kind)
    typed, stored, _other = value_and_other(sample, people)
    client = client_of(people.admin)
    assert f'name="{sample.key}"' in text_of(client.get("/customers/new/"))
    answer = client.post("/customers/new/", {"name": "浦发银行", "kind": "organisation", sample.key: typed})
    assert answer.status_code == 302, text_of(answer)
    row = the_one(name="浦发银行")
    entity = registry.get("customers")
    described = entity.field(sample.key)
    assert row.custom == {sample.key: fieldvalues.clean(described, stored)}
    page = text_of(client.get(f"/customers/{row.pk}/"))
    assert f"My {sample.kind.value}" in page
    assert sample.shown in page
    assert sample.key in [column.name for column in available(entity, people.actor("admin"))]
    listed = text_of(client.get(f"/customers/?columns=name,{sample.key}"))
    assert "浦发银行" in listed
    if described.custom is not None and described.custom.is_ready:
        found = read(
            ListQuery.parse(entity, SYSTEM, {sample.key: typed if isinstance(typed, list) else str(_asked(stored))})
        )
        assert [each.title for each in found.rows] == ["浦发银行"]
        assert sample.key in text_of(client.get("/customers/filters/"))


def _asked(stored: Any) -> Any:
    return "true" if stored is True else stored


@EACH
def test_the_api_takes_answers_and_filters_by_it(people: Cast, sample: Sample) -> None:
    field(sample.kind)
    _typed, first, second = value_and_other(sample, people)
    headers = {"Authorization": f"Bearer {give_token(people.admin).text}"}
    client = client_of(people.admin)

    def send(method: str, path: str, body: Any) -> Any:
        return client.generic(method, f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    made = send("POST", "customers", {"name": "中国移动", "custom": {sample.key: first}})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    answered = made.json()["custom"][sample.key]
    assert (answered["id"] if isinstance(answered, dict) else answered) == first
    if sample.kind.value != "long_text":
        value = first[0] if isinstance(first, list) else first
        wanted = {"field": f"custom.{sample.key}", "op": "eq", "value": value}
        found = send("POST", "customers/query", {"filter": wanted, "fields": f"name,custom.{sample.key}"})
        assert [each["id"] for each in found.json()["items"]] == [pk], found.content
    changed = send("PATCH", f"customers/{pk}", {"custom": {sample.key: second}})
    assert changed.status_code == 200, changed.content
    blank = send("PATCH", f"customers/{pk}", {"custom": {sample.key: None}})
    assert blank.status_code == 200
    assert Customer.objects.get(pk=pk).custom == {}
    assert not CustomValue.objects.filter(record_id=pk).exists()


@EACH
def test_a_change_stands_in_the_history_under_the_label(people: Cast, sample: Sample) -> None:
    made = field(sample.kind)
    _typed, first, _second = value_and_other(sample, people)
    row = writes.create(SYSTEM, Customer(name="浦发银行", owner=people.ana))
    row.custom = {sample.key: first}
    writes.save(people.actor("admin"), row, verb="edit")
    event = Event.objects.get(entity="customers", record_id=row.pk, verb="edit")
    assert list(event.changes) == [sample.key]
    page = text_of(client_of(people.admin).get(f"/customers/{row.pk}/history/"))
    assert str(made.label_en) in page
    assert sample.shown.split("<br>")[0] in page


@EACH
def test_sql_and_python_agree_on_blank_and_filled(people: Cast, sample: Sample) -> None:
    if sample.kind.value == "long_text":
        return
    field(sample.kind)
    _typed, first, _second = value_and_other(sample, people)
    rows = [writes.create(SYSTEM, Customer(name=f"客户{n}", custom={sample.key: first} if n else {})) for n in range(2)]
    for operator in ("is_empty", "not_empty"):
        condition = conditions.parse(registry.get("customers"), {"field": sample.key, "op": operator})
        by_sql = set(conditions.apply(Customer.objects.filter(name__startswith="客户"), condition, SYSTEM))
        assert by_sql == {row for row in rows if conditions.matches(condition, row, SYSTEM)}
