"""What one write did to one row."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(kw_only=True)
class Written:
    """A row being written. `before` is None on creation; `changes` maps field to (old, new) in Python values.

    `steps` are states entered with business dates: (field, value, day), for the history of state.
    """

    row: Any
    before: dict[str, Any] | None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    steps: tuple[tuple[str, Any, date], ...] = ()
    effective_on: date | None = None
    # What the person asked for, before the entity's rule added what follows from it.
    touched: frozenset[str] = frozenset()
    # Fields that the person left blank on purpose, so that the rule fills in nothing.
    blanks: frozenset[str] = frozenset()
    event_id: int | None = None

    @property
    def is_new(self) -> bool:
        return self.before is None

    def day_of(self, name: str) -> date | None:
        """The business day on which `name` took its present value, where one was given."""
        days = [on for step, _value, on in self.steps if step == name]
        return days[-1] if days else self.effective_on

    def changed(self, *names: str) -> bool:
        return any(name in self.changes for name in names)

    def changed_or_new(self, name: str) -> bool:
        """Whether the person set `name` in this write; before the rule has run."""
        return self.is_new or name in self.touched
