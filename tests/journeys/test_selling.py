"""A salesperson's day: from a new customer to a won opportunity, in the browser."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Seat
from zhike.core import writes
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast
from zhike.sales.models import Opportunity, Stage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]


@pytest.mark.smoke
def test_ana_enters_a_customer_a_contact_and_an_opportunity_and_wins_it(sit: Sit, people: Cast) -> None:
    ana = sit("ana", at_the_door=True)
    ana.open("/customers/new/")
    ana.page.fill("[name=name]", "中国移动通信集团有限公司")
    ana.save()
    customer = Customer.objects.get()
    assert (customer.name, customer.owner_id) == ("中国移动通信集团有限公司", people.ana.pk)

    ana.open(f"/contacts/new/?customer={customer.pk}")
    ana.page.fill("[name=name]", "王建国")
    ana.page.fill("[name=mobile]", "13800138000")
    ana.save()
    assert Contact.objects.get().mobile == "138 0013 8000"

    ana.open(f"/opportunities/new/?customer={customer.pk}")
    ana.page.fill("[name=name]", "营业厅改造")
    ana.page.fill("[name=amount]", "120000")
    ana.save()
    row = Opportunity.objects.get()
    assert (row.customer_id, row.stage.name) == (customer.pk, "初步接洽")

    ana.open(f"/opportunities/{row.pk}/win/")
    ana.save()
    row.refresh_from_db()
    assert row.status == "won"
    ana.open(f"/opportunities/{row.pk}/")
    assert "赢单" in ana.text()


def test_a_stage_asks_for_what_it_demands_where_she_stands(sit: Sit, people: Cast, customer: Customer) -> None:
    row = writes.create(people.actor("ana"), Opportunity(name="网点改造", customer=customer, owner=people.ana))
    offer = Stage.objects.get(name="方案报价")
    ana = sit("ana")
    ana.open(f"/opportunities/{row.pk}/move/?stage={offer.pk}")
    ana.save()
    assert "方案报价" in ana.text()
    row.refresh_from_db()
    assert row.stage.name == "初步接洽"
    ana.page.fill("[name=amount]", "50000")
    ana.save()
    row.refresh_from_db()
    assert (row.stage.name, int(row.amount)) == ("方案报价", 50_000)


@pytest.mark.parametrize("words", ["浦发", "pfyh", "pufa"])
def test_the_box_at_the_top_finds_by_characters_and_pinyin(sit: Sit, customer: Customer, words: str) -> None:
    ana = sit("ana")
    ana.open("/")
    ana.page.keyboard.press("/")
    ana.page.keyboard.type(words)
    ana.page.get_by_role("option").filter(has_text="浦发银行股份有限公司").first.click()
    ana.page.wait_for_url(f"**/customers/{customer.pk}/")


def test_two_people_who_change_the_same_field_are_shown_both_values(sit: Sit, people: Cast, customer: Customer) -> None:
    ana, dan = sit("ana"), sit("dan")
    for seat, address in ((ana, "上海中山东一路"), (dan, "上海世纪大道")):
        seat.open(f"/customers/{customer.pk}/edit/")
        seat.page.locator("summary").filter(has_text="更多").first.click()
        seat.page.fill("[name=address]", address)
    dan.save()
    ana.save()
    shown = ana.text() + " ".join(ana.page.locator("input").evaluate_all("all => all.map(one => one.value)"))
    assert "上海世纪大道" in shown
    assert "上海中山东一路" in shown
    customer.refresh_from_db()
    assert customer.address == "上海世纪大道"


def test_what_was_typed_stays_when_it_is_refused(sit: Sit) -> None:
    ana = sit("ana")
    ana.open("/customers/new/")
    ana.page.fill("[name=phone]", "021-58881234")
    ana.save()
    assert ana.page.input_value("[name=phone]") == "021-58881234"
    assert not Customer.objects.exists()
    ana.page.fill("[name=name]", "浦发银行")
    ana.save()
    assert Customer.objects.get().name == "浦发银行"


def test_everything_works_with_scripts_off(sit: Sit, people: Cast, customer: Customer) -> None:
    ana = sit("ana", scripts=False, at_the_door=True)
    ana.open("/customers/?level=key")
    assert "浦发银行股份" not in ana.text()
    ana.open(f"/customers/{customer.pk}/edit/")
    ana.page.select_option("[name=level]", "key")
    ana.save()
    customer.refresh_from_db()
    assert customer.level == "key"
    ana.open("/customers/?level=key")
    assert "浦发银行股份" in ana.text()
    ana.open(f"/opportunities/new/?customer={customer.pk}")
    ana.page.fill("[name=name]", "无脚本的商机")
    ana.save()
    row = Opportunity.objects.get()
    assert row.customer_id == customer.pk
    ana.open(f"/opportunities/{row.pk}/lose/")
    ana.page.select_option("[name=lost_reason]", "price")
    ana.save()
    row.refresh_from_db()
    assert row.lost_reason == "price"


def test_a_name_in_a_list_opens_in_the_drawer_and_back_closes_it(sit: Sit, people: Cast, customer: Customer) -> None:
    ana = sit("ana")
    ana.open("/customers/")
    ana.page.get_by_role("link", name="浦发银行股份有限公司").first.click()
    ana.page.wait_for_url(f"**/customers/?open={customer.pk}")
    ana.page.get_by_role("dialog").get_by_text("浦发银行股份有限公司").first.wait_for()
    ana.page.go_back()
    ana.page.wait_for_url("**/customers/")
    assert not ana.page.get_by_role("dialog").is_visible()


def test_a_stranger_with_the_link_is_told_nothing(sit: Sit, customer: Customer) -> None:
    cyd = sit("cyd")
    cyd.open(f"/customers/{customer.pk}/")
    assert "浦发" not in cyd.text()
    assert "不存在" in cyd.text()
