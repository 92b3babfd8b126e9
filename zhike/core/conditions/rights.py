"""Who may use a condition: someone to whom every field in it is open. Else counting hits would read a hidden value."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.conditions.errors import ConditionError
from zhike.core.conditions.tree import AllOf, AnyOf, Changed, Compare, Condition, Counted, Many, Node, Not, Quantified
from zhike.core.entities import Entity, Field, Path

_Use = tuple[Entity, Field]


def check_rights(condition: Condition, actor: Actor) -> None:
    """Raise `ConditionError` when a field is hidden or masked for `actor`, or a module switched off."""
    checked: set[tuple[str, str]] = set()
    for entity, field in _uses(condition.entity, condition.root):
        if (entity.slug, field.name) not in checked:
            checked.add((entity.slug, field.name))
            _check(entity, field, actor)


def may_filter(entity: Entity, field: Field, actor: Actor) -> bool:
    """Whether rows may be filtered and sorted by this field for this person."""
    return modules.is_on(entity.module) and actor.access.field_mode(entity.slug, field.name).is_readable


def _check(entity: Entity, field: Field, actor: Actor) -> None:
    if not modules.is_on(entity.module):
        raise ConditionError(
            _("This condition looks at %(entity)s, which are switched off.") % {"entity": entity.label_plural}
        )
    if not may_filter(entity, field, actor):
        raise ConditionError(_("You may not filter by “%(field)s”.") % {"field": field.label})


def _uses(entity: Entity, node: Node) -> Iterator[_Use]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _uses(entity, part)
        case Not(part):
            yield from _uses(entity, part)
        case Compare(path=path) | Changed(path=path):
            yield from _of_path(path)
        case Quantified(many, where) | Counted(many, where):
            yield from _of_many(many)
            if where is not None:
                yield from _uses(many.target, where)


def _of_path(path: Path) -> Iterator[_Use]:
    for step in path.steps:
        yield step.entity, step.field
    yield path.entity, path.end


def _of_many(many: Many) -> Iterator[_Use]:
    for step in many.steps:
        yield step.entity, step.field
    yield many.target, many.target.field(many.relation.via)
