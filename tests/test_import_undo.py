"""A whole import taken back: what it made, what it changed, its history and its keys; what people touched since stays."""

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.events.models import Event
from zhike.core.external_keys import ExternalKey
from zhike.core.history.models import StateChange
from zhike.core.jobs import JobState, files
from zhike.core.jobs.worker import run_here, work_once
from zhike.core.search.models import SearchEntry
from zhike.core.transfer.command import main
from zhike.core.transfer.jobs import IMPORT, ImportArguments, Made, Part
from zhike.core.transfer.undo import Undoing, batch_of_undoing
from zhike.core.transfer.undo_jobs import ask_undo, undo_now
from zhike.core.transfer.undo_report import UndoReport
from zhike.core.writes.errors import NotAllowed, RuleBroken
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast
from zhike.identity.models import User
from zhike.sales.models import Opportunity, OpportunityLine

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(Via.SHELL)
ROWS = "no,name,level,staff\n1,甲,key,5\n2,乙,small,6\n3,丙,small,\n"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def people() -> Cast:
    found = cast()
    User.objects.update(language="en")  # jobs speak as their asker reads
    return found


def bring(actor: Actor, content: str = ROWS, **changes: Any) -> str:
    """Import a table as a job; returns its batch."""
    name = files.new_name("rows.csv")
    files.path_of(name).write_text(content)
    given: dict[str, Any] = {
        "upload": name, "name": "客户.csv", "slug": "customers", "key": "{no}",
        "columns": {"name": "name", "level": "level", "employees": "staff"},
    } | changes  # fmt: skip
    job = run_here(actor, IMPORT, ImportArguments(**given))
    assert (job.state, job.error) == (JobState.DONE, "")
    return f"job-{job.pk}"


def take_back(actor: Actor, batch: str) -> UndoReport:
    job = ask_undo(actor, batch)
    assert work_once(("long",))
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    return UndoReport.from_json(job.report)


def live() -> set[str]:
    return set(Customer.objects.filter(deleted_at=None).values_list("name", flat=True))


def test_records_nobody_touched_go_to_the_recycle_bin_with_keys_and_history(people: Cast) -> None:
    batch = bring(people.actor("dan"))
    assert live() == {"甲", "乙", "丙"}
    ids = list(Customer.objects.values_list("pk", flat=True))
    report = take_back(people.actor("dan"), batch)
    assert (report.removed, report.restored, report.kept) == (3, 0, 0)
    assert live() == set()
    assert not ExternalKey.objects.filter(entity="customers").exists()
    assert not StateChange.objects.filter(batch_id=batch).exists()
    assert not SearchEntry.objects.filter(record_id__in=ids, label__in=["甲", "乙", "丙"]).exists()
    assert Event.objects.filter(verb="delete", batch_id=batch_of_undoing(batch), actor=people.dan).count() == 3
    # The same file comes in once more as if it had never been there.
    bring(people.actor("dan"))
    assert live() == {"甲", "乙", "丙"}


def test_numbers_of_the_file_are_free_again(people: Cast) -> None:
    rows = "no,name\nA1,甲\nA2,乙\n"
    given = {"key": "{name}", "columns": {"number": "no", "name": "name"}}
    batch = bring(people.actor("dan"), rows, **given)
    take_back(people.actor("dan"), batch)
    assert Customer.objects.get(name="甲").number == f"A1~{Customer.objects.get(name='甲').pk}"
    bring(people.actor("dan"), rows, **given)
    assert Customer.objects.get(number="A1", deleted_at=None).name == "甲"


def test_changed_records_get_their_old_values_back(people: Cast) -> None:
    first = bring(people.actor("dan"))
    second = bring(people.actor("dan"), "no,name,level,staff\n1,甲二,important,50\n2,乙,small,6\n4,丁,key,1\n")
    assert Customer.objects.get(name="甲二").employees == 50
    report = take_back(people.actor("dan"), second)
    assert (report.removed, report.restored, report.kept) == (1, 1, 0)
    row = Customer.objects.get(name="甲")
    assert (row.level, row.employees, row.name_key) == ("key", 5, "jia")
    assert live() == {"甲", "乙", "丙"}
    # The keys of the first import are still known, and its row is taken up again.
    assert bring(people.actor("dan")) != first
    assert live() == {"甲", "乙", "丙"}


def test_what_somebody_touched_since_stays_and_is_named_with_who_and_when(people: Cast) -> None:
    batch = bring(people.actor("dan"))
    touched = Customer.objects.get(name="乙")
    touched.phone = "021 5888 1234"
    writes.save(people.actor("ana"), touched)
    report = take_back(people.actor("dan"), batch)
    assert (report.removed, report.kept) == (2, 1)
    (kept,) = report.named
    assert (kept.title, kept.who, kept.record_id) == ("乙", str(people.ana), touched.pk)
    assert kept.when[:4].isdecimal()
    assert live() == {"乙"}
    assert ExternalKey.objects.get(entity="customers").record_id == touched.pk


def test_a_changed_record_that_somebody_touched_keeps_the_imported_value(people: Cast) -> None:
    bring(people.actor("dan"))
    second = bring(people.actor("dan"), "no,name,level,staff\n1,甲,important,50\n")
    row = Customer.objects.get(name="甲")
    row.phone = "021 5888 1234"
    writes.save(people.actor("ana"), row)
    report = take_back(people.actor("dan"), second)
    assert (report.restored, report.kept) == (0, 1)
    assert Customer.objects.get(name="甲").employees == 50


def test_a_record_on_which_something_new_hangs_stays(people: Cast) -> None:
    batch = bring(people.actor("dan"))
    writes.create(people.actor("dan"), Contact(name="王一", customer=Customer.objects.get(name="甲")))
    writes.create(people.actor("dan"), Opportunity(name="机会", customer=Customer.objects.get(name="丙")))
    report = take_back(people.actor("dan"), batch)
    assert (report.removed, report.kept) == (1, 2)
    reasons = {kept.title: kept.reason for kept in report.named}
    assert reasons["甲"] == "It has contacts that are not of this import."
    assert reasons["丙"] == "It is needed by opportunity “机会”."
    assert live() == {"甲", "丙"}


def test_opportunities_go_with_their_lines_the_customers_made_for_them_and_their_history(people: Cast) -> None:
    content = "id,account,product,stage,since\nX1,甲公司,笔,赢单,2017-03-01\nX2,乙公司,纸,初步接洽,\n"
    batch = bring(
        people.actor("admin"), content, slug="opportunities", key="{id}",
        columns={"name": "id", "customer": "account"}, aliases={"stage": {"赢单": "需求确认"}},
        history={"stage": [["{stage}", "since"]]},
        made=[Made(slug="customers", names=["甲公司", "乙公司"]), Made(slug="products", names=["笔", "纸"])],
        parts=[Part(slug="opportunity-lines", via="opportunity", key="{id}/1", columns={"product": "product"}, needs=["product"])],
    )  # fmt: skip
    assert Opportunity.objects.get(name="X1").customer == Customer.objects.get(name="甲公司")
    assert OpportunityLine.objects.count() == 2
    assert StateChange.objects.filter(batch_id=batch).exists()
    report = take_back(people.actor("admin"), batch)
    assert report.kept == 0, report.named
    assert report.removed == 8
    for model in (Opportunity, OpportunityLine, Customer):
        assert not model.objects.filter(deleted_at=None).exists()
    assert not StateChange.objects.filter(entity="opportunities").exists()
    assert not ExternalKey.objects.exists()


def test_what_comes_back_from_the_recycle_bin_brings_what_went_with_it(people: Cast) -> None:
    content = "客户,联系人\n甲,王一\n乙,李二\n"
    parts = [Part(slug="contacts", via="customer", key="{客户}/1", columns={"name": "联系人"}, needs=["联系人"])]
    batch = bring(people.actor("dan"), content, key="{客户}", columns={"name": "客户"}, parts=parts)
    assert take_back(people.actor("dan"), batch).removed == 4
    writes.restore(SYSTEM, Customer.objects.get(name="甲"))
    assert set(Contact.objects.filter(deleted_at=None).values_list("name", flat=True)) == {"王一"}


def test_companies_of_one_file_that_name_each_other_go_together_unless_one_must_stay(people: Cast) -> None:
    content = "no,name,of\n1,母公司,\n2,子公司,1\n3,孙公司,2\n4,另一母公司,\n5,另一子公司,4\n"
    given = {"columns": {"name": "name", "parent": "of"}, "system": "many"}
    batch = bring(people.actor("dan"), content, **given)
    writes.create(people.actor("dan"), Opportunity(name="机会", customer=Customer.objects.get(name="孙公司")))
    report = take_back(people.actor("dan"), batch)
    assert (report.removed, report.kept) == (2, 3)
    assert live() == {"母公司", "子公司", "孙公司"}
    reasons = {kept.title: kept.reason for kept in report.named}
    assert reasons["孙公司"] == "It is needed by opportunity “机会”."
    assert reasons["母公司"] == "It is needed by customer “子公司”."


def test_what_cannot_be_removed_does_not_keep_the_others_of_its_batch(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bring(people.actor("dan"))
    delete_many = writes.delete_many

    def refusing(actor: Actor, rows: Any, **more: Any) -> Any:
        if any(row.name == "乙" for row in rows):
            raise RuleBroken("Not this one.")
        return delete_many(actor, rows, **more)

    monkeypatch.setattr(writes, "delete_many", refusing)
    report = take_back(people.actor("dan"), batch)
    assert (report.removed, report.kept, live()) == (2, 1, {"乙"})
    assert report.named[0].reason == "Not this one."


def test_the_statements_of_an_undoing_do_not_grow_with_its_records(people: Cast) -> None:
    def statements(count: int) -> int:
        rows = "no,name,level,staff\n" + "".join(f"{count}-{each},公司{count}-{each},key,1\n" for each in range(count))
        batch = bring(people.actor("dan"), rows)
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            Undoing(people.actor("dan"), batch, UndoReport()).some(None)
        return len(asked)

    assert statements(100) == statements(30)


def test_an_undoing_broken_off_between_two_batches_goes_on_exactly(people: Cast) -> None:
    rows = "no,name,level,staff\n" + "".join(f"{number},公司{number},key,1\n" for number in range(150))
    batch = bring(people.actor("dan"), rows)
    report = UndoReport()
    with transaction.atomic():
        place, _done = Undoing(people.actor("dan"), batch, report).some(None)
    assert 0 < report.removed < 150
    assert place is not None
    again = take_back(people.actor("dan"), batch)
    assert report.removed + again.removed == 150
    assert again.kept == 0
    assert Event.objects.filter(entity="customers", verb="delete").count() == 150


def test_undoing_twice_does_nothing_more(people: Cast) -> None:
    batch = bring(people.actor("dan"))
    take_back(people.actor("dan"), batch)
    events = Event.objects.count()
    report = take_back(people.actor("dan"), batch)
    assert (report.removed, report.restored, report.kept) == (0, 0, 0)
    assert Event.objects.count() == events


def test_only_who_imported_it_or_keeps_the_imports_may_undo(people: Cast) -> None:
    batch = bring(people.actor("dan"))
    for name in ("ana", "ben", "cyd"):
        with pytest.raises(NotAllowed):
            ask_undo(people.actor(name), batch)
    assert take_back(people.actor("admin"), batch).removed == 3


def test_what_is_no_import_cannot_be_undone(people: Cast) -> None:
    writes.create(people.actor("dan").in_batch("bulk-1"), Customer(name="甲"))
    for batch in ("bulk-1", "nothing", ""):
        with pytest.raises(RuleBroken, match="There is no import"):
            ask_undo(people.actor("admin"), batch)
    assert live() == {"甲"}


def test_what_was_purged_or_deleted_meanwhile_is_passed_over(people: Cast) -> None:
    batch = bring(people.actor("dan"))
    gone, purged = Customer.objects.get(name="甲"), Customer.objects.get(name="乙")
    writes.delete(SYSTEM, gone)
    writes.delete(SYSTEM, purged)
    writes.purge(SYSTEM, Customer.objects.get(pk=purged.pk))
    report = take_back(people.actor("dan"), batch)
    assert (report.removed, report.gone, report.kept) == (1, 2, 0)


def test_the_command_undoes_an_import_by_its_batch(people: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    batch = bring(people.actor("dan"))
    assert main(Namespace(plan=None, undo=batch, user="", dry_run=False)) == 0
    assert "3 records were moved to the recycle bin." in capsys.readouterr().out
    assert main(Namespace(plan=None, undo="nonsense", user="", dry_run=False)) == 1
    assert "There is no import “nonsense”" in capsys.readouterr().err
    assert live() == set()


def test_a_right_lost_meanwhile_keeps_a_person_from_undoing(people: Cast) -> None:
    batch = bring(people.actor("dan"))
    with pytest.raises(NotAllowed):
        undo_now(people.actor("cyd"), batch)
    assert live() == {"甲", "乙", "丙"}
