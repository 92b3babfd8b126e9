"""Keys that name any record of any kind as one text: "customers:42"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models

from zhike.core.actors import Actor
from zhike.core.entities import Contribution, Entity, registry
from zhike.core.writes.errors import NotReachable

_LONGEST_ID = 18


class Titled(NamedTuple):
    """What a record is called; `url` is blank where the reader does not reach it."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class RecordsGone(Contribution):
    """Called with the keys of records that are removed for good, in the same transaction: whoever keeps keys lets go of them."""

    run: Callable[[set[str]], None]


def key_of(row: models.Model) -> str:
    """The key of a stored row of a registered entity."""
    return f"{registry.of(row).slug}:{row.pk}"


def split(key: str) -> tuple[Entity, int]:
    """The entity and the id that a key names. Raises `ValueError` for a text that is no key of ours."""
    slug, _colon, number = key.partition(":")
    if not number.isascii() or not number.isdecimal() or len(number) > _LONGEST_ID:
        raise ValueError(key)
    try:
        return registry.get(slug), int(number)
    except KeyError:
        raise ValueError(key) from None


def by_entity(keys: Iterable[str]) -> dict[str, set[int]]:
    """Ids by slug; texts that are no keys are left out."""
    found: dict[str, set[int]] = {}
    for key in keys:
        try:
            entity, record_id = split(key)
        except ValueError:
            continue
        found.setdefault(entity.slug, set()).add(record_id)
    return found


def find(actor: Actor, key: str, action: str = "view") -> Any:
    """The row that a key names, live and within the actor's reach. Raises `NotReachable`."""
    try:
        entity, record_id = split(key)
    except ValueError:
        raise NotReachable from None
    rows: Any = entity.model._default_manager.all()
    row = rows.visible_to(actor, action).filter(pk=record_id).first()
    if row is None:
        raise NotReachable
    return row


def titles(actor: Actor, keys: Iterable[str]) -> dict[str, Titled]:
    """What the records are called, one statement for each kind; a record that is gone is left out.

    The name is told even where the record is out of reach, as for every related record; then without a link.
    """
    from zhike.core.lists.labels import related_by_key

    return {
        key: Titled(related.label, f"/{related.slug}/{related.id}/" if related.reachable else "")
        for key, related in related_by_key(actor, keys).items()
    }
