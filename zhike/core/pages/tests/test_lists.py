"""The list of an entity."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhike.core import modules, writes
from zhike.core.actors import Actor
from zhike.core.list_choices import ListChoice
from zhike.core.modules import ModuleSwitch
from zhike.core.pages.tests.world import client_of, contact, customer, opportunity, text_of
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


def names(page: str) -> list[str]:
    """The titles of the rows, in order."""
    return re.findall(r'class="z-cell-name"><a data-drawer href="[^"]+">([^<]*)</a>', page)


def test_a_stranger_is_sent_to_sign_in_and_back(client: object, people: Cast) -> None:
    from django.test import Client

    answer = Client().get("/customers/?level=key")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fcustomers%2F%3Flevel%3Dkey"


def test_each_person_sees_the_rows_within_reach_and_no_others(people: Cast) -> None:
    customer(people.ana, "Ana's bank")
    customer(people.cyd, "Canary of cyd")
    assert names(text_of(client_of(people.ana).get("/customers/"))) == ["Ana&#x27;s bank"]
    assert "Canary of" not in text_of(client_of(people.ana).get("/customers/?q=Canary"))
    assert len(names(text_of(client_of(people.admin).get("/customers/")))) == 2


def test_who_may_not_view_gets_a_sentence(people: Cast) -> None:
    answer = client_of(people.eve).get("/customers/")
    assert answer.status_code == 403
    assert "An administrator can give you the right." in text_of(answer)


def test_a_module_that_is_off_has_no_pages(people: Cast) -> None:
    ModuleSwitch.objects.create(name="sales", is_on=False)
    from zhike.core import overlay

    overlay.bump()
    assert not modules.is_on("sales")
    client = client_of(people.admin)
    assert client.get("/opportunities/").status_code == 404
    assert client.get("/opportunities/new/").status_code == 404
    assert 'href="/opportunities/"' not in text_of(client.get("/customers/"))


def test_filters_of_the_address_become_chips_that_can_be_removed(people: Cast) -> None:
    customer(people.ana, "Key one", level="key")
    customer(people.ana, "Small one", level="small")
    page = text_of(client_of(people.ana).get("/customers/?level=key"))
    assert names(page) == ["Key one"]
    chips = re.search(r'<ul class="z-chips".*?</ul>', page, re.DOTALL)
    assert chips is not None
    assert "key account" in chips[0]


def test_a_bad_filter_shows_nothing_and_says_why(people: Cast) -> None:
    customer(people.ana)
    answer = client_of(people.ana).get("/customers/?owner__password=x")
    assert answer.status_code == 200
    assert names(text_of(answer)) == []
    assert 'class="z-notice is-amber"' in text_of(answer)


def test_a_damaged_place_in_the_list_gives_the_first_page_and_a_sentence(people: Cast) -> None:
    customer(people.ana)
    page = text_of(client_of(people.ana).get("/customers/?page=2&after=garbage"))
    assert names(page) == ["浦发银行"]
    assert 'class="z-notice is-amber"' in page


def test_htmx_gets_the_table_without_the_shell(people: Cast) -> None:
    customer(people.ana)
    answer = client_of(people.ana).get("/customers/", headers={"HX-Request": "true", "HX-Target": "div#list"})
    page = text_of(answer)
    assert names(page) == ["浦发银行"]
    assert "<html" not in page
    assert page.lstrip().startswith('<div class="z-stack is-tight" id="list"')


def test_the_number_of_statements_does_not_grow_with_the_rows(people: Cast) -> None:
    client = client_of(people.ana)
    first = customer(people.ana)
    opportunity(first)
    client.get("/opportunities/")
    with CaptureQueriesContext(connection) as few:
        client.get("/opportunities/")
    for number in range(15):
        opportunity(customer(people.ana, f"Customer {number}"), f"Deal {number}")
    with CaptureQueriesContext(connection) as many:
        client.get("/opportunities/")
    assert len(many) == len(few) <= 10


def test_a_column_names_people_without_link_and_records_with(people: Cast) -> None:
    opportunity(customer(people.ana))
    page = text_of(client_of(people.ana).get("/opportunities/"))
    row = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert row is not None
    assert re.search(r'<a href="/customers/\d+/">浦发银行</a>', row[1])
    assert "/users/" not in row[1]


def test_chosen_columns_are_remembered_for_the_person(people: Cast) -> None:
    customer(people.ana)
    client = client_of(people.ana)
    answer = client.post("/customers/columns/", {"column": ["founded_in", "level", "no_such"], "query": "level=key"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/customers/?level=key"
    heads = re.findall(r'data-column="(\w+)"', text_of(client.get("/customers/")))
    assert heads == ["name", "founded_in", "level"]
    assert re.findall(r'data-column="(\w+)"', text_of(client_of(people.ben).get("/customers/"))) != heads
    client.post("/customers/columns/", {"usual": "1"})
    assert ListChoice.objects.get(user=people.ana).columns == ""


def test_amounts_stand_in_ten_thousands_when_chosen(people: Cast) -> None:
    opportunity(customer(people.ana))
    client = client_of(people.ana)
    assert "125,000.00" in text_of(client.get("/opportunities/"))
    client.post("/opportunities/columns/", {"column": ["name", "amount"], "in_ten_thousands": "1"})
    page = text_of(client.get("/opportunities/"))
    assert ">12.50</td>" in page
    assert "10,000 CNY" in page


def test_totals_are_those_of_the_rows_within_reach(people: Cast) -> None:
    opportunity(customer(people.ana), amount="100.10")
    opportunity(customer(people.ana, "Second"), amount="200.20")
    opportunity(customer(people.cyd, "Foreign"), amount="5000")
    page = text_of(client_of(people.ana).get("/opportunities/?totals=1"))
    foot = re.search(r"<tfoot>(.*?)</tfoot>", page, re.DOTALL)
    assert foot is not None
    assert "300.30" in foot[1]


def test_the_filter_form_offers_what_is_declared_and_keeps_the_rest_of_the_query(people: Cast) -> None:
    page = text_of(client_of(people.ana).get("/customers/filters/?level=key&tab=mine&page=3"))
    assert 'name="founded_in.gte"' in page
    assert '<input type="hidden" name="tab" value="mine">' in page
    assert 'name="page"' not in page
    assert re.search(r'<option value="key" selected>', page)


def test_an_empty_list_says_what_to_do_first(people: Cast) -> None:
    page = text_of(client_of(people.ana).get("/customers/"))
    assert "No customers yet" in page
    assert 'href="/customers/new/"' in page
    filtered = text_of(client_of(people.ana).get("/customers/?level=key"))
    assert "No customers match" in filtered


def test_options_of_a_relation_are_only_what_the_person_sees(people: Cast) -> None:
    own = customer(people.ana, "Ana's bank")
    customer(people.cyd, "Canary of cyd")
    client = client_of(people.ana)
    assert text_of(client.get("/contacts/choices/customer/?q=")) == (
        f'<option value="{own.pk}" data-note="{own.number}">Ana&#x27;s bank</option>'
    )
    assert text_of(client.get("/contacts/choices/customer/?q=canary")) == ""
    assert client.get("/contacts/choices/password/").status_code == 404
    assert client.get("/customers/choices/name/").status_code == 404


def test_a_relation_is_found_by_pinyin(people: Cast) -> None:
    customer(people.ana, "浦发银行")
    assert "浦发银行" in text_of(client_of(people.ana).get("/contacts/choices/customer/?q=pfyh"))


def test_a_get_changes_nothing(people: Cast) -> None:
    from zhike.core.events.models import Event

    row = customer(people.ana)
    contact(row)
    before = (Event.objects.count(), Customer.objects.get(pk=row.pk).version)
    client = client_of(people.admin)
    for page in (
        "",
        "new/",
        "filters/",
        "columns/",
        "recycle-bin/",
        f"{row.pk}/",
        f"{row.pk}/edit/",
        f"{row.pk}/delete/",
        f"{row.pk}/transfer/",
    ):
        assert client.get(f"/customers/{page}").status_code == 200
    for page in (f"{row.pk}/restore/", f"{row.pk}/purge/", "bulk/delete/", "export/"):
        assert client.get(f"/customers/{page}").status_code == 405
    assert (Event.objects.count(), Customer.objects.get(pk=row.pk).version) == before


def test_the_list_of_what_is_deleted_is_the_recycle_bin_only(people: Cast) -> None:
    row = customer(people.ana)
    writes.delete(Actor.system(), row)
    client = client_of(people.admin)
    assert names(text_of(client.get("/customers/"))) == []
    assert "浦发银行" in text_of(client.get("/customers/recycle-bin/"))


def test_a_list_that_asks_other_records_shows_its_rows_first_and_is_counted_afterwards(people: Cast) -> None:
    opportunity(customer(people.ana, "With one"))
    customer(people.ana, "Without")
    client = client_of(people.admin)
    page = client.get("/customers/", {"condition": json.dumps({"none": {"path": "opportunities"}})})
    assert names(text_of(page)) == ["Without"]
    assert page.context["page"].total is None
    assert client.get(page.context["count_url"]).content == b"1"
    assert client_of(people.cyd).get(page.context["count_url"]).content == b"0"
