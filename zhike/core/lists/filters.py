"""Plain filters of a list's address: `stage=3`, `amount.gte=1000`, `closes_on.within=P7D`, `owner=$me`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.conditions import Condition, ConditionError, Operator, check_rights, describe, parse
from zhike.core.entities import Entity, Field, FieldKind, UnknownPath, resolve
from zhike.core.lists.errors import ListError

_DAYS = (FieldKind.DATE, FieldKind.MOMENT)
_OPERATORS = frozenset(each.value for each in Operator)
_NEGATIONS = ("0", "false")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter as the address names it. `text` says it in words, records by the names that `actor` reaches."""

    parameter: str
    values: tuple[str, ...]
    condition: Condition
    actor: Actor

    @property
    def text(self) -> str:
        return describe(self.condition, self.actor)


def read_filter(entity: Entity, actor: Actor, parameter: str, values: Sequence[str]) -> Filter | None:
    """The filter of one parameter; None where nothing was filled in. Raises `ListError`."""
    filled = tuple(value for value in values if value)
    if not filled:
        return None
    name, operator = _split(entity, parameter, filled)
    field = resolve(entity, name).end
    raw: dict[str, object] = {"field": name, "op": operator.value}
    if operator.takes_nothing:
        if filled[0] in _NEGATIONS:
            raw["op"] = Operator.NOT_EMPTY if operator is Operator.IS_EMPTY else Operator.IS_EMPTY
    else:
        raw["value"] = _value(field, operator, filled, parameter)
    try:
        condition = parse(entity, raw)
        check_rights(condition, actor)
    except ConditionError as error:
        raise ListError(str(error), parameter) from error
    return Filter(parameter=parameter, values=filled, condition=condition, actor=actor)


def _split(entity: Entity, parameter: str, values: Sequence[str]) -> tuple[str, Operator]:
    """The path and the operator of a parameter; without an operator the value itself is meant."""
    name, _dot, last = parameter.rpartition(".")
    for path, word in ((parameter, ""), (name, last)):
        try:
            field = resolve(entity, path).end
        except UnknownPath:
            continue
        if not word:
            return path, _plain_operator(field, values)
        if word in _OPERATORS:
            return path, Operator(word)
    raise ListError(
        _("“%(name)s” is not a field by which this list can be filtered.") % {"name": parameter[:60]}, parameter[:60]
    )


def _plain_operator(field: Field, values: Sequence[str]) -> Operator:
    if field.kind is FieldKind.LIST:
        return Operator.CONTAINS
    return Operator.IN if len(values) > 1 else Operator.EQ


def _value(field: Field, operator: Operator, values: Sequence[str], parameter: str) -> object:
    if operator.takes_list:
        parts = values if field.kind.is_text or len(values) > 1 else values[0].split(",")
        return [_word(field, part) for part in parts if part]
    if len(values) > 1:
        raise ListError(_("Give one value for “%(field)s”.") % {"field": field.label}, parameter)
    return _word(field, values[0])


def _word(field: Field, text: str) -> str | Mapping[str, str]:
    """`ago:P15D`, `in:P7D` and `ago:P5D:workday` of days; anything else as it stands."""
    if field.kind not in _DAYS or not text.startswith(("ago:", "in:")):
        return text
    word, _colon, rest = text.partition(":")
    span, _colon, unit = rest.partition(":")
    return {word: span, "unit": unit} if unit else {word: span}


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Parameters with all their values, in the order in which they came."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}
