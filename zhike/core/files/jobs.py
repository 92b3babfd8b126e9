"""Files that wait for a form nobody saved, and blobs that no file names any more, are removed."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.entities import contribute
from zhike.core.files import store
from zhike.core.files.models import File
from zhike.core.jobs import JobContext, JobKind, NoArguments, ScheduledJob

# Longer than any upload takes from its first byte to the commit of its row.
GRACE_SECONDS = 24 * 3600
_AT_ONCE = 500


def sweep(job: JobContext[NoArguments]) -> None:
    """Remove what was left over: of files removed for good, of uploads that broke off."""
    paths = store.older_than(GRACE_SECONDS)
    while batch := list(islice(paths, _AT_ONCE)):
        job.beat()
        for path in _unnamed(batch):
            path.unlink(missing_ok=True)


def _unnamed(paths: list[Path]) -> Iterator[Path]:
    """Those that no row names: neither a live one nor one in the recycle bin."""
    known = set(
        File.objects.filter(stored_name__in=[path.name for path in paths]).values_list("stored_name", flat=True)
    )
    return (path for path in paths if path.name not in known)


SWEEP = JobKind(
    name="core.sweep_files", label=_("removing left-over files"), arguments=NoArguments, run=sweep,
    right="settings.company",
)  # fmt: skip


def drop_waiting(job: JobContext[NoArguments]) -> None:
    """Remove what was uploaded for a field a day ago and stands in none: the form was never saved."""
    before = timezone.now() - timedelta(seconds=GRACE_SECONDS)
    waiting = File.objects.filter(about="", field__gt="", created_at__lt=before).order_by("pk")
    while rows := list(waiting[:_AT_ONCE]):
        with job.batch() as batch:
            for row in rows:
                writes.purge(Actor.system(Via.JOB), row)
            batch.count(len(rows))


WAITING = JobKind(
    name="core.drop_waiting_files", label=_("removing files that were never saved"), arguments=NoArguments,
    run=drop_waiting, right="settings.company",
)  # fmt: skip

contribute(WAITING, ScheduledJob(name="core.drop_waiting_files", cron="20 3 * * *", kind=WAITING))
contribute(SWEEP, ScheduledJob(name="core.sweep_files", cron="50 3 * * *", kind=SWEEP))
