"""One step of an import, batch by batch.

A batch is written in bulk and, when something in it is refused, row by row. Place, keys and rows stand in one
transaction, so that a run that was killed goes on without losing or doubling a row.
"""

import time
from collections.abc import Callable, Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from zhike.core.jobs import Batch
from zhike.core.transfer.builder import Builder, RowRefused
from zhike.core.transfer.checks import check_fields, entity_of, importable_names, sentence_of
from zhike.core.transfer.drafts import Draft, Drafter
from zhike.core.transfer.plan import Plan, Step
from zhike.core.transfer.report import Outcome, StepReport
from zhike.core.transfer.runs import Run
from zhike.core.transfer.writing import BatchWriter
from zhike.core.writes.errors import Refused

_FIRST_BATCH = 100
_SMALLEST, _LARGEST = 20, 500
_SECONDS = 0.2
_REFUSALS = (Refused, ValidationError, IntegrityError, DataError, RowRefused)


class StepImport:
    """The import of one step. Raises `PlanError` when the plan does not fit the file, the entity or the rights."""

    def __init__(self, run: Run, plan: Plan, step: Step) -> None:
        self.run = run
        self.step = step
        self.entity = entity_of(step)
        self.drafter = Drafter(step, importable_names(self.entity))
        check_fields(run.actor, self.entity, self.drafter)
        self.report = self._report()
        self.builder = Builder(run.actor, self.entity, self.drafter, plan.system, self.report, run.report.missing)
        self.writer = BatchWriter(run, self.entity, self.drafter, self.builder, self.report, plan.system)
        # What a trial batch stands on: rows of the steps before, written for it and rolled back with it.
        self.stands_on: Callable[[Sequence[Draft]], None] | None = None
        self._size = _FIRST_BATCH

    def _report(self) -> StepReport:
        """The report that an interrupted run left, or a new one."""
        report = self.run.report.step_of(self.step.number)
        if report is None:
            report = StepReport(number=self.step.number, entity=self.entity.slug, source=self.step.source)
            report.notes = list(self.drafter.table.notes)
            self.run.report.steps.append(report)
        return report

    def execute(self) -> StepReport:
        """Do the step from where it stood, and return its report."""
        place = self.run.place()
        here = place if place.get("step") == self.step.number else {}
        refers = bool(self.builder.self_references)
        if refers:
            self._look_ahead()
        number, after = here.get("pass", 1), here.get("row", 0)
        if number == 1:
            self._pass(1, after, self._write, lambda _draft: True)
            after = 0
        if refers and self.run.remembers:
            self._pass(2, after, self._connect, self.writer.has_self_reference)
        self._finish()
        return self.report

    def _finish(self) -> None:
        self.report.unknown_values = self.report.unknowns.report(self.builder.suggest)
        self.report.finished = True
        with self.run.batch():
            self.run.reached({"step": self.step.number + 1})

    def _look_ahead(self) -> None:
        """By which texts rows of this file can be named, for rows that name others further down."""
        for draft in self.drafter.drafts():
            self.builder.upcoming.update((draft.key, str(draft.cells.get(self.entity.title, "")).strip()))
        self.builder.upcoming.discard("")

    def _pass(
        self,
        number: int,
        after: int,
        do: Callable[[Sequence[Draft], Batch, bool], int],
        concerns: Callable[[Draft], bool],
    ) -> None:
        for chunk in self._chunks(after, concerns):
            pending = chunk
            careful = False
            while pending:
                started = time.monotonic()
                length, mark = self.run.outcomes.flush(), self.report.mark()
                try:
                    with self.run.batch() as batch:
                        done = do(pending, batch, careful)
                        batch.count(done if number == 1 else 0)
                        if done:
                            last = pending[done - 1].number
                            self.run.reached({"step": self.step.number, "pass": number, "row": last})
                except BaseException:
                    self.run.outcomes.rewind(length)
                    self.report.back_to(mark)
                    raise
                careful = done < len(chunk)
                self._adapt(done, time.monotonic() - started)
                pending = pending[done:]
            self.run.beat()

    def _chunks(self, after: int, concerns: Callable[[Draft], bool]) -> Iterator[list[Draft]]:
        chunk: list[Draft] = []
        for draft in self.drafter.drafts():
            if draft.number <= after:
                self.writer.note_seen(draft)
            elif concerns(draft):
                chunk.append(draft)
                if len(chunk) >= self._size:
                    yield chunk
                    chunk = []
        if chunk:
            yield chunk

    def _adapt(self, rows: int, seconds: float) -> None:
        """Make batches as large as fit into 200 ms, within bounds, so that others get their turn to write."""
        if rows == self._size:
            self._size = max(_SMALLEST, min(_LARGEST, int(rows * _SECONDS / max(seconds, 0.001)), self._size * 2))

    def _write(self, drafts: Sequence[Draft], batch: Batch, careful: bool) -> int:
        if not careful and self._holds(self._write_whole, drafts):
            return len(drafts)
        if self.stands_on is not None:
            # Once for several rows; what they stand on would else be written anew for each.
            drafts = drafts[:_SMALLEST]
            self.stands_on(drafts)
        return self._one_by_one(self.writer.write, drafts, batch, self._failed)

    def _write_whole(self, drafts: Sequence[Draft]) -> None:
        if self.stands_on is not None:
            self.stands_on(drafts)
        self.writer.write(drafts)

    def _connect(self, drafts: Sequence[Draft], batch: Batch, careful: bool) -> int:
        if not careful and self._holds(self.writer.connect, drafts):
            return len(drafts)
        return self._one_by_one(self.writer.connect, drafts, batch, self._incomplete)

    def _holds(self, do: Callable[[Sequence[Draft]], None], drafts: Sequence[Draft]) -> bool:
        """Whether the batch could be written whole; if not, nothing of it is left."""
        length, mark = self.run.outcomes.flush(), self.report.mark()
        try:
            with transaction.atomic():
                do(drafts)
        except _REFUSALS:
            self.run.outcomes.rewind(length)
            self.report.back_to(mark)
            return False
        return True

    def _one_by_one(
        self,
        do: Callable[[Sequence[Draft]], None],
        drafts: Sequence[Draft],
        batch: Batch,
        refused: Callable[[Draft, str], None],
    ) -> int:
        """Write row by row till the transaction has lasted long enough; returns how many rows were dealt with."""
        for position, draft in enumerate(drafts):
            if position and batch.is_full:
                return position
            try:
                with transaction.atomic():
                    do([draft])
            except _REFUSALS as refusal:
                refused(draft, sentence_of(refusal, self.entity, self.drafter))
        return len(drafts)

    def _failed(self, draft: Draft, reason: str) -> None:
        self.writer.tell(draft, Outcome.FAILED, reason)

    def _incomplete(self, draft: Draft, reason: str) -> None:
        """The row stands, but what it says of another row does not."""
        self.report.note_incomplete(draft.number, Outcome.FAILED, reason)
        self.run.outcomes.add(self.step.number, draft.number, Outcome.FAILED, reason, draft.row.cells)
