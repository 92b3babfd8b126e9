"""Dotted field paths: what filters, columns and conditions may name, and nothing beyond."""

from dataclasses import dataclass

from zhike.core.entities.declarations import Entity, Relation
from zhike.core.entities.fields import CUSTOM, Field
from zhike.core.entities.kinds import FieldKind
from zhike.core.entities.registry import registry

MAX_STEPS = 3


class UnknownPath(ValueError):
    """The path is not on the allow-list. `path` is what was asked for."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True)
class Step:
    """One step into another entity."""

    entity: Entity  # where the step starts
    field: Field


@dataclass(frozen=True)
class Path:
    """An allowed path: the relations stepped through and the field at its end."""

    text: str
    steps: tuple[Step, ...]
    entity: Entity  # whose field `end` is
    end: Field

    @property
    def lookup(self) -> str:
        """The path as Django writes it; stays inside compilers."""
        return "__".join([*(step.field.name for step in self.steps), self.end.name])

    @property
    def label(self) -> str:
        return " · ".join([*(str(step.field.label) for step in self.steps), str(self.end.label)])


def resolve(entity: Entity, text: str) -> Path:
    """Resolve `customer.region` from `entity`.

    Each step must be a filter of the entity it starts from; the last one a filter, the title or the number.
    Raises `UnknownPath` for anything else, including more than three steps.
    """
    # The API writes `custom.cf_x`.
    names = text.replace(f"custom.{CUSTOM}", CUSTOM).split(".")
    if not all(names) or len(names) > MAX_STEPS:
        raise UnknownPath(text)
    steps: list[Step] = []
    here = entity
    for name in names[:-1]:
        field = _allowed(here, name, text)
        if field.kind is not FieldKind.RELATION or field.related is None or not registry.has(field.related):
            raise UnknownPath(text)
        if field.custom is not None:
            raise UnknownPath(text)  # a link that an administrator made ends the path
        steps.append(Step(here, field))
        here = registry.of(field.related)
    return Path(text, tuple(steps), here, _allowed(here, names[-1], text))


def _allowed(entity: Entity, name: str, text: str) -> Field:
    if not entity.may_name(name):
        raise UnknownPath(text)
    return entity.field(name)


def relation(entity: Entity, name: str) -> Relation:
    """The listed relation `name` of `entity`, for quantifiers. Raises `UnknownPath`."""
    for each in entity.relations:
        if each.name == name:
            return each
    raise UnknownPath(name)
