"""Kinds of jobs and schedules, as apps contribute them from their `jobs.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from zhike.core import modules
from zhike.core.actors import Actor, Via
from zhike.core.entities import Contribution, Label, registry
from zhike.core.jobs.models import Queue

if TYPE_CHECKING:
    from zhike.core.jobs.context import JobContext
    from zhike.core.jobs.models import Job, JobState

_A = TypeVar("_A")


@dataclass(frozen=True, kw_only=True)
class NoArguments:
    """The arguments of a kind that needs none."""


@dataclass(frozen=True, kw_only=True)
class JobKind(Contribution, Generic[_A]):
    """What a worker can do: `run(job)`, with everything it writes inside `job.batch()`.

    - `arguments`: a dataclass of plain values (text, numbers, days, lists, …), kept as JSON, checked on the way back.
    - `right`: who may ask for it, and for whom it goes on: blank (anyone signed in), "slug:action", or a right
      outside
      entities; a function of the arguments where it depends on them.
    - `via`: the door its events name; `page`: the URL name of a page that shows the result, called with the job's id.
    """

    name: str
    label: Label
    arguments: type[_A]
    run: Callable[["JobContext[_A]"], None]
    queue: Queue = Queue.QUICK
    right: str | Callable[[_A], str] = ""
    via: Via = Via.JOB
    page: str = ""

    @cached_property
    def _adapter(self) -> Any:
        from pydantic import TypeAdapter  # a tenth of a second that most commands do not need

        return TypeAdapter(self.arguments)

    def to_json(self, arguments: _A) -> dict[str, Any]:
        """The arguments as stored. Raises `TypeError` for an instance of anything but `arguments`."""
        if not isinstance(arguments, self.arguments) or not is_dataclass(arguments):
            raise TypeError(f"Jobs of kind {self.name} take {self.arguments.__name__}, not {type(arguments).__name__}.")
        found: dict[str, Any] = self._adapter.dump_python(arguments, mode="json")
        return found

    def from_json(self, stored: object) -> _A:
        """The stored arguments, checked against their types. Raises `ValueError`."""
        expected = {each.name for each in fields(self.arguments)} if is_dataclass(self.arguments) else set()
        if not isinstance(stored, dict) or set(stored) - expected:
            raise ValueError(f"The arguments of {self.name} do not fit: {stored!r}.")
        found: _A = self._adapter.validate_python(stored)
        return found

    def is_allowed(self, actor: Actor, arguments: _A) -> bool:
        """Whether the actor may have this done."""
        right = self.right if isinstance(self.right, str) else self.right(arguments)
        return modules.may_open(actor, "", right)


@dataclass(frozen=True, kw_only=True)
class ScheduledJob(Contribution):
    """A job that the system asks for by the clock. `cron` has five fields and is read in the company's time zone."""

    name: str
    cron: str
    kind: JobKind[Any]
    arguments: Any = field(default_factory=NoArguments)


@dataclass(frozen=True, kw_only=True)
class JobEnd(Contribution):
    """Hears that a job is over, in the transaction that ends it: `heard(job, state)`."""

    heard: "Callable[[Job, JobState], None]"


def kind_of(name: str) -> JobKind[Any] | None:
    """The kind with that name; None when no app that is installed contributes it."""
    return next((each for each in registry.contributions(JobKind) if each.name == name), None)


def schedules() -> list[ScheduledJob]:
    return registry.contributions(ScheduledJob)
