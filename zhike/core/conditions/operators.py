"""The operators of the filter language, and which of them each kind of field knows."""

from collections.abc import Mapping
from enum import StrEnum

from zhike.core.entities import Field, FieldKind
from zhike.core.entities.registry import registry


class Operator(StrEnum):
    """A closed set; the words people read are in `words`."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "between"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    LONGER_THAN = "longer_than"
    IS_EMPTY = "is_empty"
    NOT_EMPTY = "not_empty"
    WITHIN = "within"
    UNDER = "under"

    @property
    def takes_nothing(self) -> bool:
        return self in (Operator.IS_EMPTY, Operator.NOT_EMPTY)

    @property
    def takes_list(self) -> bool:
        """Takes several values: one or more, or for `between` two."""
        return self in (Operator.IN, Operator.NOT_IN, Operator.BETWEEN)

    @property
    def compares_order(self) -> bool:
        return self in COUNT_OPERATORS - {Operator.EQ, Operator.NE}


COUNT_OPERATORS = frozenset(
    {Operator.EQ, Operator.NE, Operator.LT, Operator.LTE, Operator.GT, Operator.GTE, Operator.BETWEEN}
)
_BLANK = (Operator.IS_EMPTY, Operator.NOT_EMPTY)
_SAME = (Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN)
_ORDER = (Operator.LT, Operator.LTE, Operator.GT, Operator.GTE, Operator.BETWEEN)
_TEXT = (*_SAME, Operator.CONTAINS, Operator.STARTS_WITH, Operator.LONGER_THAN, *_BLANK)
_NUMBER = (*_SAME, *_ORDER, *_BLANK)
_DAY = (*_SAME, *_ORDER, Operator.WITHIN, *_BLANK)
_BY_KIND: Mapping[FieldKind, tuple[Operator, ...]] = {
    FieldKind.TEXT: _TEXT,
    FieldKind.LONG_TEXT: _TEXT,
    FieldKind.NUMBER: _TEXT,
    FieldKind.PHONE: _TEXT,
    FieldKind.EMAIL: _TEXT,
    FieldKind.URL: _TEXT,
    FieldKind.INTEGER: _NUMBER,
    FieldKind.DECIMAL: _NUMBER,
    FieldKind.PERCENT: _NUMBER,
    FieldKind.MONEY: _NUMBER,
    FieldKind.DATE: _DAY,
    FieldKind.MOMENT: _DAY,
    FieldKind.BOOLEAN: (Operator.EQ, Operator.NE, *_BLANK),
    FieldKind.CHOICE: (*_SAME, *_BLANK),
    FieldKind.OPTION: (*_SAME, *_BLANK),
    FieldKind.RELATION: (*_SAME, *_BLANK),
    FieldKind.RECORD: (*_SAME, *_BLANK),
    FieldKind.RECORDS: _BLANK,
    FieldKind.FILE: _BLANK,
    FieldKind.LIST: (Operator.CONTAINS, *_BLANK),
    FieldKind.MULTI_CHOICE: (*_SAME, *_BLANK),
}


def tree_field(field: Field) -> str:
    """The relation by which the records that `field` points at form a tree ("parent", "superior"); blank for none."""
    if field.related is None or not registry.has(field.related):
        return ""
    for name in ("parent", "superior"):
        for each in field.related._meta.fields:
            if each.name == name and each.related_model is field.related:
                return name
    return ""


def operators_of(field: Field) -> tuple[Operator, ...]:
    """What may be asked of a field, in the order in which a person is offered it."""
    from zhike.core import options

    found = _BY_KIND[field.kind]
    is_tree = field.kind is FieldKind.RELATION and bool(tree_field(field))
    if field.kind is FieldKind.OPTION and field.option_list in {
        each.name for each in options.declared() if each.is_tree
    }:
        is_tree = True
    return (*found[:-2], Operator.UNDER, *found[-2:]) if is_tree else found
