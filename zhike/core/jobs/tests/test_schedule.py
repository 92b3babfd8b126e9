"""What runs by the clock: once per slot, whatever the clock and however many schedulers."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from zhike.core.jobs import Job, ScheduledJob
from zhike.core.jobs import schedule as schedule_module
from zhike.core.jobs.models import ScheduledSlot
from zhike.core.jobs.schedule import latest_slot, tick
from zhike.core.jobs.tests.kinds import INSERT, WRITE, Insert

SHANGHAI, BERLIN, KATHMANDU = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")
NIGHTLY = ScheduledJob(name="test.nightly", cron="30 3 * * *", kind=WRITE)


@pytest.fixture
def nightly(monkeypatch: pytest.MonkeyPatch) -> ScheduledJob:
    monkeypatch.setattr(schedule_module, "schedules", lambda: [NIGHTLY])
    return NIGHTLY


def day(number: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Shanghai's time."""
    return datetime(2026, 11, number, hour, minute, tzinfo=SHANGHAI)


def slots_of(cron: str, zone: ZoneInfo, first: datetime, hours: int) -> list[datetime]:
    """Every slot that a scheduler meets which looks once a minute."""
    met = [latest_slot(cron, first + timedelta(minutes=minute), zone) for minute in range(hours * 60)]
    return sorted(set(met) - {met[0]})


def test_a_slot_is_read_in_the_companys_zone() -> None:
    assert latest_slot("30 3 * * *", day(22, 3, 29), SHANGHAI) == day(21, 3, 30)
    assert latest_slot("30 3 * * *", day(22, 3, 30), SHANGHAI) == day(22, 3, 30)
    assert latest_slot("0 0 1 * *", day(22, 12), SHANGHAI) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert latest_slot("15 * * * *", datetime(2026, 11, 22, 6, 0, tzinfo=UTC), KATHMANDU).minute == 30


@pytest.mark.parametrize("first", [datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 3, 28, 12, tzinfo=UTC)])
def test_a_nightly_job_runs_once_on_the_days_the_clock_is_moved(first: datetime) -> None:
    assert len(slots_of("30 2 * * *", BERLIN, first, 48)) == 2


@pytest.mark.parametrize("first", [datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 3, 28, 22, tzinfo=UTC)])
def test_a_frequent_job_keeps_its_pace_while_the_clock_is_moved(first: datetime) -> None:
    slots = slots_of("*/20 * * * *", BERLIN, first, 6)
    assert {later - earlier for earlier, later in pairwise(slots)} == {timedelta(minutes=20)}
    hourly = slots_of("0 * * * *", BERLIN, first, 6)
    assert {later - earlier for earlier, later in pairwise(hourly)} == {timedelta(hours=1)}


@pytest.mark.django_db
def test_a_new_schedule_waits_for_its_next_slot_and_each_slot_runs_once(nightly: ScheduledJob) -> None:
    assert tick(day(22, 10)) == []
    assert tick(day(23, 3, 29)) == []
    assert [job.kind for job in tick(day(23, 3, 30))] == [WRITE.name]
    assert tick(day(23, 3, 30)) == []
    assert tick(day(23, 23)) == []
    assert len(tick(day(24, 3, 31))) == 1
    job = Job.objects.order_by("id").first()
    assert job is not None
    assert job.asked_by_id is None
    assert job.arguments == {}


@pytest.mark.django_db
def test_after_days_of_silence_only_the_latest_slot_is_made_up_for(nightly: ScheduledJob) -> None:
    tick(day(1, 10))
    assert len(tick(day(20, 10))) == 1
    assert tick(day(20, 11)) == []


@pytest.mark.django_db
def test_a_clock_that_jumps_back_repeats_nothing(nightly: ScheduledJob) -> None:
    tick(day(20, 10))
    assert len(tick(day(22, 10))) == 1
    assert tick(day(21, 10)) == []
    assert tick(day(22, 12)) == []
    assert len(tick(day(23, 10))) == 1


@pytest.mark.file
@pytest.mark.django_db(transaction=True)
def test_many_schedulers_at_once_ask_for_a_slot_once(nightly: ScheduledJob) -> None:
    tick(day(20, 10))
    barrier = Barrier(8)
    errors: list[Exception] = []

    def run() -> None:
        try:
            barrier.wait(timeout=30)
            for number in range(21, 26):
                tick(day(number, 10))
        except Exception as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Job.objects.count() == 5
    assert ScheduledSlot.objects.filter(job__isnull=False).count() == 5


@pytest.mark.django_db
def test_a_schedule_that_takes_arguments_hands_them_over(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ScheduledJob(name="test.keys", cron="0 * * * *", kind=INSERT, arguments=Insert(name="hourly", rows=3))
    monkeypatch.setattr(schedule_module, "schedules", lambda: [wanted])
    tick(day(22, 10))
    (job,) = tick(day(22, 11))
    assert INSERT.from_json(job.arguments) == Insert(name="hourly", rows=3)
