"""What a running job holds in its hands: its arguments, its actor, its place, and batches that move it on."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.utils import timezone

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.jobs import files
from zhike.core.jobs.kinds import JobKind
from zhike.core.jobs.models import Job, JobState

_A = TypeVar("_A")

LEASE = timedelta(seconds=60)
# A batch ends at whichever comes first, so that no batch holds SQLite's write lock for long.
BATCH_ROWS = 500
BATCH_SECONDS = 0.2
_BEAT_SECONDS = 1.0


class JobFailed(Exception):
    """The job cannot be done, now or later; the sentence is for the person who asked for it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Interrupted(BaseException):
    """The job must stop where it is. No `Exception`, so that a kind that redoes failing rows does not catch it."""


class HandedBack(Interrupted):
    """This worker stops; another one goes on."""


class Cancelled(Interrupted):
    """Somebody cancelled the job."""


class LeaseLost(Interrupted):
    """Another worker has taken the job: what this one was about to write is rolled back."""


class RightsLost(Interrupted):
    """The person who asked may no longer have this done."""


class Batch:
    """One transaction of a job. Count what was done; stop filling it when it is full."""

    def __init__(self) -> None:
        self.rows = 0
        self._full_at = time.monotonic() + BATCH_SECONDS

    def count(self, rows: int = 1) -> None:
        """Say that so many more rows are done."""
        self.rows += rows

    @property
    def is_full(self) -> bool:
        """Whether it has its 500 rows or its 200 ms."""
        return self.rows >= BATCH_ROWS or time.monotonic() >= self._full_at


class JobContext(Generic[_A]):
    """A job under way. `cursor` (JSON, None at the beginning) and `report` are the kind's own, kept with each batch.

    All of `run` may start again from the last committed batch at any time, in another process.
    """

    def __init__(
        self,
        job: Job,
        kind: JobKind[_A],
        arguments: _A,
        actor: Actor,
        stop: Flag,
        on_progress: "Callable[[JobContext[Any]], None] | None" = None,
    ) -> None:
        self.id: int = job.pk
        self.arguments = arguments
        self.actor = actor
        self.cursor: Any = job.cursor
        self.done = job.done
        self.total = job.total
        self.report: dict[str, Any] = job.report
        self._lease = job.lease
        self._kind = kind
        self._stop = stop
        self._on_progress = on_progress
        self._epoch = overlay.current_token()
        self._result = (job.result_file, job.result_name)
        self._next_beat = time.monotonic() + _BEAT_SECONDS

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """One transaction: the rows written inside, `cursor`, `report` and the count are kept together or not at all.

        Leave with an exception and all of it is as before, in memory too. Raises `Interrupted` before it begins when
        the job is to stop, and at its end when the lease was lost meanwhile.
        """
        self._look_around()
        before = (deepcopy(self.cursor), deepcopy(self.report), self.done)
        batch = Batch()
        try:
            with transaction.atomic(durable=True):
                yield batch
                self.done += batch.rows
                # The batch proves that the job can go on from here: tries are counted anew.
                self._save(attempts=1)
        except BaseException:
            self.cursor, self.report, self.done = before
            raise

    def beat(self) -> None:
        """Say that the job lives and how far it is, outside of batches: while reading or writing a file. Cheap."""
        if time.monotonic() >= self._next_beat:
            self._look_around()
            self._save()

    def expect(self, total: int) -> None:
        """Say how many rows there are in all; shown from the next batch or beat on."""
        self.total = total

    @contextmanager
    def result(self, name: str) -> Iterator[Path]:
        """The path to write the result to, which a person then gets under `name` once the block ends well."""
        random_name = files.new_name(name)
        path = files.path_of(random_name)
        try:
            yield path
            old, self._result = self._result[0], (random_name, name)
            self._save()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        if old:
            files.remove(old)

    def _look_around(self) -> None:
        if self._stop.is_set():
            raise HandedBack
        cancel = Job.objects.filter(pk=self.id, lease=self._lease, state=JobState.RUNNING).values_list(
            "cancel_asked", flat=True
        )
        found = cancel.first()
        if found is None:
            raise LeaseLost
        if found:
            raise Cancelled
        token = overlay.current_token()
        if token != self._epoch:
            self._judge_again(token)

    def _judge_again(self, token: str) -> None:
        """Configuration changed, and with it perhaps what the person may do."""
        overlay.refresh(token)
        job = Job.objects.select_related("asked_by", "on_behalf_of").get(pk=self.id)
        actor = actor_for(job, self._kind)
        if actor is None or not self._kind.is_allowed(actor, self.arguments):
            raise RightsLost
        self.actor, self._epoch = actor, token

    def _save(self, **columns: Any) -> None:
        now = timezone.now()
        self._next_beat = time.monotonic() + _BEAT_SECONDS
        file, name = self._result
        kept = Job.objects.filter(pk=self.id, lease=self._lease, state=JobState.RUNNING).update(
            cursor=self.cursor,
            report=self.report,
            done=self.done,
            total=self.total,
            result_file=file,
            result_name=name,
            heartbeat_at=now,
            lease_until=now + LEASE,
            **columns,
        )
        if not kept:
            raise LeaseLost
        if self._on_progress is not None:
            self._on_progress(self)


def actor_for(job: Job, kind: JobKind[Any]) -> Actor | None:
    """Who acts in this job, with his rights as they are now; None when he may no longer act at all."""
    person = job.asked_by
    if person is None:
        actor = Actor.system(kind.via)
    elif person.is_active:
        actor = Actor(user=person, via=kind.via, on_behalf_of=job.on_behalf_of)
    else:
        return None
    return actor.in_batch(f"job-{job.pk}")


def new_lease() -> str:
    """A word that only the worker who holds the job knows."""
    return secrets.token_hex(16)
