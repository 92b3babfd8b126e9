"""The whole schema of the API, as a generator of requests sees it: no answer is a 500, every answer is as documented."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.every_entity.world import World
from zhike.core.entities import registry
from zhike.core.testing.battery import undone
from zhike.identity.factories import give_token

pytestmark = pytest.mark.django_db
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
EVERY_SLUG = pytest.mark.parametrize("slug", [entity.slug for entity in registry.all()])
# A programme of a salesperson, and one that may do everything.
EVERY_CALLER = pytest.mark.parametrize("caller", ["ana", "admin"])


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Requests run inside the test's transaction, so they must not put its connection away."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(slug: str, token: str) -> list[APIOperation[Any, Any, Any, Any]]:
    """The operations of one entity, as the running application documents them."""
    application = get_wsgi_application()
    headers = {"Authorization": f"Bearer {token}"}
    whole = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=application, headers=headers)
    mine = whole.include(path_regex=rf"^/api/v1/{slug}(/|$)")
    return [each.ok() for each in mine.get_all_operations() if isinstance(each, Ok)]


def fuzz(world: World, slug: str, caller: str, *, examples: int) -> None:
    """Send well-formed and malformed requests of each operation; every second one is about a record that is there."""
    token = give_token(getattr(world.people, caller)).text
    known = [row.pk for rows in [world.rows[slug]] for row in (rows.target, rows.binned, rows.cyds) if row is not None]
    found = operations(slug, token)
    assert found
    for operation in found:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _fuzz_one(operation, mode, token, known, examples)


def _fuzz_one(
    operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, token: str, known: list[int], examples: int
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode), pk=st.sampled_from([*known, None]))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any, pk: int | None) -> None:
        if pk is not None and "pk" in (case.path_parameters or {}):
            case.path_parameters["pk"] = pk
        with undone():
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(response, checks=CHECKS)

    send()


@EVERY_CALLER
@EVERY_SLUG
def test_every_operation_answers_a_few_generated_requests_as_documented(world: World, slug: str, caller: str) -> None:
    fuzz(world, slug, caller, examples=3)


@pytest.mark.long
@EVERY_CALLER
@EVERY_SLUG
def test_every_operation_answers_many_generated_requests_as_documented(world: World, slug: str, caller: str) -> None:
    fuzz(world, slug, caller, examples=100)
