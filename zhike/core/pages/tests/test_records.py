"""A record's page, its history, and who sees it."""

import re

import pytest

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.events.models import Event
from zhike.core.pages.tests.world import client_of, contact, customer, opportunity, text_of
from zhike.core.scoping import team
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, RoleFactory, give_role

pytestmark = pytest.mark.django_db


def test_an_unreachable_record_is_not_found_on_every_page_of_it(people: Cast) -> None:
    row = customer(people.cyd, "Canary of cyd")
    client = client_of(people.ana)
    for page in ("", "edit/", "history/", "access/", "transfer/", "share/"):
        answer = client.get(f"/customers/{row.pk}/{page}")
        assert answer.status_code == 404
        assert "Canary" not in text_of(answer)


def test_a_record_seen_without_the_right_to_a_step_is_refused_with_a_sentence(people: Cast) -> None:
    row = customer(people.ana)
    answer = client_of(people.ana).get(f"/customers/{row.pk}/delete/")
    assert answer.status_code == 403
    assert "Your roles do not include this for customers" in text_of(answer)


def test_an_id_beyond_the_database_is_not_found(people: Cast) -> None:
    assert client_of(people.ana).get(f"/customers/{10**30}/").status_code == 404


def test_the_page_shows_facts_panels_and_only_the_verbs_one_may_do(people: Cast) -> None:
    row = customer(people.ana, phone="021-61618888")
    contact(row, "王芳")
    page = text_of(client_of(people.ana).get(f"/customers/{row.pk}/"))
    assert "王芳" in page
    assert 'data-copy="021-61618888"' in page
    assert f'href="/customers/{row.pk}/share/"' in page
    assert f'href="/customers/{row.pk}/transfer/"' not in page
    assert f'href="/customers/{row.pk}/delete/"' not in page
    full = text_of(client_of(people.admin).get(f"/customers/{row.pk}/"))
    assert f'href="/customers/{row.pk}/transfer/"' in full
    assert f'href="/customers/{row.pk}/delete/"' in full


def test_one_verb_is_primary_and_those_that_do_not_fit_are_absent(people: Cast) -> None:
    row = opportunity(customer(people.ana))
    page = text_of(client_of(people.ana).get(f"/opportunities/{row.pk}/"))
    head = re.search(r'<div class="z-record__verbs">.*?</header>', page, re.DOTALL)
    assert head is not None
    assert len(re.findall("btn-primary", head[0])) == 1
    assert f'href="/opportunities/{row.pk}/win/"' in head[0]
    assert f'href="/opportunities/{row.pk}/reopen/"' not in head[0]


def test_a_panel_shows_only_rows_within_reach(people: Cast) -> None:
    row = customer(people.ana)
    opportunity(row, "Own deal")
    foreign = opportunity(row, "Canary deal")
    type(foreign).objects.filter(pk=foreign.pk).update(owner=people.cyd, department=people.elsewhere)
    page = text_of(client_of(people.ana).get(f"/customers/{row.pk}/"))
    assert "Own deal" in page
    assert "Canary deal" not in page


def test_the_drawer_gets_the_record_without_the_shell(people: Cast) -> None:
    row = customer(people.ana)
    page = text_of(
        client_of(people.ana).get(f"/customers/{row.pk}/", headers={"HX-Request": "true", "X-Zhike-Drawer": "1"})
    )
    assert page.lstrip().startswith("<article")
    assert "<html" not in page


def test_a_masked_field_shows_masked_on_page_list_and_history(people: Cast) -> None:
    row = customer(people.ana, phone="13800138000")
    row.phone = "13900139000"
    writes.save(Actor.system(), row)
    role = RoleFactory.create(
        grants={"customers": {"view": "all", "edit": "all"}}, fields={"customers": {"phone": "masked"}}
    )
    give_role(people.eve, role)
    people.eve.kind = "staff"
    people.eve.save()
    from zhike.core import overlay

    overlay.bump()
    client = client_of(people.eve)
    for address in (
        f"/customers/{row.pk}/",
        f"/customers/{row.pk}/history/",
        "/customers/",
        f"/customers/{row.pk}/edit/",
    ):
        page = text_of(client.get(address))
        assert "139 0013 9000" not in page
        assert "13900139000" not in page.replace(" ", "")
        assert "****" in page
    assert 'name="phone"' not in text_of(client.get(f"/customers/{row.pk}/edit/"))


def test_a_hidden_field_is_nowhere(people: Cast) -> None:
    row = customer(people.ana, description="canary text", phone="13800138000")
    role = RoleFactory.create(
        grants={"customers": {"view": "all", "edit": "all"}},
        fields={"customers": {"description": "hidden", "phone": "hidden"}},
    )
    give_role(people.eve, role)
    people.eve.kind = "staff"
    people.eve.save()
    from zhike.core import overlay

    overlay.bump()
    client = client_of(people.eve)
    for address in (
        f"/customers/{row.pk}/",
        f"/customers/{row.pk}/history/",
        "/customers/",
        f"/customers/{row.pk}/edit/",
    ):
        page = text_of(client.get(address))
        assert "canary" not in page
        assert "8000" not in page


def test_history_names_what_changed_in_words(people: Cast) -> None:
    row = customer(people.ana, level="key")
    row.level = "small"
    writes.save(people.actor("ana"), row, action="edit")
    page = text_of(client_of(people.ana).get(f"/customers/{row.pk}/history/"))
    assert "<del>key account</del> → <ins>small</ins>" in page
    assert "Ana" in page


def test_history_shows_a_figure_as_its_field_does(people: Cast) -> None:
    row = opportunity(customer(people.ana), amount="1200")
    row.probability, row.amount = 50, 1300
    writes.save(people.actor("ana"), row, action="edit")
    page = text_of(client_of(people.ana).get(f"/opportunities/{row.pk}/history/"))
    assert "<del>10%</del> → <ins>50%</ins>" in page
    assert "1,300.00</ins>" in page


def test_history_does_not_name_records_out_of_reach(people: Cast) -> None:
    secret = customer(people.cyd, "Canary of cyd")
    row = customer(people.ana)
    row.parent = secret
    writes.save(Actor.system(), row)
    row.parent = None
    writes.save(Actor.system(), row)
    page = text_of(client_of(people.ana).get(f"/customers/{row.pk}/history/"))
    assert "a record you do not see" in page
    assert "Canary" not in page


def test_who_sees_a_record_is_told_with_reasons(people: Cast) -> None:
    row = customer(people.ana)
    team.grant("customers", [(row.pk, people.cyd.pk)], reason="manual")
    page = text_of(client_of(people.ana).get(f"/customers/{row.pk}/access/"))
    rows = dict(re.findall(r'class="z-cell-name">(\w+)</th>.*?data-label="Why">([^<]*)<', page, re.DOTALL))
    assert rows["Ana"] == "Owns it"
    assert rows["Cyd"].startswith("It was shared with this person")
    assert "everything of this kind" in rows["Admin"]
    assert "Eve" not in rows
    assert "Ben" not in rows


def test_who_sees_a_record_agrees_with_who_reaches_it(people: Cast) -> None:
    from zhike.core.entities import registry
    from zhike.core.pages.access_page import viewers_of
    from zhike.customers.models import Customer

    for row in (customer(people.ana), customer(people.cyd, "Other"), contact(customer(people.ben, "Third"))):
        told = {viewer.name for viewer in viewers_of(registry.of(row), row)}
        reached = {
            str(person)
            for person in (people.ana, people.ben, people.cyd, people.dan, people.eve, people.admin)
            if type(row).objects.visible_to(Actor.of(person, people.actor("ana").via)).filter(pk=row.pk).exists()
        }
        assert told == reached
    assert Customer.objects.count() == 3


def test_from_a_list_one_walks_to_the_next_record(people: Cast) -> None:
    for name in ("C", "B", "A"):
        customer(people.ana, name)
    client = client_of(people.ana)
    from zhike.customers.models import Customer

    b = Customer.objects.get(name="B")
    page = text_of(client.get(f"/customers/{b.pk}/", headers={"Referer": "http://testserver/customers/?sort=name"}))
    a, c = Customer.objects.get(name="A"), Customer.objects.get(name="C")
    assert re.search(rf'href="/customers/{a.pk}/\?in=sort%3Dname" rel="prev"', page)
    assert re.search(rf'href="/customers/{c.pk}/\?in=sort%3Dname" rel="next"', page)
    assert 'rel="next"' not in text_of(client.get(f"/customers/{b.pk}/"))


def test_an_administrator_forgets_a_record_with_its_history(people: Cast) -> None:
    row = customer(people.ana, name="被遗忘权公司")
    writes.delete(people.actor("admin"), row)
    answer = client_of(people.admin).post(f"/customers/{row.pk}/purge/", {"forget": "1"})
    assert answer.status_code == 302
    assert not Customer.objects.filter(pk=row.pk).exists()
    assert not any(event.changes for event in Event.objects.filter(entity="customers", record_id=row.pk))
