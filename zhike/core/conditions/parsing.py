"""From JSON to a tree: nothing that is not understood in full gets through."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NoReturn

from django.utils.translation import gettext as _

from zhike.core.conditions.errors import ConditionError
from zhike.core.conditions.operands import MAX_TEXT, check_text, read_length, read_operand, read_relative
from zhike.core.conditions.operators import COUNT_OPERATORS, Operator, operators_of
from zhike.core.conditions.tree import (
    AllOf,
    AnyOf,
    Changed,
    Compare,
    Condition,
    Counted,
    Many,
    Mine,
    Node,
    Not,
    Operand,
    Quantified,
    Relative,
    Today,
)
from zhike.core.entities import Entity, FieldKind, Path, Step, UnknownPath, registry, resolve
from zhike.core.entities.paths import MAX_STEPS, relation

MAX_JSON = 200_000  # characters
MAX_DEPTH = 8
MAX_NODES = 100
MAX_VALUES = 1_000
_LARGEST_COUNT = 1_000_000_000
_PAIR = 2
# As design and API write them in counts.
_ALIASES = {"ge": "gte", "le": "lte"}


def parse(entity: Entity, raw: str | Mapping[str, object], *, for_events: bool = False) -> Condition:
    """Read a condition on rows of `entity` from JSON (text, or already decoded).

    `for_events` allows `changed` and `was`, which only an event can answer. Raises `ConditionError` with a sentence and
    the path of the node that is wrong: unknown fields, operators, values or keys; more than 8 levels, 100 nodes or
    1,000 values in a list.
    """
    decoded = _decode(raw) if isinstance(raw, str) else raw
    if not isinstance(decoded, Mapping):
        raise ConditionError(_("A condition is a JSON object such as {“field”: …, “op”: …, “value”: …}."))
    return Condition(entity, _Reader(for_events).node(entity, decoded, "", 1), decoded)


def _decode(text: str) -> object:
    if len(text) > MAX_JSON:
        raise ConditionError(_("This condition is too long. Use fewer values."))
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ConditionError(_("This condition is not valid JSON.")) from None


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: object) -> str:
    return str(value)[:60]


@dataclass(frozen=True)
class _Spot:
    """A node that is being read, and where it stands."""

    entity: Entity
    raw: Mapping[str, object]
    path: str
    depth: int

    def at(self, key: str) -> str:
        return _at(self.path, key)

    def only(self, *allowed: str) -> None:
        _only(self.raw, self.path, *allowed)


@dataclass
class _Reader:
    """One reading; counts nodes."""

    for_events: bool
    nodes: int = 0

    def node(self, entity: Entity, raw: object, path: str, depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise ConditionError(_("This condition is nested too deeply; 8 levels are allowed."), path)
        if self.nodes > MAX_NODES:
            raise ConditionError(_("This condition has too many parts; 100 are allowed."), path)
        if not isinstance(raw, Mapping):
            raise ConditionError(_("Each part of a condition is a JSON object."), path)
        forms = self._forms()
        for key, read in forms.items():
            if key in raw:
                return read(_Spot(entity, raw, path, depth))
        raise ConditionError(_("Each part of a condition has one of: %(keys)s.") % {"keys": ", ".join(forms)}, path)

    def _forms(self) -> dict[str, Callable[[_Spot], Node]]:
        forms: dict[str, Callable[[_Spot], Node]] = {
            "all": self._all,
            "any": self._any,
            "not": self._not,
            "some": self._some,
            "none": self._none,
            "count": self._count,
            "field": _compare,
        }
        return forms | {"changed": _changed, "was": _was} if self.for_events else forms

    def _all(self, spot: _Spot) -> Node:
        return AllOf(self._parts(spot, "all"))

    def _any(self, spot: _Spot) -> Node:
        return AnyOf(self._parts(spot, "any"))

    def _parts(self, spot: _Spot, key: str) -> tuple[Node, ...]:
        spot.only(key)
        parts, here = spot.raw[key], spot.at(key)
        if not isinstance(parts, (list, tuple)):
            raise ConditionError(_("“%(key)s” takes a list of conditions.") % {"key": key}, here)
        deeper = spot.depth + 1
        return tuple(self.node(spot.entity, part, f"{here}[{place}]", deeper) for place, part in enumerate(parts))

    def _not(self, spot: _Spot) -> Node:
        spot.only("not")
        return Not(self.node(spot.entity, spot.raw["not"], spot.at("not"), spot.depth + 1))

    def _some(self, spot: _Spot) -> Node:
        spot.only("some")
        return Quantified(*self._rows(spot, "some"))

    def _none(self, spot: _Spot) -> Node:
        spot.only("none")
        return Quantified(*self._rows(spot, "none"), none=True)

    def _count(self, spot: _Spot) -> Node:
        spot.only("count", "op", "value")
        many, where = self._rows(spot, "count")
        name = spot.raw.get("op")
        operator = _operator(_ALIASES.get(name, name) if isinstance(name, str) else name, spot.at("op"))
        if operator not in COUNT_OPERATORS:
            raise ConditionError(_("A number of records cannot be compared like this."), spot.at("op"))
        return Counted(many, where, operator, _numbers(spot.raw.get("value"), operator, spot.at("value")))

    def _rows(self, spot: _Spot, key: str) -> tuple[Many, Node | None]:
        raw, here = spot.raw[key], spot.at(key)
        text = raw.get("path") if isinstance(raw, Mapping) else None
        if not isinstance(raw, Mapping) or not isinstance(text, str):
            raise ConditionError(_("Say which records are meant: {“path”: …, “where”: …}."), here)
        _only(raw, here, "path", "where")
        many = _many(spot.entity, text, _at(here, "path"))
        if "where" not in raw:
            return many, None
        return many, self.node(many.target, raw["where"], _at(here, "where"), spot.depth + 1)


def _only(raw: Mapping[str, object], path: str, *allowed: str) -> None:
    for key in raw:
        if key not in allowed:
            raise ConditionError(_("“%(key)s” is not known here.") % {"key": _shown(key)}, path)


def _changed(spot: _Spot) -> Node:
    spot.only("changed")
    return Changed(_own_path(spot.entity, spot.raw["changed"], spot.at("changed")))


def _was(spot: _Spot) -> Node:
    spot.only("was")
    inner, here = spot.raw["was"], spot.at("was")
    if not isinstance(inner, Mapping) or "field" not in inner:
        raise ConditionError(_("“was” takes a comparison of one field."), here)
    _own_path(spot.entity, inner["field"], _at(here, "field"))
    return replace(_compare(_Spot(spot.entity, inner, here, spot.depth)), was=True)


def _numbers(value: object, operator: Operator, path: str) -> tuple[int, ...]:
    given = value if operator is Operator.BETWEEN and isinstance(value, (list, tuple)) else (value,)
    found = tuple(each for each in given if isinstance(each, int) and not isinstance(each, bool))
    wanted = _PAIR if operator is Operator.BETWEEN else 1
    if len(found) != wanted or len(given) != wanted or not all(0 <= each <= _LARGEST_COUNT for each in found):
        raise ConditionError(_("Compare the number of records with a whole number."), path)
    return found


def _operator(raw: object, path: str) -> Operator:
    try:
        return Operator(raw)  # type: ignore[arg-type]  # anything but a known word raises
    except ValueError:
        raise ConditionError(
            _("There is no operator “%(name)s”. Use one of: %(known)s.")
            % {"name": _shown(raw), "known": ", ".join(Operator)},
            path,
        ) from None


def _path(entity: Entity, raw: object, path: str) -> Path:
    if isinstance(raw, str) and len(raw) <= MAX_TEXT:
        try:
            return resolve(entity, raw)
        except UnknownPath:
            pass
    raise ConditionError(
        _("“%(field)s” is not a field by which %(entity)s can be filtered.")
        % {"field": _shown(raw), "entity": entity.label_plural},
        path,
    )


def _own_path(entity: Entity, raw: object, path: str) -> Path:
    found = _path(entity, raw, path)
    if found.steps:
        raise ConditionError(_("Only fields of the record itself tell what changed."), path)
    return found


def _many(entity: Entity, text: str, path: str) -> Many:
    names = text.split(".")
    steps: list[Step] = []
    here = entity
    try:
        if len(names) > MAX_STEPS or len(text) > MAX_TEXT:
            raise UnknownPath(text)
        for name in names[:-1]:
            found = resolve(here, name).end
            if found.kind is not FieldKind.RELATION or found.related is None or not registry.has(found.related):
                raise UnknownPath(text)
            steps.append(Step(here, found))
            here = registry.of(found.related)
        last = relation(here, names[-1])
    except UnknownPath:
        raise ConditionError(
            _("“%(field)s” names no records that belong to %(entity)s.")
            % {"field": _shown(text), "entity": entity.label_plural},
            path,
        ) from None
    return Many(text, tuple(steps), here, last, registry.get(last.slug))


def _compare(spot: _Spot) -> Compare:
    spot.only("field", "op", "value")
    path = _path(spot.entity, spot.raw["field"], spot.at("field"))
    operator = _operator(spot.raw.get("op"), spot.at("op"))
    if operator not in operators_of(path.end):
        raise ConditionError(
            _("“%(field)s” cannot be compared by “%(operator)s”.") % {"field": path.label, "operator": operator.value},
            spot.at("op"),
        )
    return Compare(path, operator, _operands(path, operator, spot.raw, spot.at("value")))


def _operands(field_path: Path, operator: Operator, raw: Mapping[str, object], path: str) -> tuple[Operand, ...]:
    field = field_path.end
    if operator.takes_nothing:
        if raw.get("value") is not None:
            raise ConditionError(_("“Is empty” takes no value."), path)
        return ()
    if "value" not in raw or raw["value"] is None:
        raise ConditionError(_("“%(field)s” needs a value to be compared with.") % {"field": field_path.label}, path)
    value = raw["value"]
    if operator is Operator.WITHIN:
        return (_span(value, path),)
    if operator in _READ_ALIKE:
        return (_READ_ALIKE[operator](value, path),)
    if not operator.takes_list:
        return (read_operand(field, value, path),)
    if not isinstance(value, (list, tuple)):
        raise ConditionError(_("Give a list of values here."), path)
    if len(value) > MAX_VALUES:
        raise ConditionError(_("This list is too long; 1,000 values are allowed."), path)
    operands = tuple(read_operand(field, each, f"{path}[{place}]") for place, each in enumerate(value))
    if operator is Operator.BETWEEN:
        _check_pair(operands, path)
    return operands


# What is read the same way whatever the kind of field.
_READ_ALIKE: Mapping[Operator, Callable[[object, str], Operand]] = {
    Operator.CONTAINS: check_text,
    Operator.STARTS_WITH: check_text,
    Operator.LONGER_THAN: read_length,
}


def _span(value: object, path: str) -> Relative:
    """`within` takes a relative day; a bare span looks back, as people ask for "the last seven days"."""
    if isinstance(value, str):
        return read_relative({"ago": value}, path)
    if isinstance(value, Mapping):
        return read_relative(value, path)
    raise ConditionError(_("Give a span of days such as P7D here."), path)


def _check_pair(operands: tuple[Operand, ...], path: str) -> None:
    if len(operands) != _PAIR:
        raise ConditionError(_("“Between” takes two values, the lower one first."), path)
    low, high = operands
    unresolved = (Mine, Relative, Today)
    if isinstance(low, unresolved) or isinstance(high, unresolved) or type(low) is not type(high):
        return
    if low > high:  # type: ignore[operator]  # both are numbers or both are days here
        raise ConditionError(_("“Between” takes two values, the lower one first."), path)
