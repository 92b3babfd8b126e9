"""Board, calendar, editing in place and the drawer, in the browser: by mouse, by keyboard, and when somebody else was quicker."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.conftest import Seat
from zhike.activities.models import Activity
from zhike.core import company, writes
from zhike.customers.models import Customer
from zhike.identity.factories import Cast
from zhike.sales.actions import move_opportunity
from zhike.sales.models import Opportunity, Stage

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]
BOARD = "/opportunities/?display=board"


@pytest.fixture
def deal(people: Cast, customer: Customer) -> Opportunity:
    return writes.create(people.actor("ana"), Opportunity(name="网点改造", customer=customer, owner=people.ana))


def column(seat: Seat, stage: Stage) -> "Locator":
    return seat.page.locator(f'.z-board__column[data-column="{stage.pk}"]')


def drag(seat: Seat, item: "Locator", target: "Locator") -> None:
    """As a hand does it: press, move a little, move there, let go."""
    item.scroll_into_view_if_needed()
    target.scroll_into_view_if_needed()
    start, end = item.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    mouse = seat.page.mouse
    mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] - 6)
    mouse.down()
    mouse.move(start["x"] + start["width"] / 2 + 12, start["y"] + start["height"] - 2, steps=3)
    mouse.move(end["x"] + end["width"] / 2, end["y"] + min(end["height"] / 2, 120), steps=8)
    mouse.up()


def say(seat: Seat, text: str) -> None:
    seat.page.locator(".z-toast").filter(has_text=text).first.wait_for()


@pytest.mark.smoke
def test_a_card_is_dragged_to_the_next_column(sit: Sit, deal: Opportunity) -> None:
    ana, target = sit("ana"), Stage.objects.get(name="需求确认")
    ana.open(BOARD)
    drag(ana, ana.page.locator(f'[data-card="{deal.pk}"]'), column(ana, target))
    column(ana, target).locator(f'[data-card="{deal.pk}"]').wait_for()
    say(ana, "需求确认")
    deal.refresh_from_db()
    assert deal.stage == target
    assert column(ana, target).locator(".z-count").inner_text() == "1"


def test_what_the_stage_demands_is_asked_in_place_and_the_card_waits_where_it_was(sit: Sit, deal: Opportunity) -> None:
    ana, target, began = sit("ana"), Stage.objects.get(name="方案报价"), deal.stage
    ana.open(BOARD)
    drag(ana, ana.page.locator(f'[data-card="{deal.pk}"]'), column(ana, target))
    ana.page.locator("#modal [name=amount]").wait_for()
    assert column(ana, began).locator(f'[data-card="{deal.pk}"]').count() == 1
    ana.page.fill("#modal [name=amount]", "50000")
    ana.page.locator("#modal .btn-primary").click()
    column(ana, target).locator(f'[data-card="{deal.pk}"]').wait_for()
    assert "50,000.00" in column(ana, target).inner_text()
    deal.refresh_from_db()
    assert deal.stage == target


def test_a_card_that_somebody_else_moved_goes_where_it_stands_now(sit: Sit, people: Cast, deal: Opportunity) -> None:
    ana, other = sit("ana"), Stage.objects.get(name="需求确认")
    ana.open(BOARD)
    move_opportunity(people.actor("dan"), Opportunity.objects.get(pk=deal.pk), stage=other)
    drag(ana, ana.page.locator(f'[data-card="{deal.pk}"]'), column(ana, Stage.objects.get(name="方案报价")))
    say(ana, "需求确认")
    column(ana, other).locator(f'[data-card="{deal.pk}"]').wait_for()
    deal.refresh_from_db()
    assert (deal.stage, deal.status) == (other, "open")


def test_a_card_is_moved_by_keyboard_and_put_back_by_escape(sit: Sit, deal: Opportunity) -> None:
    ana, target, began = sit("ana"), Stage.objects.get(name="需求确认"), deal.stage
    ana.open(BOARD)
    grip = ana.page.locator(f'[data-card="{deal.pk}"] [data-lift]')
    grip.focus()
    for key in (" ", "ArrowRight", "Escape"):
        ana.page.keyboard.press(key)
    assert column(ana, began).locator(f'[data-card="{deal.pk}"]').count() == 1
    for key in ("Enter", "ArrowRight"):
        ana.page.keyboard.press(key)
    assert "需求确认" in ana.page.locator("[data-board-says]").inner_text()
    ana.page.keyboard.press("Enter")
    say(ana, "需求确认")
    column(ana, target).locator(f'[data-card="{deal.pk}"]').wait_for()
    deal.refresh_from_db()
    assert deal.stage == target


def test_a_column_fills_as_one_scrolls(sit: Sit, people: Cast, customer: Customer) -> None:
    rows = [Opportunity(name=f"商机 {number}", customer=customer, owner=people.ana) for number in range(30)]
    writes.create_many(people.actor("ana"), rows)
    ana = sit("ana")
    ana.open(BOARD)
    cards = ana.page.locator("[data-card]")
    assert cards.count() == 20
    ana.page.locator(".z-board__rest").scroll_into_view_if_needed()
    cards.nth(29).wait_for(state="attached")


def test_without_script_a_card_is_moved_by_a_page(sit: Sit, deal: Opportunity) -> None:
    ana, target = sit("ana", scripts=False), Stage.objects.get(name="需求确认")
    ana.open(BOARD)
    ana.page.locator(f'[data-card="{deal.pk}"] .z-board__move').click()
    ana.page.get_by_role("button", name="需求确认").click()
    ana.page.wait_for_url("**/opportunities/?display=board")
    deal.refresh_from_db()
    assert deal.stage == target


def test_the_calendar_is_walked_and_a_record_dragged_to_another_day(sit: Sit, people: Cast, deal: Opportunity) -> None:
    today = company.today()
    ends = today.replace(day=15)
    Opportunity.objects.filter(pk=deal.pk).update(closes_on=ends)
    ana = sit("ana")
    ana.open("/opportunities/?display=calendar")
    ana.page.locator("[rel=next]").first.click()
    ana.page.wait_for_url("**day=*")
    later = (ends.replace(day=1) + timedelta(days=31)).replace(day=1)
    ana.page.locator(f'[data-day="{later.isoformat()}"]').wait_for()
    ana.page.get_by_role("link", name="今天").click()
    item = ana.page.locator(f'[data-item="{deal.pk}"]')
    item.wait_for()
    wanted = date(ends.year, ends.month, 16)
    drag(ana, item, ana.page.locator(f'[data-day="{wanted.isoformat()}"]'))
    ana.page.locator(f'[data-day="{wanted.isoformat()}"] [data-item="{deal.pk}"]').wait_for()
    deal.refresh_from_db()
    assert deal.closes_on == wanted


def test_a_visit_is_dragged_to_another_hour_stretched_and_moved_by_keyboard(sit: Sit, people: Cast) -> None:
    monday = company.today() - timedelta(days=company.today().weekday())
    nine = datetime.combine(monday, time(9), tzinfo=company.zone())
    visit = Activity(subject="拜访", kind="visit", starts_at=nine, ends_at=nine + timedelta(hours=1))
    writes.create(people.actor("ana"), visit)
    ana = sit("ana")
    ana.open("/calendar/?scale=week")
    block = ana.page.locator(f'[data-move="/activities/calendar/{visit.pk}/"]')
    box, track = block.bounding_box(), ana.page.locator("[data-track]").nth(1).bounding_box()
    assert box is not None
    assert track is not None
    hour, mouse = track["height"] / 24, ana.page.mouse
    mouse.move(box["x"] + 20, box["y"] + 10)
    mouse.down()
    mouse.move(box["x"] + 30, box["y"] + 16, steps=3)
    mouse.move(track["x"] + 30, box["y"] + 10 + 2.25 * hour, steps=6)
    mouse.up()
    say(ana, "11:15")
    ana.page.locator("[data-track]").nth(1).locator("[data-stretch]").wait_for(state="attached")
    box = block.bounding_box()
    assert box is not None
    mouse.move(box["x"] + 20, box["y"] + box["height"] - 3)
    mouse.down()
    mouse.move(box["x"] + 20, box["y"] + box["height"] + 8, steps=3)
    mouse.move(box["x"] + 20, box["y"] + box["height"] - 1 + hour, steps=6)
    mouse.up()
    say(ana, "13:15")
    visit.refresh_from_db()
    tuesday = nine + timedelta(days=1)
    assert (visit.starts_at, visit.ends_at) == (
        tuesday.replace(hour=11, minute=15),
        tuesday.replace(hour=13, minute=15),
    )
    block.locator("a").focus()
    ana.page.keyboard.press("m")
    ana.page.fill("#modal [name=time]", "08:00")
    ana.page.keyboard.press("Enter")
    say(ana, "08:00")
    visit.refresh_from_db()
    assert (visit.starts_at, visit.ends_at) == (tuesday.replace(hour=8), tuesday.replace(hour=10))
    ana.page.locator('[data-slot][tabindex="0"]').focus()
    ana.page.keyboard.press("ArrowDown")
    ana.page.keyboard.press("Enter")
    ana.page.locator("#modal [name=starts_at]").wait_for()
    assert ana.page.input_value("#modal [name=starts_at]").endswith("T09:00")
    assert ana.page.input_value("#modal [name=ends_at]").endswith("T09:30")


def _cell(seat: Seat, name: str) -> Any:
    at = seat.page.locator("thead th").evaluate_all(f"all => all.findIndex(one => one.dataset.column === '{name}')")
    return seat.page.locator("tbody tr").first.locator("td, th").nth(at)


def test_a_cell_is_edited_in_place_and_tab_goes_on(sit: Sit, customer: Customer) -> None:
    ana = sit("ana")
    ana.open("/customers/?columns=name,phone,fax")
    _cell(ana, "phone").dblclick()
    ana.page.locator(".z-inline [name=phone]").fill("021-61618888")
    ana.page.keyboard.press("Tab")
    ana.page.locator(".z-inline [name=fax]").wait_for()
    ana.page.keyboard.type("021-5")
    ana.page.keyboard.press("Enter")
    ana.page.locator(".z-inline").wait_for(state="detached")
    assert _cell(ana, "fax").inner_text() == "021-5"
    customer.refresh_from_db()
    assert (customer.phone, customer.fax) == ("021-61618888", "021-5")


def test_escape_leaves_a_cell_as_it_was_and_f2_opens_it_by_keyboard(sit: Sit, customer: Customer) -> None:
    ana = sit("ana")
    ana.open("/customers/?columns=name,phone")
    ana.page.keyboard.press("j")
    ana.page.keyboard.press("F2")
    ana.page.locator(".z-inline [name=phone]").fill("1")
    ana.page.keyboard.press("Escape")
    assert ana.page.locator(".z-inline").count() == 0
    customer.refresh_from_db()
    assert customer.phone == ""


def test_a_cell_that_somebody_else_changed_shows_both_values(sit: Sit, people: Cast, customer: Customer) -> None:
    ana = sit("ana")
    ana.open("/customers/?columns=name,phone")
    _cell(ana, "phone").dblclick()
    ana.page.locator(".z-inline [name=phone]").fill("021-33334444")
    row = Customer.objects.get(pk=customer.pk)
    row.phone = "021-11112222"
    writes.save(people.actor("dan"), row)
    ana.page.keyboard.press("Enter")
    ana.page.locator(".z-inline").get_by_text("021-11112222").wait_for()
    assert ana.page.input_value(".z-inline [name=phone]") == "021-33334444"
    ana.page.locator(".z-inline [name=phone]").press("Enter")
    ana.page.locator(".z-inline").wait_for(state="detached")
    customer.refresh_from_db()
    assert customer.phone == "021-33334444"


def test_a_fact_is_edited_on_the_page(sit: Sit, people: Cast, customer: Customer) -> None:
    writes.save(people.actor("ana"), _with(customer, short_name="浦发"))
    ana = sit("ana")
    ana.open(f"/customers/{customer.pk}/")
    pencil = ana.page.locator(f'[data-inline="/customers/{customer.pk}/inline/short_name/"]')
    pencil.click()
    ana.page.locator(".z-inline [name=short_name]").fill("SPDB")
    ana.page.keyboard.press("Enter")
    pencil.wait_for()
    ana.page.get_by_text("SPDB").first.wait_for()
    customer.refresh_from_db()
    assert customer.short_name == "SPDB"


def _with(row: Customer, **values: object) -> Customer:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def test_the_drawer_walks_the_list_by_keys_and_across_the_border_of_a_page(sit: Sit, people: Cast) -> None:
    rows = [Customer(name=f"客户 {number:02}", owner=people.ana) for number in range(25)]
    writes.create_many(people.actor("ana"), rows)
    ana = sit("ana")
    ana.open("/customers/?size=20&sort=name")
    ana.page.locator("#list a[data-drawer]").nth(18).click()
    title = ana.page.locator("#drawer h1")
    title.filter(has_text="客户 18").wait_for()
    ana.page.keyboard.press("j")
    title.filter(has_text="客户 19").wait_for()
    ana.page.keyboard.press("j")
    title.filter(has_text="客户 20").wait_for()
    ana.page.keyboard.press("k")
    title.filter(has_text="客户 19").wait_for()


def test_a_tab_of_the_drawer_is_read_when_it_is_opened(sit: Sit, people: Cast, customer: Customer) -> None:
    ana = sit("ana")
    ana.open(f"/customers/?open={customer.pk}")
    ana.page.locator("#drawer").get_by_role("link", name="历史").click()
    ana.page.locator("#history-title").wait_for()
    assert ana.page.locator("#facts-title").count() == 0
