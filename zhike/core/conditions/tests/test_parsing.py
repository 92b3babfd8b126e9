"""What is read, what is refused, and what is said about it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.core.conditions import Condition, ConditionError, parse
from zhike.core.conditions.tree import AllOf, Compare, Counted, Mine, Not, Quantified, Relative, Today
from zhike.core.entities import registry

pytestmark = pytest.mark.django_db
LEAF = {"field": "name", "op": "eq", "value": "x"}


def _read(raw: object, slug: str = "opportunities", **options: bool) -> Condition:
    return parse(registry.get(slug), raw if isinstance(raw, str) else json.dumps(raw), **options)


def _refused(raw: object, slug: str = "opportunities") -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        _read(raw, slug)
    assert str(caught.value).endswith((".", "。"))
    return caught.value


def _refusal(raw: Any) -> ConditionError | None:
    try:
        parse(registry.get("opportunities"), raw)
    except ConditionError as error:
        return error
    return None


def _field(name: str, operator: str, *value: object) -> dict[str, object]:
    return {"field": name, "op": operator, **({"value": value[0]} if value else {})}


def _nested(levels: int) -> Any:
    found: Any = LEAF
    for _level in range(levels - 1):
        found = {"not": found}
    return found


def test_each_form_becomes_its_node() -> None:
    raw = {
        "all": [
            {"any": [_field("stage.name", "in", ["A", "B"])]},
            {"not": _field("customer.region", "under", "440000")},
            {"some": {"path": "lines", "where": _field("quantity", "gte", 2)}},
            {"none": {"path": "customer.contacts"}},
            {"count": {"path": "lines"}, "op": "ge", "value": 2},
        ]
    }
    root = _read(raw).root
    assert isinstance(root, AllOf)
    assert [type(part).__name__ for part in root.parts] == ["AnyOf", "Not", "Quantified", "Quantified", "Counted"]
    assert isinstance(root.parts[4], Counted)
    assert root.parts[4].operator == "gte"


@pytest.mark.parametrize(
    ("field", "operator", "value", "operands"),
    [
        ("amount", "gte", 1000.5, (Decimal("1000.5"),)),
        ("amount", "between", ["1", "2.50"], (Decimal(1), Decimal("2.50"))),
        ("probability", "eq", "30", (30,)),
        ("owner", "in", ["$me", "$my_subordinates", 7], (Mine.ME, Mine.MY_SUBORDINATES, 7)),
        ("department", "under", "$my_department", (Mine.MY_DEPARTMENT,)),
        ("closes_on", "lte", "$today", (Today(),)),
        ("status", "ne", "won", ("won",)),
        ("customer", "eq", "12", (12,)),
        ("name", "contains", "100%_\\", ("100%_\\",)),
    ],
)
def test_values_take_the_type_of_their_field(
    field: str, operator: str, value: object, operands: tuple[object, ...]
) -> None:
    root = _read(_field(field, operator, value)).root
    assert isinstance(root, Compare)
    assert root.operands == operands


def test_relative_days_are_read() -> None:
    root = _read(_field("closes_on", "lt", {"ago": "P5D", "unit": "workday"})).root
    assert isinstance(root, Compare)
    (operand,) = root.operands
    assert isinstance(operand, Relative)
    assert (operand.span.days, operand.span.working, operand.ahead) == (5, True, False)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("", ""),
        ("[]", ""),
        ("{", ""),
        ("null", ""),
        ('{"field": NaN}', ""),
        ("[" * 100_000, ""),
        ("1" * 300_000, ""),
        ({}, ""),
        ({"either": []}, ""),
        ({"all": LEAF}, "all"),
        ({"all": [LEAF], "any": []}, ""),
        ({"all": [LEAF, 5]}, "all[1]"),
        ({"all": [LEAF, {"not": {"field": "nope", "op": "eq", "value": 1}}]}, "all[1].not.field"),
        ({**LEAF, "extra": 1}, ""),
        ({"field": "name"}, "op"),
        ({"field": "name", "op": ["eq"], "value": "x"}, "op"),
        (_field("name", "regex", "x"), "op"),
        (_field("name", "lt", "x"), "op"),
        (_field("stage", "contains", "x"), "op"),
        (_field("stage", "under", 1), "op"),
        (_field("amount", "under", 1), "op"),
        (_field("name", "eq"), "value"),
        (_field("name", "eq", None), "value"),
        (_field("name", "eq", ""), "value"),
        (_field("name", "eq", 5), "value"),
        (_field("name", "eq", "a\0b"), "value"),
        (_field("name", "eq", "\ud800"), "value"),
        (_field("name", "contains", "x" * 1001), "value"),
        (_field("name", "in", "x"), "value"),
        (_field("name", "in", ["a", ""]), "value[1]"),
        (_field("name", "in", ["a"] * 1001), "value"),
        (_field("name", "is_empty", "x"), "value"),
        (_field("amount", "eq", True), "value"),
        (_field("amount", "eq", "1e3"), "value"),
        (_field("amount", "eq", "1.005"), "value"),
        (_field("amount", "eq", 10**30), "value"),
        (_field("amount", "eq", "Infinity"), "value"),
        (_field("amount", "between", [1]), "value"),
        (_field("amount", "between", [2, 1]), "value"),
        (_field("probability", "eq", 1.5), "value"),
        (_field("probability", "eq", 2**63), "value"),
        (_field("owner", "eq", "$my_department"), "value"),
        (_field("customer", "eq", "$me"), "value"),
        (_field("customer", "eq", 0), "value"),
        (_field("customer", "eq", -1), "value"),
        (_field("customer", "eq", 2**63), "value"),
        (_field("closes_on", "eq", "31.01.2026"), "value"),
        (_field("closes_on", "eq", "2026-02-30"), "value"),
        (_field("closes_on", "eq", "0001-01-01"), "value"),
        (_field("closes_on", "eq", {"ago": "15"}), "value"),
        (_field("closes_on", "eq", {"ago": "P1D", "in": "P1D"}), "value"),
        (_field("closes_on", "eq", {"ago": "P1M", "unit": "workday"}), "value"),
        (_field("closes_on", "eq", "2026-01-31T00:00:00Z"), "value"),
        (_field("closes_on", "within", 7), "value"),
        (_field("created_at", "eq", "2026-01-31T25:00:00Z"), "value"),
        (_field("status", "eq", "half"), "value"),
        (_field("source", "eq", "nowhere"), "value"),
        ({"some": {"path": "owner"}}, "some.path"),
        ({"some": {"path": "secrets"}}, "some.path"),
        ({"some": {"path": "a.b.c.lines"}}, "some.path"),
        ({"some": "lines"}, "some"),
        ({"some": {"path": "lines", "where": _field("nope", "eq", 1)}}, "some.where.field"),
        ({"count": {"path": "lines"}, "op": "contains", "value": 1}, "op"),
        ({"count": {"path": "lines"}, "op": "gte", "value": -1}, "value"),
        ({"count": {"path": "lines"}, "op": "gte", "value": True}, "value"),
        ({"count": {"path": "lines"}, "op": "between", "value": [1]}, "value"),
        ({"changed": "stage"}, ""),
        ({"was": LEAF}, ""),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(raw: object, path: str) -> None:
    assert _refused(raw).path == path


@pytest.mark.parametrize(
    "name",
    [
        "owner__password__startswith", "owner.password", "owner.user_roles.role.grants", "owner.one_time_password_until",
        "created_by.email", "owner.email", "customer.phone", "password", "pk", "id", "customer_id", "custom", "custom.cf_1",
        "deleted_at", "customer.owner.department.parent.name", "customer.customer.name", "name.name", "stage..name", ".name",
        "name.", "", " name", "NAME", "_connector", "customer__name", "lines.quantity", "__class__", "objects", "é" * 2000,
    ],
)  # fmt: skip
def test_no_path_leads_beyond_the_listed_fields(name: str) -> None:
    assert _refused(_field(name, "eq", "x")).path == "field"
    assert _refused(_field(name, "is_empty")).path == "field"


@given(st.text(max_size=40))
def test_a_path_that_is_read_is_made_of_listed_fields_only(name: str) -> None:
    refusal = _refusal(_field(name, "not_empty"))
    if refusal is None:
        assert name.split(".", 1)[0] in registry.get("opportunities").allowed_paths
    else:
        assert refusal.path == "field"


_ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["$me", "$today", "P7D"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["all", "any", "not", "some", "none", "count", "field", "op", "value", "path", "where", "ago", "x"]
            )
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(_ANY_JSON)
def test_whatever_comes_in_is_read_or_refused_but_never_breaks(raw: Any) -> None:
    refusal = _refusal(raw)
    assert refusal is None or str(refusal)


@given(st.sampled_from(sorted(registry.get("opportunities").allowed_paths)), st.text(max_size=12), _ANY_JSON)
def test_whatever_value_comes_in_is_read_or_refused_but_never_breaks(field: str, operator: str, value: Any) -> None:
    for each in (operator, "eq", "in", "between", "within", "contains", "under"):
        refusal = _refusal(_field(field, each, value))
        assert refusal is None or str(refusal)


def test_depth_and_size_are_bounded() -> None:
    assert isinstance(_read(_nested(8)).root, Not)
    assert "8" in str(_refused(_nested(9)))
    assert isinstance(_read({"all": [LEAF] * 99}).root, AllOf)
    assert "100" in str(_refused({"all": [LEAF] * 100}))
    assert "200" not in str(
        _refused({"all": [{"some": {"path": "lines", "where": {"all": [_field("quantity", "gt", 0)] * 60}}}] * 2})
    )


def test_changed_and_was_are_read_for_events_only() -> None:
    root = _read({"all": [{"changed": "stage"}, {"was": _field("amount", "lt", 100)}]}, for_events=True).root
    assert isinstance(root, AllOf)
    with pytest.raises(ConditionError):
        _read({"changed": "customer.region"}, for_events=True)
    with pytest.raises(ConditionError):
        _read({"was": {"all": []}}, for_events=True)


def test_quantifiers_lead_to_the_entity_they_name() -> None:
    root = _read({"some": {"path": "opportunities", "where": _field("status", "eq", "won")}}, "customers").root
    assert isinstance(root, Quantified)
    assert root.many.target.slug == "opportunities"
