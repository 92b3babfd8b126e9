"""Workers die at any moment; every row is done exactly once all the same."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from zhike.core.actors import Actor, Via
from zhike.core.external_keys import ExternalKey
from zhike.core.jobs import Job, enqueue
from zhike.core.jobs.tests.kinds import INSERT, Insert

pytestmark = [pytest.mark.file, pytest.mark.serial("crash"), pytest.mark.django_db(transaction=True)]
ROWS = 2000
# Jobs are models, which Django has to load first.
START = "import django; django.setup(); from zhike.core.jobs.tests import worker_process; worker_process.main()"
Process = subprocess.Popen[str]


@contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[Process]:
    command = [sys.executable, "-c", START]
    process = subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def wait_until(holds: Callable[[], bool], process: Process) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def done_of(job: Job) -> int:
    return int(Job.objects.values_list("done", flat=True).get(pk=job.pk))


def let_the_lease_run_out(job: Job) -> None:
    """What a minute of silence does."""
    Job.objects.filter(pk=job.pk, state="running").update(lease_until=timezone.now() - timedelta(seconds=1))


def check_every_row_once(name: str, rows: int) -> None:
    numbers = ExternalKey.objects.filter(system=name).order_by("record_id").values_list("record_id", flat=True)
    assert list(numbers) == list(range(rows))


def kill_again_and_again(environment: Mapping[str, str], kills: int, rows: int) -> Job:
    job = enqueue(Actor.system(Via.SHELL), INSERT, Insert(name="crash", rows=rows))
    chance = random.Random(7)
    for number in range(kills):
        with worker(environment) as process:
            reached = rows * number // kills
            wait_until(lambda least=reached: done_of(job) > least, process)  # type: ignore[misc]  # bound early on purpose
            time.sleep(chance.random() * 0.02)
            process.kill()
        job.refresh_from_db()
        assert job.state == "running"
        # What was committed and what the job says agree at every moment.
        check_every_row_once("crash", job.done)
        let_the_lease_run_out(job)
    with worker(environment) as process:
        wait_until(lambda: Job.objects.filter(pk=job.pk, state="done").exists(), process)
    check_every_row_once("crash", rows)
    job.refresh_from_db()
    return job


def test_killed_workers_leave_every_row_done_exactly_once(child_environment: Mapping[str, str]) -> None:
    job = kill_again_and_again(child_environment, kills=3, rows=ROWS)
    assert (job.done, job.total, job.report) == (ROWS, ROWS, {"batches": ROWS // 10})


@pytest.mark.long
def test_fifty_killed_workers_leave_every_row_done_exactly_once(child_environment: Mapping[str, str]) -> None:
    kill_again_and_again(child_environment, kills=50, rows=20_000)


def test_a_worker_that_is_asked_to_stop_hands_its_job_back_at_once(child_environment: Mapping[str, str]) -> None:
    job = enqueue(Actor.system(Via.SHELL), INSERT, Insert(name="crash", rows=ROWS))
    with worker(child_environment) as process:
        wait_until(lambda: done_of(job) > 100, process)
        process.terminate()
        assert process.wait(timeout=20) == 0
    job.refresh_from_db()
    assert (job.state, job.lease) == ("queued", "")
    check_every_row_once("crash", job.done)
    with worker(child_environment) as process:  # without any waiting for a lease
        wait_until(lambda: Job.objects.filter(pk=job.pk, state="done").exists(), process)
    check_every_row_once("crash", ROWS)


def test_two_workers_share_the_queue_and_no_job_is_done_twice(child_environment: Mapping[str, str]) -> None:
    jobs = [enqueue(Actor.system(Via.SHELL), INSERT, Insert(name=f"shared {n}", rows=200)) for n in range(12)]
    with worker(child_environment), worker(child_environment) as process:
        wait_until(lambda: not Job.objects.exclude(state="done").exists(), process)
    for number, job in enumerate(jobs):
        job.refresh_from_db()
        assert (job.attempts, job.report) == (1, {"batches": 20})
        check_every_row_once(f"shared {number}", 200)
