"""Asking for an import to be undone, and the job that does it."""

import time
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core.actors import Actor, Via
from zhike.core.entities import SettingsPage, contribute
from zhike.core.jobs import Job, JobContext, JobKind, Queue, enqueue
from zhike.core.jobs.context import BATCH_ROWS, BATCH_SECONDS
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.undo import EVENTS, RIGHT, Undoing, events_of
from zhike.core.transfer.undo_report import UndoReport
from zhike.core.writes.errors import NotAllowed, RuleBroken

_SMALLEST = 20


@dataclass(frozen=True, kw_only=True)
class UndoArguments:
    """The batch id of the import that is to be undone."""

    batch: str


def may_undo(actor: Actor, batch: str) -> bool:
    """Whoever imported it may, and whoever keeps the imports."""
    if actor.is_system or actor.access.may(RIGHT):
        return True
    if actor.user_id is None:
        return False
    row = TableImport.objects.filter(batch=batch).first()
    if row is not None:
        return row.asked_by_id == actor.user_id
    first = events_of(batch).order_by("pk").first()
    return first is not None and first.actor_id == actor.user_id


def check_undo(actor: Actor, batch: str) -> None:
    """Raise `RuleBroken` for a batch that is no import or is still under way, `NotAllowed` for another person's."""
    events = events_of(batch).order_by("pk")
    first = events.first() if batch else None
    running = TableImport.objects.filter(batch=batch, run__state__in=("queued", "running")).exists()
    if running:
        raise RuleBroken(_("This import is still running. Stop it first, or wait for its end."))
    if first is None or first.via != Via.IMPORT or batch.startswith("undo-"):
        raise RuleBroken(_("There is no import “%(batch)s” that wrote anything.") % {"batch": batch})
    if not may_undo(actor, batch):
        raise NotAllowed(_("Only the person who imported this, or who keeps the imports, may undo it."))


def ask_undo(actor: Actor, batch: str) -> Job:
    """Have an import undone by a job. Raises what `check_undo` raises."""
    check_undo(actor, batch)
    with transaction.atomic():
        job = enqueue(actor, UNDO, UndoArguments(batch=batch))
        TableImport.objects.filter(batch=batch).update(undo=job, updated_at=timezone.now())
    return job


def run_undo(job: JobContext[UndoArguments]) -> None:
    """The job: some events to a batch, the place kept with it."""
    batch = job.arguments.batch
    if job.total is None:
        job.expect(events_of(batch).count())
    over = bool(job.cursor and job.cursor.get("over"))
    size = EVENTS
    while not over:
        started = time.monotonic()
        with job.batch() as done:
            report = UndoReport.from_json(job.report)
            place, count = Undoing(job.actor, batch, report).some(job.cursor, size)
            over = place is None
            job.cursor = place if place is not None else {"over": True}
            job.report = report.to_json()
            done.count(count)
            if over:
                TableImport.objects.filter(batch=batch).update(
                    stage=TableImport.Stage.UNDONE, updated_at=timezone.now()
                )
        size = _adapted(size, time.monotonic() - started)


def _adapted(size: int, seconds: float) -> int:
    """As many events as fit into the time of a batch, within bounds, so that others get their turn to write."""
    return max(_SMALLEST, min(BATCH_ROWS, int(size * BATCH_SECONDS / max(seconds, 0.001)), size * 2))


def undo_now(actor: Actor, batch: str) -> UndoReport:
    """Undo an import in this process: what the command does. Killed, it is begun again and goes on. Raises like `check_undo`."""
    check_undo(actor, batch)
    report = UndoReport()
    place: dict[str, int] | None = {}
    while place is not None:
        with transaction.atomic():
            place, _count = Undoing(actor, batch, report).some(place)
    TableImport.objects.filter(batch=batch).update(stage=TableImport.Stage.UNDONE, updated_at=timezone.now())
    return report


UNDO = JobKind(
    name="import-undo",
    label=gettext_lazy("undoing an import"),
    arguments=UndoArguments,
    run=run_undo,
    queue=Queue.LONG,
    via=Via.IMPORT,
    page="import-of-job",
)
contribute(
    UNDO,
    SettingsPage(
        name="imports",
        label=gettext_lazy("Imports"),
        description=gettext_lazy("What was imported by whom; any of it can be undone."),
        group=gettext_lazy("System"),
        icon="file-import",
        url_name="imports",
        right=RIGHT,
        weight=910,
    ),
)
