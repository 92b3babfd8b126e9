"""People build a condition, keep it as a view, and share it, in the browser."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Seat
from tests.journeys.test_looks import violations
from zhike.core.pages.tests.world import contact, customer, opportunity
from zhike.core.saved_views.models import SavedView
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]


@pytest.fixture
def wanted(people: Cast) -> Customer:
    """The one key account in Shanghai without an open opportunity and with two contacts; others miss one thing each."""
    found = customer(people.ana, "浦东新区客户", region="310115", level="key")
    others = [
        (customer(people.ana, "广州客户", region="440100", level="key"), 2),
        (customer(people.ana, "普通客户", region="310115", level="small"), 2),
        (customer(people.ana, "一个联系人", region="310115", level="key"), 1),
        (customer(people.ana, "有商机的", region="310115", level="key"), 2),
    ]
    opportunity(others[-1][0])
    for row, count in [(found, 2), *others]:
        for number in range(count):
            contact(row, f"联系人{number}")
    return found


def condition_of(seat: Seat) -> Any:
    return json.loads(seat.page.locator("[data-conditions] textarea").input_value())


def choose(seat: Seat, row: Any, label: str, text: str) -> None:
    """Choose in the plain select of that name."""
    row.get_by_label(label, exact=True).last.select_option(label=text)
    seat.page.wait_for_timeout(50)


def search(seat: Seat, row: Any, text: str) -> None:
    """Choose in the search box of a row."""
    box = row.get_by_role("combobox").last
    box.click()
    box.press_sequentially(text)
    seat.page.locator(".z-option").filter(has_text=text).first.click()


def add(seat: Seat, group: Any, what: str) -> Any:
    group.locator("> .z-conditions__add button", has_text=what).click()
    return group.locator("> .z-conditions__parts > li > *").last


def test_ana_builds_a_condition_and_shares_it_as_a_view(sit: Sit, people: Cast, wanted: Customer) -> None:
    ana = sit("ana", language="en")
    ana.open("/customers/")
    ana.page.locator("summary", has_text="Filter").click()
    ana.page.get_by_text("Build a condition").click()
    ana.page.wait_for_load_state("networkidle")
    top = ana.page.locator(".z-conditions__form > .z-conditions__group")

    row = add(ana, top, "Condition")
    choose(ana, row, "Field", "Region")
    choose(ana, row, "Comparison", "is this or below")
    search(ana, row, "Shanghai")
    row = add(ana, top, "Condition")
    choose(ana, row, "Field", "Level")
    choose(ana, row, "Comparison", "is one of")
    search(ana, row, "key account")
    row = add(ana, top, "Related records")
    choose(ana, row, "How many", "has no")
    choose(ana, row, "Records", "Opportunities")
    inner = add(ana, row.locator(".z-conditions__group"), "Condition")
    choose(ana, inner, "Field", "Status")
    inner.get_by_label("Value").select_option(label="open")
    row = add(ana, top, "Related records")
    choose(ana, row, "How many", "number of")
    choose(ana, row, "Records", "Contacts")
    row.get_by_label("Number").fill("2")

    ana.page.locator('[data-found="1"]').wait_for()
    assert "1 record matches." in ana.text()
    assert condition_of(ana) == {
        "all": [
            {"field": "region", "op": "under", "value": "310000"},
            {"field": "level", "op": "in", "value": ["key"]},
            {"none": {"path": "opportunities", "where": {"field": "status", "op": "eq", "value": "open"}}},
            {"count": {"path": "contacts"}, "op": "gte", "value": 2},
        ]
    }
    ana.save()
    assert ana.page.locator("tbody tr").count() == 1
    assert wanted.name in ana.text()

    ana.page.get_by_text("Save as…").first.click()
    ana.page.fill("#modal [name=name]", "Worth a visit")
    ana.page.get_by_label("My department").check()
    ana.page.locator("#modal .btn-primary").click()
    ana.page.wait_for_url("**view=*")
    view = SavedView.objects.get()
    assert (view.name, view.shared, view.owner_id) == ("Worth a visit", "department", people.ana.pk)
    assert "View: Worth a visit" in ana.text()

    ben = sit("ben", language="en")
    ben.open("/customers/")
    ben.page.locator(".z-views summary").click()
    ben.page.get_by_text("Worth a visit").click()
    ben.page.wait_for_url("**view=*")
    ben.page.wait_for_load_state("networkidle")
    assert "View: Worth a visit" in ben.text()
    assert wanted.name not in ben.text(), "he sees his own rows in it"


def test_a_condition_is_mended_by_keyboard_and_as_text(sit: Sit, people: Cast, wanted: Customer) -> None:
    ana = sit("ana", language="en")
    ana.open('/customers/condition/?condition={"field":"level","op":"eq","value":"key"}')
    page = ana.page
    page.locator("[data-conditions] select[aria-label=Comparison]").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.querySelector('[data-conditions] textarea').value.includes('\"ne\"')")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Comparison", "the focus stays"
    page.get_by_text("Edit as text").click()
    page.locator("[data-conditions] textarea").fill('{"not": {"field": "level", "op": "eq", "value": "key"}}')
    page.get_by_text("Edit as form").click()
    assert page.locator(".z-conditions__head select").first.input_value() == "not-all"
    page.locator('[data-found="1"]').wait_for()
    page.locator("[aria-label='Remove this condition']").click()
    page.locator(".z-conditions__add button").first.click()
    ana.save()
    assert "each needs a field and a value" in ana.text(), "what is unfinished is not sent"


def test_without_scripts_the_box_takes_the_condition(sit: Sit, people: Cast, wanted: Customer) -> None:
    ana = sit("ana", language="en", scripts=False)
    ana.open("/customers/condition/")
    ana.page.fill("textarea[name=condition]", '{"count": {"path": "contacts"}, "op": "lt", "value": 2}')
    ana.save()
    assert ana.page.locator("tbody tr").count() == 1
    assert "一个联系人" in ana.text()


def test_the_builder_fits_a_phone_and_passes_axe(sit: Sit, people: Cast, wanted: Customer, axe_source: str) -> None:
    ana = sit("ana", width=390)
    ana.open(
        '/customers/condition/?condition={"all":[{"field":"region","op":"under","value":"310000"},{"count":{"path":"contacts"},'
        '"op":"gte","value":2},{"field":"created_at","op":"within","value":{"ago":"P5D","unit":"workday"}}]}'
    )
    ana.page.locator(".z-conditions__row").first.wait_for()
    assert ana.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(ana, axe_source) == []
