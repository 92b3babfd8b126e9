"""What load balancers and monitors ask."""

import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings

from zhike.config import probes
from zhike.core.models import Job


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes._Once, "migrated", False)


def test_alive_needs_no_database_no_session_and_no_known_host() -> None:
    answer = Client().get("/healthz", headers={"Host": "10.0.0.7:8000"})
    assert (answer.status_code, answer.content) == (200, b"alive\n")
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.django_db
def test_ready_means_that_the_database_answers_and_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/readyz").status_code == 200
    monkeypatch.setattr(probes._Once, "migrated", False)
    monkeypatch.setattr(probes, "unapplied_migrations", lambda: ["core.0009_more"])
    answer = Client().get("/readyz")
    assert (answer.status_code, b"migrated" in answer.content) == (503, True)

    def broken() -> None:
        raise DatabaseError("secret name of the host")

    monkeypatch.setattr(connection, "cursor", broken)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert b"secret" not in answer.content


@pytest.mark.django_db
def test_ready_costs_one_statement_once_it_was_ready() -> None:
    Client().get("/readyz")
    with CaptureQueriesContext(connection) as captured:
        assert Client().get("/readyz").status_code == 200
    assert len(captured) == 1


@pytest.mark.django_db
def test_counters_are_for_this_machine_or_who_knows_the_token() -> None:
    Job.objects.create(kind="x", queue="quick")
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert 'zhike_jobs{queue="quick",state="queued"} 1' in answer.content.decode().splitlines()
    assert "zhike_event_failures 0" in answer.content.decode().splitlines()
    assert Client(REMOTE_ADDR="10.0.0.9").get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    with override_settings(METRICS_TOKEN="let-me-in"):
        stranger = Client(REMOTE_ADDR="10.0.0.9")
        assert stranger.get("/metrics", headers={"Authorization": "Bearer let-me-in"}).status_code == 200
        assert stranger.get("/metrics", headers={"Authorization": "Bearer let-me-out"}).status_code == 404
        assert Client().get("/metrics").status_code == 404


def test_probes_only_read() -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert Client().post(path).status_code == 405


def test_everything_else_goes_on() -> None:
    passed: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        passed.append(request.path)
        return HttpResponse("page")

    handler = probes.probes(page)
    handler(RequestFactory().get("/healthz/"))
    handler(RequestFactory().get("/customers/"))
    assert passed == ["/healthz/", "/customers/"]
