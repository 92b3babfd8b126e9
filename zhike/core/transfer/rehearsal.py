"""The trial of an import of several steps: what a step builds on is written for each of its batches, and rolled back with it.

A trial that kept all steps in one transaction would hold up everybody else who writes, for as long as the file is long.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from zhike.core.actors import Actor
from zhike.core.transfer.builder import RowRefused
from zhike.core.transfer.drafts import Draft
from zhike.core.transfer.engine import StepImport
from zhike.core.transfer.outcomes import Outcomes
from zhike.core.transfer.plan import Plan, Step
from zhike.core.transfer.report import Outcome, Report
from zhike.core.transfer.runs import DirectRun, Run
from zhike.core.transfer.tables import Cell
from zhike.core.writes.errors import Refused

_REFUSALS = (Refused, ValidationError, IntegrityError, DataError, RowRefused)


class _Unheard(Outcomes):
    """Outcomes that nobody asks for."""

    def __init__(self) -> None:
        """Without a file."""

    def add(self, step: int, row: int, outcome: Outcome, reason: str, cells: Sequence[Cell]) -> None:
        """Said to nobody."""

    def flush(self) -> int:
        return 0

    def rewind(self, length: int) -> None:
        """Nothing was written."""

    def close(self) -> None:
        """Nothing is open."""


class _Understudy:
    """An earlier step, ready to write those of its rows that a batch of a later one names."""

    def __init__(self, actor: Actor, plan: Plan, step: Step) -> None:
        run = DirectRun(actor, Report(plan=plan.name, dry_run=True), _Unheard())
        self.step = step
        self.work = StepImport(run, plan, step)
        entity = self.work.entity
        # Rows that stand in the plan are named by their title.
        self.named = (
            {str(draft.cells.get(entity.title, "")): draft for draft in self.work.drafter.drafts()}
            if step.file is None
            else {}
        )

    def drafts_for(self, later: "StepImport", drafts: Sequence[Draft]) -> list[Draft]:
        """The rows of this step on which these drafts of a later one stand."""
        if self.step.file is not None:
            of_file = (self.work.drafter.draft(draft.row) for draft in drafts)
            return list({draft.key: draft for draft in of_file if draft.key}.values())
        found: dict[str, Draft] = {}
        for name, finder in later.builder.relations.finders.items():
            if finder.entity is self.work.entity:
                texts = (str(draft.cells.get(name, "")).strip() for draft in drafts)
                found |= {text: self.named[text] for text in texts if text in self.named}
        return list(found.values())

    def write(self, drafts: Sequence[Draft]) -> None:
        """Write them in the caller's transaction; those that are refused are left out, and told of by their own step."""
        self.work.writer.forget_seen()
        self.work.builder.relations.forget()
        if not drafts or self._holds(drafts):
            return
        for draft in drafts:
            self._holds([draft])

    def _holds(self, drafts: Sequence[Draft]) -> bool:
        try:
            with transaction.atomic():
                self.work.writer.write(drafts)
        except _REFUSALS:
            return False
        return True


class Rehearsal:
    """Carries out a trial of several steps, batch by batch."""

    def __init__(self, run: Run, plan: Plan) -> None:
        self.run = run
        self.plan = plan

    def execute(self, steps: Iterable[Step]) -> None:
        """Try these steps of the plan in order."""
        for step in steps:
            work = StepImport(self.run, self.plan, step)
            earlier = [each for each in self.plan.steps if each.number < step.number]
            if earlier:
                work.stands_on = self._stage([_Understudy(self.run.actor, self.plan, each) for each in earlier], work)
            work.execute()

    def _stage(self, earlier: list[_Understudy], work: StepImport) -> Any:
        def stand(drafts: Sequence[Draft]) -> None:
            work.builder.relations.forget()
            wanted: list[tuple[_Understudy, list[Draft]]] = []
            # From the last to the first, since what a step stands on stands on others itself.
            for understudy in reversed(earlier):
                needed = {draft.key: draft for draft in understudy.drafts_for(work, drafts)}
                for later, theirs in wanted:
                    needed |= {draft.key: draft for draft in understudy.drafts_for(later.work, theirs)}
                wanted.append((understudy, list(needed.values())))
            for understudy, needed_drafts in reversed(wanted):
                understudy.write(needed_drafts)

        return stand
