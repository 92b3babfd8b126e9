"""The rows a person reaches, as one flat OR of indexed columns."""

from django.db.models import Q

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.scoping.team import shared_with

NO_ROWS = Q(pk__in=[])
# What a place in a record's team can give: reading, or working on it. Deleting, handing over and exporting come from roles.
_READING = frozenset({"view"})
_NOT_BY_TEAM = frozenset({"create", "delete", "restore", "import", "export", "transfer"})


def scope(actor: Actor, entity: Entity, action: str = "view") -> Q:
    """The condition that a row of `entity` meets when `actor` may do `action` to it.

    It never nests another entity's scope: parts carry a copy of their anchor's owner and department.
    """
    if not modules.is_on(entity.module):
        return NO_ROWS
    reach = actor.access.reach(entity.slug, action)
    if reach is None:
        return NO_ROWS
    if reach.everything or entity.kind is RecordKind.SHARED:
        return Q()
    owner, department, anchor = _columns(entity)
    reached = Q(**{f"{owner}__isnull": True, f"{department}__isnull": True})
    if reach.owners:
        reached |= Q(**{f"{owner}__in": sorted(reach.owners)})
    if reach.departments:
        reached |= Q(**{f"{department}__in": sorted(reach.departments)})
    if action not in _NOT_BY_TEAM:
        team_entity = entity.slug if anchor == "pk" else anchor_entity(entity).slug
        shared = shared_with(team_entity, actor.user_id, to_write=action not in _READING)
        reached |= Q(**{f"{'id' if anchor == 'pk' else anchor}__among": shared})
    return reached


def anchor_entity(entity: Entity) -> Entity:
    """The owned entity that a part stands in. Raises `TypeError` for an entity that is no part."""
    related = entity.model._meta.get_field(entity.part_of).related_model if entity.part_of else None
    if not isinstance(related, type):
        raise TypeError(f"{entity.slug} is not a part of anything.")
    return registry.of(related)


def _columns(entity: Entity) -> tuple[str, str, str]:
    if entity.kind is RecordKind.PART:
        return "reach_owner", "reach_department", entity.part_of
    return "owner", "department", "pk"
