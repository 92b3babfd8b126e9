"""What belongs to one person and is no record: his jobs, imports, views, notifications, tokens. Real ones, asked for by others."""

from typing import Any

import pytest
from django.db.models import Model

from tests.every_entity.world import World
from zhike.core.actors import Actor, Via
from zhike.core.entities import registry
from zhike.core.jobs import JobState, files, queue
from zhike.core.jobs.models import Job
from zhike.core.notifications.models import Notification
from zhike.core.notifications.sending import notify
from zhike.core.saved_views import actions as view_actions
from zhike.core.saved_views.models import SavedView, Sharing
from zhike.core.testing.battery import Answer, changed_tables, fingerprint, said
from zhike.core.transfer.list_export import LIST_EXPORT, ListExportArguments
from zhike.core.transfer.models import TableImport
from zhike.identity.models import Token

pytestmark = pytest.mark.django_db
SECRET = "canary-dan"
# Who has no business with what is dan's: his people, a stranger, who only reads, outsiders.
OTHERS = ("ana", "ben", "cyd", "reader", "eve", "gone", "nobody")
OUT = ("nobody", "gone")  # led to the sign-in page


def make_job(world: World, state: str = JobState.RUNNING) -> Job:
    """An export of dan's under way, or with its result."""
    dan = world.people.actor("dan")
    job = queue.enqueue(dan, LIST_EXPORT, ListExportArguments(slug="customers", query=f"q={SECRET}"))
    name = files.new_name("result")
    files.path_of(name).write_text(SECRET, encoding="utf-8")
    job.state, job.result_file, job.result_name = state, name, f"{SECRET}.xlsx"
    job.report, job.error = {"summary": [SECRET]}, SECRET
    job.save()
    return job


def make_import(world: World, stage: str, run: Job | None = None) -> TableImport:
    """An import of dan's at that step."""
    name = files.new_name("upload")
    files.path_of(name).write_text(f"Name\n{SECRET}\n", encoding="utf-8")
    return TableImport.objects.create(
        asked_by=world.people.dan, entity="customers", name=f"{SECRET}.csv", upload=name, stage=stage, run=run,
        chosen={"headings": ["Name"], "columns": {"Name": "name"}}, batch="" if run is None else "batch-of-dan",
    )  # fmt: skip


def refused(world: World, method: str, address: str, **more: Any) -> None:
    """Nobody else gets anything from it, and nothing changes by his asking."""
    before = fingerprint()
    for persona in OTHERS:
        answer = world.visitor(persona).page(method, address, **more)
        assert answer.status in ((302,) if persona in OUT else (403, 404)), (persona, answer.status)
        assert SECRET not in said(answer), persona
    assert changed_tables(before) == []


def given(world: World, method: str, address: str, **more: Any) -> Answer:
    answer = world.visitor("dan").page(method, address, **more)
    assert answer.status in (200, 204, 302), (address, answer.status)
    return answer


@pytest.mark.parametrize("page", ["", "progress/", "cancel/"])
def test_a_running_job_is_nobody_elses(world: World, page: str) -> None:
    job = make_job(world)
    method = "POST" if page == "cancel/" else "GET"
    refused(world, method, f"/jobs/{job.pk}/{page}")
    given(world, method, f"/jobs/{job.pk}/{page}")


def test_a_result_goes_to_who_asked_for_it_and_not_even_to_the_administrator(world: World) -> None:
    job = make_job(world, JobState.DONE)
    refused(world, "GET", f"/jobs/{job.pk}/result/")
    assert world.visitor("admin").page("GET", f"/jobs/{job.pk}/result/").status == 404
    assert SECRET in given(world, "GET", f"/jobs/{job.pk}/result/").text


@pytest.mark.parametrize("page", ["", "columns/", "values/", "doubles/", "trial/", "run/"])
def test_an_import_under_way_is_nobody_elses(world: World, page: str) -> None:
    row = make_import(world, TableImport.Stage.TRIAL)
    for method in ("GET",) if page in ("", "run/") else ("GET", "POST"):
        refused(world, method, f"/imports/{row.pk}/{page}")
    # Who keeps the settings sees what ran, and not what others have only begun.
    assert world.visitor("admin").page("GET", f"/imports/{row.pk}/{page}").status == 404
    given(world, "GET", f"/imports/{row.pk}/{page}")


@pytest.mark.parametrize("stage", [TableImport.Stage.TRIAL, TableImport.Stage.RUN])
@pytest.mark.parametrize("page", ["undo/", "drop/"])
def test_an_import_is_neither_undone_nor_dropped_by_others(world: World, page: str, stage: str) -> None:
    # Own imports that have not run either: without a batch, like dan's.
    for person in (world.people.ana, world.people.cyd):
        TableImport.objects.create(asked_by=person, entity="customers", name="own.csv", upload="")
    row = make_import(world, stage, make_job(world, JobState.DONE) if stage == TableImport.Stage.RUN else None)
    refused(world, "POST", f"/imports/{row.pk}/{page}")
    assert TableImport.objects.filter(pk=row.pk).exists()


def test_lists_of_jobs_and_imports_name_ones_own_only(world: World) -> None:
    job = make_job(world, JobState.DONE)
    make_import(world, TableImport.Stage.RUN, job)
    make_import(world, TableImport.Stage.TRIAL)
    for address in ("/jobs/", "/imports/", "/customers/import/", f"/imports/job/{job.pk}/"):
        for persona in OTHERS:
            answer = world.visitor(persona).page("GET", address)
            assert SECRET not in said(answer), (persona, address)
            assert f"/jobs/{job.pk}/" not in answer.text, (persona, address)
    assert f"/jobs/{job.pk}/" in given(world, "GET", "/jobs/").text
    assert SECRET in given(world, "GET", "/imports/").text


@pytest.mark.parametrize("page", ["open/", "mark/"])
def test_a_notification_is_read_by_its_person_only(world: World, page: str) -> None:
    row = world.rows["customers"].target
    told = notify(Actor.system(Via.SHELL), [world.people.dan], "assigned", about=row)
    assert told == 1
    pk = Notification.objects.get(user=world.people.dan).pk
    before = fingerprint()
    for persona in (*OTHERS, "admin"):
        answer = world.visitor(persona).page("POST", f"/notifications/{pk}/{page}")
        assert answer.status == (302 if persona in OUT else 404), persona
    assert changed_tables(before) == []
    given(world, "POST", f"/notifications/{pk}/{page}")


@pytest.mark.parametrize("sharing", [Sharing.PRIVATE, Sharing.DEPARTMENT])
def test_a_view_is_found_by_those_it_is_shared_with_and_changed_by_its_owner(world: World, sharing: str) -> None:
    entity = registry.get("customers")
    row = view_actions.create_view(
        world.people.actor("dan"), entity, name=SECRET, shared=sharing,
        state={"condition": {"field": "name", "op": "contains", "value": SECRET}},
    )  # fmt: skip
    finds = ("ana", "ben") if sharing == Sharing.DEPARTMENT else ()
    steps = [("GET", ""), ("POST", ""), ("POST", "keep/"), ("POST", "move/"), ("POST", "delete/")]
    before = fingerprint()
    for persona in (*OTHERS, "admin"):
        visitor = world.visitor(persona)
        for method, page in steps:
            answer = visitor.page(method, f"/customers/views/{row.pk}/{page}", {"name": "x", "way": "up"})
            assert answer.status in (302, 403, 404), (persona, page, answer.status)
            assert answer.status != 302 or persona in OUT, (persona, page)
        if persona not in finds:
            visitor.page("POST", "/customers/views/default/", {"view": str(row.pk)})
        for address in (f"/customers/?view={row.pk}", "/customers/views/", f"/customers/views/?view={row.pk}"):
            assert (SECRET in said(visitor.page("GET", address))) <= (persona in finds), (persona, address)
        assert SECRET not in said(visitor.api("GET", "customers/views")) or persona in finds, persona
    assert changed_tables(before) == []
    assert SavedView.objects.get(pk=row.pk).name == SECRET


def test_a_token_is_revoked_by_its_person_only(world: World) -> None:
    token: Model = Token.objects.filter(user=world.people.dan)[0]
    refused(world, "POST", f"/accounts/tokens/{token.pk}/revoke/")
    assert world.visitor("admin").page("POST", f"/accounts/tokens/{token.pk}/revoke/").status == 404
