"""What an import did, or would do: counts per step, rows with their reasons, unknown values with suggestions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from django.utils.translation import gettext_lazy as _

from zhike.core.transfer.suggest import Unknowns, UnknownValue


class Outcome(StrEnum):
    """What became of one row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def label(self) -> Any:
        return _LABELS[self]


_LABELS = {
    Outcome.CREATED: _("created"),
    Outcome.UPDATED: _("updated"),
    Outcome.UNCHANGED: _("unchanged"),
    Outcome.SKIPPED: _("skipped"),
    Outcome.FAILED: _("failed"),
}
# Kept in the report itself; the rest stands in the file of outcomes.
SHOWN = 200
_MISSING = 10_000
# Kinds of reasons told apart; what a sentence quotes does not make it another kind.
_KINDS = 100
_QUOTED = re.compile("“[^”]*”|[0-9]+")
# What `StepReport.mark` keeps.
Mark: TypeAlias = tuple[dict[str, int], int, int, Unknowns, dict[str, "Reason"]]


@dataclass(frozen=True)
class RowNote:
    """One row that was skipped or failed, or that was written with something left out, and why."""

    row: int
    outcome: str
    reason: str

    @property
    def label(self) -> Any:
        return Outcome(self.outcome).label


@dataclass(frozen=True)
class Reason:
    """One kind of reason: an example of its sentence, how many rows it holds for, the first of them, and their outcome."""

    sentence: str
    count: int
    first_row: int
    outcome: str

    @property
    def label(self) -> Any:
        return Outcome(self.outcome).label


@dataclass(kw_only=True)
class StepReport:
    """One step: `counts` by outcome, the first notes on rows, and all unknown values."""

    number: int
    entity: str
    source: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(map(str, Outcome), 0))
    incomplete: int = 0
    notes: list[str] = field(default_factory=list)
    rows: list[RowNote] = field(default_factory=list)
    reasons: dict[str, Reason] = field(default_factory=dict)
    unknowns: Unknowns = field(default_factory=Unknowns)
    unknown_values: tuple[UnknownValue, ...] = ()
    finished: bool = False

    def count(self, outcome: Outcome, row: int = 0, reason: str = "") -> None:
        """Count one row; with a reason it is noted too."""
        self.counts[outcome] += 1
        if reason:
            self._note(row, outcome, reason)

    def note_incomplete(self, row: int, outcome: Outcome, reason: str) -> None:
        """A row that was written, but with something left out."""
        self.incomplete += 1
        self._note(row, outcome, reason)

    def _note(self, row: int, outcome: str, reason: str) -> None:
        if len(self.rows) < SHOWN:
            self.rows.append(RowNote(row, outcome, reason))
        kind = f"{outcome} {_QUOTED.sub('…', reason)}"[:300]
        known = self.reasons.get(kind)
        if known is not None:
            self.reasons[kind] = Reason(known.sentence, known.count + 1, known.first_row, outcome)
        elif len(self.reasons) < _KINDS:
            self.reasons[kind] = Reason(reason, 1, row, outcome)

    def mark(self) -> Mark:
        """What `back_to` returns to when a batch is rolled back."""
        return dict(self.counts), self.incomplete, len(self.rows), self.unknowns.copy(), dict(self.reasons)

    def back_to(self, mark: Mark) -> None:
        """Forget what was counted since `mark`."""
        counts, self.incomplete, length, unknowns, reasons = mark
        self.counts, self.unknowns, self.reasons = dict(counts), unknowns.copy(), dict(reasons)
        del self.rows[length:]

    def kinds_of_reasons(self) -> list[Reason]:
        """What went wrong, the failures first, each kind once, the most frequent first."""
        return sorted(
            self.reasons.values(), key=lambda each: (each.outcome != Outcome.FAILED, -each.count, each.first_row)
        )

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "entity": self.entity,
            "source": self.source,
            "counts": dict(self.counts),
            "incomplete": self.incomplete,
            "notes": self.notes,
            "rows": [asdict(each) for each in self.rows],
            "reasons": {kind: asdict(each) for kind, each in self.reasons.items()},
            "unknowns": self.unknowns.to_json(),
            "unknown_values": [asdict(each) for each in self.unknown_values],
            "finished": self.finished,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "StepReport":
        """The report of a step that was interrupted, or is over."""
        return cls(
            number=stored["number"],
            entity=stored["entity"],
            source=stored["source"],
            counts=dict(stored["counts"]),
            incomplete=stored["incomplete"],
            notes=list(stored["notes"]),
            rows=[RowNote(**each) for each in stored["rows"]],
            reasons={kind: Reason(**each) for kind, each in stored.get("reasons", {}).items()},
            unknowns=Unknowns.from_json(stored["unknowns"]),
            unknown_values=tuple(UnknownValue(**each) for each in stored["unknown_values"]),
            finished=stored["finished"],
        )


@dataclass(kw_only=True)
class Report:
    """A whole import. `seconds` is wall time; `failed_files` are the paths of rows given back, by step."""

    plan: str
    dry_run: bool
    steps: list[StepReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    # What its events are known by, to undo it; blank for a trial.
    batch: str = ""
    failed_files: dict[int, str] = field(default_factory=dict)
    # What failed, by entity and the texts that name it: (step, row). Rows that name it say so instead of "unknown".
    missing: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def miss(self, entity: str, texts: Iterable[str], step: int, row: int) -> None:
        """Remember that what these texts name was not imported."""
        missing = self.missing.setdefault(entity, {})
        if len(missing) < _MISSING:
            missing |= dict.fromkeys((text for text in texts if text), (step, row))

    def count(self, outcome: Outcome) -> int:
        """Rows of all steps with that outcome."""
        return sum(step.counts[outcome] for step in self.steps)

    @property
    def rows(self) -> int:
        return sum(step.total for step in self.steps)

    def step_of(self, number: int) -> StepReport | None:
        return next((step for step in self.steps if step.number == number), None)

    @property
    def summary(self) -> list[str]:
        """One line per step, for the page of the job."""
        return [
            ", ".join(f"{outcome.label} {step.counts[outcome]}" for outcome in Outcome if step.counts[outcome])
            for step in self.steps
        ]

    def to_json(self) -> dict[str, Any]:
        return {
            "summary": self.summary,
            "plan": self.plan,
            "dry_run": self.dry_run,
            "steps": [step.to_json() for step in self.steps],
            "notes": self.notes,
            "seconds": self.seconds,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Report":
        return cls(
            plan=stored["plan"],
            dry_run=stored["dry_run"],
            steps=[StepReport.from_json(each) for each in stored["steps"]],
            notes=list(stored["notes"]),
            seconds=stored["seconds"],
        )


def first_reasons(step: StepReport, limit: int) -> Sequence[RowNote]:
    """The first notes, failures before skipped rows."""
    failed = [each for each in step.rows if each.outcome == Outcome.FAILED]
    return (failed + [each for each in step.rows if each.outcome != Outcome.FAILED])[:limit]
