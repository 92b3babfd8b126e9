"""What is told by mail: at once or once a day, not in quiet hours, once, and to nobody who may not open it."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from zhike.core.actors import Actor, Via
from zhike.core.jobs import Job
from zhike.core.notifications import actions, jobs, mailing
from zhike.core.notifications.choices import Channels
from zhike.core.notifications.clock import Clock
from zhike.core.notifications.models import ByMail, Notification, NotificationTimes
from zhike.core.notifications.sending import notify
from zhike.core.notifications.tests.world import FakeClock, customer_of, mails_to, told
from zhike.core.scoping import team
from zhike.identity.factories import Cast, UserFactory
from zhike.identity.models import User

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def html_of(message: Any) -> str:
    return str(message.alternatives)


def test_the_daily_mail_holds_only_what_its_reader_may_open_that_day(people: Cast, clock: FakeClock) -> None:
    mine, secret = customer_of(people.ana, "Mine"), customer_of(people.ana, "Secret")
    team.grant("customers", [(each.pk, people.cyd.pk) for each in (mine, secret)], reason="manual")
    for each in (mine, secret):
        notify(people.actor("ana"), [people.cyd], "comment", about=each)
    team.withdraw("customers", [(secret.pk, people.cyd.pk)], reason="manual")
    clock.go(days=1)
    assert jobs.send_digest(people.cyd)
    [message] = mail.outbox
    body = str(message.body)
    assert "Mine" in body
    assert "Secret" not in body
    assert "Secret" not in html_of(message)
    assert message.subject == "1 notification"
    assert not jobs.send_digest(people.cyd), "one a day"
    clock.go(days=1)
    assert not jobs.send_digest(people.cyd), "nothing new: nothing is sent"


def test_a_daily_mail_of_which_nothing_may_be_opened_is_not_sent(people: Cast, clock: FakeClock) -> None:
    secret = customer_of(people.ana, "Secret")
    team.grant("customers", [(secret.pk, people.cyd.pk)], reason="manual")
    notify(people.actor("ana"), [people.cyd], "comment", about=secret)
    team.withdraw("customers", [(secret.pk, people.cyd.pk)], reason="manual")
    clock.go(days=1)
    assert not jobs.send_digest(people.cyd)
    assert mail.outbox == []


def test_the_daily_mail_waits_for_its_hour_in_the_zone_of_the_person(people: Cast, clock: FakeClock) -> None:
    User.objects.filter(pk=people.dan.pk).update(time_zone="America/New_York")
    people.dan.refresh_from_db()
    notify(people.actor("ana"), [people.dan], "comment", about=customer_of(people.ana))
    clock.moment = datetime(2026, 11, 23, 12, 59, tzinfo=UTC)  # one minute to eight in New York
    assert not jobs.send_digest(people.dan)
    clock.go(minutes=1)
    assert jobs.send_digest(people.dan)


def test_a_mail_server_that_fails_loses_no_daily_mail(people: Cast, clock: FakeClock, monkeypatch: Any) -> None:
    notify(people.actor("ana"), [people.dan], "comment", about=customer_of(people.ana))

    def fail(*_args: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(mailing, "_send", fail)
        assert not jobs.send_digest(people.dan)
    clock.go(hours=1)
    assert jobs.send_digest(people.dan)
    assert len(mails_to(people.dan)) == 1


def test_a_mail_server_that_fails_neither_loses_nor_doubles_a_mail(
    people: Cast, clock: FakeClock, monkeypatch: Any
) -> None:
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))

    def fail(*_args: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(mailing, "_send", fail)
        assert jobs.send_due() == 0
    assert jobs.send_due() == 0, "the next try waits"
    clock.go(minutes=2)
    assert jobs.send_due() == 1
    clock.go(days=1)
    assert jobs.send_due() == 0
    assert len(mails_to(people.dan)) == 1


def test_a_mail_that_nobody_takes_for_good_stays_in_the_page(people: Cast, clock: FakeClock, monkeypatch: Any) -> None:
    dan = Actor.of(people.dan, Via.PAGE)
    actions.choose(dan, {"mention": Channels(False, ByMail.AT_ONCE)}, {})
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))
    monkeypatch.setattr(mailing, "_send", lambda *_args: 1 / 0)
    for _try in range(len(jobs.PAUSES) + 1):
        jobs.send_due()
        clock.go(days=1)
    assert len(told(people.dan)) == 1
    assert not Notification.objects.filter(mail_at__isnull=False).exists()


def test_quiet_hours_across_midnight_hold_mail_back_until_their_end(people: Cast, clock: FakeClock) -> None:
    NotificationTimes.objects.create(user=people.dan, quiet_from=time(22), quiet_to=time(7))
    clock.moment = datetime(2026, 11, 23, 23, 30, tzinfo=SHANGHAI)
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))
    assert told(people.dan), "the bell is told at once"
    assert jobs.send_due() == 0
    clock.moment = datetime(2026, 11, 24, 6, 59, tzinfo=SHANGHAI)
    assert jobs.send_due() == 0
    clock.moment = datetime(2026, 11, 24, 7, 0, tzinfo=SHANGHAI)
    assert jobs.send_due() == 1


@pytest.mark.parametrize(
    ("now", "may"),
    [
        ("2026-11-23T21:59", "2026-11-23T21:59"),
        ("2026-11-23T22:00", "2026-11-24T07:00"),
        ("2026-11-24T00:00", "2026-11-24T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-11-24T07:00", "2026-11-24T07:00"),
    ],
)
def test_quiet_hours_begin_at_their_first_minute_and_end_at_their_last(now: str, may: str) -> None:
    clock = Clock(zone=SHANGHAI, quiet_from=time(22), quiet_to=time(7))
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert clock.may_mail_at(moment) == datetime.fromisoformat(may).replace(tzinfo=SHANGHAI)


def test_a_quiet_night_is_an_hour_shorter_when_the_clock_goes_forward() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    clock = Clock(zone=berlin, quiet_from=time(22), quiet_to=time(2, 30))  # 02:30 does not exist on 29 March 2026
    moment = datetime(2026, 3, 29, 1, 59, tzinfo=berlin)
    assert clock.may_mail_at(moment) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    clock = Clock(zone=berlin, quiet_from=time(22), quiet_to=time(7))
    assert clock.may_mail_at(datetime(2026, 3, 28, 23, 0, tzinfo=berlin)) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_quiet_both_times() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    clock = Clock(zone=berlin, quiet_from=time(22), quiet_to=time(2, 30))
    second = datetime(2026, 10, 25, 2, 15, tzinfo=berlin, fold=1)  # 01:15 UTC; 02:30 comes at 00:30 and at 01:30 UTC
    assert clock.may_mail_at(second.astimezone(UTC)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_same_time_twice_is_never_quiet() -> None:
    clock = Clock(zone=SHANGHAI, quiet_from=time(8), quiet_to=time(8))
    assert not any(clock.is_quiet(time(hour)) for hour in range(24))


def test_mail_is_in_the_language_of_its_reader(people: Cast) -> None:
    User.objects.filter(pk=people.dan.pk).update(language="zh-hans")
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))
    jobs.send_due()
    [message] = mail.outbox
    assert 'lang="zh-hans"' in html_of(message)


def test_a_name_cannot_add_a_header_to_a_mail(people: Cast) -> None:
    acme = customer_of(people.ana, "Acme\r\nBcc: everyone@example.com\u202e")
    notify(people.actor("ana"), [people.dan], "mention", about=acme)
    jobs.send_due()
    [message] = mail.outbox
    head = message.message().as_string().split("\n\n")[0]
    assert "\nBcc" not in head
    assert "\u202e" not in str(message.subject)
    assert message.recipients() == ["dan@example.com"]


def test_a_name_is_text_and_no_markup_in_a_mail(people: Cast) -> None:
    acme = customer_of(people.ana, "<img src=x onerror=alert(1)>")
    notify(people.actor("ana"), [people.dan], "mention", about=acme)
    jobs.send_due()
    assert "<img" not in html_of(mail.outbox[0])


def test_a_mail_says_where_to_end_it(people: Cast) -> None:
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))
    jobs.send_due()
    [message] = mail.outbox
    assert "/notifications/preferences/" in str(message.extra_headers["List-Unsubscribe"])
    assert "/notifications/preferences/" in str(message.body)


def test_who_has_left_is_mailed_nothing(people: Cast) -> None:
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))
    User.objects.filter(pk=people.dan.pk).update(state=User.State.LEFT)
    jobs.send_due()
    assert mail.outbox == []


def test_without_a_mail_server_nothing_waits_to_be_mailed(people: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    notify(people.actor("ana"), [people.dan], "mention", about=customer_of(people.ana))
    row = Notification.objects.get()
    assert (row.in_app, row.mail_at, row.in_digest) == (True, None, False)
    assert not Job.objects.filter(kind=jobs.SEND.name).exists()


def test_a_person_without_address_who_wants_mail_only_reads_it_in_the_page(people: Cast) -> None:
    quiet = UserFactory.create(username="fay", department=people.team)
    actions.choose(Actor.of(quiet, Via.PAGE), {"job_done": Channels(False, ByMail.AT_ONCE)}, {})
    notify(Actor.system(Via.JOB), [quiet], "job_done", words={"job": "export"}, url="/jobs/1/")
    assert Notification.objects.get().in_app
