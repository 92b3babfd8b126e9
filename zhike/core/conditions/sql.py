"""A condition as SQL, the same on SQLite and PostgreSQL.

Every part compiles to true or false, never to unknown, so that `not` means the same as in Python. Another entity is
entered by EXISTS with that entity's own scope inside; the scope is flat and is not nested further.
"""

from typing import Any, TypeVar

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Length
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.conditions import custom
from zhike.core.conditions.errors import ConditionError
from zhike.core.conditions.lookups import ListHas, TextMatch, contains_pattern, starts_pattern
from zhike.core.conditions.operators import Operator
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
from zhike.core.conditions.tree import (
    AllOf,
    AnyOf,
    Changed,
    Compare,
    Condition,
    Counted,
    Many,
    Node,
    Not,
    Quantified,
)
from zhike.core.entities import Entity, Field, FieldKind, Step, registry

# An empty Q is no condition at all, even when negated; these two are real ones.
NO_ROW = Q(pk__in=[])
ANY_ROW = ~Q(pk__in=[])
_Row = TypeVar("_Row", bound=Any)


def to_q(condition: Condition, actor: Actor) -> Q:
    """The condition for `filter()`. Raises `ConditionError` if the actor may not use it or only events can answer."""
    check_rights(condition, actor)
    return _Compiler(Asking(actor)).node(condition.root)


def apply(rows: "QuerySet[_Row]", condition: Condition, actor: Actor) -> "QuerySet[_Row]":
    """The rows that meet the condition; `rows` is already what the actor reaches."""
    return rows.filter(to_q(condition, actor))


def column_of(field: Field) -> str:
    """The column that comparisons look at: for money the amount in company currency, for a relation the id."""
    return field.sort_path if field.kind is FieldKind.MONEY else field.attname


class _Compiler:
    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def node(self, node: Node) -> Q:
        match node:
            case AllOf(parts):
                found = ANY_ROW
                for part in parts:
                    found &= self.node(part)
                return found
            case AnyOf(parts):
                found = NO_ROW
                for part in parts:
                    found |= self.node(part)
                return found
            case Not(part):
                return ~self.node(part)
            case Compare():
                return self._compare(node)
            case Quantified(many, where, none):
                some = self._through(many.steps, Q(Exists(self._rows(many, where))))
                return ~some if none else some
            case Counted():
                return self._counted(node)
            case Changed():
                raise _only_events()

    def _compare(self, node: Compare) -> Q:
        if node.was:
            raise _only_events()
        predicate = self.asking.predicate(node)
        field = node.path.end
        if predicate.blank:
            # A step that leads nowhere, or to a row out of reach, ends in a blank too.
            return ~self._through(node.path.steps, _present(field))
        return self._through(node.path.steps, _meets(field, predicate))

    def _through(self, steps: tuple[Step, ...], inner: Q) -> Q:
        """`inner`, asked of the record that the steps lead to; false where they lead to none that the actor reaches."""
        for step in reversed(steps):
            rows = visible(_entity_at(step.field), self.asking.actor)
            inner = Q(Exists(rows.filter(inner, pk=OuterRef(step.field.attname)).order_by()))
        return inner

    def _rows(self, many: Many, where: Node | None) -> Any:
        named: Any = OuterRef("pk")
        if many.is_by_key:
            text = CharField()
            named = Concat(Value(f"{many.source.slug}:"), Cast(OuterRef("pk"), text), output_field=text)
        rows = visible(many.target, self.asking.actor).filter(**{many.relation.via: named}).order_by()
        return rows if where is None else rows.filter(self.node(where))

    def _counted(self, node: Counted) -> Q:
        zero_fits = count_fits(node, 0)
        if zero_fits:
            # No record at the end of the steps means no rows, which fits as well.
            return ~self._through(node.many.steps, ~self._count_test(node))
        return self._through(node.many.steps, self._count_test(node))

    def _count_test(self, node: Counted) -> Q:
        rows = self._rows(node.many, node.where)
        if (node.operator, node.numbers) in (((Operator.GTE, (1,))), (Operator.GT, (0,)), (Operator.NE, (0,))):
            return Q(Exists(rows))
        number = Coalesce(Subquery(rows.values(node.many.relation.via).annotate(found=Count("pk")).values("found")), 0)
        first, last = node.numbers[0], node.numbers[-1]
        match node.operator:
            case Operator.EQ:
                return Q(Exact(number, first))
            case Operator.NE:
                return ~Q(Exact(number, first))
            case Operator.LT:
                return Q(LessThan(number, first))
            case Operator.LTE:
                return Q(LessThanOrEqual(number, first))
            case Operator.GT:
                return Q(GreaterThan(number, first))
            case Operator.GTE:
                return Q(GreaterThanOrEqual(number, first))
            case _:
                return Q(GreaterThanOrEqual(number, first)) & Q(LessThanOrEqual(number, last))


def count_fits(node: Counted, number: int) -> bool:
    """Whether a number of rows meets the node's comparison."""
    first, last = node.numbers[0], node.numbers[-1]
    return {
        Operator.EQ: number == first,
        Operator.NE: number != first,
        Operator.LT: number < first,
        Operator.LTE: number <= first,
        Operator.GT: number > first,
        Operator.GTE: number >= first,
        Operator.BETWEEN: first <= number <= last,
    }[node.operator]


def _only_events() -> ConditionError:
    return ConditionError(_("“Changed” and “was” can only be asked of an event, not of a list of records."))


def _entity_at(field: Field) -> Entity:
    if field.related is None:
        raise TypeError(field.name)
    return registry.of(field.related)


def _present(field: Field) -> Q:
    """The column is not blank."""
    if field.custom is not None:
        return custom.present(field)
    column = column_of(field)
    found = Q(**{f"{column}__isnull": False}) if field.model_field.null or field.kind is FieldKind.MONEY else ANY_ROW
    if isinstance(field.model_field, (CharField, TextField)):
        found &= ~Q(**{column: ""})
    elif field.kind is FieldKind.LIST:
        found &= ~Q(**{column: []})
    return found


def _meets(field: Field, predicate: Predicate) -> Q:
    if field.custom is not None:
        return custom.meets(field, predicate, _core)
    core = _core(column_of(field), predicate.core)
    return _present(field) & (~core if predicate.inverted else core)


def _core(column: str, core: Core) -> Q:
    match core:
        case Member(values):
            return Q(**{f"{column}__in": sorted(values)}) if values else NO_ROW
        case Ranges(ranges):
            found = NO_ROW
            for each in ranges:
                found |= _range(column, each)
            return found
        case TextLike(needle, anywhere):
            return Q(TextMatch(F(column), contains_pattern(needle) if anywhere else starts_pattern(needle)))
        case Longer(than):
            return Q(GreaterThan(Length(F(column)), than))
        case HasWord(word):
            return Q(ListHas(F(column), word))
        case HasAny():
            raise TypeError(column)  # only custom fields have several choices
        case Anything():
            return ANY_ROW


def _range(column: str, each: Range) -> Q:
    found = ANY_ROW
    if each.low is not None:
        found &= Q(**{f"{column}__{'gt' if each.above else 'gte'}": each.low})
    if each.high is not None:
        found &= Q(**{f"{column}__{'lte' if each.closed else 'lt'}": each.high})
    return found
