"""Beginning and ending to watch."""

from dataclasses import dataclass
from typing import Any

from zhike.core.actors import Actor
from zhike.core.entities import Entity, registry
from zhike.core.record_keys import find, key_of
from zhike.core.watching.models import Watch
from zhike.core.writes.errors import NotReachable


def may_be_watched(entity: Entity) -> bool:
    """Whether records of this kind can be watched: business records, not comments and files."""
    return entity.attachable and entity.has_column("deleted_at") and registry.has(entity.model)


def watch(actor: Actor, key: str) -> Any:
    """Hear of the changes of the record with that key from now on. Raises `NotReachable`."""
    row = find(actor, key)
    if actor.user_id is None or not may_be_watched(registry.of(row)):
        raise NotReachable
    Watch.objects.get_or_create(user_id=actor.user_id, about=key)
    return row


def unwatch(actor: Actor, key: str) -> Any:
    """Hear no more of it. Raises `NotReachable`: what a person does not reach tells him nothing anyway."""
    row = find(actor, key)
    Watch.objects.filter(user=actor.user_id, about=key).delete()
    return row


@dataclass(frozen=True)
class WatchState:
    """What the button on a record's page needs to know."""

    about: str
    is_on: bool


def watch_state(actor: Actor, entity: Entity, row: Any) -> WatchState | None:
    """Whether the actor watches the record; None where there is nothing to watch."""
    if actor.user_id is None or not may_be_watched(entity):
        return None
    return WatchState(key_of(row), is_watching(actor, row))


def is_watching(actor: Actor, row: Any) -> bool:
    """Whether the actor watches the record."""
    return Watch.objects.filter(user=actor.user_id, about=key_of(row)).exists()


def watchers(key: str) -> list[int]:
    """The ids of those who watch the record; what each may see of it is judged when he is told."""
    return list(Watch.objects.filter(about=key).order_by("user_id").values_list("user_id", flat=True))
