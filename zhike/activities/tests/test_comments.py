"""Comments: who is mentioned, who may change one, what the event tells."""

import pytest
from django.core.exceptions import ValidationError

from zhike.activities.mentions import mentioned, shown
from zhike.activities.models import Comment
from zhike.core import writes
from zhike.core.events.models import Event
from zhike.core.record_keys import key_of
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, UserFactory
from zhike.identity.models import User

pytestmark = pytest.mark.django_db


def test_people_are_named_by_name_or_username_the_longest_that_fits(people: Cast) -> None:
    wang, ming = UserFactory.create(full_name="王小"), UserFactory.create(full_name="王小明")
    assert mentioned("@王小明请看") == [ming.pk]
    assert mentioned("@王小 看，还有@cyd,@CYD") == [wang.pk, people.cyd.pk]
    assert mentioned("mail ana@cyd.example, a@ben") == []
    assert mentioned("@nobody @") == []


def test_two_people_of_one_name_are_told_apart_by_their_usernames(people: Cast) -> None:
    first = UserFactory.create(full_name="李雷")
    UserFactory.create(full_name="李雷")
    with pytest.raises(ValidationError):
        mentioned("@李雷 看")
    assert mentioned(f"@{first.username} 看") == [first.pk]


def test_who_left_is_not_mentioned(people: Cast) -> None:
    User.objects.filter(pk=people.ben.pk).update(state=User.State.LEFT)
    assert mentioned("@ben") == []


def test_the_event_carries_whom_it_mentions(people: Cast, customer: Customer) -> None:
    ana = people.actor("ana")
    comment = writes.create(ana, Comment(about=key_of(customer), text="@dan please look"))
    event = Event.objects.get(entity="comments", verb="create")
    assert event.changes["mentions"] == [[], [people.dan.pk]]
    comment.text = "@dan and @ben"
    writes.save(ana, comment)
    event = Event.objects.get(entity="comments", verb="edit")
    assert event.changes["mentions"] == [[people.dan.pk], [people.dan.pk, people.ben.pk]]


def test_only_its_author_changes_it(people: Cast, customer: Customer) -> None:
    comment = writes.create(people.actor("ana"), Comment(about=key_of(customer), text="mine"))
    comment.text = "not mine"
    with pytest.raises(writes.NotAllowed):
        writes.save(people.actor("admin"), comment)
    comment.refresh_from_db()
    assert comment.text == "mine"


def test_it_needs_a_record_and_a_text(people: Cast, customer: Customer) -> None:
    for row in (Comment(text="x"), Comment(about=key_of(customer), text="  ")):
        with pytest.raises(ValidationError):
            writes.create(people.actor("ana"), row)


def test_a_mention_and_a_link_are_marked_and_the_rest_is_text(people: Cast) -> None:
    html = shown("@ana see https://zhike.example/a?b=1&c=2。<i>", [people.ana])
    assert '<span class="z-mention">@ana</span>' in html
    assert 'href="https://zhike.example/a?b=1&amp;c=2"' in html
    assert "&lt;i&gt;" in html
