"""Fields that name several records ("contacts:42", "users:7"): the app whose field it is says which may be chosen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from zhike.core.actors import Actor
from zhike.core.entities import Contribution, Entity, registry
from zhike.core.record_keys import split

# More than this nobody chooses by hand, and a list row stays a row.
MOST = 50
_BETWEEN = ",，;；、\n"


@dataclass(frozen=True, kw_only=True)
class RecordChoices(Contribution):
    """What is offered for the field `field` of the entity `slug`, as `core.pages.candidates.Candidate`s.

    `offer(actor, beside, typed)` answers the records that fit what was typed, those first that fit best; `beside` is the value of
    the field of that name, which decides what comes first. With nothing typed it answers what is chosen most.
    """

    slug: str
    field: str
    beside: str
    offer: Callable[[Actor, str, str], Sequence[Any]]


def choices_of(entity: Entity, name: str) -> RecordChoices | None:
    """What is offered for that field; None where no app says."""
    found = registry.contributions(RecordChoices)
    return next((each for each in found if (each.slug, each.field) == (entity.slug, name)), None)


def as_keys(value: Any) -> list[str]:
    """The keys that a field holds, in order; of NULL none."""
    return [str(each) for each in value] if isinstance(value, list) else []


def tidy_keys(given: Iterable[object]) -> tuple[list[str], list[str]]:
    """Keys in their one form and without doubles, and the texts that are none."""
    keys: dict[str, None] = {}
    others: dict[str, None] = {}
    for each in given:
        text = str(each).strip()
        try:
            entity, number = split(text)
        except ValueError:
            others |= {text: None} if text else {}
            continue
        keys[f"{entity.slug}:{number}"] = None
    return list(keys), list(others)


def words_of(text: str) -> list[str]:
    """The names in a cell, with commas or the like between them."""
    for sign in _BETWEEN:
        text = text.replace(sign, "|")
    return [word for word in map(str.strip, text.split("|")) if word]
