"""Random custom values and random conditions: SQL and Python give the same rows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhike.core import conditions, fieldvalues, writes
from zhike.core.conditions.operators import Operator, operators_of
from zhike.core.customfields.models import CustomKind as K
from zhike.core.customfields.tests.world import SYSTEM, field
from zhike.core.entities import registry
from zhike.customers.models import Customer

pytestmark = pytest.mark.django_db
ENTITY = registry.get("customers")
VALUES: dict[K, list[Any]] = {
    K.TEXT: ["ACME", "acme", "100%", "a_b", "浦发银行", "É", "é", "back\\slash"],
    K.INTEGER: [-5, 0, 7, 10**12],
    K.DECIMAL: ["0.00", "0.10", "999999999999.99", "-1.50"],
    K.DATE: ["1999-12-31", "2026-11-22", "2026-11-23"],
    K.MOMENT: ["2026-11-22T15:59:59.999999+00:00", "2026-11-22T16:00:00+00:00", "2026-11-23T01:00:00+00:00"],
    K.CHOICE: ["gold", "silver"],
    K.BOOLEAN: [True, False],
}
CHOICES = [[], ["gold"], ["silver"], ["gold", "silver"]]


@st.composite
def conditions_of(draw: st.DrawFn, depth: int = 3) -> dict[str, Any]:
    form = draw(st.sampled_from(["field"] * 3 + (["all", "any", "not"] if depth else [])))
    if form == "not":
        return {"not": draw(conditions_of(depth - 1))}
    if form in ("all", "any"):
        return {form: draw(st.lists(conditions_of(depth - 1), max_size=3))}
    kind = draw(st.sampled_from([*VALUES, K.MULTI_CHOICE]))
    key = f"cf_{kind.value}"
    operator = draw(st.sampled_from(operators_of(ENTITY.field(key))))
    raw: dict[str, Any] = {"field": key, "op": operator.value}
    if operator.takes_nothing:
        return raw
    value = st.sampled_from(["gold", "silver"] if kind is K.MULTI_CHOICE else VALUES[kind])
    if operator is Operator.LONGER_THAN:
        return raw | {"value": draw(st.integers(0, 8))}
    if operator is Operator.WITHIN:
        return raw | {"value": draw(st.sampled_from(["P7D", "P30D", "P1Y"]))}
    if operator is Operator.BETWEEN:
        low, high = draw(value), draw(value)
        return raw | {"value": [low, high]}
    return raw | {"value": draw(st.lists(value, max_size=3)) if operator.takes_list else draw(value)}


def rows() -> list[Customer]:
    made = []
    for number in range(24):
        values = {
            f"cf_{kind.value}": each[number % (len(each) + 1)]
            for kind, each in VALUES.items()
            if number % (len(each) + 1) < len(each)
        }
        values["cf_multi_choice"] = CHOICES[number % len(CHOICES)]
        kept = {name: value for name, value in values.items() if value not in ([], False)}
        made.append(writes.create(SYSTEM, Customer(name=f"客户{number}", custom=kept)))
    return made


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_sql_and_python_give_the_same_rows(data: st.DataObject, django_db_blocker: Any) -> None:
    del django_db_blocker
    if not registry.get("customers").has_field("cf_text"):
        for kind in (*VALUES, K.MULTI_CHOICE):
            field(kind)
        rows()
    everyone = list(Customer.objects.order_by("pk"))
    for _ in range(40):
        raw = data.draw(conditions_of())
        try:
            condition = conditions.parse(ENTITY, raw)
        except conditions.ConditionError:
            continue  # the higher one of a pair came first
        by_sql = set(conditions.apply(Customer.objects.all(), condition, SYSTEM).values_list("pk", flat=True))
        by_python = {row.pk for row in everyone if conditions.matches(condition, row, SYSTEM)}
        assert by_sql == by_python, raw


def test_what_is_stored_reads_back_as_what_was_given() -> None:
    for kind, values in VALUES.items():
        field(kind)
        described = ENTITY.field(f"cf_{kind.value}")
        for value in values:
            stored = fieldvalues.clean(described, value)
            assert fieldvalues.clean(described, fieldvalues.from_stored(described, stored)) == stored
    moment = fieldvalues.from_stored(ENTITY.field("cf_moment"), "2026-11-22T16:00:00+00:00")
    assert moment == datetime(2026, 11, 22, 16, tzinfo=UTC)
