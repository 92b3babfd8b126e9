"""The timeline of a record: everything on it, in order, of what the reader reaches, twenty at a time."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhike.activities.models import Activity, Comment, Task
from zhike.core import timeline, writes
from zhike.core.entities import registry
from zhike.core.pages.reading import Reader
from zhike.core.record_keys import key_of
from zhike.core.scoping import team
from zhike.core.timeline import Subject
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast
from zhike.sales.actions import move_opportunity
from zhike.sales.models import Opportunity, Stage

pytestmark = pytest.mark.django_db


def page(user: Any, address: str, **headers: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def address(row: Any, more: str = "") -> str:
    return f"/activities/timeline/?about={key_of(row)}{more}"


def test_it_holds_what_happened_to_the_customer_its_contacts_and_opportunities(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    ana = people.actor("ana")
    writes.create(ana, Activity(about=key_of(contact), content="heard-on-the-phone"))
    opportunity = writes.create(ana, Opportunity(name="big-deal", customer=customer, owner=people.ana))
    writes.create(ana, Comment(about=key_of(opportunity), text="look-at-this"))
    writes.create(ana, Task(about=key_of(customer), name="send-papers"))
    text = page(people.ana, address(customer))
    for word in ("heard-on-the-phone", "look-at-this", "send-papers", "big-deal", contact.name):
        assert word in text, word
    only_tasks = page(people.ana, address(customer, "&show=tasks"))
    assert "send-papers" in only_tasks
    assert "look-at-this" not in only_tasks


def test_what_the_reader_does_not_reach_is_not_told(people: Cast, customer: Customer) -> None:
    """Cyd is on the customer's team, and reaches neither dan's opportunity nor what is private."""
    ana, dan = people.actor("ana"), people.actor("dan")
    team.grant("customers", [(customer.pk, people.cyd.pk)], reason="manual")
    writes.create(ana, Activity(about=key_of(customer), content="for-the-team"))
    writes.create(ana, Activity(about=key_of(customer), content="for-me-alone", is_private=True))
    secret = writes.create(dan, Opportunity(name="secret-deal", customer=customer, owner=people.dan))
    writes.create(dan, Activity(about=key_of(secret), content="secret-talk"))
    seen = page(people.cyd, address(customer))
    assert "for-the-team" in seen
    for word in ("for-me-alone", "secret-deal", "secret-talk"):
        assert word not in seen, word
    assert "secret-talk" in page(people.dan, address(customer))


def test_a_record_out_of_reach_has_no_timeline(people: Cast, customer: Customer) -> None:
    client = Client()
    client.force_login(people.cyd)
    for about in (key_of(customer), "customers:987654", "nonsense", "users:1", ""):
        assert client.get(f"/activities/timeline/?about={about}").status_code == 404, about
    client.force_login(people.ana)
    for more in ("&show=nonsense", "&after=nonsense", "&after=[]", '&after={"changes":"x"}', '&after={"tasks":"x~y"}'):
        assert client.get(address(customer, more)).status_code == 404, more


def test_pages_follow_each_other_without_gap_or_repetition(people: Cast, customer: Customer) -> None:
    ana, now = people.actor("ana"), timezone.now()
    for number in range(25):
        at = now - timedelta(minutes=number // 2)  # two of the same minute
        writes.create(ana, Activity(about=key_of(customer), content=f"said-{number}.", starts_at=at))
        writes.create(ana, Comment(about=key_of(customer), text=f"note-{number}."))
    subject, chosen, reader = Subject(registry.get("customers"), customer), timeline.sources(), Reader(ana)
    found: list[str] = []
    after, pages = "", 0
    while True:
        part = timeline.read(reader, subject, chosen, after=after, limit=20)
        found += [str(item.text) for item in part.items]
        moments = [item.at for item in part.items]
        assert moments == sorted(moments, reverse=True)
        after, pages = part.earlier, pages + 1
        if not after:
            break
    written = [text for text in found if text]
    assert pages == 3
    assert len(written) == len(set(written)) == 50


def test_earlier_ones_come_by_link_and_as_a_fragment(people: Cast, customer: Customer) -> None:
    for number in range(30):
        writes.create(people.actor("ana"), Comment(about=key_of(customer), text=f"note-{number}."))
    first = page(people.ana, address(customer))
    link = re.search(r'id="timeline-earlier"><a class="btn" href="([^"]+)"', first)
    assert link is not None
    earlier = link.group(1).replace("&amp;", "&")
    assert "note-0." in page(people.ana, earlier)
    fragment = page(people.ana, earlier, HX_Request="true", HX_Target="p#timeline-earlier")
    assert "note-0." in fragment
    assert "<html" not in fragment


def test_statements_do_not_grow_with_a_long_past(people: Cast, customer: Customer) -> None:
    ana = people.actor("ana")
    reader = Reader(ana)
    subject, chosen = Subject(registry.get("customers"), customer), timeline.sources()

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            timeline.read(Reader(ana), subject, chosen)
        return len(caught)

    for _number in range(3):
        writes.create(ana, Activity(about=key_of(customer)))
        writes.create(ana, Comment(about=key_of(customer), text="x"))
    timeline.read(reader, subject, chosen)
    few = statements()
    for _number in range(30):
        writes.create(ana, Activity(about=key_of(customer)))
        writes.create(ana, Comment(about=key_of(customer), text="x"))
    assert statements() == few <= 8


def test_a_part_and_a_task_have_timelines_of_their_own(people: Cast, customer: Customer, contact: Contact) -> None:
    ana = people.actor("ana")
    task = writes.create(ana, Task(name="send-papers", about=key_of(customer)))
    writes.create(ana, Comment(about=key_of(task), text="on-the-task"))
    writes.create(ana, Activity(about=key_of(contact), content="with-the-contact"))
    assert "on-the-task" in page(people.ana, address(task))
    assert "with-the-contact" in page(people.ana, address(contact))
    assert "on-the-task" in page(people.ana, address(customer))


def test_a_field_that_is_hidden_is_hidden_here_too(people: Cast, customer: Customer) -> None:
    from zhike.core import overlay
    from zhike.identity.models import Role

    writes.create(people.actor("ana"), Activity(about=key_of(customer), content="hidden-words"))
    Role.objects.filter(code="salesperson").update(fields={"activities": {"content": "hidden"}})
    overlay.bump()
    assert "hidden-words" not in page(people.ana, address(customer))


def test_nothing_that_people_wrote_is_taken_for_html(people: Cast, customer: Customer) -> None:
    words = '<script>alert(1)</script> javascript:alert(1) https://a.example/"onclick=x&y <b>'
    writes.create(people.actor("ana"), Activity(about=key_of(customer), content=words))
    writes.create(people.actor("ana"), Comment(about=key_of(customer), text=words))
    text = page(people.ana, address(customer))
    assert "<script>alert" not in text
    assert "<b>" not in text
    assert 'href="javascript' not in text
    assert 'href="https://a.example/"' in text


def test_changes_that_the_reader_reaches_are_found_behind_many_that_he_does_not(
    people: Cast, customer: Customer
) -> None:
    """Cyd reaches the customer by its team, and none of the newest changes of dan's opportunity."""
    from zhike.core.timeline.events import CHANGES

    dan = people.actor("dan")
    team.grant("customers", [(customer.pk, people.cyd.pk)], reason="manual")
    for number in range(3):
        customer.phone = f"021-6161000{number}"
        writes.save(people.actor("ana"), customer)
    secret = writes.create(dan, Opportunity(name="secret-deal", customer=customer, owner=people.dan))
    for number in range(40):
        secret.name = f"secret-deal {number}"
        writes.save(dan, secret)
    subject = Subject(registry.get("customers"), customer)
    cyd = CHANGES.rows(people.actor("cyd"), subject, "", 3)
    assert [found.row.entity for found in cyd] == ["customers"] * 3
    assert {found.row.entity for found in CHANGES.rows(dan, subject, "", 3)} == {"opportunities"}
    below = CHANGES.rows(dan, subject, cyd[0].position, 3)
    assert [found.row.pk for found in below] == [found.row.pk for found in cyd[1:]] + [below[-1].row.pk]


def test_it_shows_what_was_said_and_given_in_each_stage(people: Cast, customer: Customer) -> None:
    ana = people.actor("ana")
    opportunity = writes.create(ana, Opportunity(name="big-deal", customer=customer, owner=people.ana, amount=1000))
    writes.create(ana, Comment(about=key_of(opportunity), text="sent-the-brochure"))
    move_opportunity(ana, opportunity, stage=Stage.objects.get(name="方案报价"))
    writes.create(ana, Comment(about=key_of(opportunity), text="sent-the-offer"))
    begun, quoted = (page(people.ana, address(opportunity, f"&stage={number}")) for number in (0, 1))
    assert ("sent-the-brochure" in begun, "sent-the-offer" in begun) == (True, False)
    assert ("sent-the-brochure" in quoted, "sent-the-offer" in quoted) == (False, True)
    assert "方案报价" in begun
    client = Client()
    client.force_login(people.ana)
    assert client.get(address(opportunity, "&stage=2")).status_code == 404
    assert client.get(address(customer, "&stage=0")).status_code == 404
