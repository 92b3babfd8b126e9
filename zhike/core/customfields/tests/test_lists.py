"""Lists by a custom field: sorted both ways with blanks last, page after page, and summed up."""

from decimal import Decimal

import pytest

from zhike.core import writes
from zhike.core.customfields.models import CustomKind
from zhike.core.customfields.tests.world import SYSTEM, field
from zhike.core.entities import registry
from zhike.core.lists import ListError, ListQuery, ordered, read
from zhike.customers.models import Customer

pytestmark = pytest.mark.django_db
ENTITY = registry.get("customers")


def rows(values: dict[str, object], key: str) -> None:
    for name, value in values.items():
        writes.create(SYSTEM, Customer(name=name, custom={} if value is None else {key: value}))


def titles(sort: str, size: int = 2) -> list[str]:
    """All pages, one after another by cursor."""
    found: list[str] = []
    after = ""
    while True:
        page = read(ListQuery.parse(ENTITY, SYSTEM, {"sort": sort, "size": str(size), "after": after}))
        found += [row.title for row in page.rows]
        after = page.next_cursor
        if not after:
            return found


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (CustomKind.INTEGER, {"b": 10, "a": 2, "none": None, "c": 300}),
        (CustomKind.TEXT, {"b": "m", "a": "c", "none": None, "c": "x"}),
        (CustomKind.DATE, {"b": "2026-01-02", "a": "1998-12-31", "none": None, "c": "2030-05-05"}),
        (CustomKind.MONEY, {"b": "0.10", "a": "-5.00", "none": None, "c": "99999.99"}),
    ],
)
def test_rows_sort_both_ways_with_blanks_last_on_every_page(kind: CustomKind, values: dict[str, object]) -> None:
    made = field(kind)
    rows(values, made.key)
    assert titles(made.key) == ["a", "b", "c", "none"]
    assert titles(f"-{made.key}") == ["c", "b", "a", "none"]
    whole = ordered(ListQuery.parse(ENTITY, SYSTEM, {"sort": f"-{made.key}"}))
    assert [row.name for row in whole] == ["c", "b", "a", "none"]


def test_a_number_is_summed_exactly() -> None:
    made = field(CustomKind.MONEY)
    rows({"a": "0.10", "b": "0.20", "c": None}, made.key)
    query = {"columns": f"name,{made.key}", "totals": "1", f"{made.key}.gte": "0"}
    assert read(ListQuery.parse(ENTITY, SYSTEM, query)).totals == {made.key: Decimal("0.30")}


def test_a_field_that_is_not_kept_for_lists_is_shown_but_neither_filtered_nor_sorted() -> None:
    made = field(CustomKind.TEXT, is_indexed=False)
    read(ListQuery.parse(ENTITY, SYSTEM, {"columns": f"name,{made.key}"}))
    for asked in ({"sort": made.key}, {made.key: "x"}):
        with pytest.raises(ListError):
            read(ListQuery.parse(ENTITY, SYSTEM, asked))


def test_the_condition_reaches_through_a_relation() -> None:
    made = field(CustomKind.TEXT)
    parent = writes.create(SYSTEM, Customer(name="母公司", custom={made.key: "x"}))
    writes.create(SYSTEM, Customer(name="子公司", parent=parent))
    found = read(ListQuery.parse(ENTITY, SYSTEM, {f"parent.{made.key}": "x"}))
    assert [row.title for row in found.rows] == ["子公司"]
