"""The routes of one entity. Made in a function per operation, so that each binds its own entity and schemas."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Path, Router, Schema
from ninja import Query as FromQuery
from pydantic import Field, StringConstraints

from zhike.core.actors import Actor
from zhike.core.api import operations, schemas
from zhike.core.api.answers import answered
from zhike.core.api.contributed import EntityRoutes
from zhike.core.api.idempotency import once
from zhike.core.api.looking import add_looking
from zhike.core.api.verbs import verb_schema
from zhike.core.entities import Entity, Verb, registry

Id = Annotated[int, Field(ge=1, le=schemas.MAX_ID)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.\-]+$")]
KeyText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ListParameters(Schema):
    """What a list may be asked for."""

    filter: Annotated[str, StringConstraints(max_length=8000)] = Field("", description="a condition as JSON")
    q: Annotated[str, StringConstraints(max_length=200)] = Field("", description="words to search for")
    order: Annotated[str, StringConstraints(max_length=200)] = Field(
        "", description="fields, comma between, - before descending ones"
    )
    cursor: Annotated[str, StringConstraints(max_length=2000)] = Field("", description="`next` of the page before")
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    fields: Annotated[str, StringConstraints(max_length=2000)] = Field("", description="names of the fields wanted")
    view: Annotated[str, StringConstraints(max_length=80)] = Field(
        "", description="a saved view: its filters, order and columns"
    )
    total: bool = Field(True, description="false skips counting")


def actor_of(request: HttpRequest) -> Actor:
    """The caller; the authenticator put him there."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


def add_routes(api: NinjaAPI, entity: Entity) -> None:
    """Add all routes of an entity. Fixed words come before the id, so that neither hides the other."""
    router = Router(tags=[entity.slug])
    answer = schemas.answer_schema(entity)
    new, change = schemas.create_schema(entity), schemas.change_schema(entity)
    _add_reading(router, entity, answer, schemas.list_schema(entity, answer))
    if "create" not in entity.without:
        _add_making(router, entity, answer, new)
        _add_batch(router, entity, change)
    if "edit" not in entity.without:
        _add_changing(router, entity, answer, change)
    if "delete" not in entity.without and entity.has_column("deleted_at"):
        _add_deleting(router, entity)
    add_looking(router, entity, answer)
    for verb in entity.verbs:
        _add_verb(router, entity, verb, answer)
    for routes in registry.contributions(EntityRoutes):
        if routes.slug == entity.slug:
            import_string(routes.add)(router, answer)
    api.add_router(f"/{entity.slug}", router)


def responses(**good: Any) -> dict[Any, Any]:
    """What a route answers when all is well; the schema of the API adds the problems, which are the same for all."""
    return {int(code.removeprefix("s")): schema for code, schema in good.items()}


def _add_reading(router: Router, entity: Entity, answer: type[Schema], page: type[Schema]) -> None:
    name = entity.slug.replace("-", "_")

    @router.get("", operation_id=f"list_{name}", summary=f"List {entity.slug}", response=responses(s200=page))
    def list_records(request: HttpRequest, parameters: FromQuery[ListParameters]) -> HttpResponse:
        actor = actor_of(request)

        def run() -> HttpResponse:
            asked: dict[str, Any] = parameters.dict()
            asked["filter"] = parse_filter(parameters.filter)
            return operations.list_records(actor, entity, asked)

        return answered(run)

    @router.get(
        "/views",
        operation_id=f"list_{name}_views",
        summary=f"List the saved views of {entity.slug}",
        response=responses(s200=schemas.SavedViews),
    )
    def list_views(request: HttpRequest) -> HttpResponse:
        return answered(lambda: operations.list_views(actor_of(request), entity))

    @router.post("/query", operation_id=f"query_{name}", summary=f"Query {entity.slug}", response=responses(s200=page))
    def query_records(request: HttpRequest, query: schemas.Query) -> HttpResponse:
        return answered(lambda: operations.list_records(actor_of(request), entity, query.dict()))

    @router.get(
        "/{int:pk}", operation_id=f"get_{name}", summary=f"Read one of {entity.slug}", response=responses(s200=answer)
    )
    def get_record(
        request: HttpRequest, pk: Path[Id], fields: Annotated[str, StringConstraints(max_length=2000)] = ""
    ) -> HttpResponse:
        return answered(lambda: operations.get_record(actor_of(request), entity, pk, fields))


def parse_filter(text: str) -> Any:
    """A condition from the query string. Raises `ValidationError`."""
    if not text:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValidationError({"filter": _("The filter is not valid JSON.")}) from None
    if not isinstance(found, dict):
        raise ValidationError({"filter": _('The filter is a JSON object, such as {"field": …, "op": …, "value": …}.')})
    return found


def _add_making(router: Router, entity: Entity, answer: type[Schema], new: type[Schema]) -> None:
    name = entity.slug.replace("-", "_")

    def create_record(request: HttpRequest, record: Schema) -> HttpResponse:
        sent = record.dict(exclude_unset=True)
        actor = actor_of(request)
        return once(request, actor, lambda: answered(lambda: operations.create_record(actor, entity, sent)))

    def upsert_record(request: HttpRequest, system: Path[Word], key: Path[KeyText], record: Schema) -> HttpResponse:
        sent = record.dict(exclude_unset=True)
        return answered(lambda: operations.upsert_record(actor_of(request), entity, system, key, sent))

    _typed(create_record, record=new)
    _typed(upsert_record, record=new)
    router.post(
        "", operation_id=f"create_{name}", summary=f"Make one of {entity.slug}", response=responses(s201=answer)
    )(create_record)
    router.put(
        "/by/{system}/{key}",
        operation_id=f"upsert_{name}",
        summary=f"Make or change one of {entity.slug} by another system's key",
        response=responses(s200=answer, s201=answer),
    )(upsert_record)


def _add_changing(router: Router, entity: Entity, answer: type[Schema], change: type[Schema]) -> None:
    def change_record(request: HttpRequest, pk: Path[Id], record: Schema) -> HttpResponse:
        sent = record.dict(exclude_unset=True)

        def run() -> HttpResponse:
            expected = operations.expected_version(request)
            return operations.change_record(actor_of(request), entity, pk, sent, expected)

        return answered(run)

    _typed(change_record, record=change)
    router.patch(
        "/{int:pk}",
        operation_id=f"change_{entity.slug.replace('-', '_')}",
        summary=f"Change one of {entity.slug}",
        response=responses(s200=answer),
    )(change_record)


def _add_deleting(router: Router, entity: Entity) -> None:
    @router.delete(
        "/{int:pk}",
        operation_id=f"delete_{entity.slug.replace('-', '_')}",
        summary=f"Put one of {entity.slug} into the recycle bin",
        response=responses(s204=None),
    )
    def delete_record(request: HttpRequest, pk: Path[Id]) -> HttpResponse:
        return answered(lambda: operations.delete_record(actor_of(request), entity, pk))


def _add_verb(router: Router, entity: Entity, verb: Verb, answer: type[Schema]) -> None:
    asked = verb_schema(entity, verb)

    def run_verb(request: HttpRequest, pk: Path[Id], form: Schema | None = None) -> HttpResponse:
        sent = form.dict(exclude_unset=True) if form is not None else {}
        actor = actor_of(request)
        return once(request, actor, lambda: answered(lambda: operations.run_verb(actor, entity, verb, pk, sent)))

    _typed(run_verb, form=asked)
    router.post(
        f"/{{int:pk}}/{verb.name}",
        operation_id=f"{verb.name}_{entity.slug.replace('-', '_')}",
        summary=f"{verb.name} one of {entity.slug}",
        response=responses(s200=answer, s204=None),
    )(run_verb)


def _add_batch(router: Router, entity: Entity, change: type[Schema]) -> None:
    name = entity.slug.replace("-", "_")

    class Operation(schemas.Input):
        op: Literal["create", "update", "delete"]
        id: Id | None = None
        version: Annotated[int, Field(ge=0, le=2_147_483_647)] | None = None
        record: dict[str, Any] | None = None

    class Batch(schemas.Input):
        operations: Annotated[list[Operation], Field(min_length=1, max_length=operations.MAX_BATCH)]

    class Ids(Schema):
        ids: list[int]

    for each in (Operation, Batch, Ids):
        each.__name__ = each.__qualname__ = f"{schemas.camel(entity.slug)}{each.__name__}"

    def run_batch(request: HttpRequest, batch: Schema) -> HttpResponse:
        actor = actor_of(request)
        wanted = [_checked(change, each) for each in batch.dict()["operations"]]
        return once(request, actor, lambda: answered(lambda: operations.run_batch(actor, entity, wanted)))

    _typed(run_batch, batch=Batch)
    router.post(
        "/batch", operation_id=f"batch_{name}", summary=f"Change many of {entity.slug}", response=responses(s200=Ids)
    )(run_batch)


def _checked(change: type[Schema], operation: dict[str, Any]) -> dict[str, Any]:
    """The record inside an operation, checked like a single one."""
    if operation["record"] is not None:
        operation["record"] = change.model_validate(operation["record"]).dict(exclude_unset=True)
    return operation


def _typed(view: Callable[..., HttpResponse], **annotations: type[Schema]) -> None:
    """Give the generic view its entity's schema; ninja reads it from the annotations."""
    view.__annotations__.update(annotations)
