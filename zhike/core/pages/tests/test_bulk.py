"""A step on many records: changing one field, and the job that does what a page cannot wait for."""

import csv
import io

import pytest

from zhike.core import overlay, writes
from zhike.core.actors import Actor
from zhike.core.events.models import Event
from zhike.core.jobs import Job
from zhike.core.jobs.files import folder, path_of
from zhike.core.jobs.worker import work_once
from zhike.core.pages import bulk_page
from zhike.core.pages.tests.world import client_of, contact, customer, opportunity, text_of
from zhike.core.saved_views.models import SavedView
from zhike.customers.models import Customer
from zhike.identity.factories import Cast
from zhike.identity.models import Role, User

pytestmark = pytest.mark.django_db
LEVEL = {"field": "level", "shown": "level", "level": "key", "go": "1"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the third record on a job does it."""
    monkeypatch.setattr(bulk_page, "AT_ONCE", 2)


def levels(owner: User) -> list[str]:
    return list(Customer.objects.filter(owner=owner).order_by("pk").values_list("level", flat=True))


def test_first_the_field_is_chosen_then_its_value(people: Cast) -> None:
    row = customer(people.ana, "One", level="small")
    ana = client_of(people.ana)
    page = text_of(ana.post("/customers/bulk/edit/", {"row": [row.pk]}))
    assert '<option value="level">' in page
    for apart in ("name", "owner", "department"):
        assert f'<option value="{apart}">' not in page
    page = text_of(ana.post("/customers/bulk/edit/", {"row": [row.pk], "field": "level"}))
    assert 'name="level"' in page
    assert levels(people.ana) == ["small"]


def test_one_field_of_several_records_is_changed_under_one_batch(people: Cast) -> None:
    rows = [customer(people.ana, name, level="small") for name in ("One", "Two")]
    answer = client_of(people.ana).post("/customers/bulk/edit/", {"row": [row.pk for row in rows]} | LEVEL)
    assert answer.status_code == 302
    assert levels(people.ana) == ["key", "key"]
    events = Event.objects.filter(entity="customers", verb="edit")
    assert {event.changes["level"][1] for event in events} == {"key"}
    assert len({event.batch_id for event in events}) == 1
    assert events[0].batch_id


def test_another_field_chosen_meanwhile_is_asked_for_and_not_written(people: Cast) -> None:
    row = customer(people.ana, "One", level="small", short_name="Keep me")
    sent = {"row": [row.pk], "field": "short_name", "shown": "level", "level": "key", "go": "1"}
    page = text_of(client_of(people.ana).post("/customers/bulk/edit/", sent))
    assert 'name="short_name"' in page
    row.refresh_from_db()
    assert (row.level, row.short_name) == ("small", "Keep me")


def test_a_field_one_may_not_change_is_neither_offered_nor_taken(people: Cast) -> None:
    row = customer(people.ana, "One", level="small")
    role = Role.objects.get(code="salesperson")
    role.fields = {"customers": {"level": "read_only"}}
    role.save(update_fields=["fields"])
    overlay.bump()
    answer = client_of(people.ana).post("/customers/bulk/edit/", {"row": [row.pk]} | LEVEL)
    assert answer.status_code == 422
    assert '<option value="level"' not in text_of(answer)
    assert levels(people.ana) == ["small"]


def test_records_one_may_see_but_not_change_are_left_and_named(people: Cast) -> None:
    mine, foreign = customer(people.ana, "Mine"), customer(people.cyd, "Foreign")
    role = Role.objects.get(code="salesperson")
    role.grants = role.grants | {"customers": {"view": "all", "edit": "own"}}
    role.save(update_fields=["grants"])
    overlay.bump()
    answer = client_of(people.ana).post("/customers/bulk/edit/", {"row": [mine.pk, foreign.pk]} | LEVEL)
    page = text_of(answer)
    assert "done for 1 record." in page
    assert "Foreign: You may not do this to it, or it is gone." in page
    assert levels(people.cyd) == [""]


def test_without_the_right_to_edit_nothing_is_offered(people: Cast) -> None:
    row = customer(people.ana, "One")
    role = Role.objects.get(code="salesperson")
    role.denies = {"customers": {"actions": ["edit"]}}
    role.save(update_fields=["denies"])
    overlay.bump()
    assert client_of(people.ana).post("/customers/bulk/edit/", {"row": [row.pk]} | LEVEL).status_code == 403
    assert "bulk/edit/" not in text_of(client_of(people.ana).get("/customers/"))


def test_many_are_done_by_a_job_that_tells_of_each_it_left(people: Cast, few: None) -> None:
    User.objects.filter(pk=people.admin.pk).update(language="en")
    rows = [customer(people.ana, f"Customer {number}", level="small") for number in range(5)]
    contact(rows[2])
    needed = rows[3]
    opportunity(needed)
    admin = client_of(people.admin)
    asked = {"matching": "1", "query": "level=small"}
    page = text_of(admin.post("/customers/bulk/delete/", asked))
    assert "5 records" in page
    assert "in the background" in page
    answer = admin.post("/customers/bulk/delete/", asked | {"go": "1"})
    job = Job.objects.get(kind="bulk")
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    later = customer(people.ana, "Came later", level="small")
    assert work_once(("long",))
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.error) == ("done", 5, 5, "")
    assert set(Customer.objects.filter(deleted_at=None)) == {needed, later}, "what came later was not meant"
    assert "Done for 4 records." in job.report["summary"][0]
    assert "1 record was left as it was" in job.report["summary"][1]
    table = list(csv.reader(io.StringIO(path_of(job.result_file).read_text("utf-8-sig"))))
    assert [row[0] for row in table] == ["Record", needed.name]
    assert "needed by others" in table[1][2]
    assert not list(folder().glob("bulk-*")), "the file of refusals is gone with the job"
    assert set(Event.objects.filter(verb="delete").values_list("batch_id", flat=True)) == {f"job-{job.pk}"}


def test_ticked_rows_are_done_at_once_however_many_match(people: Cast, few: None) -> None:
    rows = [customer(people.ana, f"Customer {number}") for number in range(3)]
    client_of(people.ana).post("/customers/bulk/edit/", {"row": [rows[0].pk]} | LEVEL)
    assert levels(people.ana) == ["key", "", ""]
    assert not Job.objects.exists()
    answer = client_of(people.ana).post("/customers/bulk/edit/", {"row": [row.pk for row in rows]} | LEVEL)
    assert answer.status_code == 422


def test_a_job_writes_out_its_view_so_that_a_changed_view_changes_no_job(people: Cast, few: None) -> None:
    for number in range(3):
        customer(people.ana, f"Small {number}", level="small")
    customer(people.ana, "Unmeant")
    ana = client_of(people.ana)
    ana.post("/customers/views/new/", {"name": "Small ones", "query": "level=small"})
    view = SavedView.objects.get()
    ana.post("/customers/bulk/edit/", {"matching": "1", "query": f"view={view.pk}"} | LEVEL)
    SavedView.objects.update(condition={})
    assert work_once(("long",))
    assert levels(people.ana) == ["key", "key", "key", ""]


def test_rights_taken_while_the_job_waits_stop_it(people: Cast, few: None) -> None:
    for number in range(3):
        customer(people.ana, f"Small {number}", level="small")
    client_of(people.ana).post("/customers/bulk/edit/", {"matching": "1", "query": "level=small"} | LEVEL)
    role = Role.objects.get(code="salesperson")
    role.denies = {"customers": {"actions": ["edit"]}}
    role.save(update_fields=["denies"])
    overlay.bump()
    assert work_once(("long",))
    job = Job.objects.get()
    assert (job.state, job.done) == ("failed", 0)
    assert levels(people.ana) == ["small"] * 3


def test_a_field_closed_while_the_job_waits_stops_it(people: Cast, few: None) -> None:
    for number in range(3):
        customer(people.ana, f"Small {number}", level="small")
    client_of(people.ana).post("/customers/bulk/edit/", {"matching": "1", "query": "level=small"} | LEVEL)
    role = Role.objects.get(code="salesperson")
    role.fields = {"customers": {"level": "read_only"}}
    role.save(update_fields=["fields"])
    overlay.bump()
    assert work_once(("long",))
    job = Job.objects.get()
    assert job.state == "failed"
    assert "无权修改这个字段" in job.error
    assert levels(people.ana) == ["small"] * 3


def test_a_row_that_a_rule_refuses_is_rolled_back_alone(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [customer(people.ana, name, level="small") for name in ("One", "Two")]
    real = writes.merge_edit

    def half(actor: Actor, model: type, pk: int, version: int, wanted: dict[str, object]) -> object:
        done = real(actor, model, pk, version, wanted)
        if pk == rows[0].pk:
            raise writes.RuleBroken("Not this one.")
        return done

    monkeypatch.setattr(writes, "merge_edit", half)
    page = text_of(client_of(people.ana).post("/customers/bulk/edit/", {"row": [row.pk for row in rows]} | LEVEL))
    assert "One: Not this one." in page
    assert levels(people.ana) == ["small", "key"]
