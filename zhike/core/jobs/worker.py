"""Doing the work: one job at a time, from claim to end, whatever happens in between."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhike.core import company, overlay
from zhike.core.actors import Actor
from zhike.core.jobs import queue
from zhike.core.jobs.context import (
    Cancelled,
    HandedBack,
    JobContext,
    JobFailed,
    LeaseLost,
    RightsLost,
    actor_for,
)
from zhike.core.jobs.kinds import JobKind, kind_of
from zhike.core.jobs.models import Job, JobState

log = logging.getLogger(__name__)

_A = TypeVar("_A")
OnProgress: TypeAlias = Callable[[JobContext[Any]], None]

_POLL_SECONDS = 1.0
_TROUBLE_SECONDS = 5.0


def work(queues: Collection[str], stop: Flag) -> None:
    """Do jobs of these queues until `stop` is set; the batch in hand is finished and its job handed back.

    Trouble with the database ends nothing: the worker waits and comes back.
    """
    while not stop.is_set():
        try:
            close_old_connections()
            busy = work_once(queues, stop)
        except (DatabaseError, InterfaceError):
            log.exception("The database did not answer; the worker tries again in %s seconds.", _TROUBLE_SECONDS)
            connection.close()
            stop.wait(_TROUBLE_SECONDS)
            continue
        if not busy:
            stop.wait(_POLL_SECONDS)


def work_once(queues: Collection[str], stop: Flag | None = None) -> bool:
    """Do the next job of these queues, if there is one. Says whether there was."""
    job = queue.claim(queues)
    if job is None:
        return False
    perform(job, stop or Flag())
    return True


def run_here(actor: Actor, kind: JobKind[_A], arguments: _A, on_progress: OnProgress | None = None) -> Job:
    """Do a job in this process and wait for its end: what a command does. `on_progress` hears of every batch and beat.

    Raises `NotAllowed`. Should the process be killed, a worker takes the job over where it stood.
    """
    with transaction.atomic():
        job = queue.take(queue.enqueue(actor, kind, arguments))
    perform(job, Flag(), on_progress)
    job.refresh_from_db()
    return job


def perform(job: Job, stop: Flag, on_progress: OnProgress | None = None) -> None:
    """Run a job that was claimed, and settle how it ended."""
    overlay.refresh()
    with _reader_of(job):
        kind = kind_of(job.kind)
        if kind is None:
            queue.finish(
                job, JobState.FAILED, _("This version of Zhike does not know this kind of job. Ask for it again.")
            )
        elif job.attempts > queue.MAX_ATTEMPTS:
            queue.finish(job, JobState.FAILED, _broken(job))
        elif job.cancel_asked:
            queue.finish(job, JobState.CANCELLED)
        else:
            _run(job, kind, stop, on_progress)


def _run(job: Job, kind: JobKind[Any], stop: Flag, on_progress: OnProgress | None) -> None:
    try:
        arguments = kind.from_json(job.arguments)
        actor = actor_for(job, kind)
        if actor is None or not kind.is_allowed(actor, arguments):
            raise RightsLost
        log.info("Job %s (%s) starts, try %s.", job.pk, job.kind, job.attempts)
        kind.run(JobContext(job, kind, arguments, actor, stop, on_progress))
    except HandedBack:
        queue.hand_back(job)
    except LeaseLost:
        log.warning("Job %s was taken over by another worker; what this one had not committed is rolled back.", job.pk)
    except Cancelled:
        queue.finish(job, JobState.CANCELLED)
    except RightsLost:
        sentence = _("The job stopped because the person who asked for it may no longer do this. Ask somebody who may.")
        queue.finish(job, JobState.FAILED, sentence)
    except (OperationalError, InterfaceError):
        log.exception("Job %s (%s) lost the database.", job.pk, job.kind)
        connection.close()
        queue.retry_later(job, _broken(job))
    except Exception as error:
        # A kind may fail in any way; the worker lives on.
        sentence = said_by(error)
        if sentence:
            queue.finish(job, JobState.FAILED, sentence)
        else:
            log.exception("Job %s (%s) failed.", job.pk, job.kind)
            queue.retry_later(job, _broken(job))
    else:
        queue.finish(job, JobState.DONE)


def said_by(error: Exception) -> str:
    """The sentence of a refusal, which no retry can change; blank for an accident."""
    from zhike.core.writes.errors import Refused

    if isinstance(error, (JobFailed, Refused)):
        return error.sentence
    return " ".join(error.messages) if isinstance(error, ValidationError) else ""


@contextmanager
def _reader_of(job: Job) -> Iterator[None]:
    """Speak the language of the person who asked, and count days as he does."""
    language = getattr(job.asked_by, "language", "") or company.current().language
    zone = ZoneInfo(getattr(job.asked_by, "time_zone", "") or company.current().time_zone)
    with translation.override(language), timezone.override(zone):
        yield


def _broken(job: Job) -> str:
    return _(
        "Something went wrong in Zhike itself. Try again; if it happens again, "
        "tell your administrator that job %(id)s failed."
    ) % {"id": job.pk}
