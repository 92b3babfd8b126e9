"""Files that stand in a field of a record: which may come in, who opens them, and what becomes of those taken out.

The truth is the record's own value, a list of ids. A file in a field is about that record, names the field, and is opened by
those who reach the record and may read the field. One that was uploaded for a form waits, without a record, for it to be saved.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from zhike.core import attachment, layouts
from zhike.core.actors import Actor
from zhike.core.customfields.config import everything, known_custom_field
from zhike.core.entities import Entity, Field, FieldKind, registry
from zhike.core.files.models import File
from zhike.core.record_keys import key_of, split
from zhike.core.search import index
from zhike.core.writes.errors import NotAllowed, NotReachable, RuleBroken
from zhike.core.writes.results import Written


class _Change(NamedTuple):
    """What one write does to one field of files."""

    row: Any
    place: str
    is_new: bool
    come: frozenset[int]
    gone: frozenset[int]


def place_of(entity: Entity, name: str) -> str:
    """The name of a field among all fields of all records: "customers.cf_licence"."""
    return f"{entity.slug}.{name}"


def guard(actor: Actor) -> Q:
    """What a file must meet beside its reach: its field may be read, and what still waits is the actor's own."""
    found = Q(field="") | Q(about__gt="") | Q(created_by=actor.user_id)
    shut = [place for place, mode in _modes(actor) if not mode.is_readable]
    return found & ~Q(field__in=shut) if shut else found


def _modes(actor: Actor) -> Iterator[tuple[str, Any]]:
    for slug, config in everything().items():
        for field in (*config.custom.values(), *config.retired.values()):
            if field.kind is FieldKind.FILE:
                yield f"{slug}.{field.name}", actor.access.field_mode(slug, field.name)


def field_at(actor: Actor, place: str) -> tuple[Entity, Field]:
    """The field of files of that name, for somebody who may fill it in. Raises `NotReachable`."""
    slug, _dot, name = place.partition(".")
    field = layouts.custom(registry.get(slug)).get(name) if slug in {each.slug for each in registry.all()} else None
    may_fill = any(actor.access.reach(slug, action) is not None for action in ("create", "edit"))
    if field is None or field.kind is not FieldKind.FILE or not may_fill:
        raise NotReachable
    if not actor.access.field_mode(slug, name).is_writable:
        raise NotReachable
    return registry.get(slug), field


def check(actor: Actor, entity: Entity, batch: Sequence[Written]) -> None:
    """Only what the actor uploaded and nothing holds yet, or what the record has already, may come into a field.

    One question for the whole batch. Raises `NotReachable`, whatever of it is wrong.
    """
    changes = [each for each in _changes(entity, batch) if each.come]
    if not changes:
        return
    wanted = [pk for change in changes for pk in change.come]
    files = {row.pk: row for row in File.objects.visible_to(actor).filter(pk__in=wanted)}
    if len(wanted) != len(set(wanted)):
        raise NotReachable
    for change in changes:
        if not all(_may_come(actor, change, files.get(pk)) for pk in change.come):
            raise NotReachable


def _may_come(actor: Actor, change: _Change, row: File | None) -> bool:
    if row is None:
        return False
    if not row.about:
        return actor.is_system or row.created_by_id == actor.user_id
    return not change.is_new and row.about == key_of(change.row) and row.field in ("", change.place)


def follow(actor: Actor, entity: Entity, batch: Sequence[Written]) -> None:
    """After the write: what came belongs to the record from now on, what went lies in the recycle bin."""
    for change in _changes(entity, batch):
        if change.come:
            _take_in(entity, change)
        if change.gone:
            _put_away(actor, change)


def _changes(entity: Entity, batch: Sequence[Written]) -> Iterator[_Change]:
    names = [name for name, field in layouts.custom(entity).items() if field.kind is FieldKind.FILE]
    for each in batch:
        for name in names:
            if name in each.changes:
                old, new = (frozenset(ids or ()) for ids in each.changes[name])
                yield _Change(each.row, place_of(entity, name), each.is_new, new - old, old - new)


def _take_in(entity: Entity, change: _Change) -> None:
    key, place = key_of(change.row), attachment.place_of(entity, change.row)
    rows = File.objects.filter(pk__in=change.come)
    taken = rows.filter(about__in=("", key)).update(
        about=key,
        field=change.place,
        owner=None,
        department=None,
        anchor=place.anchor,
        party_id=attachment.party_of(entity, change.row),
        reach_owner_id=place.owner_id,
        reach_department_id=place.department_id,
    )
    if taken != len(change.come):
        raise NotReachable  # another write was quicker
    index.refresh(registry.of(File), list(rows))


def _put_away(actor: Actor, change: _Change) -> None:
    from zhike.core.writes.deletion import put_away  # the end of records stands above their writing

    put_away(
        actor, File.objects.filter(pk__in=change.gone, about=key_of(change.row), field=change.place, deleted_at=None)
    )


def settle_file(_actor: Actor, batch: Sequence[Written]) -> None:
    """A file that stands in a field is taken out there, not deleted behind the record's back."""
    for each in batch:
        row: Any = each.row
        if row.field and row.about and each.changes.get("deleted_at", (None, None))[1] is not None:
            _refuse_held(row)


def _refuse_held(row: File) -> None:
    entity, pk = split(row.about)
    name = row.field.partition(".")[2]
    record: Any = entity.model._default_manager.filter(pk=pk).first()
    # With its record a file goes along: that one lies in the recycle bin by now.
    if record is None or getattr(record, "deleted_at", None) is not None or row.pk not in record.custom.get(name, ()):
        return
    field = known_custom_field(entity.slug, name)
    raise RuleBroken(
        _("“%(name)s” stands in the field “%(field)s”. Take it out there.")
        % {"name": row.name, "field": name if field is None else field.label}
    )


def check_change(actor: Actor, row: File) -> None:
    """Raise `NotAllowed` for words about a file in a field that the actor may not fill in."""
    slug, _dot, name = row.field.partition(".")
    if row.field and not actor.is_system and not actor.access.field_mode(slug, name).is_writable:
        raise NotAllowed(_("You may not change the field in which this file stands."))


def known(actor: Actor, ids: Iterable[int]) -> dict[int, File]:
    """The files with these ids, as far as the actor may open them."""
    wanted = set(ids)
    return {row.pk: row for row in File.objects.visible_to(actor).filter(pk__in=wanted)} if wanted else {}


def names(ids: Iterable[int] | None) -> list[str]:
    """What files are called, for a reader who may read the field that they stand or stood in."""
    found = dict(File.objects.filter(pk__in=list(ids or ())).values_list("pk", "name"))
    return [found[pk] for pk in ids or () if pk in found]
