"""A condition as a tree of frozen nodes, made by `parsing` alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from zhike.core.conditions.days import Span
from zhike.core.conditions.operators import Operator
from zhike.core.entities import Entity, FieldKind, Path, Relation, Step


class Mine(StrEnum):
    """Words for the person who asks."""

    ME = "$me"
    MY_DEPARTMENT = "$my_department"
    MY_SUBORDINATES = "$my_subordinates"


@dataclass(frozen=True)
class Today:
    """The company's business day at the moment of asking."""


@dataclass(frozen=True)
class Relative:
    """A day counted from today: `span` ago, or in `span`."""

    span: Span
    ahead: bool


Literal: TypeAlias = str | int | bool | Decimal | date | datetime
Operand: TypeAlias = Literal | Mine | Today | Relative


@dataclass(frozen=True)
class AllOf:
    """Every part holds; true without parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class AnyOf:
    """One part holds at least; false without parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Node"


@dataclass(frozen=True)
class Compare:
    """The value at the end of `path`, tested. `was`: not the present value, but the one before the event."""

    path: Path
    operator: Operator
    operands: tuple[Operand, ...]
    was: bool = False


@dataclass(frozen=True)
class Changed:
    """The event changed that field."""

    path: Path


@dataclass(frozen=True)
class Many:
    """Rows seen from one: `steps` lead to the record of `source`, where `relation` starts; `target` is the entity of its rows."""

    text: str
    steps: tuple[Step, ...]
    source: Entity
    relation: Relation
    target: Entity

    @property
    def is_by_key(self) -> bool:
        """Whether the rows name their record by its key ("customers:42"), not by its id."""
        return self.target.field(self.relation.via).kind is FieldKind.RECORD


@dataclass(frozen=True)
class Quantified:
    """Some row of `many` meets `where` (any row, without it); with `none`, no row does."""

    many: Many
    where: "Node | None"
    none: bool = False


@dataclass(frozen=True)
class Counted:
    """The number of rows of `many` that meet `where`, tested."""

    many: Many
    where: "Node | None"
    operator: Operator
    numbers: tuple[int, ...]


Node: TypeAlias = AllOf | AnyOf | Not | Compare | Changed | Quantified | Counted


@dataclass(frozen=True)
class Condition:
    """A condition on rows of `entity`. `raw` is the JSON it was read from, for storing and for links."""

    entity: Entity
    root: Node
    raw: Mapping[str, object]


def asks_others(node: Node) -> bool:
    """Whether other records are asked for every row: whether there are some, none, or so many."""
    match node:
        case AllOf(parts) | AnyOf(parts):
            return any(asks_others(part) for part in parts)
        case Not(part):
            return asks_others(part)
        case _:
            return isinstance(node, (Quantified, Counted))
