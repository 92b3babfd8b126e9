"""Whose rights an import has, and what it may say of people and offices."""

import pytest

from tests.import_plans import CUSTOMERS, SYSTEM, TWO, Import
from zhike.core import writes
from zhike.core.actors import Via
from zhike.core.events.models import Event
from zhike.core.transfer.plan import PlanError
from zhike.core.transfer.report import Report
from zhike.core.transfer.tables import TableError
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast, give_role
from zhike.identity.models import Department, Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def people() -> Cast:
    return cast()


def test_who_may_not_import_is_refused(bring: Import, people: Cast) -> None:
    with pytest.raises(writes.NotAllowed):
        bring(TWO, CUSTOMERS, people.actor("ana"))
    assert not Customer.objects.exists()


def test_a_person_imports_within_his_reach_only(bring: Import, people: Cast) -> None:
    dan = people.actor("dan", Via.IMPORT)
    step = CUSTOMERS.replace('"staff"}', '"staff", owner = "who"}')
    rows = "no,name,level,staff,who\n1,甲,key,,ana\n2,乙,key,,cyd\n3,丙,key,,Nobody\n"
    report = bring(rows, step, dan)
    assert report.counts["created"] == 1
    assert report.counts["failed"] == 2
    assert Customer.objects.get().owner == people.ana


def test_a_record_beyond_reach_is_neither_changed_nor_told_of(bring: Import, people: Cast) -> None:
    step = CUSTOMERS.replace('"staff"}', '"staff", owner = "who"}')
    bring("no,name,level,staff,who\n1,Secret canary,key,5,cyd\n", step)
    report = bring("no,name,level,staff,who\n1,甲,key,6,ana\n", step, people.actor("dan", Via.IMPORT))
    assert report.counts["failed"] == 1
    assert "canary" not in report.rows[0].reason
    assert Customer.objects.get().name == "Secret canary"
    contacts = 'entity = "contacts"\nkey = "{id}"\ncolumns = {name = "id", customer = "at"}\n'
    for named in ("1", "Secret canary"):
        hidden = bring(f"id,at\nx,{named}\n", contacts, people.actor("dan", Via.IMPORT))
        assert hidden.counts["failed"] == 1
        assert "is not known" in hidden.rows[0].reason


@pytest.mark.parametrize("mode", ["hidden", "masked", "read_only"])
def test_fields_a_person_may_not_change_are_refused_before_the_first_row(
    bring: Import, people: Cast, mode: str
) -> None:
    role = Role.objects.create(
        name="careful", grants={"*": {"*": "all"}}, fields={"customers": {"level": mode}}, denies={}, settings=[]
    )
    people.cyd.user_roles.all().delete()
    give_role(people.cyd, role)
    with pytest.raises(PlanError, match="you may not change “level”"):
        bring(TWO, CUSTOMERS, people.actor("cyd", Via.IMPORT))


def test_a_masked_value_is_refused(bring: Import) -> None:
    step = CUSTOMERS.replace('level = "level"', 'phone = "level"')
    report = bring("no,name,level,staff\n1,甲,138****8000,\n", step)
    assert report.counts["failed"] == 1
    assert "masked value" in report.rows[0].reason


# People and offices ---------------------------------------------------------------------------------------------------


def test_people_come_with_username_superior_department_and_roles(bring: Import) -> None:
    give_all = '[heads]\nNorth = "Ada Head"\n'
    steps = (
        '[[step]]\nfile = "rows.csv"\nentity = "departments"\n'
        'key = "{office}"\ncolumns = {name = "office"}\nset = {kind = "branch"}\n'
        '[[step]]\nfile = "rows.csv"\nentity = "users"\nkey = "{boss}"\ncolumns = {full_name = "boss", department = "office"}\n'
        'set = {roles = "sales_manager"}\n'
        '[[step]]\nfile = "rows.csv"\nentity = "users"\nkey = "{agent}"\n'
        'columns = {full_name = "agent", superior = "boss", department = "office", roles = "role"}\n'
    )
    rows = (
        "agent,boss,office,role\nMoses Frase,Ada Head,North,Salesperson\n"
        "王小明,Ada Head,North,销售代表\nEve,Ada Head,North,King\n"
    )
    report: Report = bring.whole(rows, give_all + steps, SYSTEM)  # type: ignore[attr-defined]
    assert report.notes == []
    assert report.steps[2].unknown_values[0].value == "King"
    moses, ada = User.objects.get(full_name="Moses Frase"), User.objects.get(full_name="Ada Head")
    assert (moses.username, moses.superior, str(moses.department), moses.state) == (
        "moses.frase",
        ada,
        "North",
        "invited",
    )
    assert User.objects.get(full_name="王小明").username == "wangxiaoming"
    assert not moses.has_usable_password()
    assert set(moses.user_roles.values_list("role__code", flat=True)) == {"salesperson"}
    assert Department.objects.get(name="North").head == ada
    assert set(ada.user_roles.values_list("role__code", flat=True)) == {"sales_manager", "branch_manager"}
    events = Event.objects.count()
    bring.whole(rows, give_all + steps, SYSTEM)  # type: ignore[attr-defined]
    assert Event.objects.count() == events


def test_a_plan_whose_last_step_does_not_fit_writes_nothing_at_all(bring: Import) -> None:
    steps = f'[[step]]\nfile = "rows.csv"\n{CUSTOMERS}[[step]]\nfile = "missing.csv"\n{CUSTOMERS}'
    with pytest.raises(TableError, match=r"missing\.csv cannot be opened"):
        bring(TWO, steps)
    assert not Customer.objects.exists()
