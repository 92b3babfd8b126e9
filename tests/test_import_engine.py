"""Rows become records through the write path: by key, once, with reasons for what is refused, and nothing twice."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.import_plans import CUSTOMERS, SYSTEM, TWO, Import
from zhike.activities.models import Activity
from zhike.core import writes
from zhike.core.events.models import Event
from zhike.core.external_keys import ExternalKey
from zhike.core.history.models import StateChange
from zhike.core.search.models import SearchEntry
from zhike.core.transfer.plan import PlanError
from zhike.core.transfer.readers import open_table
from zhike.core.transfer.report import Report
from zhike.customers.models import Contact, Customer
from zhike.sales.models import Opportunity, Pipeline, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_rows_become_records_with_event_index_and_key(bring: Import) -> None:
    report = bring('no,name,level,staff\n1,上海浦江机械有限公司,key,"1,200"\n2,广州白云设备厂,Important,\n', CUSTOMERS)
    assert report.counts == {"created": 2, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 0}
    first = Customer.objects.get(name="上海浦江机械有限公司")
    assert (first.level, first.employees, first.name_key[:8]) == ("key", 1200, "shang ha")
    assert Customer.objects.get(name="广州白云设备厂").level == "important"
    event = Event.objects.get(entity="customers", record_id=first.pk)
    assert (event.verb, event.via, event.batch_id[:7]) == ("create", "import", "import-")
    assert ExternalKey.objects.get(system="old", key="1").record_id == first.pk
    assert SearchEntry.objects.filter(record_id=first.pk).exists()


def test_a_second_run_changes_nothing(bring: Import) -> None:
    bring(TWO.replace("重点客户", "small"), CUSTOMERS)
    before = list(Customer.objects.order_by("pk").values()), Event.objects.count()
    report = bring(TWO.replace("重点客户", "small"), CUSTOMERS)
    assert report.counts["unchanged"] == 2
    assert (list(Customer.objects.order_by("pk").values()), Event.objects.count()) == before


def test_what_people_changed_meanwhile_stays_when_the_file_says_the_same(bring: Import) -> None:
    rows = "no,name,level,staff\n1,甲,key,5\n"
    bring(rows, CUSTOMERS)
    customer = Customer.objects.get()
    customer.level = "small"
    writes.save(SYSTEM, customer)
    assert bring(rows, CUSTOMERS).counts["unchanged"] == 1
    assert Customer.objects.get().level == "small"


def test_a_changed_row_updates_its_record_and_only_what_differs(bring: Import) -> None:
    bring("no,name,level,staff\n1,甲,key,5\n2,乙,key,6\n", CUSTOMERS)
    report = bring("no,name,level,staff\n1,甲,key,7\n2,乙,key,6\n", CUSTOMERS)
    assert report.counts == {"created": 0, "updated": 1, "unchanged": 1, "skipped": 0, "failed": 0}
    assert list(Customer.objects.order_by("pk").values_list("employees", "version")) == [(7, 2), (6, 1)]
    assert Event.objects.filter(verb="edit").values_list("changes", flat=True)[0] == {"employees": [5, 7]}


def test_blank_cells_keep_what_is_there_unless_the_plan_clears(bring: Import) -> None:
    bring("no,name,level,staff\n1,甲,key,5\n", CUSTOMERS)
    bring("no,name,level,staff\n1,甲乙,,\n", CUSTOMERS)
    assert Customer.objects.values_list("name", "level", "employees").get() == ("甲乙", "key", 5)
    bring("no,name,level,staff\n1,甲,,\n", CUSTOMERS + 'blanks = "clear"\n')
    assert Customer.objects.values_list("name", "level", "employees").get() == ("甲", "", None)


@pytest.mark.parametrize(("when", "outcome"), [("skip", "skipped"), ("create", "failed"), ("update", "updated")])
def test_known_keys_are_updated_skipped_or_refused(bring: Import, when: str, outcome: str) -> None:
    bring("no,name,level,staff\n1,甲,key,5\n", CUSTOMERS)
    report = bring("no,name,level,staff\n1,甲,key,6\n", CUSTOMERS + f'when = "{when}"\n')
    assert report.counts[outcome] == 1
    assert Customer.objects.get().employees == (6 if when == "update" else 5)


def test_a_key_twice_in_one_file_is_reported_with_the_row_of_the_first(bring: Import) -> None:
    rows = "no,name,level,staff\n1,甲,key,5\n2,乙,key,6\n1,丙,key,7\n"
    report = bring(rows, CUSTOMERS)
    assert report.counts["skipped"] == 1
    assert [(note.row, note.reason) for note in report.rows] == [(4, "“1” is already in row 2.")]
    assert bring(rows, CUSTOMERS).counts == {"created": 0, "updated": 0, "unchanged": 2, "skipped": 1, "failed": 0}


def test_a_record_in_the_recycle_bin_is_reported_and_skipped(bring: Import) -> None:
    bring("no,name,level,staff\n1,甲,key,5\n", CUSTOMERS)
    writes.delete(SYSTEM, Customer.objects.get())
    report = bring("no,name,level,staff\n1,甲,key,6\n", CUSTOMERS)
    assert report.counts["skipped"] == 1
    assert "recycle bin" in report.rows[0].reason
    assert Customer.objects.get().deleted_at is not None


def test_bad_rows_fail_with_every_reason_and_the_good_ones_come_in(bring: Import, tmp_path: Path) -> None:
    rows = "no,name,level,staff\n1,甲,key,5\n2,乙,gold,many\n,丙,key,1\n4,,key,1\n5,丁,key,9\n"
    report: Report = bring.whole(rows, CUSTOMERS, SYSTEM)  # type: ignore[attr-defined]
    step = report.steps[0]
    assert (step.counts["created"], step.counts["failed"]) == (2, 3)
    reasons = {note.row: note.reason for note in step.rows}
    assert reasons[3] == (
        "Column “level”: “gold” is not known. Column “staff”: “many” is not a number. Write it as 1234.50."
    )
    assert "The key is blank: {no}" in reasons[4]
    assert "“name”: " in reasons[5]
    given_back = open_table(Path(report.failed_files[1]))
    assert given_back.columns == ("no", "name", "level", "staff", "Row", "Reason")
    assert [row.cells[:5] for row in given_back.rows()] == [
        ("2", "乙", "gold", "many", "3"), ("", "丙", "key", "1", "4"), ("4", "", "key", "1", "5"),
    ]  # fmt: skip


def test_failed_rows_given_back_are_safe_to_open_and_can_be_mended_and_imported(bring: Import) -> None:
    rows = "no,name,level,staff\n1,=cmd|' /C calc'!A0,gold,5\n"
    report: Report = bring.whole(rows, CUSTOMERS, SYSTEM)  # type: ignore[attr-defined]
    text = Path(report.failed_files[1]).read_text(encoding="utf-8-sig")
    assert "\n1,'=cmd" in text.replace("\r", "")
    bring(text.replace("gold", "key"), CUSTOMERS)
    assert Customer.objects.get().name == "=cmd|' /C calc'!A0"


def test_unknown_values_are_grouped_with_a_suggestion(bring: Import) -> None:
    rows = "no,name,level,staff\n" + "".join(f"{number},甲{number},importnat,\n" for number in range(1, 31))
    (unknown,) = bring(rows, CUSTOMERS).unknown_values
    assert (unknown.value, unknown.count, unknown.first_row, unknown.suggestion) == ("importnat", 30, 2, "important")


def test_a_value_that_must_be_unique_fails_alone(bring: Import) -> None:
    step = 'entity = "customers"\nkey = "{no}"\ncolumns = {name = "name", credit_code = "code"}\n'
    code = "91310000132211582Q"
    report = bring(f"no,name,code\n1,甲,{code}\n2,乙,{code}\n3,丙,\n", step)
    assert (report.counts["created"], report.counts["failed"]) == (2, 1)
    assert "Another customer already has this credit code" in report.rows[0].reason


def test_a_dry_run_reports_the_same_and_writes_nothing(bring: Import) -> None:
    rows = "no,name,level,staff\n1,甲,key,5\n2,乙,gold,1\n1,丙,key,1\n"
    counts = bring(rows, CUSTOMERS, dry_run=True).counts
    assert not Customer.objects.exists()
    assert not ExternalKey.objects.exists()
    assert not Event.objects.exists()
    assert not SearchEntry.objects.exists()
    assert counts == bring(rows, CUSTOMERS).counts


def test_parents_named_further_down_are_found_in_a_second_pass(bring: Import) -> None:
    step = 'entity = "customers"\nkey = "{name}"\ncolumns = {name = "name", parent = "of"}\n'
    rows = "name,of\n甲,乙\n乙,丙\n丙,\n丁,甲\n戊,未知\n"
    report = bring(rows, step)
    assert (report.counts["created"], report.counts["failed"]) == (4, 1)
    parents = dict(Customer.objects.values_list("name", "parent__name"))
    assert parents == {"甲": "乙", "乙": "丙", "丙": None, "丁": "甲"}
    events = Event.objects.count()
    assert bring(rows, step).counts["unchanged"] == 4
    assert Event.objects.count() == events


def test_a_parent_whose_own_row_failed_leaves_a_note_and_the_row(bring: Import) -> None:
    step = 'entity = "customers"\nkey = "{name}"\ncolumns = {name = "name", parent = "of", level = "level"}\n'
    report = bring("name,of,level\n甲,乙,key\n乙,,gold\n", step)
    assert (report.counts["created"], report.counts["failed"], report.incomplete) == (1, 1, 1)
    assert "could not be imported in step 1, row 3" in report.rows[-1].reason
    mended = bring("name,of,level\n甲,乙,key\n乙,,key\n", step)
    assert (mended.counts["created"], mended.incomplete) == (1, 0)
    assert Customer.objects.get(name="甲").parent == Customer.objects.get(name="乙")


def test_relations_are_found_by_key_number_or_name_and_namesakes_are_not_guessed(bring: Import) -> None:
    bring("no,name,level,staff\nA1,同名,key,\nA2,同名,key,\nA3,Unique Ltd,key,\n", CUSTOMERS)
    number = Customer.objects.get(name="Unique Ltd").number
    step = 'entity = "contacts"\nkey = "{id}"\ncolumns = {name = "person", customer = "at"}\n'
    report = bring(
        f"id,person,at\n1,王一,A1\n2,王二,{number}\n3,王三,unique ltd\n4,王四,同名\n5,王五,Uniqe Ltd\n", step
    )
    assert (report.counts["created"], report.counts["failed"]) == (3, 2)
    assert {note.row: "names 2 records" in note.reason for note in report.rows} == {5: True, 6: False}
    assert report.unknown_values[0].suggestion == "Unique Ltd"
    assert Contact.objects.get(name="王一").customer_id == ExternalKey.objects.get(key="A1").record_id


def test_a_stage_is_that_of_the_row_s_own_pipeline(bring: Import) -> None:
    for name in ("One", "Two"):
        pipeline = writes.create(SYSTEM, Pipeline(name=name))
        writes.create(SYSTEM, Stage(pipeline=pipeline, name="Talking", status="open"))
    step = 'entity = "opportunities"\nkey = "{id}"\ncolumns = {name = "id", pipeline = "way", stage = "stage"}\n'
    assert bring("id,way,stage\n1,One,Talking\n2,Two,Talking\n", step).counts["created"] == 2
    assert {row.stage.pipeline.name for row in Opportunity.objects.all()} == {"One", "Two"}
    assert all(row.stage.pipeline_id == row.pipeline_id for row in Opportunity.objects.all())


STAGED = (
    'entity = "opportunities"\nkey = "{id}"\ncolumns = {name = "id", amount = "worth"}\nset = {pipeline = "Deals"}\n'
    'history = {stage = [{value = "Talking", on = "begun"}, {value = "{now}", on = "ended"}]}\n'
)


@pytest.fixture
def deals() -> dict[str, Stage]:
    pipeline = writes.create(SYSTEM, Pipeline(name="Deals"))
    return {
        name: writes.create(SYSTEM, Stage(pipeline=pipeline, name=name, status=status))
        for name, status in (("New", "open"), ("Talking", "open"), ("Won", "won"))
    }


def states_of(name: str) -> list[tuple[str, date]]:
    row = Opportunity.objects.get(name=name)
    found = StateChange.objects.filter(entity="opportunities", record_id=row.pk, field="stage").order_by("pk")
    names = {str(stage.pk): stage.name for stage in Stage.objects.all()}
    return [(names[new], day) for new, day in found.values_list("new", "effective_on")]


def test_steps_of_history_carry_their_business_days(bring: Import, deals: dict[str, Stage]) -> None:
    from zhike.core import company

    today = company.today()
    rows = "id,worth,begun,ended,now\na,100,2017-01-02,2017/3/4,Won\nb,,2017-01-02,,Talking\nc,,,,New\n"
    assert bring(rows, STAGED).counts["created"] == 3
    assert states_of("a") == [("Talking", date(2017, 1, 2)), ("Won", date(2017, 3, 4))]
    assert states_of("b") == [("Talking", date(2017, 1, 2))]
    assert states_of("c") == [("New", today)]
    won = Opportunity.objects.get(name="a")
    assert (won.status, won.closed_on, won.amount) == ("won", date(2017, 3, 4), Decimal(100))
    assert bring(rows, STAGED).counts["unchanged"] == 3
    assert StateChange.objects.filter(field="stage").count() == 4


def test_a_later_state_is_added_to_the_history_once(bring: Import, deals: dict[str, Stage]) -> None:
    bring("id,worth,begun,ended,now\nb,,2017-01-02,,Talking\n", STAGED)
    report = bring("id,worth,begun,ended,now\nb,80,2017-01-02,2017-05-06,Won\n", STAGED)
    assert report.counts["updated"] == 1
    assert states_of("b") == [("Talking", date(2017, 1, 2)), ("Won", date(2017, 5, 6))]


def test_states_out_of_order_are_refused(bring: Import, deals: dict[str, Stage]) -> None:
    report = bring("id,worth,begun,ended,now\nb,1,2017-05-06,2017-01-02,Won\n", STAGED)
    assert "2017-01-02 lies before 2017-05-06" in report.rows[0].reason


def test_a_record_nobody_imported_is_recognised_by_the_field_the_plan_names(bring: Import) -> None:
    writes.create(SYSTEM, Customer(name="甲", level="small"))
    report = bring("no,name,level,staff\n1,甲,key,\n2,乙,key,\n", CUSTOMERS + 'match = "name"\n')
    assert (report.counts["created"], report.counts["updated"]) == (1, 1)
    assert Customer.objects.get(name="甲").level == "key"
    assert ExternalKey.objects.filter(system="old").count() == 2


def test_further_systems_keep_their_keys(bring: Import) -> None:
    bring("no,name,level,staff\n600000,甲,key,\n", CUSTOMERS.replace('"{no}"', '"{name}"') + 'keys = {sse = "{no}"}\n')
    assert set(ExternalKey.objects.values_list("system", "key")) == {("old", "甲"), ("sse", "600000")}


# Plans that do not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (CUSTOMERS.replace('"staff"', '"staf"'), "rows.csv has no column “staf”. Did you mean “staff”?"),
        (CUSTOMERS.replace("employees", "employes"), "no field “employes” to import into.*Did you mean “employees”?"),
        (CUSTOMERS.replace("employees", "created_at"), "no field “created_at” to import into"),
        (CUSTOMERS.replace("employees", "version"), "no field “version” to import into"),
        (CUSTOMERS.replace('"customers"', '"custmers"'), "“custmers” is nothing that can be imported"),
        (CUSTOMERS.replace('"customers"', '"roles"'), "“roles” is nothing that can be imported"),
        (CUSTOMERS + 'match = "employees"\n', "“match” must name a text field"),
        (CUSTOMERS + 'history = {name = [{value = "x", on = "no"}]}\n', "no history is kept of “name”"),
        (CUSTOMERS + 'compose = {website = "{stafff}"}\n', "has no column “stafff”. Did you mean “staff”?"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_with_the_place(bring: Import, step: str, sentence: str) -> None:
    with pytest.raises(PlanError, match=sentence):
        bring(TWO, step)
    assert not Customer.objects.exists()


def test_the_currency_changes_only_while_no_money_is_stored(bring: Import) -> None:
    from zhike.core import company

    step = '[company]\ncurrency = "USD"\n[[step]]\nfile = "rows.csv"\n' + CUSTOMERS
    money = step.replace('employees = "staff"', 'annual_revenue = "staff"')
    bring("no,name,level,staff\n1,甲,key,5\n", money)
    assert company.current().currency == "USD"
    assert Customer.objects.get().annual_revenue_currency == "USD"
    assert bring("no,name,level,staff\n1,甲,key,5\n", money).counts["unchanged"] == 1
    with pytest.raises(PlanError, match="cannot become EUR any more, since customers with amounts are stored"):
        bring(TWO, step.replace("USD", "EUR"))


def test_names_of_participants_find_people_and_no_name_is_lost(bring: Import) -> None:
    customer = writes.create(SYSTEM, Customer(name="甲"))
    contact = writes.create(SYSTEM, Contact(name="王总", customer=customer))
    step = 'entity = "activities"\nkey = "{no}"\ncolumns = {about = "客户", people = "参与人", content = "内容"}\n'
    report = bring('no,客户,参与人,内容\n1,甲,"王总、路人",聊过\n2,甲,,电话\n', step)
    assert (report.counts["created"], report.counts["failed"]) == (2, 0)
    first, second = Activity.objects.order_by("pk")
    assert (first.people, first.participants) == ([f"contacts:{contact.pk}"], "路人")
    assert (second.people, second.participants) == (None, "")
    report = bring('no,客户,参与人,内容\n1,甲,"王总、路人",聊过两次\n', step)
    assert report.counts["updated"] == 1
    first.refresh_from_db()
    assert (first.people, first.participants, first.content) == ([f"contacts:{contact.pk}"], "路人", "聊过两次")
