"""Values edited where they stand: the field's own input, saved under the record's version, and shown again as before."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhike.core import overlay, writes
from zhike.core.actors import Actor, Via
from zhike.core.pages.tests.world import client_of, contact, customer, opportunity, text_of
from zhike.customers.models import Customer, Lead
from zhike.identity.factories import Cast
from zhike.identity.models import Role
from zhike.sales.models import Stage

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def ask(client: Client, row: Customer, name: str) -> Any:
    return client.get(f"/customers/{row.pk}/inline/{name}/?in=cell", headers=HTMX)


def save(client: Client, row: Customer, name: str, value: str, version: int | None = None) -> Any:
    given = {name: value, "version": str(row.version if version is None else version)}
    return client.post(f"/customers/{row.pk}/inline/{name}/?in=cell", given, headers=HTMX)


def test_a_cell_turns_into_the_input_of_its_field_alone(people: Cast) -> None:
    row = customer(people.ana, phone="021-61618888")
    page = text_of(ask(client_of(people.ana), row, "phone"))
    assert 'name="phone" value="021-61618888"' in page
    assert 'name="name"' not in page
    assert f'name="version" value="{row.version}"' in page


def test_saving_answers_with_the_value_as_the_list_shows_it(people: Cast) -> None:
    row = customer(people.ana, phone="021-61618888")
    answer = save(client_of(people.ana), row, "phone", "021-50001000")
    assert answer.status_code == 200
    row_now = text_of(answer)
    assert row_now.startswith(f'<template data-inline-row="{row.pk}"><tr>')
    assert '<span class="z-copy"><a class="z-number" href="tel:02150001000">' in row_now
    row.refresh_from_db()
    assert row.phone == "021-50001000"


def test_an_amount_keeps_its_currency_beside_it(people: Cast) -> None:
    row = opportunity(customer(people.ana))
    client = client_of(people.ana)
    page = text_of(client.get(f"/opportunities/{row.pk}/inline/amount/", headers=HTMX))
    assert 'name="amount_currency"' in page
    answer = client.post(
        f"/opportunities/{row.pk}/inline/amount/",
        {"amount": "1,500", "amount_currency": "CNY", "version": row.version},
        headers=HTMX,
    )
    assert "1,500.00" in text_of(answer)


def in_list(client: Client, row: Any, name: str, value: Any, asked: str) -> str:
    """The row that a list with this question is answered after one of its cells was saved."""
    query = urlencode({"in": "cell", "list": asked})
    address = f"/opportunities/{row.pk}/inline/{name}/?{query}"
    answer = client.post(address, {name: str(value), "version": str(row.version)}, headers=HTMX)
    assert answer.status_code == 200
    return text_of(answer)


def test_a_cell_brings_the_whole_row_as_the_list_shows_it_with_what_else_changed(people: Cast) -> None:
    row = opportunity(customer(people.ana))
    target = Stage.objects.filter(status="open").order_by("position")[1]
    shown = in_list(client_of(people.ana), row, "stage", target.pk, "columns=name,stage,probability,status&q=")
    assert 'data-label="Stage"' in shown
    assert target.name in shown
    assert f"{target.probability}%</td>" in shown
    assert 'name="row"' in shown  # with its box, so that cells stand below their heads
    assert "no longer in this list" not in shown
    assert "data-stale" not in shown


def test_a_row_that_leaves_its_list_by_an_edit_says_so_and_so_do_order_and_totals(people: Cast) -> None:
    row = opportunity(customer(people.ana), amount="10")
    first, second = Stage.objects.filter(status="open").order_by("position")[:2]
    client = client_of(people.ana)
    asked = f"columns=name,amount,stage&stage={first.pk}"
    shown = in_list(client, row, "amount", "20", asked)
    assert "data-stale" not in shown
    assert "no longer in this list" not in shown
    for more in ("totals=1", "sort=-amount"):
        row.refresh_from_db()
        assert "data-stale" in in_list(client, row, "amount", row.amount + 1, f"{asked}&{more}")
    row.refresh_from_db()
    shown = in_list(client, row, "stage", second.pk, asked)
    assert '<span class="z-row-note">no longer in this list</span>' in shown
    assert "data-stale" in shown


def test_a_row_is_read_for_itself_and_not_with_its_list(people: Cast) -> None:
    of = customer(people.ana)
    rows = [opportunity(of, f"Deal {number}") for number in range(12)]
    client = client_of(people.ana)
    with CaptureQueriesContext(connection) as caught:
        in_list(client, rows[0], "amount", "20", "columns=name,customer,stage,amount,owner&sort=name&totals=1")
    assert not [each for each in caught if "SUM(" in each["sql"] or "LIMIT 51" in each["sql"]]
    assert len(caught) <= 40


def test_a_record_that_stays_as_it_is_offers_no_edit(people: Cast) -> None:
    ana = people.actor("ana")
    lead = writes.create(ana, Lead(name="王芳", company_name="远大", owner=people.ana))
    client = client_of(people.ana)
    edit = f'href="/leads/{lead.pk}/edit/"'
    assert edit in text_of(client.get(f"/leads/{lead.pk}/"))
    Lead.objects.filter(pk=lead.pk).update(status=Lead.Status.CONVERTED)
    page = text_of(client.get(f"/leads/{lead.pk}/"))
    assert edit not in page
    assert "data-inline=" not in page
    answer = client.get(f"/leads/{lead.pk}/inline/phone/?in=cell", headers=HTMX)
    assert answer.status_code == 409
    assert "cannot be changed" in text_of(answer)
    assert 'name="phone"' not in text_of(answer)


def test_a_mistake_is_said_beside_the_field_and_nothing_is_lost(people: Cast) -> None:
    row = customer(people.ana, employees=10)
    answer = save(client_of(people.ana), row, "employees", "many")
    assert answer.status_code == 422
    assert 'value="many"' in text_of(answer)
    assert 'role="alert"' in text_of(answer)
    row.refresh_from_db()
    assert row.employees == 10


def test_a_conflict_shows_what_the_other_wrote_and_saving_again_is_meant(people: Cast) -> None:
    row = customer(people.ana, phone="021-61618888")
    version = row.version
    row.phone = "021-11112222"
    writes.save(Actor.system(Via.SHELL), row)
    client = client_of(people.ana)
    answer = save(client, row, "phone", "021-33334444", version)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "021-11112222" in page
    assert 'value="021-33334444"' in page
    assert f'name="version" value="{row.version}"' in page
    assert save(client, row, "phone", "021-33334444", row.version).status_code == 200
    row.refresh_from_db()
    assert row.phone == "021-33334444"


def test_two_people_who_edit_different_cells_both_win(people: Cast) -> None:
    row = customer(people.ana, phone="021-61618888")
    version = row.version
    assert save(client_of(people.dan), row, "fax", "021-5").status_code == 200
    assert save(client_of(people.ana), row, "phone", "021-33334444", version).status_code == 200
    row.refresh_from_db()
    assert (row.fax, row.phone) == ("021-5", "021-33334444")


@pytest.mark.parametrize("mode", ["hidden", "masked", "read_only"])
def test_a_field_that_is_not_the_readers_to_write_has_no_input(people: Cast, mode: str) -> None:
    row = customer(people.ana, phone="021-61618888")
    Role.objects.update(fields={"customers": {"phone": mode}})
    overlay.bump()
    client = client_of(people.ana)
    assert ask(client, row, "phone").status_code == 404
    assert save(client, row, "phone", "1").status_code == 404
    head = text_of(client.get("/customers/?columns=name,phone,level"))
    assert 'data-column="level" data-editable' in head
    assert 'data-column="phone" data-editable' not in head
    row.refresh_from_db()
    assert row.phone == "021-61618888"


def test_a_stranger_gets_no_input_and_writes_nothing(people: Cast) -> None:
    row = customer(people.ana, "Canary", phone="021-61618888")
    client = client_of(people.cyd)
    for answer in (ask(client, row, "phone"), save(client, row, "phone", "1")):
        assert answer.status_code == 404
        assert "Canary" not in text_of(answer)
    row.refresh_from_db()
    assert row.phone == "021-61618888"


def test_a_computed_field_and_one_that_is_not_there_have_no_input(people: Cast) -> None:
    row = customer(people.ana)
    client = client_of(people.ana)
    for name in ("created_at", "updated_at", "nonsense"):
        assert ask(client, row, name).status_code == 404


def test_without_script_the_address_leads_to_the_form(people: Cast) -> None:
    row = customer(people.ana)
    answer = client_of(people.ana).get(f"/customers/{row.pk}/inline/phone/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/customers/{row.pk}/edit/#id_phone"


def test_the_facts_of_a_record_lead_to_their_inputs_for_who_may_write(people: Cast) -> None:
    row = customer(people.ana, phone="021-61618888")
    page = text_of(client_of(people.ana).get(f"/customers/{row.pk}/"))
    assert f'data-inline="/customers/{row.pk}/inline/phone/"' in page
    Role.objects.update(fields={"customers": {"phone": "read_only"}})
    overlay.bump()
    page = text_of(client_of(people.ana).get(f"/customers/{row.pk}/"))
    assert f'data-inline="/customers/{row.pk}/inline/phone/"' not in page
    assert "021-61618888" in page


def test_the_drawer_reads_only_the_part_behind_the_chosen_tab(people: Cast) -> None:
    row = customer(people.ana, phone="021-61618888")
    contact(row, "王芳")
    client = client_of(people.ana)
    drawer = {"HX-Request": "true", "X-Zhike-Drawer": "1"}
    facts = text_of(client.get(f"/customers/{row.pk}/", headers=drawer))
    assert "021-61618888" in facts
    assert "王芳" not in facts
    assert f'hx-get="/customers/{row.pk}/?tab=contacts"' in facts
    people_there = text_of(client.get(f"/customers/{row.pk}/?tab=contacts", headers=drawer))
    assert "王芳" in people_there
    assert 'aria-current="page">Contacts<' in people_there
    past = text_of(client.get(f"/customers/{row.pk}/?tab=history", headers=drawer))
    assert "Newest changes" in past
    assert client.get(f"/customers/{row.pk}/?tab=nonsense", headers=drawer).status_code == 404


def test_a_part_of_the_page_that_is_read_late_comes_alone(people: Cast) -> None:
    row = customer(people.ana)
    contact(row, "王芳")
    late = {"HX-Request": "true", "HX-Target": "section#panel-contacts-body"}
    part = text_of(client_of(people.ana).get(f"/customers/{row.pk}/?tab=contacts", headers=late))
    assert "王芳" in part
    assert "<article" not in part


def test_the_drawer_costs_few_statements_however_much_hangs_on_the_record(people: Cast) -> None:
    row = customer(people.ana)
    client = client_of(people.ana)
    drawer = {"HX-Request": "true", "X-Zhike-Drawer": "1"}

    def count() -> int:
        client.get(f"/customers/{row.pk}/", headers=drawer)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/customers/{row.pk}/", headers=drawer).status_code == 200
        return len(caught)

    bare = count()
    for number in range(6):
        contact(row, f"Contact {number}")
        opportunity(row, f"Deal {number}")
    assert count() == bare
    assert bare <= 16
