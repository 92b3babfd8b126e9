"""Taking hold of rows before they are changed."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from zhike.core.actors import Actor
from zhike.core.entities import Entity
from zhike.core.writes.errors import NotReachable


def lock(actor: Actor, entity: Entity, ids: Sequence[int], action: str) -> dict[int, Any]:
    """The live rows with these ids, locked in id order till the transaction ends. Raises `NotReachable` when one is missing."""
    rows = entity.model._default_manager.all().visible_to(actor, action).filter(pk__in=ids).order_by("pk")  # type: ignore[attr-defined]
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    found = {row.pk: row for row in rows}
    if len(found) != len(set(ids)):
        raise NotReachable
    return found
