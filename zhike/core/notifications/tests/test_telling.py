"""Who is told what, by which way, and when."""

from datetime import date, time
from time import sleep
from typing import Any

import pytest
from django.test import Client

from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.events.dispatching import dispatch
from zhike.core.events.models import Event
from zhike.core.jobs import NoArguments
from zhike.core.notifications import actions, jobs, reading
from zhike.core.notifications.choices import Channels
from zhike.core.notifications.kinds import FieldNames, kinds
from zhike.core.notifications.models import ByMail, Notification, NotificationTimes
from zhike.core.notifications.sending import notify
from zhike.core.notifications.subscribers import forget, hear
from zhike.core.notifications.tests.world import FakeClock, comment_on, customer_of, hear_all, mails_to, told
from zhike.core.record_keys import key_of
from zhike.core.scoping import team
from zhike.core.testing import samples
from zhike.core.watching.actions import unwatch, watch
from zhike.customers.models import Customer
from zhike.identity.factories import Cast
from zhike.identity.models import User

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(Via.JOB)


@pytest.mark.django_db(transaction=True)
def test_a_mention_reaches_the_person_with_the_next_round_of_the_dispatcher_and_by_mail_at_once(people: Cast) -> None:
    acme = customer_of(people.ana)
    dispatch()
    comment_on(people.actor("ana"), acme, "@dan please look", [people.dan.pk])
    # PostgreSQL holds events back while any older transaction of the server is open, and other tests have theirs.
    for _round in range(600):
        dispatch()
        if told(people.dan):
            break
        sleep(0.2)
    assert told(people.dan) == ["Ana mentioned you in a comment on “Acme”"]
    assert jobs.send_due() == 1
    assert mails_to(people.dan) == ["Ana mentioned you in a comment on “Acme”"]
    assert jobs.send_due() == 0, "a mail that was sent is not sent again"


def test_one_person_is_told_by_a_mention_and_one_by_an_overdue_task(people: Cast) -> None:
    acme, task = customer_of(people.ana), samples.make("tasks", people.ben, "call")
    hear_all.pass_over()
    comment_on(people.actor("ana"), acme, "@dan", [people.dan.pk])
    notify(SYSTEM, [people.ben], "overdue", about=task, words={"due_on": date(2026, 11, 20)}, once="2026-11-23")
    notify(SYSTEM, [people.ben], "overdue", about=task, words={"due_on": date(2026, 11, 20)}, once="2026-11-23")
    hear_all()
    jobs.send_due()
    assert len(mails_to(people.dan)) == len(mails_to(people.ben)) == 1
    assert "was due on 2026-11-20" in mails_to(people.ben)[0]
    assert mails_to(people.ana) == []


def test_nobody_is_told_of_what_he_may_not_open(people: Cast) -> None:
    acme = customer_of(people.ana)
    assert notify(people.actor("ana"), [people.cyd, people.eve], "mention", about=acme) == 0
    assert not Notification.objects.exists()


def test_nobody_is_told_of_what_he_did_himself(people: Cast) -> None:
    assert notify(people.actor("ana"), [people.ana], "mention", about=customer_of(people.ana)) == 0


def test_what_was_told_is_gone_once_the_record_is_out_of_reach(people: Cast) -> None:
    acme = customer_of(people.ana)
    team.grant("customers", [(acme.pk, people.cyd.pk)], reason="manual")
    assert notify(people.actor("ana"), [people.cyd], "mention", about=acme) == 1
    cyd = Actor.of(people.cyd, Via.PAGE)
    assert told(people.cyd)
    assert reading.unread(cyd) == 1
    team.withdraw("customers", [(acme.pk, people.cyd.pk)], reason="manual")
    assert told(people.cyd) == []
    assert reading.unread(cyd) == 0
    assert jobs.send_due() == 0
    assert mails_to(people.cyd) == []


def test_a_notification_needs_the_comment_as_well_as_the_record(people: Cast) -> None:
    acme = customer_of(people.ana)
    comment = comment_on(people.actor("ana"), acme, "a", [])
    notify(people.actor("ana"), [people.dan], "mention", about=acme, source=comment)
    assert told(people.dan)
    writes.delete(Actor.system(), comment)
    assert told(people.dan) == []


def test_a_kind_that_is_off_tells_nothing(people: Cast) -> None:
    actions.choose(Actor.of(people.dan, Via.PAGE), {"mention": Channels(False, ByMail.NEVER)}, {})
    assert notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana)) == 0


def test_the_company_chooses_for_who_has_not_chosen_himself(people: Cast) -> None:
    off = {"mention": Channels(False, ByMail.NEVER)}
    with pytest.raises(writes.NotAllowed):
        actions.choose(people.actor("ana"), off, {}, for_company=True)
    actions.choose(Actor.of(people.ben, Via.PAGE), {"mention": Channels(True, ByMail.DIGEST)}, {})
    actions.choose(people.actor("admin"), off, {}, for_company=True)
    acme = customer_of(people.ana)
    team.grant("customers", [(acme.pk, people.ben.pk)], reason="manual")
    assert notify(people.actor("ana"), [people.dan, people.ben], "mention", about=acme) == 1
    assert Notification.objects.get().user_id == people.ben.pk


def test_who_is_put_in_charge_is_told_once_for_many_records(people: Cast) -> None:
    hear_all.pass_over()
    admin = people.actor("admin")
    writes.create(admin, Customer(name="One", owner=people.ana))
    batch = admin.in_batch("bulk-1")
    for name in ("Two", "Three", "Four"):
        writes.create(batch, Customer(name=name, owner=people.ana))
    writes.create(people.actor("ana"), Customer(name="Own", owner=people.ana))
    hear_all()
    assert told(people.ana) == [
        "Admin put you in charge of several customers",
        "Admin put you in charge of “One”",
    ]


def test_watchers_are_told_of_changes_and_of_fields_they_may_see(people: Cast) -> None:
    acme = customer_of(people.ana)
    watch(people.actor("dan"), key_of(acme))
    hear_all.pass_over()
    acme.short_name = "A"
    writes.save(people.actor("ana"), acme)
    hear_all()
    assert told(people.dan) == ["Ana changed “Acme”: short name"]
    acme.website = "https://acme.example"
    writes.save(people.actor("ana"), acme)
    hear_all()
    assert told(people.dan) == ["Ana changed “Acme”: short name, website"], "unread changes are told as one"
    unwatch(people.actor("dan"), key_of(acme))
    actions.mark_all_read(people.actor("dan"), up_to=10**9)
    acme.short_name = "B"
    writes.save(people.actor("ana"), acme)
    hear_all()
    assert len(told(people.dan)) == 1


def test_nobody_watches_what_he_does_not_reach(people: Cast) -> None:
    acme = customer_of(people.ana)
    for key in (key_of(acme), "customers:987654321", "users:1", "nonsense"):
        with pytest.raises(writes.NotReachable):
            watch(people.actor("cyd"), key)


def test_who_comments_watches_from_then_on_unless_he_chose_not_to(people: Cast) -> None:
    acme = customer_of(people.ana)
    hear_all.pass_over()
    comment_on(people.actor("dan"), acme, "first", [])
    hear_all()
    assert told(people.ana) == ["Dan commented on “Acme”"], "the owner is told"
    comment_on(people.actor("ana"), acme, "second", [])
    hear_all()
    assert told(people.dan) == ["Ana commented on “Acme”"]


def test_an_event_that_is_told_twice_tells_nobody_twice(people: Cast) -> None:
    acme = customer_of(people.ana)
    comment_on(people.actor("ana"), acme, "@dan", [people.dan.pk])
    event = Event.objects.filter(entity="comments").latest("pk")
    hear(event)
    hear(event)
    assert Notification.objects.filter(user=people.dan).count() == 1


def test_a_record_that_is_gone_for_good_is_forgotten(people: Cast) -> None:
    acme = customer_of(people.ana)
    watch(people.actor("dan"), key_of(acme))
    notify(people.actor("ana"), [people.dan], "mention", about=acme)
    forget(key_of(acme))
    assert not Notification.objects.exists()


def test_one_opens_and_marks_only_ones_own(people: Cast) -> None:
    acme = customer_of(people.ana)
    notify(people.actor("ana"), [people.dan], "mention", about=acme)
    pk = Notification.objects.get().pk
    stranger, dan = Client(), Client()
    stranger.force_login(people.cyd)
    dan.force_login(people.dan)
    for page in ("open", "mark"):
        assert stranger.post(f"/notifications/{pk}/{page}/").status_code == 404
    stranger.post("/notifications/read/", {"last": str(pk)})
    assert Notification.objects.get().read_at is None
    assert dan.get(f"/notifications/{pk}/open/").status_code == 405, "reading changes nothing"
    answer = dan.post(f"/notifications/{pk}/open/")
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{acme.pk}/")
    assert Notification.objects.get().read_at is not None


def test_the_bell_is_asked_with_one_statement_and_answers_nothing_new_with_304(
    people: Cast, django_assert_num_queries: Any
) -> None:
    dan = Actor.of(people.dan, Via.PAGE)
    with django_assert_num_queries(1):
        assert reading.unread(dan) == 0
    client = Client()
    client.force_login(people.dan)
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))
    answer = client.get("/notifications/bell/")
    assert answer.json()["unread"] == "1"
    again = client.get("/notifications/bell/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_names_of_fields_that_the_reader_may_not_see_are_left_out(people: Cast) -> None:
    from zhike.identity.factories import give_role
    from zhike.identity.models import Role

    role = Role.objects.create(name="shy", name_key="shy", fields={}, denies={"customers": {"fields": ["phone"]}})
    give_role(people.dan, role)
    acme = customer_of(people.ana)
    words = {"fields": FieldNames("customers", ("phone", "website"))}
    notify(people.actor("ana"), [people.dan], "changed", about=acme, words=words)
    assert told(User.objects.get(pk=people.dan.pk)) == ["Ana changed “Acme”: website"]


def test_the_page_lists_what_was_told_and_the_preferences_are_kept(people: Cast) -> None:
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana, "<b>Acme</b>"))
    client = Client()
    client.force_login(people.dan)
    for address in ("/notifications/", "/notifications/newest/", "/notifications/?show=unread&kind=mention"):
        page = client.get(address).content.decode()
        assert "&lt;b&gt;Acme" in page
        assert "<b>Acme" not in page
    assert "No notification fits" in client.get("/notifications/?kind=due").content.decode()
    sent = {"quiet_from": "22:00", "quiet_to": "07:00", "digest_hour": "9"}
    sent |= {f"mail__{kind.name}": "never" for kind in kinds()} | {"app__mention": "on"}
    assert client.post("/notifications/preferences/", sent).status_code == 302
    assert NotificationTimes.objects.get(user=people.dan).quiet_from == time(22)
    assert notify(people.actor("ana"), [people.dan], "comment", about=customer_of(people.ana)) == 0
    half = client.post("/notifications/preferences/", sent | {"quiet_to": ""})
    assert half.status_code == 422
    assert "Give both times" in half.content.decode()


def test_every_kind_has_words_and_an_icon() -> None:
    assert len({kind.name for kind in kinds()}) == len(kinds()) >= 10
    assert all(kind.icon and str(kind.label) and str(kind.text) for kind in kinds())


def test_old_notifications_are_thrown_away(people: Cast, clock: FakeClock) -> None:
    from zhike.core.jobs.worker import run_here

    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))
    actions.mark_all_read(people.actor("dan"), up_to=10**9)
    clock.go(days=89)
    run_here(SYSTEM, jobs.FORGET, NoArguments())
    assert Notification.objects.exists()
    clock.go(days=2)
    run_here(SYSTEM, jobs.FORGET, NoArguments())
    assert not Notification.objects.exists()
