"""What a comparison comes to when it is asked: a few primitive tests, on which SQL and Python agree.

A value that is blank meets no test. Relative days become days of the company, `$me` an id, a branch of a tree its ids.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhike.core import company, options
from zhike.core.actors import Actor
from zhike.core.conditions.errors import ConditionError
from zhike.core.conditions.operators import Operator, tree_field
from zhike.core.conditions.tree import Compare, Mine, Operand, Relative, Today
from zhike.core.entities import Entity, Field, FieldKind, registry

MAX_TREE = 10_000
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Member:
    """The value is one of these."""

    values: frozenset[Any]


@dataclass(frozen=True)
class Range:
    """The value lies from `low` to before `high`, or to `high` itself where `closed`; None is no bound."""

    low: Any = None
    high: Any = None
    closed: bool = True
    # `low` itself is left out.
    above: bool = False


@dataclass(frozen=True)
class Ranges:
    """The value lies in one of these."""

    ranges: tuple[Range, ...]


@dataclass(frozen=True)
class TextLike:
    """The text contains `needle`, or starts with it; ASCII letters in either case."""

    needle: str
    anywhere: bool


@dataclass(frozen=True)
class Longer:
    """The text has more characters than this."""

    than: int


@dataclass(frozen=True)
class HasWord:
    """The list has this word."""

    word: str


@dataclass(frozen=True)
class HasAny:
    """One of the choices at least is among these."""

    values: frozenset[Any]


@dataclass(frozen=True)
class Anything:
    """Any value that is not blank."""


Core: TypeAlias = Member | Ranges | TextLike | Longer | HasWord | HasAny | Anything


@dataclass(frozen=True)
class Predicate:
    """The value is not blank and meets `core`; `inverted`: is not blank and does not. `blank`: the value is blank.

    Several choices that are none of those asked for may as well be none at all.
    """

    core: Core
    inverted: bool = False
    blank: bool = False


def visible(entity: Entity, actor: Actor, *, in_order: bool = False, scan: bool = False) -> "QuerySet[Any, Any]":
    """Live rows of the entity that the actor may read; `in_order` and `scan` as in `visible_to`."""
    rows: Any = entity.model._default_manager
    found: QuerySet[Any, Any] = rows.visible_to(actor, in_order=in_order, scan=scan)
    return found


class Asking:
    """One use of a condition: who asks, and which day it is for the company."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    @cached_property
    def today(self) -> date:
        return company.today()

    def predicate(self, compare: Compare) -> Predicate:
        """The test that a comparison comes to now, for this person."""
        field, operator = compare.path.end, compare.operator
        if operator is Operator.IS_EMPTY:
            return Predicate(Anything(), blank=True)
        if operator is Operator.NOT_EMPTY:
            return Predicate(Anything())
        if operator in (Operator.CONTAINS, Operator.STARTS_WITH):
            return Predicate(self._text(field, str(compare.operands[0]), anywhere=operator is Operator.CONTAINS))
        if operator is Operator.LONGER_THAN:
            return Predicate(Longer(int(str(compare.operands[0]))))
        if operator is Operator.UNDER:
            return Predicate(Member(self._under(field, compare.operands[0])))
        inverted = operator in (Operator.NE, Operator.NOT_IN)
        if field.kind is FieldKind.MOMENT:
            return Predicate(self._moments(operator, compare.operands), inverted)
        if field.kind is FieldKind.MULTI_CHOICE:
            return Predicate(HasAny(self._members(compare.operands)), inverted)
        if operator in (Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN):
            return Predicate(Member(self._members(compare.operands)), inverted)
        return Predicate(self._ordered(operator, compare.operands))

    def _text(self, field: Field, text: str, *, anywhere: bool) -> Core:
        return HasWord(text) if field.kind is FieldKind.LIST else TextLike(text, anywhere)

    def _members(self, operands: Iterable[Operand]) -> frozenset[Any]:
        found: set[Any] = set()
        for each in operands:
            if isinstance(each, Mine):
                found |= self._ids(each)
            else:
                found.add(self._day(each) if isinstance(each, (Today, Relative)) else each)
        return frozenset(found)

    def _ids(self, mine: Mine) -> frozenset[int]:
        if mine is Mine.ME:
            return frozenset() if self.actor.user_id is None else frozenset({self.actor.user_id})
        access = self.actor.access
        return access.department_ids if mine is Mine.MY_DEPARTMENT else access.subordinate_ids

    def _day(self, operand: Today | Relative) -> date:
        if isinstance(operand, Today):
            return self.today
        return operand.span.after(self.today) if operand.ahead else operand.span.before(self.today)

    def _ordered(self, operator: Operator, operands: tuple[Operand, ...]) -> Ranges:
        if operator is Operator.WITHIN:
            low, high = sorted((self._day_of(operands[0]), self.today))
            return Ranges((Range(low, high),))
        values = [self._day(each) if isinstance(each, (Today, Relative)) else each for each in operands]
        return Ranges((_RANGES[operator](*values),))

    def _moments(self, operator: Operator, operands: tuple[Operand, ...]) -> Ranges:
        if operator is Operator.WITHIN:
            first, last = sorted((self._day_of(operands[0]), self.today))
            return Ranges((Range(_start(first), _start(last + timedelta(days=1)), closed=False),))
        spans = [self._instants(each) for each in operands]
        if operator is Operator.BETWEEN:
            return Ranges((Range(spans[0][0], spans[1][1], closed=False),))
        if operator in _ONE_SIDED:
            return Ranges((_ONE_SIDED[operator](*spans[0]),))
        return Ranges(tuple(Range(low, high, closed=False) for low, high in spans))

    def _day_of(self, operand: Operand) -> date:
        if isinstance(operand, (Today, Relative)):
            return self._day(operand)
        raise TypeError(operand)

    def _instants(self, operand: Operand) -> tuple[datetime, datetime]:
        """From when to before when: a whole day of the company, or one moment."""
        if isinstance(operand, datetime):
            return operand.astimezone(UTC), operand.astimezone(UTC) + _MICROSECOND
        day = operand if isinstance(operand, date) else self._day_of(operand)
        return _start(day), _start(day + timedelta(days=1))

    def _under(self, field: Field, operand: Operand) -> frozenset[Any]:
        roots = self._members((operand,))
        if field.kind is FieldKind.OPTION:
            return frozenset(code for root in roots for code in options.codes_under(field.option_list, root))
        if field.related is None:
            raise TypeError(field.name)
        parent, found, edge = tree_field(field), set(roots), set(roots)
        rows = visible(registry.of(field.related), self.actor)
        while edge:
            edge = set(rows.filter(**{f"{parent}__in": sorted(edge)}).values_list("pk", flat=True)) - found
            found |= edge
            if len(found) > MAX_TREE:
                raise ConditionError(_("Too many records lie below this one. Choose one further down."))
        return frozenset(found)


def _start(day: date) -> datetime:
    """The first moment of a day of the company, in UTC."""
    return datetime.combine(day, time.min, tzinfo=company.zone()).astimezone(UTC)


_RANGES: Mapping[Operator, Callable[..., Range]] = {
    Operator.LT: lambda value: Range(high=value, closed=False),
    Operator.LTE: lambda value: Range(high=value),
    Operator.GT: lambda value: Range(low=value, above=True),
    Operator.GTE: lambda value: Range(low=value),
    Operator.BETWEEN: Range,
}
# On moments, with the first instant and the one after the last of what was named.
_ONE_SIDED: Mapping[Operator, Callable[[datetime, datetime], Range]] = {
    Operator.LT: lambda start, _end: Range(high=start, closed=False),
    Operator.LTE: lambda _start, end: Range(high=end, closed=False),
    Operator.GT: lambda _start, end: Range(low=end),
    Operator.GTE: lambda start, _end: Range(low=start),
}
