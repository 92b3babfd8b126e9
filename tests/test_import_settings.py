"""What an import makes besides records: options and fields; seen in the trial, made by the run, taken back when it is undone."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.import_steps import Steps, client_of
from zhike.core import options, writes
from zhike.core.actors import Actor, Via
from zhike.core.customfields.models import CustomField
from zhike.core.events.models import Event
from zhike.core.jobs.context import HandedBack
from zhike.core.jobs.worker import work_once
from zhike.core.options.models import Option
from zhike.core.transfer.kinds import kinds_of
from zhike.core.transfer.plans import carry_out
from zhike.core.transfer.tables import Row, Table
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(Via.SHELL)
SOURCES = "客户名称,来源\n甲,抖音\n乙,小红书\n丙,抖音\n丁,\n".encode()
GRADES = "客户名称,信用等级,授信金额\n" + "".join(
    f"公司{number},{'AB'[number % 2]}级,{number}50.5\n" for number in range(8)
)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def admin(people: Cast) -> Steps:
    return Steps(client_of(people.admin))


def words(list_name: str = "source") -> set[str]:
    return {entry.text() for entry in options.entries(list_name).values()}


def made_fields() -> Any:
    """The fields that did not come with Zhike."""
    return CustomField.objects.filter(key__startswith="cf_").order_by("pk")


def undone(steps: Steps) -> Any:
    steps.page = steps.client.post(f"/imports/{steps.row.pk}/undo/", follow=True)
    steps.work()
    job = steps.row.undo
    assert job is not None
    assert (job.state, job.error) == ("done", "")
    return job.report


def test_values_that_a_list_lacks_are_added_by_the_import_and_not_by_its_trial(admin: Steps) -> None:
    admin.upload(SOURCES).send("columns")
    assert "add it to the list of choices" in admin.text
    admin.send("values", make_all="0")
    assert admin.row.stage == "values", "one sees what was chosen before one goes on"
    admin.send("values").send("doubles").work()
    told = " ".join(admin.text.split())
    assert "Made first, when you import:" in told
    assert re.search("2 new options of the list “[^”]+”: 抖音, 小红书[.]", told)
    trial = admin.row.trial
    assert trial is not None
    assert trial.report["steps"][0]["counts"]["created"] == 4
    assert not Option.objects.exists()
    assert not Customer.objects.exists()
    assert "抖音" not in words()
    admin.send("trial").work()
    assert {"抖音", "小红书"} <= words()
    assert options.label("source", Customer.objects.get(name="甲").source) == "抖音"
    assert Customer.objects.get(name="甲").source == Customer.objects.get(name="丙").source
    assert undone(admin)["unmade"] == 2
    assert not Option.objects.exists()
    assert not Customer.objects.filter(deleted_at=None).exists()


def test_an_option_that_others_came_to_use_stays_when_the_import_is_undone(people: Cast, admin: Steps) -> None:
    admin.upload(SOURCES).send("columns").send("values", make_all="0").send("values").send("doubles").work()
    admin.send("trial").work()
    code = Customer.objects.get(name="甲").source
    writes.create(people.actor("dan"), Customer(name="戊", source=code))
    report = undone(admin)
    assert (report["unmade"], report["kept"]) == (1, 1)
    assert "1 record carries this option." in report["named"][0]["reason"]
    assert "抖音" in words()


def test_who_may_not_edit_lists_is_told_who_may(people: Cast) -> None:
    steps = Steps(client_of(people.dan)).upload(SOURCES).send("columns")
    assert "add it to the list" not in steps.text
    assert "An administrator can add values to this list of choices." in steps.text
    steps.send("values", do_0_0="make", do_0_1="make", rest_0="make")
    assert "make" not in str(steps.row.chosen["values"])
    steps.upload(GRADES.encode())
    assert "new:choice" not in steps.text
    steps.send("columns", to_1="new:choice")
    assert steps.row.chosen["fields"] == {}


def test_a_column_becomes_a_field_of_its_own_with_its_choices(admin: Steps) -> None:
    admin.upload(GRADES.encode())
    assert '<option value="new:choice">New field: one choice of a list (fits the values)</option>' in admin.text
    admin.send("columns", to_1="new:choice", to_2="new:money")
    assert not made_fields().exists(), "whoever leaves now leaves nothing behind"
    admin.open("columns/")
    assert (admin.fields["to_1"], admin.fields["to_2"]) == ("new:choice", "new:money")
    admin.send("columns").send("doubles").work()
    told = " ".join(admin.text.split())
    assert "A new field “信用等级” (one choice of a list). Its choices: A级, B级." in told
    assert "A new field “授信金额” (amount of money)." in told
    trial = admin.row.trial
    assert trial is not None
    assert trial.report["steps"][0]["counts"] == {"created": 8, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 0}
    assert not made_fields().exists()
    admin.send("trial").work()
    grade, credit = made_fields()
    assert (grade.label_zh, grade.kind, credit.kind) == ("信用等级", "choice", "money")
    row = Customer.objects.get(name="公司3")
    assert options.label(grade.option_list, row.custom[grade.key]) == "B级"
    assert Decimal(row.custom[credit.key]) == Decimal("350.5")
    assert undone(admin)["unmade"] == 4
    assert not made_fields().filter(is_active=True).exists()
    # Once more: the same fields are in use again, and no others beside them.
    admin.upload(GRADES.encode()).send("columns", to_1="new:choice", to_2="new:money").send("doubles").work()
    admin.send("trial").work()
    assert [(field.key, field.is_active) for field in made_fields()] == [(grade.key, True), (credit.key, True)]
    assert Customer.objects.filter(deleted_at=None).count() == 8


def test_a_field_that_was_filled_by_hand_stays_when_the_import_is_undone(people: Cast, admin: Steps) -> None:
    admin.upload(GRADES.encode()).send("columns", to_1="new:text").send("doubles").work().send("trial").work()
    (field,) = made_fields()
    writes.create(people.actor("dan"), Customer(name="戊", custom={field.key: "C级"}))
    report = undone(admin)
    assert (report["unmade"], report["removed"], report["kept"]) == (0, 8, 1)
    assert made_fields().get().is_active


def test_an_import_broken_off_behind_its_options_does_not_make_them_twice(
    admin: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.upload(SOURCES).send("columns").send("values", make_all="0").send("values").send("doubles").work()

    def break_off(*_given: Any) -> None:
        raise HandedBack

    monkeypatch.setattr("zhike.core.transfer.jobs.carry_out", break_off)
    admin.send("trial")
    assert work_once(("long",))
    assert Option.objects.count() == 2
    monkeypatch.setattr("zhike.core.transfer.jobs.carry_out", carry_out)
    admin.work()
    assert Option.objects.count() == 2
    assert Event.objects.filter(verb="add_option").count() == 2
    assert Customer.objects.filter(deleted_at=None).count() == 4


def test_won_and_lost_are_understood_in_the_words_of_other_programmes(people: Cast) -> None:
    steps = Steps(client_of(people.admin), "opportunities")
    steps.upload("商机名称,阶段\n甲,Closed Won\n乙,丢单\n".encode()).send("columns")
    assert "Did you mean “赢单”?" in steps.text
    assert "Did you mean “输单”?" in steps.text


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["重点", "一般", "重点", "一般"], "choice"),
        (["甲", "乙", "丙"], "text"),
        (["12", "1,200", "3"], "integer"),
        (["12.50", "3"], "decimal"),
        (["007", "012"], "text"),
        (["2024-01-31", "2024/2/1", "20240301"], "date"),
        (["2024-01-31 10:30", "2024-02-01 08:00"], "moment"),
        (["是", "否", "是"], "boolean"),
        (["13800138000", "138 0013 8001"], "phone"),
        (["a@example.com"], "email"),
        (["第一行\n第二行"], "long_text"),
        ([], "text"),
        (["91350100M000100Y43", "91350100M000100Y44"], "text"),
    ],
)
def test_the_kind_of_a_column_is_what_its_values_look_like(values: list[str], kind: str) -> None:
    table = Table(columns=("x",), header_row=1, read=lambda: iter([Row(2, (value,)) for value in values]))
    assert kinds_of(table)[0][0] == kind
