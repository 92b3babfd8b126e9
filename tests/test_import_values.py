"""The values step: what is not known is made, replaced, given to somebody, left blank or left out; and several entities at once."""

from datetime import date

import pytest

from tests.import_steps import Steps, client_of
from zhike.catalog.models import Product
from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.history.models import StateChange
from zhike.core.transfer.looking import LookArguments, look
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast
from zhike.sales.models import Opportunity, OpportunityLine

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(Via.SHELL)
DEALS = (
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    "A1,Moses Frase,GTXPro,Isdom,Won,2016-10-25,2017-03-11,4514\n"
    "A2,Ana,GTXPro,Cancity,Lost,2016-10-26,2017-03-12,0\n"
    "A3,Moses Frase,MG Special,,Engaging,2016-12-01,,\n"
    "A4,Moses Frase,MG Special,Isdom,Prospecting,,,\n"
    "A5,Nobody,GTX Pro,Isdom,Prospecting,,,\n"
)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def admin(people: Cast) -> Steps:
    writes.create(SYSTEM, Product(name="GTX Pro"))
    return Steps(client_of(people.admin), "opportunities")


def stages(steps: Steps) -> dict[str, str]:
    """The stages of the file mapped to those that are shipped."""
    meant = {"Won": "赢单", "Lost": "输单", "Engaging": "初步接洽", "Prospecting": "初步接洽"}
    assert steps.row.look is not None
    strange = steps.row.look.report["strange"]
    place = next(index for index, each in enumerate(strange) if each["target"] == "stage")
    sent: dict[str, str] = {}
    for index, (value, *_told) in enumerate(strange[place]["values"]):
        sent |= {f"do_{place}_{index}": "use", f"to_{place}_{index}": meant[value]}
    return sent


def test_a_file_of_deals_brings_customers_products_lines_and_the_days_of_their_stages(
    people: Cast, admin: Steps
) -> None:
    admin.upload(DEALS.encode())
    assert admin.row.chosen["columns"]["stage@"] == "close_date"
    admin.send("columns")
    assert "Did you mean “GTX Pro”? Replace it in all 2 rows." in admin.text
    # Of the sellers, Ana is known; one is me, the rows of the other are left out.
    admin.send("values", **(stages(admin) | {"do_0_0": "me", "do_0_1": "skip"})).send("doubles").work()
    assert not Opportunity.objects.exists()
    assert "Left out, as you chose for “Nobody” in column “sales_agent”." in admin.text
    admin.send("trial").work()
    found = {row.number: row for row in Opportunity.objects.select_related("stage", "customer", "owner")}
    assert set(found) == {"A1", "A2", "A3", "A4"}
    won = found["A1"]
    assert (won.name, won.owner, won.closed_on) == ("GTX Pro · Isdom", people.admin, date(2017, 3, 11))
    assert found["A2"].owner == people.ana
    assert found["A3"].customer is None
    assert set(Customer.objects.values_list("name", "owner__username")) == {("Isdom", "admin"), ("Cancity", "admin")}
    assert set(Product.objects.values_list("name", flat=True)) == {"GTX Pro", "MG Special"}
    assert OpportunityLine.objects.filter(product__name="GTX Pro").count() == 2
    states = StateChange.objects.filter(entity="opportunities", record_id=won.pk, field="stage").order_by("pk")
    assert list(states.values_list("effective_on", flat=True)) == [date(2016, 10, 25), date(2017, 3, 11)]
    (since,) = StateChange.objects.filter(record_id=found["A3"].pk, field="stage").values_list(
        "effective_on", flat=True
    )
    assert since == date(2016, 12, 1)


def test_the_trial_says_of_every_entity_what_the_import_then_does(admin: Steps) -> None:
    admin.upload(DEALS.encode()).send("columns")
    admin.send("values", **stages(admin)).send("doubles").work()
    row = admin.row
    assert row.trial is not None
    tried = [(step["entity"], step["counts"]) for step in row.trial.report["steps"]]
    admin.send("trial").work()
    done = admin.row.run
    assert done is not None
    assert tried == [(step["entity"], step["counts"]) for step in done.report["steps"]]
    assert [entity for entity, _counts in tried] == ["products", "customers", "opportunities", "opportunity-lines"]


def test_what_was_not_chosen_is_a_fault_with_row_value_and_column(admin: Steps) -> None:
    admin.upload(DEALS.encode()).send("columns").send("values").send("doubles").work()
    assert "Row 4: Column “deal_stage”: “Engaging” is not known." in " ".join(admin.text.split())
    row = admin.row
    assert row.trial is not None
    counts = {step["entity"]: step["counts"] for step in row.trial.report["steps"]}
    assert (counts["opportunities"]["failed"], counts["opportunity-lines"]["skipped"]) == (3, 3)


def test_customers_and_their_contacts_come_in_from_one_row(people: Cast) -> None:
    steps = Steps(client_of(people.dan))
    steps.upload("客户名称,联系人姓名,手机\n甲公司,王一,13800138000\n甲公司,李二,13800138001\n乙公司,,\n".encode())
    columns = steps.row.chosen["columns"]
    assert columns["name"] == "客户名称"
    assert columns["contacts.name"] == "联系人姓名"
    assert columns["contacts.mobile"] == "手机"
    steps.through()
    assert set(Customer.objects.values_list("name", flat=True)) == {"甲公司", "乙公司"}
    assert set(Contact.objects.values_list("name", "customer__name", "mobile")) == {
        ("王一", "甲公司", "138 0013 8000"), ("李二", "甲公司", "138 0013 8001"),
    }  # fmt: skip


def test_columns_without_a_telling_heading_are_guessed_by_what_stands_in_them(people: Cast) -> None:
    steps = Steps(client_of(people.dan))
    rows = "".join(f"公司{number},a{number}@example.com,重点客户\n" for number in range(5))
    steps.upload(f"客户名称,列二,列三\n{rows}".encode())
    assert steps.row.chosen["columns"] == {"name": "客户名称", "level": "列三"} | (
        {"email": "列二"} if any(each.name == "email" for each in Customer._meta.fields) else {}
    )


def test_records_are_only_made_by_who_may_make_them(people: Cast) -> None:
    steps = Steps(client_of(people.dan), "opportunities")
    steps.upload(b"name,product,sales agent\nA,Pen,Moses\n").send("columns")
    options = steps.text
    assert "create it as a new product" not in options
    steps.send("values", do_0_0="make", do_1_0="make", rest_0="make", rest_1="make")
    assert all("make" not in str(decided) for decided in steps.row.chosen["values"].values()), (
        "what is not offered cannot be sent"
    )


def test_a_look_counts_values_and_says_where_they_stand_first(people: Cast, admin: Steps) -> None:
    admin.upload(DEALS.encode())
    found = look(
        people.actor("admin"),
        LookArguments(upload=admin.row.upload, slug="opportunities", columns={"owner": "sales_agent"}),
    )
    assert found["rows"] == 5
    (strange,) = found["strange"]
    assert [tuple(each[:3]) for each in strange["values"]] == [("Moses Frase", 3, 2), ("Nobody", 1, 6)]
