"""What a related record is called, and whether the reader may open it: one statement for many records."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Q, Value, When

from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind, registry
from zhike.core.record_keys import by_entity
from zhike.core.scoping.scope import scope

_DEEPEST = 3


@dataclass(frozen=True, kw_only=True)
class Related:
    """A record that another points at. Where it is not `reachable` its label is shown without a link."""

    id: int
    label: str
    reachable: bool
    slug: str


def related_labels(actor: Actor, model: type[models.Model], ids: Iterable[int]) -> dict[int, Related]:
    """The records with these ids. One that is not there is left out; one in the recycle bin is not reachable."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows: Any = model._default_manager.filter(pk__in=wanted)
    if not registry.has(model):
        return {row.pk: Related(id=row.pk, label=str(row), reachable=False, slug="") for row in rows}
    entity = registry.of(model)
    found = rows.annotate(is_reached=_is_reached(actor, entity)).values_list("pk", title_path(entity), "is_reached")
    return {
        pk: Related(id=pk, label=str(label or ""), reachable=bool(reached), slug=entity.slug)
        for pk, label, reached in found
    }


def related_by_key(actor: Actor, keys: Iterable[str]) -> dict[str, Related]:
    """The records of any kind with these keys ("customers:42"), one statement for each kind."""
    return {
        f"{slug}:{pk}": related
        for slug, ids in by_entity(keys).items()
        for pk, related in related_labels(actor, registry.get(slug).model, ids).items()
    }


def title_path(entity: Entity) -> str:
    """The Django path to the text that stands for a record, through relations where the title is one."""
    names = [entity.title]
    while len(names) < _DEEPEST and entity.field(entity.title).kind is FieldKind.RELATION:
        related = entity.field(entity.title).related
        if related is None or not registry.has(related):
            break
        entity = registry.of(related)
        names.append(entity.title)
    return "__".join(names)


def _is_reached(actor: Actor, entity: Entity) -> Case | Value:
    condition = scope(actor, entity)
    if entity.has_column("deleted_at"):
        condition &= Q(deleted_at__isnull=True)
    return Case(When(condition, then=Value(True)), default=Value(False)) if condition else Value(True)
