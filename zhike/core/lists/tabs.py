"""The quick tabs above a list: everything, mine, my subordinates', and where Shared with me."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.core.actors import Actor
from zhike.core.entities import Contribution, Entity, RecordKind, registry
from zhike.core.entities.fields import Label
from zhike.core.scoping.scope import anchor_entity
from zhike.core.scoping.team import shared_keys, shared_with

ALL, MINE, SUBORDINATES, SHARED = "all", "mine", "subordinates", "shared"


@dataclass(frozen=True)
class Tab:
    """One tab; its name stands in the address as `tab=mine`."""

    name: str
    label: Label


@dataclass(frozen=True, kw_only=True)
class ListTab(Contribution):
    """A tab of the lists of one entity, beside those that every list has; `condition(actor)` says which rows it holds."""

    slug: str
    name: str
    label: Label
    condition: Callable[[Actor], Q]


_LABELS: dict[str, Label] = {
    ALL: _("All"),
    MINE: _("Mine"),
    SUBORDINATES: _("My subordinates'"),
    SHARED: _("Shared with me"),
}


def tabs_of(entity: Entity, actor: Actor) -> tuple[Tab, ...]:
    """The tabs that make sense for this reader; none where rows have no owner."""
    if entity.kind is RecordKind.SHARED or actor.user_id is None:
        return ()
    names = [ALL, MINE, *([SUBORDINATES] if actor.access.subordinate_ids else []), SHARED]
    own = (Tab(each.name, each.label) for each in _own_tabs(entity))
    return (*(Tab(name, _LABELS[name]) for name in names), *own)


def _own_tabs(entity: Entity) -> list[ListTab]:
    return [each for each in registry.contributions(ListTab) if each.slug == entity.slug]


def is_tab(entity: Entity, name: str) -> bool:
    if any(each.name == name for each in _own_tabs(entity)):
        return True
    return name == ALL or (name in _LABELS and entity.kind is not RecordKind.SHARED)


def tab_condition(entity: Entity, actor: Actor, name: str) -> Q:
    """The rows of a tab, among those that the actor reaches anyway."""
    is_part = entity.kind is RecordKind.PART
    owner = "reach_owner" if is_part else "owner"
    if name == MINE:
        return Q(**{owner: actor.user_id})
    if name == SUBORDINATES:
        return Q(**{f"{owner}__in": sorted(actor.access.subordinate_ids)})
    if name == SHARED and entity.kind is RecordKind.ATTACHED:
        return Q(anchor__among=shared_keys(actor.user_id, to_write=False))
    if name == SHARED:
        anchor = anchor_entity(entity) if is_part else entity
        team = shared_with(anchor.slug, actor.user_id, to_write=False)
        return Q(**{f"{entity.part_of or 'id'}__among": team})
    own = next((each for each in _own_tabs(entity) if each.name == name), None)
    return Q() if own is None else own.condition(actor)
