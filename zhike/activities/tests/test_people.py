"""People offered while an @ is typed: how they are found, in which order, and to whom."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhike.activities.mentions import mentioned
from zhike.activities.people import OFFERED, Offered, people
from zhike.core import writes
from zhike.core.entities import registry
from zhike.core.record_keys import key_of
from zhike.core.timeline import Subject
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, UserFactory, give_role
from zhike.identity.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(people: Cast) -> User:
    row = UserFactory.create(
        full_name="李小明", full_name_key="li xiao ming", username="liming", department=people.team
    )
    give_role(row, "branch_manager")
    return row


def offered(cast: Cast, customer: Customer, typed: str) -> list[str]:
    return [each.written for each in people(cast.actor("ana"), Subject(registry.get("customers"), customer), typed)]


@pytest.mark.parametrize("typed", ["李", "李小", "小明", "li", "lixiao", "lxm", "LiMing", ""])
def test_a_colleague_is_found_by_name_pinyin_initials_and_username(
    people: Cast, customer: Customer, li: User, typed: str
) -> None:
    assert "李小明" in offered(people, customer, typed)
    assert mentioned("@李小明 看") == [li.pk]


def test_what_fits_nobody_offers_nobody(people: Cast, customer: Customer, li: User) -> None:
    assert offered(people, customer, "nobody-of-ours") == []


def test_who_cannot_open_the_record_comes_last_and_is_marked(people: Cast, customer: Customer) -> None:
    found = _people(people, customer)
    notes = {each.written: each.note for each in found}
    assert notes["cyd"] == "看不到这条记录"
    assert notes["dan"] != "看不到这条记录"
    order = [each.written for each in found]
    assert order.index("dan") < order.index("cyd")


def _people(cast: Cast, customer: Customer) -> list[Offered]:
    return list(people(cast.actor("ana"), Subject(registry.get("customers"), customer), ""))


def test_neither_oneself_nor_who_left_nor_outsiders_are_offered(people: Cast, customer: Customer) -> None:
    User.objects.filter(pk=people.ben.pk).update(state=User.State.LEFT)
    found = offered(people, customer, "")
    assert not {"ana", "ben", "eve"} & set(found)


def test_two_people_of_one_name_are_written_by_their_usernames(people: Cast, customer: Customer) -> None:
    for username in ("lei1", "lei2"):
        UserFactory.create(full_name="李雷", full_name_key="li lei", username=username)
    UserFactory.create(full_name="Anna Smith", full_name_key="anna smith", username="smith")
    assert set(offered(people, customer, "李雷")) == {"lei1", "lei2"}
    assert offered(people, customer, "anna") == ["smith"]


def test_what_is_offered_names_exactly_that_person(people: Cast, customer: Customer, li: User) -> None:
    UserFactory.create(full_name="李小", full_name_key="li xiao", username="李小明2")
    for name in offered(people, customer, ""):
        assert len(mentioned(f"@{name} 看")) == 1, name


def test_eight_at_most_by_few_statements_however_many_work_here(people: Cast, customer: Customer) -> None:
    few = _statements(people, customer)
    for number in range(40):
        give_role(UserFactory.create(full_name=f"李{number}", full_name_key=f"li {number}"), "salesperson")
    people.actor("ana").access  # noqa: B018 - the organisation is read before counting
    assert len(offered(people, customer, "li")) == OFFERED
    assert _statements(people, customer) == few <= 4


def _statements(cast: Cast, customer: Customer) -> int:
    offered(cast, customer, "")
    with CaptureQueriesContext(connection) as caught:
        offered(cast, customer, "")
    return len(caught)


def test_the_address_answers_who_reaches_the_record_and_nobody_else(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    client = Client()
    for row in (customer, contact):
        address = f"/activities/people/?about={key_of(row)}&q=dan"
        client.force_login(people.ana)
        answer = client.get(address)
        assert re.search('<option value="dan"', answer.content.decode())
        assert answer.headers["Cache-Control"] == "no-store"
        for stranger in (people.cyd, people.eve):
            client.force_login(stranger)
            assert client.get(address).status_code == 404
    client.force_login(people.ana)
    assert client.get("/activities/people/?about=nonsense&q=d").status_code == 404


def test_a_name_is_no_html(people: Cast, customer: Customer) -> None:
    UserFactory.create(full_name='<b>"x"', full_name_key="b x", username="bx")
    client = Client()
    client.force_login(people.ana)
    text = client.get(f"/activities/people/?about={key_of(customer)}&q=bx").content.decode()
    assert "<b>" not in text
    assert "&lt;b&gt;&quot;x&quot;" in text


def test_composer_and_comment_form_offer_them(people: Cast, customer: Customer) -> None:
    from zhike.activities.models import Comment

    comment = writes.create(people.actor("ana"), Comment(about=key_of(customer), text="x"))
    client = Client()
    client.force_login(people.ana)
    for address in (
        f"/customers/{customer.pk}/",
        f"/activities/log/?about={key_of(customer)}",
        "/comments/new/",
        f"/comments/{comment.pk}/edit/",
    ):
        assert 'data-mentions="/activities/people/' in client.get(address).content.decode(), address
