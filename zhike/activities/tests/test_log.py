"""Logging a follow-up from a record's page."""

from datetime import timedelta

import pytest
from django.test import Client

from zhike.activities.models import Activity, Comment, Task
from zhike.core import company
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def address(customer: Customer) -> str:
    return f"/activities/log/?about=customers:{customer.pk}"


def test_a_call_is_logged_with_its_kind_alone(people: Cast, customer: Customer) -> None:
    answer = signed_in(people.ana).post(address(customer), {"kind": "call"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/customers/{customer.pk}/"
    call = Activity.objects.get()
    assert (call.kind, call.is_done, call.owner_id, call.about) == (
        "call",
        True,
        people.ana.pk,
        f"customers:{customer.pk}",
    )
    assert call.subject.endswith(f"· {customer.name}")
    customer.refresh_from_db()
    assert customer.last_contact_at == call.starts_at


def test_a_next_step_with_a_quick_day_becomes_a_task_and_shows_on_the_customer(
    people: Cast, customer: Customer
) -> None:
    sent = {"kind": "visit", "content": "要报价", "next_step": "发报价单", "when": "3", "outcome": "interested"}
    assert signed_in(people.ana).post(address(customer), sent).status_code == 302
    task = Task.objects.get()
    in_three_days = company.today() + timedelta(days=3)
    assert (task.name, task.due_on, task.owner_id, task.about) == (
        "发报价单", in_three_days, people.ana.pk, f"customers:{customer.pk}",
    )  # fmt: skip
    assert Activity.objects.get().follow_up_id == task.pk
    customer.refresh_from_db()
    assert customer.next_step_on == in_three_days


def test_next_monday_is_never_today(people: Cast, customer: Customer) -> None:
    signed_in(people.ana).post(address(customer), {"kind": "call", "next_step": "再打", "when": "monday"})
    day = Task.objects.get().due_on
    assert day is not None
    assert day.weekday() == 0
    assert day > company.today()


def test_htmx_gets_a_word_that_things_changed_and_an_empty_comment_is_asked_for_its_text(
    people: Cast, customer: Customer
) -> None:
    ana = signed_in(people.ana)
    answer = ana.post(address(customer), {"kind": "note", "content": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "zhike:changed" in answer.headers["HX-Trigger"]
    refused = ana.post(address(customer), {"kind": "comment", "content": " "}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "z-composer" in refused.content.decode()
    assert not Comment.objects.exists()


def test_a_stranger_logs_nothing_on_a_record_he_does_not_reach(people: Cast, customer: Customer) -> None:
    cyd = signed_in(people.cyd)
    assert cyd.post(address(customer), {"kind": "call"}).status_code == 404
    assert cyd.get(address(customer)).status_code == 404
    assert signed_in(people.eve).post(address(customer), {"kind": "call"}).status_code in (403, 404)
    assert not Activity.objects.exists()


def test_a_wrong_kind_is_refused_and_what_was_typed_stays(people: Cast, customer: Customer) -> None:
    answer = signed_in(people.ana).post(address(customer), {"kind": "telepathy", "content": "keep me"})
    assert answer.status_code == 422
    assert "keep me" in answer.content.decode()


def test_the_composer_works_as_a_page_of_its_own(people: Cast, customer: Customer) -> None:
    page = signed_in(people.ana).get(address(customer)).content.decode()
    assert 'value="call"' in page
    assert customer.name in page


def test_a_note_is_no_contact(people: Cast, customer: Customer) -> None:
    signed_in(people.ana).post(address(customer), {"kind": "note", "content": "thought about them"})
    customer.refresh_from_db()
    assert customer.last_contact_at is None


def test_the_customers_page_shows_composer_and_the_newest_five(people: Cast, customer: Customer) -> None:
    ana = signed_in(people.ana)
    for number in range(6):
        ana.post(address(customer), {"kind": "call", "content": f"said-{number}"})
    page = ana.get(f"/customers/{customer.pk}/", headers={"X-Zhike-Drawer": "1"}).content.decode()
    assert "z-composer" in page
    assert [number for number in range(6) if f"said-{number}" in page] == [1, 2, 3, 4, 5]
