"""Somebody who never saw it brings the sales pipeline of another programme, in a real browser, and takes it back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Seat
from zhike.catalog.models import Product
from zhike.core import writes
from zhike.core.jobs.worker import work_once
from zhike.customers.models import Customer
from zhike.identity.factories import Cast
from zhike.sales.models import Opportunity

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]
SOURCE = Path(__file__).parents[1] / "data" / "sales-pipeline" / "sales_pipeline.csv"
ROWS = 300


@pytest.fixture
def pipeline(tmp_path: Path, people: Cast) -> Path:
    """The first rows of the file; one of its seven products is here already, written properly."""
    writes.create(people.actor("admin"), Product(name="GTX Pro"))
    path = tmp_path / "sales_pipeline.csv"
    path.write_text("".join(SOURCE.read_text(encoding="utf-8").splitlines(keepends=True)[: ROWS + 1]))
    return path


def work(seat: Seat) -> None:
    """What the worker does meanwhile; the page looks again by itself."""
    while work_once(("quick", "long")):
        pass
    seat.page.wait_for_selector("[data-import-wait]", state="detached")
    seat.page.wait_for_load_state("networkidle")


def choose(seat: Seat, value: str, do: str, text: str = "") -> None:
    """What is to be done about one value of the values step."""
    line = seat.page.locator("tr").filter(has=seat.page.get_by_role("rowheader", name=value, exact=True))
    line.locator("select[name^=do_]").select_option(do)
    if text:
        line.locator("select[name^=to_]").select_option(text)


def test_a_newcomer_brings_the_sales_pipeline_and_takes_it_back(sit: Sit, people: Cast, pipeline: Path) -> None:
    seat = sit("admin")
    page = seat.page
    seat.open("/opportunities/")
    page.get_by_role("link", name="导入").first.click()
    page.set_input_files("[name=file]", str(pipeline))
    seat.save()

    # Every column has found its field by itself, the name is put together of two.
    guessed = {name: page.input_value(f"[name={name}]") for name in [*(f"to_{place}" for place in range(8)), "title_0"]}
    assert guessed == {
        "to_0": "number", "to_1": "owner", "to_2": "opportunity-lines.product", "to_3": "customer", "to_4": "stage",
        "to_5": "stage@first", "to_6": "stage@", "to_7": "amount", "title_0": "product",
    }  # fmt: skip
    seat.save()

    # GTXPro is a slip of the pen, the other products and the customers are new, the sellers are strangers.
    assert "是否指“GTX Pro”" in seat.text()
    choose(seat, "Won", "use", "赢单")
    choose(seat, "Lost", "use", "输单")
    choose(seat, "Engaging", "use", "需求确认")
    page.locator("[name=rest_0]").select_option("me")
    page.locator("[data-import-apply='0']").click()
    seat.save()

    assert page.is_checked("[name=key][value=opportunity_id]")
    seat.save()
    work(seat)
    # A stage demands what some rows do not say: back to the values, which are as they were left.
    assert "需求确认" in seat.text()
    assert Opportunity.objects.count() == 0
    page.get_by_role("link", name="返回修改").click()
    assert page.input_value("[name=do_0_0]") == "me"
    choose(seat, "Engaging", "use", "初步接洽")
    seat.save()
    seat.save()
    work(seat)
    assert Opportunity.objects.count() == 0
    seat.save()
    work(seat)

    assert Opportunity.objects.filter(deleted_at=None).count() == ROWS
    won = Opportunity.objects.get(number="1C1I7A6R")
    assert (won.name, won.status, str(won.closed_on), str(won.customer)) == (
        "GTX Plus Basic · Cancity", "won", "2017-03-01", "Cancity",
    )  # fmt: skip
    assert won.owner == people.admin
    page.get_by_role("link", name="查看列表").click()
    page.wait_for_load_state("networkidle")
    assert str(ROWS) in seat.text()

    # A colleague works on one of them; the rest goes back to where it came from.
    won.description = "重要"
    writes.save(people.actor("admin"), won)
    page.go_back()
    page.get_by_role("button", name="撤销这次导入").click()
    page.locator("#confirm [data-agree]").click()
    page.wait_for_load_state("networkidle")
    work(seat)
    assert set(Opportunity.objects.filter(deleted_at=None)) == {won}
    assert set(Customer.objects.filter(deleted_at=None).values_list("name", flat=True)) == {"Cancity"}
    assert "GTX Plus Basic · Cancity" in seat.text()


def test_the_import_works_with_scripts_off(sit: Sit, tmp_path: Path) -> None:
    seat = sit("admin", scripts=False)
    path = tmp_path / "客户.csv"
    path.write_text("客户名称,客户级别\n甲公司,金牌\n乙公司,重点客户\n")
    seat.open("/customers/import/")
    seat.page.set_input_files("[name=file]", str(path))
    seat.save()
    seat.save()
    choose(seat, "金牌", "use", "重点客户")
    seat.save()
    seat.save()
    for _step in ("trial", "run"):
        while work_once(("quick", "long")):
            pass
        seat.page.reload()
        if _step == "trial":
            seat.save()
    assert json.dumps(sorted(Customer.objects.values_list("name", "level"))) == json.dumps(
        [["乙公司", "key"], ["甲公司", "key"]]
    )
