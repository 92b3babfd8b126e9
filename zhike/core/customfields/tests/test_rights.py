"""Rights to a custom field hold on every door."""

import json

import pytest
from django.core.exceptions import ValidationError

from zhike.core import conditions, writes
from zhike.core.conditions import ConditionError
from zhike.core.customfields.models import CustomKind
from zhike.core.customfields.tests.world import SYSTEM, field
from zhike.core.entities import registry
from zhike.core.lists import ListError, ListQuery, read
from zhike.core.pages.tests.world import client_of, text_of
from zhike.core.transfer.exports import export_csv
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, RoleFactory, give_role, give_token
from zhike.identity.models import User, UserRole

pytestmark = pytest.mark.django_db
SECRET = "canary-4711"


@pytest.fixture
def row(people: Cast) -> Customer:
    field(CustomKind.TEXT, label_en="Canary field")
    return writes.create(SYSTEM, Customer(name="浦发银行", owner=people.ana, custom={"cf_text": SECRET}))


def limit(user: User, mode: str) -> None:
    UserRole.objects.filter(user=user).delete()
    grants = {"customers": dict.fromkeys(("view", "create", "edit", "export"), "all")}
    give_role(user, RoleFactory.create(grants=grants, fields={"customers": {"cf_text": mode}}))


def every_answer(people: Cast, row: Customer) -> str:
    client = client_of(people.ana)
    headers = {"Authorization": f"Bearer {give_token(people.ana).text}"}
    pages = (
        f"/customers/{row.pk}/",
        f"/customers/{row.pk}/edit/",
        f"/customers/{row.pk}/history/",
        "/customers/filters/",
    )
    answers = [text_of(client.get(page)) for page in pages]
    answers += [text_of(client.get(f"/api/v1/customers/{row.pk}", headers=headers))]
    entity = registry.get("customers")
    actor = people.actor("ana")
    columns = ListQuery.make(entity, actor).columns
    answers += [b"".join(export_csv(actor, entity, columns, Customer.objects.all())).decode()]
    return "".join(answers)


def test_a_hidden_field_is_nowhere(people: Cast, row: Customer) -> None:
    limit(people.ana, "hidden")
    said = every_answer(people, row)
    assert SECRET not in said
    assert "cf_text" not in said
    assert "Canary field" not in said


def test_a_masked_field_shows_its_mask_and_cannot_be_asked_about(people: Cast, row: Customer) -> None:
    limit(people.ana, "masked")
    said = every_answer(people, row)
    assert SECRET not in said
    assert "****" in said
    entity, actor = registry.get("customers"), people.actor("ana")
    asked = {"field": "cf_text", "op": "eq", "value": SECRET}
    with pytest.raises(ConditionError):
        conditions.check_rights(conditions.parse(entity, asked), actor)
    for query in ({"cf_text": SECRET}, {"sort": "cf_text"}):
        with pytest.raises(ListError):
            read(ListQuery.parse(entity, actor, query))


@pytest.mark.parametrize("mode", ["read_only", "masked", "hidden"])
def test_what_one_may_not_change_is_refused_by_every_door(people: Cast, row: Customer, mode: str) -> None:
    limit(people.ana, mode)
    headers = {"Authorization": f"Bearer {give_token(people.ana).text}"}
    client = client_of(people.ana)
    assert 'name="cf_text"' not in text_of(client.get(f"/customers/{row.pk}/edit/"))
    answer = client.generic(
        "PATCH", f"/api/v1/customers/{row.pk}", json.dumps({"custom": {"cf_text": "x"}}), "application/json",
        headers=headers,
    )  # fmt: skip
    assert answer.status_code == (422 if mode == "hidden" else 403)
    row.custom = {"cf_text": "x"}
    with pytest.raises(writes.NotAllowed):
        writes.save(people.actor("ana"), row, verb="edit")
    row.refresh_from_db()
    assert row.custom == {"cf_text": SECRET}


def test_a_link_leads_only_to_what_the_writer_sees(people: Cast) -> None:
    field(CustomKind.RECORD)
    others = writes.create(SYSTEM, Customer(name="Canary of cyd", owner=people.cyd))
    mine = writes.create(SYSTEM, Customer(name="Mine", owner=people.ana))
    headers = {"Authorization": f"Bearer {give_token(people.ana).text}"}
    answer = client_of(people.ana).generic(
        "PATCH", f"/api/v1/customers/{mine.pk}", json.dumps({"custom": {"cf_record": others.pk}}), "application/json",
        headers=headers,
    )  # fmt: skip
    assert answer.status_code == 422
    mine.custom = {"cf_record": 10**9}
    with pytest.raises(ValidationError):
        writes.save(SYSTEM, mine, verb="edit")
    mine.custom = {"cf_record": others.pk}
    writes.save(SYSTEM, mine, verb="edit")
    assert "Canary of cyd" in text_of(client_of(people.admin).get(f"/customers/{mine.pk}/"))
    assert f'href="/customers/{others.pk}/"' not in text_of(client_of(people.ana).get(f"/customers/{mine.pk}/"))
