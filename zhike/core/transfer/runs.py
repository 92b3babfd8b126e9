"""Under what an import runs: a command, a job that may be killed and taken up again, or a trial."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

from django.db import transaction

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.jobs import Batch, JobContext
from zhike.core.transfer.outcomes import Outcomes
from zhike.core.transfer.report import Report

OnProgress = Callable[[int, int | None], None]


class Run(Protocol):
    """What the engine asks of its surroundings."""

    report: Report
    outcomes: Outcomes
    is_trial: bool
    # Whether a batch sees what the batches before it wrote.
    remembers: bool

    @property
    def actor(self) -> Actor: ...

    def batch(self) -> AbstractContextManager[Batch]:
        """One transaction of the import."""

    def place(self) -> dict[str, int]:
        """Where to go on: the step, its pass and the last row that was dealt with; empty at the beginning."""

    def reached(self, place: dict[str, int]) -> None:
        """Keep the place with the batch; called inside it."""

    def beat(self) -> None:
        """Called between batches and while a file is read."""


class DirectRun:
    """A command: commits batch by batch. Run again after an accident, the keys tell what is done."""

    is_trial = False
    remembers = True

    def __init__(self, actor: Actor, report: Report, outcomes: Outcomes, on_progress: OnProgress | None = None) -> None:
        self.actor = actor
        self.report = report
        self.outcomes = outcomes
        self._on_progress = on_progress
        self._done = 0

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        overlay.refresh()
        batch = Batch()
        with transaction.atomic():
            yield batch
        self._tell(batch)

    def _tell(self, batch: Batch) -> None:
        self._done += batch.rows
        if self._on_progress is not None:
            self._on_progress(self._done, None)

    def place(self) -> dict[str, int]:
        return {}

    def reached(self, place: dict[str, int]) -> None:
        """A command has no place to keep."""

    def beat(self) -> None:
        """Nobody waits for a sign of life."""


class TrialRun(DirectRun):
    """A dry run: the same code, rolled back.

    Steps that build on one another need one transaction around all of them (`whole`); a single step is rolled back
    batch by batch, so that nobody else waits for it.
    """

    is_trial = True

    def __init__(
        self, actor: Actor, report: Report, outcomes: Outcomes, on_progress: OnProgress | None = None, *, whole: bool
    ) -> None:
        super().__init__(actor, report, outcomes, on_progress)
        self.remembers = whole

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        batch = Batch()
        with nullcontext() if self.remembers else rolled_back():
            yield batch
        self._tell(batch)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards, from the caches too."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        overlay.forget()


class JobRun:
    """A job: place, report and outcomes are kept with each batch; a killed one goes on exactly where it stood."""

    def __init__(self, context: JobContext[Any], report: Report, outcomes: Outcomes, *, is_trial: bool) -> None:
        self.context = context
        self.report = report
        self.outcomes = outcomes
        self.is_trial = is_trial
        self.remembers = not is_trial

    @property
    def actor(self) -> Actor:
        return self.context.actor

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        with self.context.batch() as batch, rolled_back() if self.is_trial else nullcontext():
            yield batch

    def place(self) -> dict[str, int]:
        return dict((self.context.cursor or {}).get("place", {}))

    def reached(self, place: dict[str, int]) -> None:
        self.context.cursor = {"place": place, "outcomes": self.outcomes.flush()}
        self.context.report = self.report.to_json()

    def beat(self) -> None:
        self.context.beat()
