"""The worker dies in the middle of a step on many records: records are whole, and each is done exactly once."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from zhike.core import overlay
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.jobs import Job, enqueue
from zhike.core.jobs.tests.test_crash import Process, done_of, let_the_lease_run_out, wait_until
from zhike.core.lists import ListQuery
from zhike.core.pages.bulk_job import BULK, BulkArguments, newest_id
from zhike.core.pages.tests.world import customer
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast

pytestmark = [pytest.mark.file, pytest.mark.serial("crash"), pytest.mark.django_db(transaction=True)]
ROWS = 300
START = """
import django; django.setup()
from threading import Event
from zhike.core.jobs.worker import work
print("ready", flush=True)
work(("long",), Event())
"""


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    overlay.forget()
    yield cast()
    overlay.forget()


@contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[Process]:
    process = subprocess.Popen(
        [sys.executable, "-c", START], env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_killed_change_of_many_records_ends_whole_records_and_goes_on_exactly(
    people: Cast, child_environment: Mapping[str, str]
) -> None:
    for number in range(ROWS):
        customer(people.ana, f"Customer {number}", level="small")
    actor = people.actor("ana")
    query = ListQuery.parse(registry.get("customers"), actor, {"level": "small"})
    answers = {"field": ["level"], "level": ["key"], "go": ["1"]}
    asked = BulkArguments(slug="customers", step="edit", query=query.address, until=newest_id(query), answers=answers)
    job = enqueue(actor, BULK, asked)
    for kill in range(3):
        with worker(child_environment) as process:
            wait_until(lambda least=ROWS * kill // 4: done_of(job) > least, process)  # type: ignore[misc]  # bound early on purpose
            process.kill()
        # What was committed, what the log says and what the job says agree at every moment.
        done = done_of(job)
        assert Customer.objects.filter(level="key").count() == done
        assert Event.objects.filter(batch_id=f"job-{job.pk}").count() == done
        let_the_lease_run_out(job)
    with worker(child_environment) as process:
        wait_until(lambda: Job.objects.filter(pk=job.pk, state="done").exists(), process)
    job.refresh_from_db()
    assert (job.done, job.total, job.report["left"]) == (ROWS, ROWS, 0)
    changed = Counter(Event.objects.filter(batch_id=f"job-{job.pk}").values_list("record_id", flat=True))
    assert len(changed) == ROWS
    assert set(changed.values()) == {1}
    assert set(Customer.objects.values_list("level", flat=True)) == {"key"}
