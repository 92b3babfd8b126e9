"""Custom values on their way from a lead to what it becomes: a field goes to the one of the same label and kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhike.core import fieldvalues, options
from zhike.core.actors import Actor
from zhike.core.customfields.models import CustomField
from zhike.core.entities import Entity, Field, FieldKind, registry
from zhike.core.entities.fields import TAGS
from zhike.core.files import actions, held


@dataclass(frozen=True)
class Pair:
    """A custom field of the lead and its counterpart elsewhere."""

    source: Field
    target: Field


def pairs(actor: Actor, source: Entity, target: Entity) -> Iterator[Pair]:
    """The custom fields that go along, as far as the actor reads the one and may fill in the other."""
    theirs = [each for each in _rows(target.slug) if actor.access.field_mode(target.slug, each.key).is_writable]
    for row in _rows(source.slug):
        if not actor.access.field_mode(source.slug, row.key).is_readable:
            continue
        twin = next((each for each in theirs if _alike(row, each)), None)
        if twin is not None and source.has_field(row.key) and target.has_field(twin.key):
            yield Pair(source.field(row.key), target.field(twin.key))


def _rows(slug: str) -> list[CustomField]:
    return list(CustomField.objects.filter(entity=slug, is_active=True).order_by("position", "pk"))


def _alike(one: CustomField, other: CustomField) -> bool:
    if one.kind != other.kind or one.target != other.target:
        return False
    if one.key == other.key == TAGS:
        return True
    return any(
        mine and mine.strip().casefold() == yours.strip().casefold()
        for mine, yours in ((one.label_zh, other.label_zh), (one.label_en, other.label_en))
    )


def value_for(pair: Pair, row: Any) -> Any:
    """The lead's value as the other field takes it; a blank where it has none, or a choice the other list does not know."""
    value = fieldvalues.value_of(row, pair.source)
    if pair.source.kind is FieldKind.OPTION:
        return _code(pair, str(value or ""))
    if pair.source.kind is FieldKind.MULTI_CHOICE:
        return [code for each in value if (code := _code(pair, str(each)))]
    return value


def carried(actor: Actor, pair: Pair, target: Entity, value: Any) -> Any:
    """The value as it goes along: of files copies, since a file stands in one record."""
    if pair.source.kind is not FieldKind.FILE:
        return value
    place = held.place_of(target, pair.target.name)
    copies = (actions.copied(actor, pk, place) for pk in value[: fieldvalues.most_files(pair.target)])
    return [each.pk for each in copies if each is not None]


def is_blank(value: object) -> bool:
    return value is None or value is False or value in ("", [])


def _code(pair: Pair, code: str) -> str:
    """The choice of the same words in the other list, unless both share one list."""
    if not code or pair.source.option_list == pair.target.option_list:
        return code
    wanted = options.label(pair.source.option_list, code)
    known = options.entries(pair.target.option_list).values()
    return next((each.code for each in known if each.is_active and each.text() == wanted), "")


def filled(actor: Actor, lead: Any) -> list[Field]:
    """The lead's custom fields that hold something the actor may read."""
    entity = registry.of(lead)
    found = [entity.field(row.key) for row in _rows(entity.slug) if entity.has_field(row.key)]
    return [
        field
        for field in found
        if actor.access.field_mode(entity.slug, field.name).is_readable
        and not is_blank(fieldvalues.value_of(lead, field))
    ]
