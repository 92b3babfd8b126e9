"""The rows a person reaches, as one flat OR of indexed columns."""

from django.db.models import Q

from zhike.core import modules
from zhike.core.actors import REVEAL, Actor, Reach
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.scoping.team import shared_keys, shared_with

NO_ROWS = Q(pk__in=[])
# What a place in a record's team can give: reading, or working on it. Deleting, handing over, exporting and revealing
# come from roles.
_READING = frozenset({"view"})
_NOT_BY_TEAM = frozenset({"create", "delete", "restore", "import", "export", "transfer", REVEAL})


def scope(actor: Actor, entity: Entity, action: str = "view") -> Q:
    """The condition that a row of `entity` meets when `actor` may do `action` to it.

    It never nests another entity's scope: parts carry a copy of their anchor's owner and department.
    """
    if not modules.is_on(entity.module):
        return NO_ROWS
    reach = actor.access.reach(entity.slug, action)
    if reach is None:
        return NO_ROWS
    if entity.kind is RecordKind.ATTACHED:
        return _attached(actor, entity, reach, action)
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


def _attached(actor: Actor, entity: Entity, reach: Reach, action: str) -> Q:
    """Rows of the one who does them, and of the records they are about. What is private is its owner's alone."""
    if actor.is_system:
        return Q()
    reached = (Q() if reach.everything else _reached_attached(actor, reach, action)) & _about_what_is_open(actor)
    if entity.has_column("is_private"):
        reached = (reached & Q(is_private=False)) | Q(owner=actor.user_id)
    return reached if entity.guard is None else reached & entity.guard(actor)


def _about_what_is_open(actor: Actor) -> Q:
    """Without what is about kinds of records that the actor may not see at all, unless he is the one who does it."""
    shut = [
        each.slug
        for each in registry.all()
        if each.attachable and (not modules.is_on(each.module) or actor.access.reach(each.slug, "view") is None)
    ]
    if not shut:
        return Q()
    hidden = Q(pk__in=[])
    for slug in shut:
        hidden |= Q(about__startswith=f"{slug}:") | Q(anchor__startswith=f"{slug}:")
    return ~hidden | Q(owner=actor.user_id)


def _reached_attached(actor: Actor, reach: Reach, action: str) -> Q:
    reached = Q(owner__isnull=True, department__isnull=True, reach_owner__isnull=True, reach_department__isnull=True)
    if reach.owners:
        owners = sorted(reach.owners)
        reached |= Q(owner__in=owners) | Q(reach_owner__in=owners)
    if reach.departments:
        departments = sorted(reach.departments)
        reached |= Q(department__in=departments) | Q(reach_department__in=departments)
    if action not in _NOT_BY_TEAM:
        reached |= Q(anchor__among=shared_keys(actor.user_id, to_write=action not in _READING))
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
