"""Jobs from asking to end, on every database."""

from datetime import timedelta
from threading import Event as Flag
from typing import Any

import pytest
from django.utils import timezone

from zhike.core import overlay
from zhike.core.actors import Actor, Via
from zhike.core.external_keys import ExternalKey
from zhike.core.jobs import Job, JobKind, JobState, NoArguments, cancel, enqueue
from zhike.core.jobs import queue as jobs_queue
from zhike.core.jobs.context import Batch
from zhike.core.jobs.files import path_of
from zhike.core.jobs.tests.kinds import GUARDED, INSERT, REFUSE, WRITE, Insert, known
from zhike.core.jobs.worker import perform, run_here, work_once
from zhike.core.writes.errors import NotAllowed
from zhike.identity.factories import Cast, cast
from zhike.identity.models import User

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(Via.SHELL)
BOTH = ("quick", "long")


def rows(name: str = "keys") -> list[int]:
    return sorted(ExternalKey.objects.filter(system=name).values_list("record_id", flat=True))


@pytest.fixture
def people() -> Cast:
    return cast()


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_job_is_done_batch_by_batch_and_says_how_far_it_is() -> None:
    job = enqueue(SYSTEM, INSERT, Insert(name="keys", rows=25))
    with known():
        assert work_once(BOTH)
        assert not work_once(BOTH)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.cursor, job.report) == ("done", 25, 25, 25, {"batches": 3})
    assert rows() == list(range(25))
    assert job.finished_at is not None
    assert job.lease == ""


def test_a_queue_is_left_to_its_own_workers() -> None:
    enqueue(SYSTEM, INSERT, Insert(name="keys", rows=1))
    with known():
        assert not work_once(["quick"])
        assert work_once(["long"])


def test_a_job_waits_for_its_time() -> None:
    enqueue(SYSTEM, INSERT, Insert(name="keys", rows=1), run_after=timezone.now() + timedelta(hours=1))
    with known():
        assert not work_once(BOTH)


def test_arguments_are_checked_on_the_way_in_and_on_the_way_back() -> None:
    with pytest.raises(TypeError):
        enqueue(SYSTEM, INSERT, NoArguments())  # type: ignore[misc]  # the point of it
    job = enqueue(SYSTEM, INSERT, Insert(name="keys", rows=1))
    wrong: list[Any] = [{"name": "keys", "rows": "many"}, {"name": "keys", "rows": 1, "more": 2}, {"name": "keys"}, []]
    for stored in wrong:
        Job.objects.filter(pk=job.pk).update(arguments=stored, state=JobState.QUEUED, attempts=4)
        make_due(job)
        with known():
            assert work_once(BOTH)
        job.refresh_from_db()
        assert job.state == "failed"
    assert rows() == []


def test_a_stumbling_batch_leaves_nothing_and_is_tried_again_with_growing_pauses() -> None:
    job = enqueue(SYSTEM, INSERT, Insert(name="keys", rows=30, stumble_at=15))
    pauses = []
    with known():
        for _try in range(jobs_queue.MAX_ATTEMPTS):
            make_due(job)
            assert work_once(BOTH)
            job.refresh_from_db()
            pauses.append(job.run_after - timezone.now())
            assert rows() == list(range(10))
            assert (job.cursor, job.done, job.report) == (10, 10, {"batches": 1})
        assert job.state == "failed"
        assert str(job.pk) in job.error
        make_due(job)
        assert not work_once(BOTH)
    assert sorted(pauses[:-1]) == pauses[:-1]
    assert pauses[0] > timedelta(0)


def test_progress_gives_a_job_its_tries_back() -> None:
    job = enqueue(SYSTEM, INSERT, Insert(name="keys", rows=30, stumble_at=15))
    Job.objects.filter(pk=job.pk).update(attempts=3)
    with known():
        assert work_once(BOTH)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 1)


def test_a_refusal_is_final_and_says_its_sentence() -> None:
    job = enqueue(SYSTEM, REFUSE, NoArguments())
    with known():
        assert work_once(BOTH)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "There is nothing to be done here.")


def test_a_kind_that_is_gone_fails_with_a_sentence() -> None:
    job = enqueue(SYSTEM, REFUSE, NoArguments())
    with known(INSERT):
        assert work_once(BOTH)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error


def test_a_silent_worker_loses_its_job_and_cannot_write_any_more() -> None:
    job = enqueue(SYSTEM, INSERT, Insert(name="keys", rows=20))
    with known():
        first = jobs_queue.claim(BOTH)
        assert first is not None
        assert not work_once(BOTH)  # held
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert work_once(BOTH)
        perform(first, Flag())  # it wakes up, late
    job.refresh_from_db()
    assert job.state == "done"
    assert rows() == list(range(20))


def test_losing_the_lease_in_the_middle_of_a_batch_rolls_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    job = enqueue(SYSTEM, INSERT, Insert(name="keys", rows=20))
    count = Batch.count

    def lose_it(batch: Batch, number: int = 1) -> None:
        if batch.rows == 5:
            Job.objects.filter(pk=job.pk).update(lease="another worker's")
        count(batch, number)

    monkeypatch.setattr(Batch, "count", lose_it)
    with known():
        assert work_once(BOTH)
    assert rows() == []


def test_a_worker_that_stops_hands_the_job_back_at_once() -> None:
    job = enqueue(SYSTEM, INSERT, Insert(name="keys", rows=20))
    stop = Flag()
    stop.set()
    with known():
        assert work_once(BOTH, stop)
        job.refresh_from_db()
        assert (job.state, job.attempts, job.lease) == ("queued", 0, "")
        assert work_once(BOTH)
    assert rows() == list(range(20))


def test_cancelling_ends_a_waiting_job_at_once_and_a_running_one_after_its_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = enqueue(SYSTEM, INSERT, Insert(name="waiting", rows=5))
    cancel(waiting)
    assert waiting.state == "cancelled"
    running = enqueue(SYSTEM, INSERT, Insert(name="keys", rows=30))
    count = Batch.count

    def cancel_it(batch: Batch, number: int = 1) -> None:
        cancel(running)
        count(batch, number)

    monkeypatch.setattr(Batch, "count", cancel_it)
    with known():
        assert work_once(BOTH)
        assert not work_once(BOTH)
    running.refresh_from_db()
    assert running.state == "cancelled"
    assert rows() == list(range(10))
    assert rows("waiting") == []


def test_a_person_without_the_right_cannot_ask(people: Cast) -> None:
    with pytest.raises(NotAllowed):
        enqueue(people.actor("eve"), GUARDED, Insert(name="customers", rows=1))
    with pytest.raises(NotAllowed):
        enqueue(Actor(user=None, via=Via.PAGE), INSERT, Insert(name="keys", rows=1))
    assert not Job.objects.exists()


def test_a_job_of_somebody_who_left_stops_with_a_sentence(people: Cast) -> None:
    job = enqueue(people.actor("ana"), INSERT, Insert(name="keys", rows=20))
    User.objects.filter(pk=people.ana.pk).update(state=User.State.LEFT)
    with known():
        assert work_once(BOTH)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error
    assert rows() == []


def test_leaving_while_the_job_runs_stops_it_before_the_next_batch(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = enqueue(people.actor("ana"), INSERT, Insert(name="keys", rows=30))
    count = Batch.count

    def leave(batch: Batch, number: int = 1) -> None:
        if batch.rows == 5:
            User.objects.filter(pk=people.ana.pk).update(state=User.State.LEFT)
            overlay.bump()
        count(batch, number)

    monkeypatch.setattr(Batch, "count", leave)
    with known():
        assert work_once(BOTH)
    job.refresh_from_db()
    assert job.state == "failed"
    assert rows() == list(range(10))


def test_events_of_a_job_name_its_asker_and_share_a_batch(people: Cast) -> None:
    seen: list[Actor] = []
    kind = JobKind(
        name="test.look", label="", arguments=NoArguments, run=lambda job: seen.append(job.actor), via=Via.IMPORT
    )
    job = enqueue(people.actor("ana"), kind, NoArguments())
    with known(kind):
        assert work_once(BOTH)
    assert [(actor.user_id, actor.via, actor.batch_id) for actor in seen] == [
        (people.ana.pk, Via.IMPORT, f"job-{job.pk}")
    ]


def test_a_result_has_a_random_name_and_a_shown_one() -> None:
    job = enqueue(SYSTEM, WRITE, NoArguments())
    with known():
        assert work_once(BOTH)
    job.refresh_from_db()
    assert job.result_name == "名单.csv"
    assert job.result_file.endswith(".csv")
    assert len(job.result_file) == 36
    assert path_of(job.result_file).read_text(encoding="utf-8") == "name\n"
    for name in ("../secret_key", "/etc/passwd", ".hidden", "a/b"):
        with pytest.raises(ValueError, match="not the name"):
            path_of(name)


def test_a_command_can_do_a_job_in_its_own_process() -> None:
    heard: list[int] = []
    with known():
        job = run_here(SYSTEM, INSERT, Insert(name="keys", rows=25), lambda context: heard.append(context.done))
        assert not work_once(BOTH)
    assert (job.state, job.done, heard) == ("done", 25, [10, 20, 25])
