"""A condition asked of one record in Python; of its own fields without SQL."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models

from zhike.core import company, money
from zhike.core.actors import Actor
from zhike.core.conditions.errors import ConditionError
from zhike.core.conditions.predicates import (
    Anything,
    Asking,
    Core,
    HasAny,
    HasWord,
    Longer,
    Member,
    Predicate,
    Range,
    Ranges,
    TextLike,
    visible,
)
from zhike.core.conditions.rights import check_rights
from zhike.core.conditions.sql import column_of, count_fits
from zhike.core.conditions.tree import AllOf, AnyOf, Changed, Compare, Condition, Counted, Many, Node, Not, Quantified
from zhike.core.entities import Field, FieldKind, Step, registry
from zhike.core.fieldvalues import from_stored, value_of

Changes = Mapping[str, Sequence[object]]  # field name → (old, new), as events hold them
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FOLD = str.maketrans(_UPPER, _UPPER.lower())


def matches(condition: Condition, row: models.Model, actor: Actor, *, changes: Changes | None = None) -> bool:
    """Whether `row` meets the condition. `changes` are those of the event that asks, for `changed` and `was`.

    Reads other records (one query a step) only where a path leads to them, and only those that `actor` reaches.
    Raises `ConditionError` when the actor may not use the condition.
    """
    return matcher(condition, actor, changes=changes)(row)


def holds(condition: Condition, row: models.Model, actor: Actor) -> bool:
    """`matches` for a condition of the configuration, whose answer tells nobody a value: rights to its fields are not asked."""
    return _Evaluation(Asking(actor), None).node(condition.root, row)


def matcher(condition: Condition, actor: Actor, *, changes: Changes | None = None) -> Callable[[models.Model], bool]:
    """`matches` for many rows in a row: rights are checked once, related records are read once."""
    check_rights(condition, actor)
    evaluation = _Evaluation(Asking(actor), changes)
    return lambda row: evaluation.node(condition.root, row)


class _Evaluation:
    def __init__(self, asking: Asking, changes: Changes | None) -> None:
        self.asking = asking
        self.changes = changes
        self._reached: dict[tuple[type[models.Model], int], models.Model | None] = {}

    def node(self, node: Node, row: models.Model) -> bool:
        match node:
            case AllOf(parts):
                return all(self.node(part, row) for part in parts)
            case AnyOf(parts):
                return any(self.node(part, row) for part in parts)
            case Not(part):
                return not self.node(part, row)
            case Compare():
                return _meets(self._value(node, row), self.asking.predicate(node))
            case Changed(path):
                return path.end.name in self._changes()
            case Quantified(many, where, none):
                return any(True for _row in self._rows(many, where, row)) is not none
            case Counted(many, where):
                return count_fits(node, sum(1 for _row in self._rows(many, where, row)))

    def _changes(self) -> Changes:
        if self.changes is None:
            raise ConditionError("“Changed” and “was” need the event that asks.")
        return self.changes

    def _value(self, node: Compare, row: models.Model) -> object:
        field = node.path.end
        if node.was and field.name in self._changes():
            return _stored(field, self._changes(), row)
        found = self._follow(node.path.steps, row)
        if found is None:
            return None
        return getattr(found, column_of(field)) if field.custom is None else value_of(found, field)

    def _follow(self, steps: tuple[Step, ...], row: models.Model) -> models.Model | None:
        found: models.Model | None = row
        for step in steps:
            if found is None:
                return None
            found = self._related(step.field, getattr(found, step.field.attname))
        return found

    def _related(self, field: Field, pk: int | None) -> models.Model | None:
        if pk is None or field.related is None:
            return None
        key = (field.related, pk)
        if key not in self._reached:
            rows = visible(registry.of(field.related), self.asking.actor)
            self._reached[key] = rows.filter(pk=pk).first()
        return self._reached[key]

    def _rows(self, many: Many, where: Node | None, row: models.Model) -> Any:
        start = self._follow(many.steps, row)
        if start is None or start.pk is None:
            return iter(())
        named = f"{many.source.slug}:{start.pk}" if many.is_by_key else start.pk
        rows = visible(many.target, self.asking.actor).filter(**{many.relation.via: named}).order_by()
        return (each for each in rows.iterator(500) if where is None or self.node(where, each))


def _stored(field: Field, changes: Changes, row: models.Model) -> object:
    """The value before the event, in Python's form; money in company currency."""
    if field.custom is not None:
        return from_stored(field, changes[field.name][0])
    old = field.model_field.to_python(changes[field.name][0])
    if old is None or field.kind is not FieldKind.MONEY or column_of(field) == field.name:
        return old
    currency = changes[field.currency_name][0] if field.currency_name in changes else getattr(row, field.currency_name)
    try:
        return money.to_base(old, str(currency or company.current().currency), company.today())
    except money.NoRate:
        return None


def is_blank(value: object) -> bool:
    """Nothing, an empty text or an empty list. Zero and "no" are values."""
    return value is None or value == "" or value == []


def _meets(value: Any, predicate: Predicate) -> bool:
    if is_blank(value):
        return predicate.blank or (value == [] and predicate.inverted and isinstance(predicate.core, HasAny))
    return not predicate.blank and _core(value, predicate.core) is not predicate.inverted


def _core(value: Any, core: Core) -> bool:
    match core:
        case Member(values):
            return value in values
        case Ranges(ranges):
            return any(_in_range(value, each) for each in ranges)
        case TextLike(needle, anywhere):
            text, sought = str(value).translate(_FOLD), needle.translate(_FOLD)
            return sought in text if anywhere else text.startswith(sought)
        case Longer(than):
            return len(str(value)) > than
        case HasWord(word):
            return isinstance(value, list) and word in value
        case HasAny(values):
            return isinstance(value, list) and not values.isdisjoint(value)
        case Anything():
            return True


def _in_range(value: Any, each: Range) -> bool:
    if each.low is not None and (value <= each.low if each.above else value < each.low):
        return False
    return each.high is None or (value <= each.high if each.closed else value < each.high)
