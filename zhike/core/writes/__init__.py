"""Every change of a record ends here: one transaction with the rule, the row, its event, its history and its search entry.

`create`, `save` and `delete` write one row, `create_many`, `save_many` and `delete_many` a batch; `merge_edit` is what forms
use; `restore`, `purge` and `erase` end a record's life, or begin it again. All take the actor first and refuse with a
sentence (`zhike.core.writes.errors`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.writes import record, uniqueness, values
from zhike.core.writes.deletion import delete, delete_many, erase, purge, restore
from zhike.core.writes.editing import merge_edit
from zhike.core.writes.errors import (
    Blocked,
    Conflict,
    Difference,
    NotAllowed,
    NotReachable,
    Refused,
    RuleBroken,
)
from zhike.core.writes.locking import lock
from zhike.core.writes.results import Written
from zhike.core.writes.rights import require

__all__ = [
    "Blocked",
    "Conflict",
    "Difference",
    "NotAllowed",
    "NotReachable",
    "Refused",
    "RuleBroken",
    "Written",
    "create",
    "create_many",
    "delete",
    "delete_many",
    "erase",
    "lock",
    "merge_edit",
    "note",
    "purge",
    "require",
    "restore",
    "save",
    "save_many",
]

_M = TypeVar("_M", bound=models.Model)
# (field, value, business day)
Steps = tuple[tuple[str, Any, date], ...]


def create(
    actor: Actor,
    row: _M,
    *,
    verb: str = "create",
    action: str = "create",
    effective_on: date | None = None,
    steps: Steps = (),
) -> _M:
    """Write a new row. `steps` are states it went through, with business dates.

    Raises `NotAllowed`, `RuleBroken`, or `ValidationError` by field; then nothing is written.
    """
    create_many(actor, [row], verb=verb, action=action, effective_on=effective_on, steps=[steps])
    return row


def create_many(
    actor: Actor,
    rows: Sequence[_M],
    *,
    verb: str = "create",
    action: str = "create",
    effective_on: date | None = None,
    steps: Sequence[Steps] | None = None,
    blanks: Sequence[frozenset[str]] | None = None,
) -> list[Written]:
    """Write a batch of new rows of one model in one transaction: all or none. Returns what was written, with event ids.

    `blanks` names, row by row, fields that are blank on purpose, so that no rule fills in what usually stands there.
    """
    if not rows:
        return []
    entity = registry.of(rows[0])
    require(actor, entity, action)
    given = steps or [()] * len(rows)
    batch = [
        Written(row=row, before=None, steps=each, effective_on=effective_on, blanks=left)
        for row, each, left in zip(rows, given, blanks or [frozenset()] * len(rows), strict=True)
    ]
    with uniqueness.whole(lambda: uniqueness.check(batch)):
        record.prepare(actor, entity, batch)
        uniqueness.check(batch)
        record.insert(actor, batch)
        record.check_reach(actor, entity, rows)
        record.log(actor, entity, batch, verb, effective_on)
        record.settle(actor, entity, batch)
    return batch


def save(
    actor: Actor,
    row: _M,
    *,
    verb: str = "edit",
    action: str = "",
    effective_on: date | None = None,
    gives_away: bool = False,
    note: str = "",
    steps: Steps = (),
) -> _M:
    """Write the changes of a row that was read before. A row equal to the stored one writes nothing.

    `action` is the right it needs (the verb by default); `gives_away` lets the actor lose sight of it.
    Raises `Conflict` when somebody changed it since it was read, `NotReachable`, `NotAllowed`, `RuleBroken`, `ValidationError`.
    """
    save_many(
        actor,
        [row],
        verb=verb,
        action=action,
        effective_on=effective_on,
        gives_away=gives_away,
        note=note,
        steps=[steps],
    )
    return row


def save_many(
    actor: Actor,
    rows: Sequence[_M],
    *,
    verb: str = "edit",
    action: str = "",
    effective_on: date | None = None,
    gives_away: bool = False,
    note: str = "",
    steps: Sequence[Steps] | None = None,
) -> list[Written]:
    """Write the changes of a batch of rows in one transaction: all or none. Unchanged rows are left out of the result."""
    if not rows:
        return []
    entity = registry.of(rows[0])
    require(actor, entity, action or verb)
    given = steps or [()] * len(rows)
    changed: list[Written] = []
    with uniqueness.whole(lambda: uniqueness.check(changed)):
        stored = lock(actor, entity, [row.pk for row in rows], action or verb)
        batch = [
            Written(row=row, before=values.snapshot(entity, stored[row.pk]), steps=each, effective_on=effective_on)
            for row, each in zip(rows, given, strict=True)
        ]
        for each in batch:
            _check_version(each.row, stored[each.row.pk])
        record.prepare(actor, entity, batch)
        changed = [each for each in batch if each.changes]
        if not changed:
            return []
        uniqueness.check(changed)
        record.update(actor, entity, changed)
        if not gives_away:
            record.check_reach(actor, entity, [each.row for each in changed])
        record.log(actor, entity, changed, verb, effective_on, note)
        record.settle(actor, entity, changed)
    return changed


def _check_version(row: Any, stored: Any) -> None:
    if getattr(row, "version", None) != getattr(stored, "version", None):
        raise Conflict({}, stored.version)


def note(actor: Actor, row: models.Model, verb: str, changes: dict[str, tuple[Any, Any]]) -> None:
    """Log that something happened to a record which changes none of its columns (shared, exported, revealed)."""
    record.event_of(actor, registry.of(row), row, verb, changes, None, timezone.now()).save(force_insert=True)
