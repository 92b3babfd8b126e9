"""A condition means the same in SQL and in Python: on this database, for blanks, for people who see only a part."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.condition_world import AMOUNTS, TEXTS, World, build
from zhike.core import conditions, options
from zhike.core.conditions.operators import Operator, operators_of
from zhike.core.entities import Entity, FieldKind, Path, registry, resolve

pytestmark = pytest.mark.django_db
SLUGS = ("opportunities", "customers", "contacts", "opportunity-lines", "stages", "users", "departments", "products")
JSON = dict[str, Any]
CODES = ("CN", "US", "440000", "440300", "310000", "C", "J", "key", "ordinary", "potential", "price", "website")
_DAYS = ("$today", "2026-01-31", "2026-11-20", {"ago": "P3D"}, {"in": "P1M"}, {"ago": "P5D", "unit": "workday"})
_MOMENTS = (*_DAYS, "2026-11-20T16:00:00Z", "2026-11-21T00:00:00+08:00", "2026-11-21T00:00:00")


@pytest.fixture
def world(db: None) -> World:
    return build()


def _paths(entity: Entity, steps: int = 3) -> Iterator[Path]:
    for name in sorted(entity.allowed_paths):
        here = resolve(entity, name)
        yield here
        if steps > 1 and here.end.kind is FieldKind.RELATION and here.end.related and registry.has(here.end.related):
            for deeper in _paths(registry.of(here.end.related), steps - 1):
                yield resolve(entity, f"{name}.{deeper.text}")


def _values(path: Path) -> st.SearchStrategy[Any]:
    field = path.end
    match field.kind:
        case FieldKind.DATE:
            return st.sampled_from(_DAYS)
        case FieldKind.MOMENT:
            return st.sampled_from(_MOMENTS)
        case FieldKind.BOOLEAN:
            return st.booleans()
        case FieldKind.INTEGER | FieldKind.PERCENT:
            return st.sampled_from((0, 1, 10, 50, 100, 1998, -(2**63) + 1, 2**63 - 1))
        case FieldKind.DECIMAL | FieldKind.MONEY:
            return st.sampled_from([str(each) for each in AMOUNTS if each is not None] + ["7000", "-1", "2.5"])
        case FieldKind.CHOICE:
            return st.sampled_from([code for code, _label in field.choices])
        case FieldKind.OPTION:
            known = list(options.entries(field.option_list))
            return st.sampled_from([code for code in known if code in CODES] or known[:3])
        case FieldKind.RELATION:
            words = {"identity.User": ("$me", "$my_subordinates"), "identity.Department": ("$my_department",)}
            ids = st.sampled_from(_ids(field.related))
            return ids | st.sampled_from(words.get(field.related._meta.label if field.related else "", (1,)))
        case _:
            return st.sampled_from([text for text in TEXTS if text] + ["a", "%", "_", "浦"])


def _ids(model: Any) -> list[int]:
    return [*model._default_manager.order_by("pk").values_list("pk", flat=True)[:12], 999_999_999]


@st.composite
def _comparisons(draw: st.DrawFn, entity: Entity, only: tuple[Path, ...] = ()) -> JSON:
    path = draw(st.sampled_from(only or tuple(_paths(entity))))
    operator = draw(st.sampled_from(operators_of(path.end)))
    raw: JSON = {"field": path.text, "op": operator.value}
    if operator.takes_nothing:
        return raw
    values = _values(path)
    if operator is Operator.BETWEEN:
        low, high = draw(values), draw(values)
        try:
            conditions.parse(entity, {**raw, "value": [low, high]})
        except conditions.ConditionError:
            low, high = high, low
        return {**raw, "value": [low, high]}
    if operator is Operator.LONGER_THAN:
        return {**raw, "value": draw(st.integers(0, 12))}
    if operator is Operator.WITHIN:
        return {**raw, "value": draw(st.sampled_from(("P7D", "P1M", {"in": "P2W"}, {"ago": "P3D", "unit": "workday"})))}
    if operator.takes_list:
        return {**raw, "value": draw(st.lists(values, max_size=4))}
    return {**raw, "value": draw(values)}


def _relations(entity: Entity) -> list[tuple[str, Entity]]:
    """Relations of the entity, and of what its own fields lead to."""
    found = [(each.name, registry.get(each.slug)) for each in entity.relations]
    for path in _paths(entity, 1):
        if path.end.related is not None and registry.has(path.end.related):
            related = registry.of(path.end.related)
            found += [(f"{path.text}.{each.name}", registry.get(each.slug)) for each in related.relations]
    return found


@st.composite
def _conditions(draw: st.DrawFn, entity: Entity, depth: int = 3) -> JSON:
    relations = _relations(entity)
    forms = ["field"] * 4
    if depth > 1:
        forms += ["all", "any", "not", "not"] + (["some", "none", "count"] if relations else [])
    form = draw(st.sampled_from(forms))
    if form in ("all", "any"):
        return {form: draw(st.lists(_conditions(entity, depth - 1), max_size=3))}
    if form == "not":
        return {"not": draw(_conditions(entity, depth - 1))}
    if form == "field":
        return draw(_comparisons(entity))
    name, target = draw(st.sampled_from(relations))
    rows: JSON = {"path": name}
    if draw(st.booleans()):
        rows["where"] = draw(_conditions(target, depth - 1))
    if form != "count":
        return {form: rows}
    operator = draw(st.sampled_from(("eq", "ne", "lt", "lte", "gt", "gte", "between")))
    return {"count": rows, "op": operator, "value": [1, 3] if operator == "between" else draw(st.integers(0, 3))}


def _agree(world: World, data: st.DataObject) -> None:
    entity = registry.get(data.draw(st.sampled_from(SLUGS), label="entity"))
    raw = data.draw(_conditions(entity), label="condition")
    actor = data.draw(st.sampled_from(world.actors), label="actor")
    condition = conditions.parse(entity, json.dumps(raw))
    rows = list(entity.model._default_manager.all())
    in_sql = set(conditions.apply(entity.model._default_manager.all(), condition, actor).values_list("pk", flat=True))
    opposite = conditions.parse(entity, {"not": raw})
    not_in_sql = set(
        conditions.apply(entity.model._default_manager.all(), opposite, actor).values_list("pk", flat=True)
    )
    meets = conditions.matcher(condition, actor)
    assert in_sql == {row.pk for row in rows if meets(row)}
    assert not_in_sql == {row.pk for row in rows} - in_sql
    assert conditions.describe(condition, actor)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_sql_and_python_find_the_same_rows(world: World, data: st.DataObject) -> None:
    _agree(world, data)


@pytest.mark.long
@settings(max_examples=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_sql_and_python_find_the_same_rows_ten_thousand_times(world: World, data: st.DataObject) -> None:
    _agree(world, data)
