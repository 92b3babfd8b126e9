"""Changes of a record and of what belongs to it, as a source of its timeline."""

from collections.abc import Container, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity, RecordKind, contribute, registry
from zhike.core.events.models import Event
from zhike.core.pages.history_entries import describe
from zhike.core.pages.reading import Reader
from zhike.core.timeline import Found, Item, Subject, TimelineSource, sources

# Mostly the newest so many times the limit hold enough that the reader reaches; only the kinds among them are then asked for,
# since each kind is a sub-select of its own.
_LOOKED_AT = 4


def _rows(actor: Actor, subject: Subject, after: str, limit: int) -> list[Found]:
    place = subject.during("at") & (Q(pk__lt=int(after)) if after else Q())
    if not subject.is_party:
        return _read(_of_record(actor, subject) & place, limit)
    newest = list(
        Event.objects.filter(Q(party_id=subject.row.pk) & place)
        .order_by("-pk")
        .values_list("pk", "entity")[: limit * _LOOKED_AT]
    )
    seen = {slug for _pk, slug in newest}
    among = _of_party(actor, subject, seen) & place
    if len(newest) < limit * _LOOKED_AT:
        return _read(among, limit) if newest else []
    found = _read(among & Q(pk__gte=newest[-1][0]), limit)
    return found if len(found) == limit else _read(_of_party(actor, subject) & place, limit)


def _read(wanted: Q, limit: int) -> list[Found]:
    events = Event.objects.filter(wanted).select_related("actor", "on_behalf_of").order_by("-pk")[:limit]
    return [Found(at=event.at, position=str(event.pk), row=event) for event in events]


def _of_party(actor: Actor, subject: Subject, kinds: Container[str] | None = None) -> Q:
    """Events of all (or these kinds of records) in the customer's timeline, as far as the actor reaches each record."""
    reached = Q(entity=subject.entity.slug, record_id=subject.row.pk)
    for entity in registry.all():
        if entity is not subject.entity and entity.party and entity.party != "id" and _is_among(entity, kinds):
            reached |= _of_reached(actor, entity, Q(**{entity.party: subject.row.pk}))
    return Q(party_id=subject.row.pk) & (reached | _of_attached(actor, Q(party_id=subject.row.pk), kinds))


def _is_among(entity: Entity, kinds: Container[str] | None) -> bool:
    return kinds is None or entity.slug in kinds


def _of_record(actor: Actor, subject: Subject) -> Q:
    """Events of the record, and of its parts that the actor reaches."""
    reached = Q(entity=subject.entity.slug, record_id=subject.row.pk)
    for part in registry.parts_of(subject.entity):
        reached |= _of_reached(actor, part, Q(**{part.part_of: subject.row.pk}))
    return reached | _of_attached(actor, subject.attached)


def _of_reached(actor: Actor, entity: Entity, condition: Q) -> Q:
    """Events of the rows of an entity that meet a condition of their own (few: those of one record) and are reached."""
    if not modules.is_on(entity.module) or actor.access.reach(entity.slug, "view") is None:
        return Q(pk__in=[])
    rows: Any = entity.model._default_manager.all()
    return Q(entity=entity.slug, record_id__in=rows.visible_to(actor).filter(condition).order_by().values("pk"))


def _of_attached(actor: Actor, condition: Q, kinds: Container[str] | None = None) -> Q:
    """What is attached stands in the timeline itself; of its events only the steps with a name are told (a task completed)."""
    covered = {slug for each in sources() for slug in each.covers}
    reached = Q(pk__in=[])
    for entity in registry.all():
        is_told = entity.kind is RecordKind.ATTACHED and entity.slug not in covered and entity.verbs
        if is_told and _is_among(entity, kinds):
            steps = Q(verb__in=[verb.name for verb in entity.verbs])
            reached |= steps & _of_reached(actor, entity, condition)
    return reached


def _show(reader: Reader, _subject: Subject, events: Sequence[Any]) -> list[Item]:
    by_entity: dict[str, list[Event]] = {}
    for event in events:
        if event.verb == "create":
            event.changes = {}  # what a record began with stands on its page
        by_entity.setdefault(event.entity, []).append(event)
    entries = {
        event.pk: entry
        for slug, some in by_entity.items()
        for event, entry in zip(some, describe(reader, registry.get(slug), some), strict=True)
    }
    return [_item(event, entries[event.pk]) for event in events]


def _item(event: Event, entry: Any) -> Item:
    return Item(
        at=event.at,
        icon=entry.icon,
        tone=entry.tone,
        who=entry.who,
        what=entry.what,
        via=entry.via,
        note=entry.note,
        changes=entry.changes,
        about=f"{event.entity}:{event.record_id}",
    )


CHANGES = TimelineSource(
    name="changes", label=_("Changes"), module="", rows=_rows, show=_show, is_follow_up=False, weight=200
)
contribute(CHANGES)
