"""The queue: asking for work, taking it, giving it back, ending it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.jobs import files
from zhike.core.jobs.context import LEASE, new_lease
from zhike.core.jobs.kinds import JobEnd, JobKind
from zhike.core.jobs.models import UNFINISHED, Job, JobState

_A = TypeVar("_A")

MAX_ATTEMPTS = 5
# Before the second try, the third, …
PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))


def enqueue(actor: Actor, kind: JobKind[_A], arguments: _A, *, run_after: datetime | None = None) -> Job:
    """Ask for a job in the caller's transaction: it starts when that is committed. Raises `NotAllowed`."""
    from zhike.core.writes.errors import NotAllowed  # writes stand on models that load after this module

    if not kind.is_allowed(actor, arguments):
        raise NotAllowed(_("Your roles do not include this. An administrator can give you the right."))
    return Job.objects.create(
        kind=kind.name,
        arguments=kind.to_json(arguments),
        queue=kind.queue,
        asked_by_id=actor.user_id,
        on_behalf_of_id=None if actor.on_behalf_of is None else actor.on_behalf_of.pk,
        run_after=run_after or timezone.now(),
    )


def visible_jobs(actor: Actor) -> Any:
    """The jobs a person may see: those he asked for; all of them for who keeps the settings."""
    if actor.is_system or actor.access.may("settings.company"):
        return Job.objects.all()
    return Job.objects.filter(asked_by_id=actor.user_id) if actor.user is not None else Job.objects.none()


def claim(queues: Collection[str]) -> Job | None:
    """Take the next job of these queues: one that is due, or one whose worker fell silent. None when there is none."""
    due = _claimable(queues)
    if not due.exists():  # looking costs no lock
        return None
    with transaction.atomic():
        # On SQLite the transaction itself lets only one in (IMMEDIATE).
        job: Job | None = due.select_for_update(skip_locked=True).order_by("run_after", "id").first()
        if job is None:
            return None
        return take(job)


def take(job: Job) -> Job:
    """Hold the job from now on: the lease is this process's until it is over or was not renewed in time."""
    now = timezone.now()
    job.state, job.lease, job.lease_until, job.heartbeat_at = JobState.RUNNING, new_lease(), now + LEASE, now
    job.attempts += 1
    job.started_at = job.started_at or now
    job.save(update_fields=["state", "lease", "lease_until", "heartbeat_at", "attempts", "started_at"])
    return job


def _claimable(queues: Collection[str]) -> Any:
    now = timezone.now()
    waiting = Q(state=JobState.QUEUED, run_after__lte=now)
    abandoned = Q(state=JobState.RUNNING, lease_until__lt=now)
    return Job.objects.filter(waiting | abandoned, queue__in=queues)


def hand_back(job: Job) -> None:
    """Give a job back unharmed: this worker stops, the try does not count."""
    job.refresh_from_db(fields=["attempts"])
    _held(job).update(
        state=JobState.QUEUED, lease="", lease_until=None, run_after=timezone.now(), attempts=max(0, job.attempts - 1)
    )


def retry_later(job: Job, sentence: str) -> None:
    """The try failed: another one after a pause, or none when there were enough."""
    job.refresh_from_db(fields=["attempts"])
    if job.attempts >= MAX_ATTEMPTS:
        finish(job, JobState.FAILED, sentence)
        return
    pause = PAUSES[min(job.attempts, len(PAUSES)) - 1]
    _held(job).update(
        state=JobState.QUEUED, lease="", lease_until=None, run_after=timezone.now() + pause, error=sentence
    )


def finish(job: Job, state: JobState, sentence: str = "") -> None:
    """The job is over; who wants to know (`JobEnd`) hears of it in the same transaction."""
    with transaction.atomic():
        ended = _held(job).update(state=state, lease="", lease_until=None, finished_at=timezone.now(), error=sentence)
        if ended:
            for listener in registry.contributions(JobEnd):
                listener.heard(job, state)


def cancel(job: Job) -> None:
    """Cancel it: at once when it waits, at the end of the batch when it runs. What is done stays done."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
    if not waiting.update(state=JobState.CANCELLED, cancel_asked=True, finished_at=now):
        Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(cancel_asked=True)
    job.refresh_from_db()


def forget_result(job: Job) -> None:
    """Remove its file; the job itself stays listed."""
    if job.result_file:
        files.remove(job.result_file)
        Job.objects.filter(pk=job.pk).update(result_file="")


def _held(job: Job) -> Any:
    """The job while this worker holds it: whoever lost the lease changes nothing."""
    return Job.objects.filter(pk=job.pk, lease=job.lease, state=JobState.RUNNING)
