"""The builder's page: what it offers, what it says of a condition, and how it leads back to the list."""

import json
from typing import Any

import pytest

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.pages.condition_field import ConditionField
from zhike.core.pages.tests.test_lists import names
from zhike.core.pages.tests.world import client_of, contact, customer, text_of
from zhike.identity.factories import Cast
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db
TWO_CONTACTS = '{"count": {"path": "contacts"}, "op": "gte", "value": 2}'


def fields(people: Cast, who: str, slug: str = "customers") -> dict[str, Any]:
    found: dict[str, Any] = client_of(getattr(people, who)).get(f"/{slug}/condition/fields/").json()
    return found


def check(people: Cast, condition: str, who: str = "ana") -> dict[str, Any]:
    answer = client_of(getattr(people, who)).post("/customers/condition/check/", {"condition": condition})
    found: dict[str, Any] = answer.json()
    return found


def test_every_filter_is_offered_with_what_may_be_asked_of_it(people: Cast) -> None:
    found = {field["name"]: field for field in fields(people, "ana")["fields"]}
    assert {"name", "level", "region", "owner", "created_at"} <= set(found)
    assert ["under", "is this or below"] in found["region"]["operators"]
    assert found["region"]["url"] == "/customers/choices/region/"
    assert ["key", "Key account"] in found["level"]["choices"] or found["level"]["choices"]
    assert (found["owner"]["to"], found["owner"]["always"][0]) == ("users", ["$me", "me"])
    assert ["lt", "is before"] in found["created_at"]["operators"]


def test_related_rows_can_be_asked_for_where_they_may_be_seen(people: Cast) -> None:
    assert {"contacts", "opportunities"} <= {each["name"] for each in fields(people, "ana")["many"]}
    role = Role.objects.get(code="salesperson")
    role.denies = {"opportunities": {"actions": ["view"]}}
    role.save(update_fields=["denies"])
    overlay.bump()
    assert "opportunities" not in {each["name"] for each in fields(people, "ana")["many"]}


def test_a_field_hidden_from_the_reader_is_not_offered_and_not_taken(people: Cast) -> None:
    role = Role.objects.get(code="salesperson")
    role.fields = {"customers": {"level": "hidden"}}
    role.save(update_fields=["fields"])
    overlay.bump()
    assert "level" not in {field["name"] for field in fields(people, "ana")["fields"]}
    told = check(people, '{"field": "level", "op": "eq", "value": "key"}')
    assert "You may not filter by" in told["mistake"]
    assert "count" not in told


def test_the_check_says_the_condition_in_words_and_counts_what_one_sees(people: Cast) -> None:
    many = customer(people.ana, "Two contacts")
    contact(many, "A")
    contact(many, "B")
    contact(customer(people.ana, "One contact"), "C")
    foreign = customer(people.cyd, "Foreign")
    contact(foreign, "D")
    contact(foreign, "E")
    told = check(people, TWO_CONTACTS)
    assert (told["count"], told["found"]) == (1, "1 record matches.")
    assert "contacts is at least 2" in told["words"]
    assert check(people, "")["count"] == 2


def test_the_check_names_records_that_the_reader_reaches_and_no_others(people: Cast) -> None:
    mine, foreign = customer(people.ana, "Mine"), customer(people.cyd, "Canary of cyd")
    told = check(people, json.dumps({"field": "parent", "op": "in", "value": [mine.pk, foreign.pk]}))
    assert told["labels"] == {"customers.parent": {str(mine.pk): "Mine"}}
    assert "Canary" not in json.dumps(told)


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ('{"all": [{"field": "level", "op": "eq", "value": "nonsense"}]}', "all[0].value"),
        ('{"field": "password", "op": "eq", "value": "x"}', "field"),
        ("{", ""),
    ],
)
def test_what_is_not_right_is_said_with_its_place(people: Cast, condition: str, path: str) -> None:
    told = check(people, condition)
    assert told["mistake"]
    assert told["path"] == path


def test_without_a_script_the_box_leads_to_the_list_or_says_what_is_wrong(people: Cast) -> None:
    customer(people.ana, "Key one", level="key")
    customer(people.ana, "Small one", level="small")
    ana = client_of(people.ana)
    page = ana.get("/customers/condition/?tab=mine")
    assert 'name="tab" value="mine"' in text_of(page)
    sent = {"try": "1", "tab": "mine", "condition": '{"field": "level", "op": "eq", "value": "key"}'}
    answer = ana.get("/customers/condition/", sent)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/customers/?tab=mine&condition=")
    assert names(text_of(ana.get(answer.headers["Location"]))) == ["Key one"]
    wrong = ana.get("/customers/condition/", {"try": "1", "condition": '{"field": "nonsense", "op": "eq", "value": 1}'})
    assert wrong.status_code == 422
    assert "is not a field by which" in text_of(wrong)
    assert "nonsense" in text_of(wrong), "what was typed stands there still"


def test_the_field_stands_in_any_form(people: Cast) -> None:
    from django.core.exceptions import ValidationError

    made = ConditionField(registry.get("customers"), actor=people.actor("ana"))
    assert made.clean("") == {}
    assert made.clean(TWO_CONTACTS) == json.loads(TWO_CONTACTS)
    assert json.loads(made.prepare_value({"field": "name"})) == {"field": "name"}
    assert not made.has_changed(json.loads(TWO_CONTACTS), TWO_CONTACTS)
    with pytest.raises(ValidationError):
        made.clean('{"field": "nonsense"}')
    nobody = ConditionField(registry.get("customers"), actor=Actor.of(people.eve, people.actor("ana").via))
    with pytest.raises(ValidationError):
        nobody.clean(TWO_CONTACTS)
