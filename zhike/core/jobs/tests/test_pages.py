"""The pages of jobs: everybody sees his own, administrators all, and results go to who asked for them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zhike.core import overlay
from zhike.core.actors import Actor, Via
from zhike.core.jobs import Job, JobState, NoArguments, enqueue
from zhike.core.jobs.context import JobContext
from zhike.core.jobs.housekeeping import CLEAN_UP, RESULTS_KEPT
from zhike.core.jobs.kinds import JobKind
from zhike.core.jobs.tests.kinds import INSERT, WRITE, Insert, known
from zhike.core.jobs.worker import work_once
from zhike.identity.factories import Cast, cast
from zhike.identity.models import User, UserRole

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def job_of(user: User, kind: JobKind[NoArguments] = WRITE) -> Job:
    return enqueue(Actor.of(user, Via.PAGE), kind, NoArguments())


def test_everybody_sees_his_own_jobs_and_administrators_see_all(people: Cast) -> None:
    job = job_of(people.ana)
    assert signed_in(people.ana).get("/jobs/").content.count(f'href="/jobs/{job.pk}/"'.encode()) == 1
    assert f"/jobs/{job.pk}/".encode() not in signed_in(people.ben).get("/jobs/").content
    assert f"/jobs/{job.pk}/".encode() in signed_in(people.admin).get("/jobs/").content
    for path in ("", "progress/"):
        assert signed_in(people.ana).get(f"/jobs/{job.pk}/{path}").status_code == 200
        assert signed_in(people.admin).get(f"/jobs/{job.pk}/{path}").status_code == 200
        for other in (people.ben, people.dan, people.eve):
            assert signed_in(other).get(f"/jobs/{job.pk}/{path}").status_code == 404
        assert Client().get(f"/jobs/{job.pk}/{path}").status_code == 302
    assert signed_in(people.ana).get("/jobs/99999999999999999999999999/").status_code == 404


def test_nobody_stops_the_job_of_another(people: Cast) -> None:
    job = job_of(people.ana)
    assert signed_in(people.ben).post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert signed_in(people.ana).get(f"/jobs/{job.pk}/cancel/").status_code == 405
    assert Client().post(f"/jobs/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == "queued"
    answer = signed_in(people.ana).post(f"/jobs/{job.pk}/cancel/", follow=True)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert answer.redirect_chain == [(f"/jobs/{job.pk}/", 302)]
    assert b"/cancel/" not in answer.content


def test_progress_is_told_while_the_job_runs_and_asking_ends_with_it(people: Cast) -> None:
    job = enqueue(people.actor("ana"), INSERT, Insert(name="keys", rows=2000))
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, done=1200, total=2000)
    client = signed_in(people.ana)
    answer = client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "1,200" in text
    assert "2,000" in text
    assert 'data-poll="2"' in text
    assert "<html" not in text
    again = client.get(f"/jobs/{job.pk}/progress/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, done=2000, finished_at=timezone.now())
    ended = client.get(f"/jobs/{job.pk}/progress/", headers={"If-None-Match": answer["ETag"]})
    assert ended.status_code == 200
    assert b"data-poll" not in ended.content


def test_the_asker_alone_gets_the_result_as_a_download(people: Cast) -> None:
    job = job_of(people.ana)
    with known():
        assert work_once(["quick"])
        address = f"/jobs/{job.pk}/result/"
        assert address.encode() in get_page(people.ana, job)
        assert address.encode() not in get_page(people.admin, job)
        answer = signed_in(people.ana).get(address)
        assert answer.status_code == 200
        assert answer.getvalue() == b"name\n"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        for other in (people.admin, people.ben):
            assert signed_in(other).get(address).status_code == 404


def get_page(user: User, job: Job) -> bytes:
    return signed_in(user).get(f"/jobs/{job.pk}/").content


def test_a_result_is_refused_once_the_right_is_gone(people: Cast) -> None:
    def write(job: JobContext[NoArguments]) -> None:
        with job.result("list.csv") as path:
            path.write_text("secret")

    kind = JobKind(name="test.export", label="export", arguments=NoArguments, run=write, right="customers:export")
    job = job_of(people.dan, kind)
    with known(kind):
        assert work_once(["quick"])
        assert signed_in(people.dan).get(f"/jobs/{job.pk}/result/").status_code == 200
        UserRole.objects.filter(user=people.dan).delete()
        overlay.bump()
        answer = signed_in(people.dan).get(f"/jobs/{job.pk}/result/")
    assert answer.status_code == 403
    assert b"secret" not in answer.content


def test_results_are_removed_after_seven_days_and_the_page_says_so(people: Cast) -> None:
    job = job_of(people.ana)
    fresh = job_of(people.ana)
    with known():
        assert work_once(["quick"])
        assert work_once(["quick"])
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - RESULTS_KEPT - timedelta(minutes=1))
    enqueue(Actor.system(Via.JOB), CLEAN_UP, NoArguments())
    assert work_once(["quick"])
    job.refresh_from_db()
    fresh.refresh_from_db()
    assert job.result_file == ""
    assert fresh.result_file
    page = get_page(people.ana, job).decode()
    assert f"/jobs/{job.pk}/result/" not in page
    assert signed_in(people.ana).get(f"/jobs/{job.pk}/result/").status_code == 404


def test_a_long_list_of_jobs_has_older_pages(people: Cast) -> None:
    for _number in range(51):
        job_of(people.ana)
    client = signed_in(people.ana)
    first = client.get("/jobs/")
    oldest = Job.objects.order_by("id").first()
    assert oldest is not None
    assert f"/jobs/{oldest.pk}/".encode() not in first.content
    assert f"/jobs/{oldest.pk}/".encode() in client.get(f"/jobs/{first.context['older']}").content
    for wrong in ("x", "-1", "9" * 40):
        assert client.get(f"/jobs/?before={wrong}").status_code == 200
