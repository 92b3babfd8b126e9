"""An undoing whose worker is killed ends whole: every record once, nothing left, nothing half."""

import random
import signal
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.test_import_jobs import SYSTEM, WORKER, arguments, rows_of, started, wait_for
from zhike.core.events.models import Event
from zhike.core.external_keys import ExternalKey
from zhike.core.jobs import Job, files
from zhike.core.jobs.worker import run_here
from zhike.core.transfer.jobs import IMPORT
from zhike.core.transfer.undo import batch_of_undoing
from zhike.core.transfer.undo_jobs import ask_undo
from zhike.core.transfer.undo_report import UndoReport
from zhike.customers.models import Customer


@pytest.mark.file
@pytest.mark.serial("crash")
@pytest.mark.django_db(transaction=True)
def test_an_undoing_killed_three_times_ends_with_every_record_taken_back_once(
    child_environment: dict[str, str],
) -> None:
    count, kills = 600, 3
    given = arguments(rows_of(count), columns={"name": "name", "employees": "staff", "parent": "of"}, system="many")
    child_environment["ZHIKE_DATA_DIR"] = str(files.folder().parents[1])
    batch = f"job-{run_here(SYSTEM, IMPORT, given).pk}"
    assert Customer.objects.filter(deleted_at=None).count() == count
    job = ask_undo(SYSTEM, batch)
    chance = random.Random(7)
    for number in range(kills):
        process = started(WORKER, child_environment)
        wanted = count * number // kills
        wait_for(lambda wanted=wanted: Job.objects.get(pk=job.pk).done > wanted, process)  # type: ignore[misc]  # bound early
        time.sleep(chance.random() * 0.03)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        Job.objects.filter(pk=job.pk, state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    process = started(WORKER, child_environment)
    try:
        wait_for(lambda: Job.objects.get(pk=job.pk).state not in ("queued", "running"), process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()
    job.refresh_from_db()
    report = UndoReport.from_json(job.report)
    assert (job.state, job.error) == ("done", "")
    assert not Customer.objects.filter(deleted_at=None).exists()
    assert not ExternalKey.objects.exists()
    deletions = Event.objects.filter(entity="customers", verb="delete", batch_id=batch_of_undoing(batch))
    assert deletions.count() == deletions.values("record_id").distinct().count() == count
    assert (report.removed, report.kept) == (count, 0)
