"""Saved views through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from zhike.core.entities import registry
from zhike.core.pages.tests.world import customer
from zhike.core.saved_views import actions
from zhike.identity.factories import Cast, cast, give_token

pytestmark = pytest.mark.django_db
Ask = Callable[[str, str], Any]


@pytest.fixture
def people(db: None) -> Cast:
    people = cast()
    customer(people.ana, "Key of ana", level="key")
    customer(people.ana, "Small of ana", level="small")
    customer(people.ben, "Key of ben", level="key")
    return people


@pytest.fixture
def ask(people: Cast) -> Ask:
    def get(who: str, path: str) -> Any:
        token = give_token(getattr(people, who)).text
        return Client().get(f"/api/v1/customers{path}", headers={"Authorization": f"Bearer {token}"})

    return get


@pytest.fixture
def view(people: Cast) -> str:
    state = {"condition": {"field": "level", "op": "eq", "value": "key"}, "sort": "-name", "columns": "name,level"}
    entity = registry.get("customers")
    row = actions.create_view(people.actor("ana"), entity, name="Key", state=state, shared="department")
    return str(row.pk)


def names(answer: Any) -> list[str]:
    return [item["name"] for item in answer.json()["items"]]


def test_a_view_filters_sorts_and_chooses_the_fields_with_the_callers_rights(ask: Ask, view: str) -> None:
    answer = ask("ana", f"?view={view}")
    assert names(answer) == ["Key of ana"]
    assert set(answer.json()["items"][0]) == {"id", "version", "name", "level"}
    assert names(ask("ben", f"?view={view}")) == ["Key of ben"]


def test_a_filter_narrows_the_view(ask: Ask, view: str) -> None:
    assert names(ask("ana", f'?view={view}&filter={{"field":"name","op":"contains","value":"Small"}}')) == []


def test_a_view_one_does_not_find_is_refused_with_a_sentence(ask: Ask, view: str) -> None:
    for asked in (view, "987654321", "no-such"):
        assert ask("cyd", f"?view={asked}").status_code == 422


def test_the_views_are_listed_for_who_finds_them(ask: Ask, view: str) -> None:
    found = [each for each in ask("ben", "/views").json()["items"] if each["view"] == view]
    assert found[0]["filter"] == {"field": "level", "op": "eq", "value": "key"}
    assert (found[0]["name"], found[0]["fields"], found[0]["order"]) == ("Key", ["name", "level"], "-name")
    assert view not in [each["view"] for each in ask("cyd", "/views").json()["items"]]
