"""Codes with ancestry: what lies below a code, and what can be chosen there."""

from collections.abc import Iterator

import pytest

from zhike.core import options, overlay
from zhike.core.options import Entry, OptionList
from zhike.core.options.models import Option

pytestmark = pytest.mark.django_db
ENTRIES = (
    Entry(code="44", label_en="Guangdong"),
    Entry(code="4401", label_en="Guangzhou", parent="44"),
    Entry(code="440106", label_en="Tianhe", parent="4401"),
    Entry(code="4403", label_en="Shenzhen", parent="44"),
    Entry(code="31", label_en="Shanghai"),
)


@pytest.fixture(params=["a list people edit", "a code table"], autouse=True)
def _places(request: pytest.FixtureRequest) -> Iterator[None]:
    is_table = request.param == "a code table"
    options.declare(
        OptionList(
            name="places",
            label="places",
            entries=() if is_table else ENTRIES,
            load=(lambda: ENTRIES) if is_table else None,
            is_tree=True,
        )
    )
    overlay.forget()
    yield
    for kept in (options._lists, options._tables, options._children_of_tables):
        kept.pop("places", None)
    overlay.forget()


def test_below_a_code_are_itself_and_all_its_descendants() -> None:
    assert options.codes_under("places", "44") == {"44", "4401", "440106", "4403"}
    assert options.codes_under("places", "440106") == {"440106"}


def test_below_a_code_that_nobody_knows_is_nothing() -> None:
    assert options.codes_under("places", "99") == frozenset()
    assert options.codes_under("places", "") == frozenset()


def test_only_the_children_of_the_chosen_code_are_offered_in_order() -> None:
    assert [code for code, _label in options.choices("places", parent="44")] == ["4401", "4403"]
    assert [code for code, _label in options.choices("places", parent="")] == ["44", "31"]


def test_an_option_added_later_lies_below_its_parent(request: pytest.FixtureRequest) -> None:
    if "table" in request.node.name:
        pytest.skip("code tables are not edited")
    options.codes_under("places", "31")
    Option.objects.create(list_name="places", code="3101", parent="31", label_zh="黄浦", position=900)
    overlay.bump()
    assert options.codes_under("places", "31") == {"31", "3101"}


def test_codes_above_one_another_in_a_circle_end() -> None:
    Option.objects.create(list_name="places", code="44", parent="440106", position=0)
    overlay.bump()
    assert options.codes_under("places", "4401") >= {"4401", "440106"}
