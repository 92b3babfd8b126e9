"""Who may use a condition, what events add, and how it is said in words."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from zhike.core import modules, overlay
from zhike.core.actors import EVERYTHING, Actor, FieldMode, Reach, Via
from zhike.core.conditions import ConditionError, check_rights, describe, matches, parse, to_q
from zhike.core.entities import registry

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


class _Access:
    """Sees everything but the fields named."""

    department_ids: frozenset[int] = frozenset()
    subordinate_ids: frozenset[int] = frozenset()

    def __init__(self, **modes: FieldMode) -> None:
        self.modes = modes

    def reach(self, slug: str, action: str) -> Reach | None:
        return EVERYTHING

    def field_mode(self, slug: str, name: str) -> FieldMode:
        return self.modes.get(f"{slug}_{name}", FieldMode.OPEN)

    def may(self, right: str) -> bool:
        return False


class _Person:
    pk = 7

    def __init__(self, **modes: FieldMode) -> None:
        self._access = _Access(**modes)

    def access(self) -> _Access:
        return self._access


def _actor(**modes: FieldMode) -> Actor:
    return Actor.of(_Person(**modes), Via.PAGE)


def _read(raw: dict[str, Any], slug: str = "opportunities", *, for_events: bool = False) -> Any:
    return parse(registry.get(slug), raw, for_events=for_events)


_USES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("opportunities_amount", {"field": "amount", "op": "gt", "value": 1}),
    ("opportunities_amount", {"not": {"any": [{"field": "amount", "op": "is_empty"}]}}),
    ("opportunities_customer", {"field": "customer.region", "op": "not_empty"}),
    ("customers_region", {"field": "customer.region", "op": "not_empty"}),
    ("opportunity-lines_opportunity", {"some": {"path": "lines"}}),
    ("opportunity-lines_price", {"none": {"path": "lines", "where": {"field": "price", "op": "gt", "value": 1}}}),
    ("opportunities_customer", {"count": {"path": "customer.contacts"}, "op": "gt", "value": 1}),
)


@pytest.mark.parametrize(("field", "raw"), _USES)
@pytest.mark.parametrize("mode", [FieldMode.HIDDEN, FieldMode.MASKED])
def test_a_hidden_or_masked_field_cannot_be_asked(field: str, raw: dict[str, Any], mode: FieldMode) -> None:
    condition = _read(raw)
    blind = _actor(**{field: mode})
    row = registry.get("opportunities").model()
    for use in (check_rights, to_q, lambda each, actor: matches(each, row, actor)):
        with pytest.raises(ConditionError):
            use(condition, blind)
    check_rights(condition, _actor(**{field: FieldMode.READ_ONLY}))


@pytest.fixture
def module_off() -> Iterator[None]:
    """Sales switched off for one test."""
    modules.switch("sales", on=False)
    yield
    overlay.forget()


def test_a_condition_over_a_switched_off_module_is_refused(module_off: None) -> None:
    condition = _read({"some": {"path": "opportunities"}}, "customers")
    check_rights(_read({"some": {"path": "contacts"}}, "customers"), SYSTEM)
    with pytest.raises(ConditionError, match="switched off"), translation.override("en"):
        check_rights(condition, SYSTEM)


def test_events_tell_what_changed_and_what_was() -> None:
    row = registry.get("opportunities").model(name="New", probability=50)
    changes: dict[str, list[object]] = {
        "name": ["Old", "New"],
        "closes_on": ["2026-01-31", None],
        "probability": [None, 50],
    }

    def holds(raw: dict[str, Any]) -> bool:
        return matches(_read(raw, for_events=True), row, SYSTEM, changes=changes)

    assert holds({"changed": "name"})
    assert not holds({"changed": "amount"})
    assert holds({"was": {"field": "name", "op": "eq", "value": "Old"}})
    assert holds({"was": {"field": "closes_on", "op": "lt", "value": "2026-02-01"}})
    assert holds({"was": {"field": "probability", "op": "is_empty"}})
    assert not holds({"was": {"field": "probability", "op": "eq", "value": 50}})
    assert holds({"was": {"field": "status", "op": "eq", "value": "open"}})
    assert holds({"all": [{"field": "name", "op": "eq", "value": "New"}, {"not": {"changed": "amount"}}]})


@pytest.mark.parametrize("raw", [{"changed": "name"}, {"was": {"field": "name", "op": "is_empty"}}])
def test_sql_refuses_what_only_an_event_can_answer(raw: dict[str, Any]) -> None:
    with pytest.raises(ConditionError):
        to_q(_read(raw, for_events=True), SYSTEM)
    with pytest.raises(ConditionError):
        matches(_read(raw, for_events=True), registry.get("opportunities").model(), SYSTEM)


def test_own_fields_are_asked_without_a_statement(django_assert_num_queries: Any) -> None:
    row = registry.get("opportunities").model(name="浦发银行", probability=50)
    condition = _read(
        {
            "all": [
                {"field": "name", "op": "contains", "value": "浦发"},
                {"field": "probability", "op": "gte", "value": 50},
            ]
        }
    )
    assert matches(condition, row, SYSTEM)
    with django_assert_num_queries(0):
        assert matches(condition, row, SYSTEM)


_WORDS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"field": "name", "op": "contains", "value": "浦发"}, "name contains “浦发”", "名称 包含“浦发”"),
    ({"field": "status", "op": "in", "value": ["won", "lost"]}, "status is one of won, lost", "状态 属于 赢单、输单"),
    ({"field": "amount", "op": "gte", "value": 1000}, "amount is at least 1,000", "金额 大于等于 1,000"),
    (
        {"field": "closes_on", "op": "within", "value": {"in": "P7D"}},
        "expected close within the next 7 days",
        "预计成交日期 在未来 7 天内",
    ),
    (
        {"field": "closes_on", "op": "lte", "value": {"ago": "P5D", "unit": "workday"}},
        "expected close is on or before 5 working days ago",
        "预计成交日期 不晚于 5 个工作日前",
    ),
    ({"field": "owner", "op": "eq", "value": "$me"}, "owner is me", "负责人 等于 我"),
    ({"field": "customer.region", "op": "is_empty"}, "customer · region is empty", "客户 · 地区 为空"),
    ({"not": {"field": "owner", "op": "eq", "value": 5}}, "not (owner is #5)", "不满足（负责人 等于 #5）"),
)


@pytest.mark.parametrize(("raw", "english", "chinese"), _WORDS)
def test_a_condition_is_said_in_words_of_both_languages(raw: dict[str, Any], english: str, chinese: str) -> None:
    with translation.override("en"):
        assert describe(_read(raw)) == english
    with translation.override("zh-hans"):
        assert describe(_read(raw)) == chinese


def test_parts_are_joined_and_nested_ones_bracketed() -> None:
    raw: dict[str, Any] = {
        "all": [
            {"field": "name", "op": "not_empty"},
            {"any": [{"field": "probability", "op": "lt", "value": 10}, {"field": "probability", "op": "is_empty"}]},
            {"count": {"path": "lines"}, "op": "between", "value": [1, 3]},
        ]
    }
    with translation.override("en"):
        assert describe(_read(raw)) == (
            "name is not empty and (probability is less than 10 or probability is empty) "
            "and the number of products is between 1 and 3"
        )
