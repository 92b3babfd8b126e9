"""Kinds of jobs for tests, and a way to have them known without the frozen registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from zhike.core.external_keys import ExternalKey
from zhike.core.jobs import JobContext, JobFailed, JobKind, NoArguments, Queue

ROWS_IN_BATCH = 10


@dataclass(frozen=True, kw_only=True)
class Insert:
    """Insert so many rows under a name. `stumble_at`: fail in the middle of the batch that holds this row."""

    name: str
    rows: int
    stumble_at: int = -1


def insert_rows(job: JobContext[Insert]) -> None:
    """Insert external keys "0", "1", …, ten to a batch."""
    job.expect(job.arguments.rows)
    while (start := job.cursor or 0) < job.arguments.rows:
        with job.batch() as batch:
            for number in range(start, min(start + ROWS_IN_BATCH, job.arguments.rows)):
                if number == job.arguments.stumble_at:
                    raise ConnectionError("stumbled")
                # With a key of its own no uniqueness stops a second row of that number: only the job does.
                ExternalKey.objects.create(entity="test", record_id=number, system=job.arguments.name, key=uuid4().hex)
                batch.count()
            job.cursor = start + batch.rows
            job.report["batches"] = job.report.get("batches", 0) + 1


def refuse(job: JobContext[NoArguments]) -> None:
    raise JobFailed("There is nothing to be done here.")


def write_file(job: JobContext[NoArguments]) -> None:
    with job.result("名单.csv") as path:
        path.write_text("name\n", encoding="utf-8")


INSERT = JobKind(name="test.insert", label=_("kind"), arguments=Insert, run=insert_rows, queue=Queue.LONG)
REFUSE = JobKind(name="test.refuse", label=_("kind"), arguments=NoArguments, run=refuse)
WRITE = JobKind(name="test.write", label=_("kind"), arguments=NoArguments, run=write_file)
GUARDED = JobKind(
    name="test.guarded",
    label=_("kind"),
    arguments=Insert,
    run=insert_rows,
    right=lambda wanted: f"{wanted.name}:import",
)
KINDS: tuple[JobKind[Any], ...] = (INSERT, REFUSE, WRITE, GUARDED)


@contextmanager
def known(*kinds: JobKind[Any]) -> Iterator[None]:
    """Let the worker know these kinds, or all of this module."""
    by_name = {kind.name: kind for kind in kinds or KINDS}
    with (
        mock.patch("zhike.core.jobs.worker.kind_of", by_name.get),
        mock.patch("zhike.core.jobs.views.kind_of", by_name.get),
    ):
        yield
