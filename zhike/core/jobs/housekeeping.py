"""Jobs that the platform asks for itself: what has had its time is thrown away."""

import time
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhike.core.entities import SettingsPage, contribute
from zhike.core.idempotency import KEPT, IdempotencyKey
from zhike.core.jobs import files
from zhike.core.jobs.context import BATCH_ROWS, JobContext
from zhike.core.jobs.kinds import JobKind, NoArguments, ScheduledJob
from zhike.core.jobs.models import UNFINISHED, Job, ScheduledSlot

RESULTS_KEPT = timedelta(days=7)
SLOTS_KEPT = timedelta(days=30)
UPLOADS_KEPT = timedelta(days=90)


def clean_up(job: JobContext[NoArguments]) -> None:
    """Expired sessions, keys of answered requests, results after 7 days, slots that no schedule will look at again.

    On SQLite the planner hears how the tables have grown.
    """
    now = timezone.now()
    delete_in_batches(job, Session.objects.filter(expire_date__lt=now))
    delete_in_batches(job, IdempotencyKey.objects.filter(created_at__lt=now - KEPT))
    _drop_results(job)
    newest = ScheduledSlot.objects.values("name").annotate(newest=Max("slot")).values("newest")
    old = ScheduledSlot.objects.filter(slot__lt=now - SLOTS_KEPT)
    delete_in_batches(job, old.exclude(slot__in=newest))
    _tell_the_planner()


def _tell_the_planner() -> None:
    """SQLite chooses its indexes by what it was last told of the tables; a sample of each is enough and quick."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def delete_in_batches(job: JobContext[NoArguments], rows: QuerySet[Any]) -> None:
    """Delete all of `rows`, a batch at a time."""
    while True:
        with job.batch() as batch:
            ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH_ROWS])
            rows.model._default_manager.filter(pk__in=ids).delete()
            batch.count(len(ids))
        if len(ids) < BATCH_ROWS:
            return


def _drop_results(job: JobContext[NoArguments]) -> None:
    """Old results, then files that no job knows (a worker was killed before it could say what it had made)."""
    finished = Job.objects.exclude(state__in=UNFINISHED).exclude(result_file="")
    for name in list(
        finished.filter(finished_at__lt=timezone.now() - RESULTS_KEPT).values_list("result_file", flat=True)
    ):
        files.remove(name)
        with job.batch() as batch:
            batch.count(Job.objects.filter(result_file=name).update(result_file=""))
    known = set(Job.objects.exclude(result_file="").values_list("result_file", flat=True))
    known |= _waiting_uploads()
    oldest = time.time() - RESULTS_KEPT.total_seconds()
    for path in files.folder().iterdir():
        job.beat()
        if path.name not in known and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _waiting_uploads() -> set[str]:
    """The files of imports that somebody began and has not given up."""
    from zhike.core.transfer.models import TableImport  # which stands on jobs

    waiting = TableImport.objects.filter(run=None, updated_at__gt=timezone.now() - UPLOADS_KEPT)
    return set(waiting.values_list("upload", flat=True))


CLEAN_UP = JobKind(
    name="core.clean_up", label=_("cleaning up"), arguments=NoArguments, run=clean_up, right="settings.company"
)

contribute(
    CLEAN_UP,
    ScheduledJob(name="core.clean_up", cron="20 3 * * *", kind=CLEAN_UP),
    SettingsPage(
        name="jobs",
        label=_("jobs"),
        description=_("Imports, exports and other long work: how far it is, and its results."),
        group=_("System"),
        icon="list-check",
        url_name="jobs",
        right="",
        weight=900,
    ),
)
