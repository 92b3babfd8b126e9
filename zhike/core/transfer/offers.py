"""What the columns of a file may be brought to: fields of the entity, days of its states, fields of its parts.

A target is a text: `name` a field, `stage@` the day on which the row's stage was entered, `stage@first` the day on which the
first stage was, `contacts.name` a field of a part that the same row describes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity, registry
from zhike.core.transfer import targets
from zhike.core.transfer.mapping import Choice, choices
from zhike.core.transfer.suggest import Target, guess_columns

_SINCE, _FIRST = "@", "@first"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Targets that are offered together."""

    label: str
    choices: tuple[Choice, ...]


def offered_parts(actor: Actor, entity: Entity) -> list[Entity]:
    """The parts of this entity that this person may import along with it."""
    return [
        part
        for part in registry.parts_of(entity)
        if modules.is_on(part.module)
        and "import" not in part.without
        and all(actor.access.reach(part.slug, action) is not None for action in ("view", "create", "import"))
    ]


def groups(actor: Actor, entity: Entity) -> list[Group]:
    """All targets this person may choose, group by group; the entity's own fields first."""
    own = [*choices(actor, entity), *_days(actor, entity)]
    found = [Group(label=str(entity.label), choices=tuple(own))]
    for part in offered_parts(actor, entity):
        fields = [
            Choice(
                name=f"{part.slug}.{choice.name}",
                label=f"{part.label} · {choice.label}",
                required=choice.required,
            )
            for choice in choices(actor, part)
            if choice.name != part.part_of
        ]
        found.append(Group(label=str(part.label), choices=tuple(fields)))
    return found


def allowed(actor: Actor, entity: Entity) -> dict[str, str]:
    """Target to its label, with the part's name before it where it is one of a part."""
    return {choice.name: choice.label for group in groups(actor, entity) for choice in group.choices}


def _days(actor: Actor, entity: Entity) -> list[Choice]:
    """The days of states, for fields whose history begins with the record."""
    found: list[Choice] = []
    known = targets.first_states(entity.slug)
    for name in entity.history_at_creation:
        if not actor.access.field_mode(entity.slug, name).is_writable:
            continue
        label = entity.field(name).label
        found.append(Choice(name=f"{name}{_SINCE}", label=_("in its %(field)s since") % {"field": label}))
        if name in known:
            found.append(Choice(name=f"{name}{_FIRST}", label=_("in the first %(field)s since") % {"field": label}))
    return found


def guessed(actor: Actor, entity: Entity, headings: Sequence[str], *, days: bool = True) -> dict[str, str]:
    """Target to heading, as they are probably meant by their names. `days`: whether days of states are looked for."""
    wanted: dict[str, list[str]] = {}
    own: list[str] = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            own += [str(entity.label), str(entity.label_plural)]
            for target in _ordered(actor, entity, days=days):
                # Of a part the bare label counts: the heading rarely names the part.
                wanted.setdefault(target.name, []).append(target.label.rpartition(" · ")[2])
    words = targets.words_of(entity.slug)
    for part in offered_parts(actor, entity):
        words |= {f"{part.slug}.{name}": known for name, known in targets.words_of(part.slug).items()}
    fields = [
        Target(name=name, labels=tuple(texts), words=tuple(words.get(name, ()))) for name, texts in wanted.items()
    ]
    return guess_columns(headings, fields, own)


def _ordered(actor: Actor, entity: Entity, *, days: bool) -> Iterable[Choice]:
    """Days of states before the fields that are called alike; parts last."""
    first, *parts = groups(actor, entity)
    plain = [choice for choice in first.choices if "@" not in choice.name]
    of_days = [choice for choice in first.choices if "@" in choice.name] if days else []
    return [*of_days, *plain, *(choice for part in parts for choice in part.choices)]


def own_columns(columns: Mapping[str, str]) -> dict[str, str]:
    """Those of the chosen targets that are fields of the entity itself: field to heading."""
    return {name: heading for name, heading in columns.items() if "@" not in name and "." not in name}


def part_columns(columns: Mapping[str, str], slug: str) -> dict[str, str]:
    """Those that are fields of one part."""
    start = f"{slug}."
    return {name.removeprefix(start): heading for name, heading in columns.items() if name.startswith(start)}


def days_of(columns: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """State field to the headings of the day it was entered on and of the day the first state was; blank for none."""
    found: dict[str, tuple[str, str]] = {}
    for name in columns:
        field, mark, _first = name.partition(_SINCE)
        if mark:
            found[field] = (columns.get(f"{field}{_SINCE}", ""), columns.get(f"{field}{_FIRST}", ""))
    return found


def place_of(entity: Entity, target: str) -> tuple[Entity, str]:
    """The entity and the field that a target of a field means."""
    slug, dot, name = target.partition(".")
    return (registry.get(slug), name) if dot else (entity, target)


def first_state(slug: str, field: str) -> Any:
    """The id of the state in which records begin, None where there is none."""
    find = targets.first_states(slug).get(field)
    return find() if find is not None else None
