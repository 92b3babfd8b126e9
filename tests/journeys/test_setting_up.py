"""An administrator's day: a field of one's own, another name, another order; seen at once by everybody."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Seat
from zhike.core import layouts
from zhike.core.entities import registry
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]


def choose(seat: Seat, name: str, value: str) -> None:
    """Choose in a select that a script may have made a search box."""
    seat.page.eval_on_selector(
        f"[name={name}]",
        "(select, value) => { select.value = value; select.dispatchEvent(new Event('change', {bubbles: true})) }",
        value,
    )


@pytest.mark.smoke
def test_an_administrator_adds_a_choice_and_finds_it_in_form_list_and_filter(
    sit: Sit, people: Cast, customer: Customer
) -> None:
    admin = sit("admin")
    admin.open("/settings/fields/customers/new/")
    choose(admin, "kind", "choice")
    admin.page.fill("[name=label_zh]", "合作意向")
    admin.page.fill("[name=choices]", "很强\n一般")
    admin.page.wait_for_selector("#preview :text('合作意向')")
    admin.save()

    admin.open("/customers/new/")
    admin.page.click("summary:has-text('更多')")
    assert "合作意向" in admin.text()
    key = next(name for name, field in layouts.custom(registry.get("customers")).items() if field.label == "合作意向")
    ana = sit("ana")
    ana.open(f"/customers/?columns=name,{key}")
    assert "合作意向" in ana.text()
    ana.open("/customers/filters/")
    assert "合作意向" in ana.text()


def test_an_administrator_calls_opportunities_projects_and_the_menu_says_so(sit: Sit, people: Cast) -> None:
    admin = sit("admin")
    admin.open("/settings/fields/opportunities/names/")
    admin.page.fill("[name=one_zh]", "项目")
    admin.page.wait_for_selector("#preview :text('项目')")
    admin.save()

    ana = sit("ana")
    ana.open("/")
    assert ana.page.inner_text("a[href='/opportunities/'] >> nth=0").strip() == "项目"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_field_is_moved_by_its_buttons_with_a_script_and_without(sit: Sit, people: Cast, *, scripts: bool) -> None:
    admin = sit("admin", scripts=scripts)
    before = layouts.form_names(registry.get("customers"))
    admin.open("/settings/fields/customers/")
    line = admin.page.locator(f".z-ordered__item:has(input[value='f:{before[0]}'])")
    line.locator("button[value^=down]").press("Enter")
    admin.page.wait_for_load_state("networkidle")
    admin.save()
    assert layouts.form_names(registry.get("customers"))[:2] == (before[1], before[0])


def test_a_field_is_dragged_to_another_place(sit: Sit, people: Cast) -> None:
    admin = sit("admin")
    before = layouts.form_names(registry.get("customers"))
    admin.open("/settings/fields/customers/")
    grips = admin.page.locator(".z-ordered__item .z-ordered__grip")
    start, end = grips.nth(3).bounding_box(), grips.nth(1).bounding_box()
    assert start is not None
    assert end is not None
    admin.page.mouse.move(start["x"] + 6, start["y"] + 6)
    admin.page.mouse.down()
    admin.page.mouse.move(start["x"] + 8, start["y"] - 20)
    admin.page.mouse.move(end["x"] + 8, end["y"] + 6, steps=4)
    admin.page.wait_for_timeout(100)
    admin.page.mouse.up()
    admin.save()
    assert layouts.form_names(registry.get("customers"))[0] == before[2]
