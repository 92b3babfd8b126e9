"""Watching through the API: asked, begun and ended, as often as one likes, of records that one reaches."""

from typing import Any

import pytest
from django.test import Client

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.watching.actions import watchers
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast, give_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def watch(person: Any, method: str, pk: int, *, read_only: bool = False, slug: str = "customers") -> tuple[int, Any]:
    token = {"Authorization": f"Bearer {give_token(person, read_only=read_only).text}"}
    answer = Client().generic(method, f"/api/v1/{slug}/{pk}/watch", headers=token)
    return answer.status_code, answer.json().get("watching")


def test_watching_is_asked_begun_and_ended_and_twice_is_once(people: Cast) -> None:
    row = writes.create(Actor.system(), Customer(name="浦发银行", owner=people.ana))
    asked = [watch(people.ana, method, row.pk) for method in ("GET", "PUT", "PUT", "GET", "DELETE", "DELETE", "GET")]
    told = [False, True, True, True, False, False, False]
    assert asked == [(200, is_on) for is_on in told]
    assert watch(people.admin, "PUT", row.pk) == (200, True)
    assert watch(people.ana, "GET", row.pk) == (200, False)
    assert watchers(f"customers:{row.pk}") == [people.admin.pk]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_record_out_of_reach_is_not_there(people: Cast, method: str) -> None:
    row = writes.create(Actor.system(), Customer(name="浦发银行", owner=people.ana))
    assert watch(people.cyd, method, row.pk)[0] == 404
    assert watch(people.eve, method, row.pk)[0] in (401, 403)
    assert watch(people.ana, method, 2**63 - 1)[0] == 404
    assert watchers(f"customers:{row.pk}") == []


def test_a_token_that_only_reads_begins_nothing(people: Cast) -> None:
    row = writes.create(Actor.system(), Customer(name="浦发银行", owner=people.ana))
    assert watch(people.ana, "PUT", row.pk, read_only=True)[0] == 401
    assert watch(people.ana, "GET", row.pk, read_only=True) == (200, False)


def test_what_cannot_be_watched_has_no_such_address(people: Cast) -> None:
    assert watch(people.admin, "PUT", 1, slug="users")[0] == 404
