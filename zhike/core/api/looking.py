"""What one does with a record without changing it: look behind a mask, and watch it."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema
from pydantic import Field, StringConstraints

from zhike.core.actors import Actor
from zhike.core.api import schemas
from zhike.core.api.answers import answered, json_answer
from zhike.core.api.operations import require
from zhike.core.api.records import plain_names, revealed_json
from zhike.core.entities import Entity
from zhike.core.record_keys import find
from zhike.core.revealing import reveal
from zhike.core.watching import actions as watching

Id = Annotated[int, Field(ge=1, le=schemas.MAX_ID)]


class Behind(schemas.Input):
    """Which field to show as it is."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Watching(Schema):
    """Whether the caller watches the record."""

    watching: bool


def add_looking(router: Router, entity: Entity, answer: type[Schema]) -> None:
    """Add the routes of an entity that are steps on a record and no verbs of its own."""
    _add_revealing(router, entity, answer)
    if watching.may_be_watched(entity):
        _add_watching(router, entity)


def _actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # the authenticator put him there
    return actor


def _add_revealing(router: Router, entity: Entity, answer: type[Schema]) -> None:
    @router.post(
        "/{int:pk}/reveal",
        operation_id=f"reveal_{entity.slug.replace('-', '_')}",
        summary=f"Show one masked field of one of {entity.slug}",
        response={200: answer},
    )
    def reveal_field(request: HttpRequest, pk: Path[Id], behind: Behind) -> HttpResponse:
        """The record with this field alone, as `?fields=` gives it. It is kept for no second answer: no Idempotency-Key."""
        actor, name = _actor_of(request), plain_names(behind.field)

        def run() -> HttpResponse:
            with transaction.atomic():
                reveal(actor, entity, pk, name)
                body = revealed_json(actor, entity, pk, name)
            answer = json_answer(body, version=body["version"])
            answer["Cache-Control"] = "no-store"
            return answer

        return answered(run)


def _add_watching(router: Router, entity: Entity) -> None:
    def add(method: str, word: str, summary: str, step: Any) -> None:
        def watch(request: HttpRequest, pk: Path[Id]) -> HttpResponse:
            actor = _actor_of(request)

            def run() -> HttpResponse:
                require(actor, entity, "view")
                return json_answer({"watching": step(actor, f"{entity.slug}:{pk}")})

            return answered(run)

        router.api_operation(
            [method],
            "/{int:pk}/watch",
            operation_id=f"{word}_{entity.slug.replace('-', '_')}",
            summary=f"{summary} one of {entity.slug}",
            response={200: Watching},
        )(watch)

    add("GET", "is_watching", "Tell whether the caller watches", _is_on)
    add("PUT", "watch", "Watch", _begin)
    add("DELETE", "unwatch", "Watch no longer", _end)


def _is_on(actor: Actor, about: str) -> bool:
    return watching.is_watching(actor, find(actor, about))


def _begin(actor: Actor, about: str) -> bool:
    watching.watch(actor, about)
    return True


def _end(actor: Actor, about: str) -> bool:
    watching.unwatch(actor, about)
    return False
