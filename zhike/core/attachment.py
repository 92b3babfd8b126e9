"""What is attached to records (tasks, comments, files) follows them: their reach, their customer, their end.

An attached row names its record in `about`. From that follow `anchor` (the owned record whose team may see it), `party_id` and
the copied reach. The write path keeps them: `follow` before a row is stored, `carry` after its record changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from zhike.core import modules
from zhike.core.actors import Actor, Via
from zhike.core.entities import Contribution, Entity, RecordKind, registry
from zhike.core.record_keys import by_entity, key_of
from zhike.core.record_names import keys_by_name
from zhike.core.scoping.scope import anchor_entity
from zhike.core.writes.results import Written

# Keys in one statement.
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class PlacesChanged(Contribution):
    """Called when attached rows came to another record or customer without being written: the keys and customers concerned."""

    run: Callable[[set[str], set[int]], None]


class Place(NamedTuple):
    """Where an attached row stands: its anchor's key, its customer, and the owner and department whose people reach it."""

    anchor: str = ""
    party_id: int | None = None
    owner_id: int | None = None
    department_id: int | None = None


NOWHERE = Place()


def attached_entities() -> list[Entity]:
    """All kinds of records that are attached to others."""
    return [each for each in registry.all() if each.kind is RecordKind.ATTACHED]


def may_carry(entity: Entity) -> bool:
    """Whether tasks, comments and files may be about records of this entity."""
    return entity.attachable and entity.model._meta.pk.name == "id" and modules.is_on(entity.module)


def place_of(entity: Entity, row: Any) -> Place:
    """The place of what is attached to this row."""
    match entity.kind:
        case RecordKind.OWNED:
            return Place(f"{entity.slug}:{row.pk}", party_of(entity, row), row.owner_id, row.department_id)
        case RecordKind.PART:
            anchor = f"{anchor_entity(entity).slug}:{getattr(row, f'{entity.part_of}_id')}"
            return Place(anchor, party_of(entity, row), row.reach_owner_id, row.reach_department_id)
        case RecordKind.ATTACHED:
            # A comment on a task reaches the one who does the task, and the people of the record the task is about.
            return Place(row.anchor, row.party_id, row.owner_id or row.reach_owner_id, row.reach_department_id)
        case _:
            return NOWHERE


def party_of(entity: Entity, row: Any) -> int | None:
    """The id of the customer in whose timeline the row stands."""
    if entity.kind is RecordKind.ATTACHED:
        party: int | None = row.party_id
        return party
    if not entity.party:
        return None
    found: int | None = getattr(row, "pk" if entity.party == "id" else f"{entity.party}_id")
    return found


def follow(actor: Actor, entity: Entity, rows: Sequence[Any], before: Mapping[int, str]) -> None:
    """Set place and reach of attached rows from what they are about, one statement for each kind of record.

    `before` holds the stored `about` of rows that are not new. Raises `ValidationError` when a record newly named is not
    there, cannot carry anything, or is out of the actor's reach.
    """
    if entity.kind is not RecordKind.ATTACHED:
        return
    for row in rows:
        if row.pk is None and row.owner_id is None and row.has_doer and actor.user is not None:
            row.owner = actor.user
    if actor.via is Via.IMPORT:
        _resolve_names(actor, rows)
    keys = {row.about for row in rows if row.about}
    stored = _rows_of(keys)
    chosen = {row.about for row in rows if row.about and before.get(row.pk) != row.about}
    _refuse_unreachable(actor, chosen)
    for row in rows:
        about = stored.get(row.about)
        place = NOWHERE if about is None or _is_private(row) else place_of(registry.of(about), about)
        party = None if about is None else party_of(registry.of(about), about)
        row.anchor, row.party_id = place.anchor, party
        row.reach_owner_id, row.reach_department_id = place.owner_id, place.department_id


def _resolve_names(actor: Actor, rows: Sequence[Any]) -> None:
    """Files name records by number or name as well as by key."""
    named = {row.about for row in rows if row.about} - {
        f"{slug}:{pk}" for slug, ids in by_entity(row.about for row in rows).items() for pk in ids
    }
    keys = keys_by_name(actor, named) if named else {}
    for row in rows:
        row.about = keys.get(row.about, row.about)


def _is_private(row: Any) -> bool:
    return bool(getattr(row, "is_private", False))


def _rows_of(keys: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for slug, ids in by_entity(keys).items():
        for row in registry.get(slug).model._default_manager.filter(pk__in=ids):
            found[f"{slug}:{row.pk}"] = row
    return found


def _refuse_unreachable(actor: Actor, keys: set[str]) -> None:
    reached: set[str] = set()
    for slug, ids in by_entity(keys).items():
        entity = registry.get(slug)
        if may_carry(entity):
            rows: Any = entity.model._default_manager.all()
            reached |= {f"{slug}:{pk}" for pk in rows.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)}
    if keys - reached:
        raise ValidationError({"about": _("This record does not exist, or you cannot see it. Choose another one.")})


def carry(entity: Entity, batch: Sequence[Written]) -> None:
    """After records changed: what is attached to them takes their new owner, department, anchor or customer."""
    if entity.kind is RecordKind.SHARED:
        return
    changed = [each for each in batch if not each.is_new]
    moved = [each.row for each in changed if each.changed("owner", "department")]
    if entity.kind is RecordKind.OWNED and moved:
        _move(entity, moved)
    other = {RecordKind.PART: (entity.part_of,), RecordKind.ATTACHED: ("owner", "about")}.get(entity.kind, ())
    names = (*other, *([entity.party] if entity.party not in ("", "id") else []))
    resettled = [each.row for each in changed if names and each.changed(*names)]
    if resettled:
        resettle(entity, resettled)


def _move(entity: Entity, rows: Sequence[Any]) -> None:
    """New reach for everything anchored at these owned rows. What is about an attached row keeps reaching its doer."""
    keys: dict[tuple[int | None, int | None], list[str]] = {}
    for row in rows:
        keys.setdefault((row.owner_id, row.department_id), []).append(f"{entity.slug}:{row.pk}")
    nested = Q(pk__in=[])
    for each in attached_entities():
        nested |= Q(about__startswith=f"{each.slug}:")
    for (owner_id, department_id), named in keys.items():
        for attached in attached_entities():
            for start in range(0, len(named), _AT_ONCE):
                attached.model._default_manager.filter(anchor__in=named[start : start + _AT_ONCE]).update(
                    reach_owner_id=Case(When(nested, then=F("reach_owner_id")), default=Value(owner_id)),
                    reach_department_id=department_id,
                )


def resettle(entity: Entity, rows: Iterable[Any]) -> None:
    """New anchor, customer and reach for what is about these rows, and for what is about that."""
    for row in rows:
        place, party = place_of(entity, row), party_of(entity, row)
        parties: set[int | None] = {party}
        for attached in attached_entities():
            about = attached.model._default_manager.filter(about=f"{entity.slug}:{row.pk}")
            parties |= set(about.order_by().values_list("party_id", flat=True).distinct())
            _settle(attached, about, place, party)
        _tell_of({f"{entity.slug}:{row.pk}"}, parties)


def _tell_of(keys: set[str], parties: set[int | None]) -> None:
    for each in registry.contributions(PlacesChanged):
        each.run(keys, {party for party in parties if party is not None})


def _settle(attached: Entity, rows: QuerySet[Any], place: Place, party: int | None) -> None:
    rows.update(party_id=party)
    if attached.has_column("is_private"):
        rows = rows.filter(is_private=False)
    rows.update(anchor=place.anchor, reach_owner_id=place.owner_id, reach_department_id=place.department_id)
    if attached.attachable:
        resettle(attached, list(rows))


def move(old: Any, new: Any) -> int:
    """Everything about one record is now about another (a lead that became an opportunity). Returns how many rows.

    The caller has the right to change both, and logs what it did: the attached rows themselves count as unchanged.
    """
    entity, count = registry.of(new), 0
    for attached in attached_entities():
        rows = attached.model._default_manager.filter(about=key_of(old))
        if attached.has_column("field"):
            rows = rows.filter(field="")  # what stands in a field of a record stays with it
        count += rows.update(about=key_of(new))
    resettle(entity, [new])
    _tell_of({key_of(old)}, {party_of(registry.of(old), old)})
    return count


def attached_to(entity: Entity, rows: Sequence[Any]) -> list[tuple[Entity, QuerySet[Any]]]:
    """All rows of each attached kind about these rows, live or not: they are deleted and restored with them."""
    if not entity.attachable or not rows:
        return []
    keys = [f"{entity.slug}:{row.pk}" for row in rows]
    return [(each, each.model._default_manager.filter(about__in=keys)) for each in attached_entities()]
