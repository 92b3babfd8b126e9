"""Reading the log in an order in which nothing can appear behind what was read."""

from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import Func, Q

from zhike.core.events.models import Event


class Position(NamedTuple):
    """A place in the log: everything up to and including the event (tx, id) has been read."""

    tx: int = 0
    event_id: int = 0


BEGINNING = Position()


class _OldestRunning(Func):
    """The oldest transaction that still runs: all before it are committed or gone."""

    template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    output_field = models.BigIntegerField()


def _settled() -> Q:
    """Only what is older than every running transaction, since a smaller id may be committed after a larger one.

    SQLite has one writer at a time, whose ids are in the order of its commits.
    """
    return Q(tx__lt=_OldestRunning()) if _has_transactions() else Q()


class _Later(Func):
    """`(tx, id) > (tx, id)` as PostgreSQL compares rows, which the index on both columns answers at once."""

    template = "(%(expressions)s)"
    output_field = models.BooleanField()

    def as_postgresql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        """Four expressions: the columns, then the position."""
        texts, parameters = zip(*(compiler.compile(each) for each in self.get_source_expressions()), strict=True)
        return "({}, {}) > ({}, {})".format(*texts), [each for given in parameters for each in given]


def _has_transactions() -> bool:
    return connection.vendor == "postgresql"


def _behind(position: Position) -> Q:
    if _has_transactions():
        return Q(_Later("tx", "id", models.Value(position.tx), models.Value(position.event_id)))
    return Q(id__gt=position.event_id)


def _order() -> tuple[str, ...]:
    return ("tx", "id") if _has_transactions() else ("id",)


def read(position: Position = BEGINNING, limit: int = 500, *, settled: bool = True) -> list[Event]:
    """The next events after `position`, at most `limit`, in the order (tx, id); on SQLite, where every tx is 0, of id.

    With `settled` (what every reader wants) an event is held back while an older transaction runs, so that nothing
    is ever skipped. Without it the events of the caller's own transaction are seen too; tests that roll back need
    that.
    """
    events = Event.objects.filter(_behind(position))
    if settled:
        events = events.filter(_settled())
    return list(events.order_by(*_order())[:limit])


def end() -> Position:
    """The place behind the last settled event."""
    newest = (f"-{name}" for name in _order())
    last = Event.objects.filter(_settled()).order_by(*newest).values_list("tx", "id").first()
    return BEGINNING if last is None else Position(*last)


def position_of(event: Event) -> Position:
    return Position(event.tx, event.pk)
