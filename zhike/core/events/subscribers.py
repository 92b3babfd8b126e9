"""Who wants to hear of what: contributed by apps from their `subscribers.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from zhike.core.entities import Contribution, contribute, registry
from zhike.core.events.models import Event

Handler = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Subscriber(Contribution):
    """Hears of events that fit a pattern, from when it was first seen or (`from_start`) from the log's beginning."""

    name: str
    patterns: tuple[str, ...]
    handler: Handler
    from_start: bool = False

    def wants(self, event: Event) -> bool:
        """Whether a pattern fits the event's name: `opportunities.win`, `opportunities.*`, `*.create`."""
        return any(fnmatchcase(event.name, pattern) for pattern in self.patterns)


def subscribe(name: str, patterns: tuple[str, ...], handler: Handler, *, from_start: bool = False) -> None:
    """Have `handler(event)` called for every event that fits one of the patterns.

    It runs in the dispatcher, in the transaction that moves the subscriber's cursor, at least once per event, in
    order except for events that failed and are tried again later. So it must give the same result when it is called
    twice. It acts through actions with an actor of its own (`Actor.system(Via.WORKFLOW)`). `name` is kept in the
    database: never change it.
    """
    contribute(Subscriber(name=name, patterns=patterns, handler=handler, from_start=from_start))


def subscribers() -> list[Subscriber]:
    return registry.contributions(Subscriber)
