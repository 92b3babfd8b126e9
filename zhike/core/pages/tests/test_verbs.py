"""Verbs of one record and of many, deletion and the recycle bin."""

import re

import pytest

from zhike.core.events.models import Event
from zhike.core.pages.tests.world import client_of, contact, customer, opportunity, text_of
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db


def test_a_verb_asks_and_then_does_it(people: Cast) -> None:
    row = opportunity(customer(people.ana))
    client = client_of(people.ana)
    page = text_of(client.get(f"/opportunities/{row.pk}/win/"))
    assert 'name="closed_on"' in page
    answer = client.post(f"/opportunities/{row.pk}/win/", {"closed_on": "2026-01-31", "amount": "99.50"})
    assert answer.status_code == 302, text_of(answer)
    assert Opportunity.objects.get(pk=row.pk).status == "won"


def test_a_broken_rule_is_said_in_place_and_keeps_the_input(people: Cast) -> None:
    row = opportunity(customer(people.ana))
    client = client_of(people.ana)
    client.post(f"/opportunities/{row.pk}/win/", {"closed_on": "2026-01-31"})
    answer = client.post(f"/opportunities/{row.pk}/lose/", {"lost_reason": "price", "lost_note": "too dear"})
    assert answer.status_code == 409
    assert "is closed already" in text_of(answer)
    assert "too dear" in text_of(answer)


def test_a_malformed_answer_is_422(people: Cast) -> None:
    row = opportunity(customer(people.ana))
    answer = client_of(people.ana).post(f"/opportunities/{row.pk}/lose/", {"lost_reason": "no such reason"})
    assert answer.status_code == 422
    assert Opportunity.objects.get(pk=row.pk).status == "open"


def test_who_gives_a_record_away_is_led_to_the_list(people: Cast) -> None:
    row = customer(people.ana)
    answer = client_of(people.dan).post(f"/customers/{row.pk}/transfer/", {"owner": people.cyd.pk})
    assert answer.status_code == 302, text_of(answer)
    assert answer.headers["Location"] == "/customers/"
    assert Customer.objects.get(pk=row.pk).owner == people.cyd


def test_a_bulk_verb_shows_first_what_it_will_do(people: Cast) -> None:
    rows = [customer(people.ana, f"Customer {number}") for number in range(3)]
    client = client_of(people.admin)
    page = text_of(client.post("/customers/bulk/transfer/", {"row": [row.pk for row in rows]}))
    assert "3 records" in page
    assert 'name="owner"' in page
    assert Customer.objects.filter(owner=people.ana).count() == 3
    client.post("/customers/bulk/transfer/", {"row": [row.pk for row in rows], "go": "1", "owner": people.ben.pk})
    assert Customer.objects.filter(owner=people.ben).count() == 3
    assert Event.objects.filter(verb="transfer").values("batch_id").distinct().count() == 1


def test_all_that_match_are_meant_when_it_is_said(people: Cast) -> None:
    for number in range(4):
        customer(people.ana, f"Customer {number}", level="key" if number else "small")
    client = client_of(people.admin)
    answer = client.post("/customers/bulk/delete/", {"matching": "1", "query": "level=key", "go": "1"})
    assert answer.status_code == 302, text_of(answer)
    assert list(Customer.objects.filter(deleted_at=None).values_list("level", flat=True)) == ["small"]


def test_a_bad_query_of_matching_rows_touches_none(people: Cast) -> None:
    customer(people.ana)
    answer = client_of(people.admin).post(
        "/customers/bulk/delete/", {"matching": "1", "query": "nonsense=1", "go": "1"}
    )
    assert answer.status_code == 422
    assert Customer.objects.filter(deleted_at=None).count() == 1


def test_bulk_does_what_it_may_and_tells_what_was_left(people: Cast) -> None:
    free = customer(people.ana, "Free")
    needed = customer(people.ana, "Needed")
    opportunity(needed)
    answer = client_of(people.admin).post("/customers/bulk/delete/", {"row": [free.pk, needed.pk], "go": "1"})
    page = text_of(answer)
    assert "Needed" in page
    assert "is needed by others" in page
    assert set(Customer.objects.filter(deleted_at=None).values_list("name", flat=True)) == {"Needed"}


def test_bulk_never_reaches_foreign_rows(people: Cast) -> None:
    foreign = customer(people.cyd, "Canary of cyd")
    page = text_of(client_of(people.dan).post("/customers/bulk/delete/", {"row": [foreign.pk], "go": "1"}))
    assert "Canary" not in page
    assert Customer.objects.get(pk=foreign.pk).deleted_at is None


def test_bulk_without_the_right_is_refused_and_an_unknown_verb_not_found(people: Cast) -> None:
    row = customer(people.ana)
    assert client_of(people.ana).post("/customers/bulk/delete/", {"row": row.pk, "go": "1"}).status_code == 403
    assert client_of(people.ana).post("/customers/bulk/explode/", {"row": row.pk}).status_code == 404
    assert Customer.objects.get(pk=row.pk).deleted_at is None


def test_no_selected_row_is_said_in_a_sentence(people: Cast) -> None:
    answer = client_of(people.admin).post("/customers/bulk/delete/", {"go": "1"})
    assert answer.status_code == 422
    assert "No row is selected." in text_of(answer)


def test_deleting_tells_what_goes_along_and_restoring_brings_it_back(people: Cast) -> None:
    row = customer(people.ana)
    contact(row)
    client = client_of(people.admin)
    assert "1 contact" in text_of(client.get(f"/customers/{row.pk}/delete/"))
    assert client.post(f"/customers/{row.pk}/delete/").status_code == 302
    assert Contact.objects.filter(deleted_at=None).count() == 0
    assert client.get(f"/customers/{row.pk}/").status_code == 404
    answer = client.post(f"/customers/{row.pk}/restore/")
    assert answer.headers["Location"] == f"/customers/{row.pk}/"
    assert Contact.objects.filter(deleted_at=None).count() == 1


def test_what_others_need_is_named_and_not_deleted(people: Cast) -> None:
    row = customer(people.ana)
    opportunity(row, "Data warehouse")
    client = client_of(people.admin)
    page = text_of(client.get(f"/customers/{row.pk}/delete/"))
    assert "Data warehouse" in page
    assert "btn-danger" not in page
    answer = client.post(f"/customers/{row.pk}/delete/")
    assert answer.status_code == 409
    assert Customer.objects.get(pk=row.pk).deleted_at is None


def test_what_others_need_is_not_named_to_those_who_do_not_see_it(people: Cast) -> None:
    row = customer(people.ana)
    foreign = opportunity(row, "Canary deal")
    Opportunity.objects.filter(pk=foreign.pk).update(owner=people.cyd, department=people.elsewhere)
    for answer in (
        client_of(people.dan).get(f"/customers/{row.pk}/delete/"),
        client_of(people.dan).post(f"/customers/{row.pk}/delete/"),
    ):
        assert "Canary" not in text_of(answer)
        assert "a record you do not see" in text_of(answer)


def test_only_who_may_empties_the_recycle_bin(people: Cast) -> None:
    row = customer(people.ana)
    client_of(people.dan).post(f"/customers/{row.pk}/delete/")
    assert client_of(people.dan).post(f"/customers/{row.pk}/purge/").status_code == 403
    assert client_of(people.cyd).post(f"/customers/{row.pk}/purge/").status_code in (403, 404)
    assert Customer.objects.filter(pk=row.pk).exists()
    client_of(people.admin).post(f"/customers/{row.pk}/purge/")
    assert not Customer.objects.filter(pk=row.pk).exists()


def test_a_live_record_can_not_be_purged(people: Cast) -> None:
    row = customer(people.ana)
    assert client_of(people.admin).post(f"/customers/{row.pk}/purge/").status_code == 404
    assert Customer.objects.filter(pk=row.pk).exists()


def test_the_recycle_bin_shows_what_this_person_could_delete(people: Cast) -> None:
    own, foreign = customer(people.ana, "Ana's"), customer(people.cyd, "Canary of cyd")
    for row in (own, foreign):
        client_of(people.admin).post(f"/customers/{row.pk}/delete/")
    page = text_of(client_of(people.dan).get("/customers/recycle-bin/"))
    assert re.findall(r'class="z-cell-name">([^<]+)</th>', page)[1:] == ["Ana&#x27;s"]
    assert client_of(people.ana).get("/customers/recycle-bin/").status_code == 403


def test_a_list_is_exported_as_seen_and_only_with_the_right(people: Cast) -> None:
    customer(people.ana, "Ana's bank", level="key")
    customer(people.ana, "Small shop", level="small")
    customer(people.cyd, "Canary of cyd")
    answer = client_of(people.dan).post("/customers/export/", {"query": "level=key", "format": "csv"})
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Ana's bank" in body
    assert "Small shop" not in body
    assert "Canary" not in body
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client_of(people.ana).post("/customers/export/", {"format": "csv"}).status_code == 403
