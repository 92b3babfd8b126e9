"""The API: the routes of each entity, made when they are first asked for, and the schema at /api/v1/openapi.json."""

import threading
from typing import Any

import pydantic
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, path
from django.urls.resolvers import RoutePattern
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.schema import NinjaGenerateJsonSchema

import zhike
from zhike.core import modules
from zhike.core.api import problems
from zhike.core.api.auth import PersonalToken
from zhike.core.api.problems import not_found, problem
from zhike.core.api.routes import add_routes
from zhike.core.api.schemas import Problem
from zhike.core.entities import Entity, registry

DESCRIPTION = """
Every entity has the same routes; see the reference in the documentation. Amounts are decimal texts with two places, in the
currency beside them; days are `2026-11-22`, moments ISO 8601 in UTC. `total` is exact up to 10,000.
"""


# What any operation may answer instead.
REFUSALS = (400, 401, 403, 404, 409, 412, 413, 422)
_REFERENCE = "#/components/schemas/{model}"


def build(entity: Entity) -> NinjaAPI:
    """The API of one entity."""
    api = NinjaAPI(
        title="Zhike",
        version=zhike.__version__,
        description=DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        auth=PersonalToken(),
        urls_namespace="api",
    )
    add_routes(api, entity)
    _add_handlers(api)
    return api


class EntityAddresses(URLPattern):
    """The addresses of one entity, for the URLconf one pattern: Django walks all of a resolver's to write any address.

    The shapes of all entities take 50 MB and a second to make; those that nobody asks for are not made.
    """

    _making = threading.Lock()

    def __init__(self, entity: Entity) -> None:
        super().__init__(RoutePattern(f"{entity.slug}", is_endpoint=False), missing)
        self.entity = entity
        self._api: NinjaAPI | None = None
        self._routes: URLResolver | None = None

    @property
    def api(self) -> NinjaAPI:
        """The API of this entity."""
        with self._making:
            if self._api is None:
                self._api = build(self.entity)
            return self._api

    @property
    def routes(self) -> list[URLPattern | URLResolver]:
        """The routes below `/api/v1/`."""
        return self._resolver().url_patterns

    def resolve(self, path: str) -> ResolverMatch | None:
        """What answers; an address of another entity makes nothing here."""
        return self._resolver().resolve(path) if path.partition("/")[0] == self.entity.slug else None

    def _resolver(self) -> URLResolver:
        if self._routes is None:
            self._routes = URLResolver(RoutePattern("", is_endpoint=False), self.api.urls[0])
        return self._routes


def missing(_request: HttpRequest, _error: Any = None) -> HttpResponse:
    """There is no such record."""
    return not_found()


def _add_handlers(api: NinjaAPI) -> None:
    @api.exception_handler(AuthenticationError)
    def unauthenticated(_request: HttpRequest, _error: Any) -> HttpResponse:
        return problem(401, _("Send a valid access token: “Authorization: Bearer …”. Make one under your profile."))

    @api.exception_handler(ValidationError)
    def malformed(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return _malformed(error.errors)

    @api.exception_handler(pydantic.ValidationError)
    def malformed_inside(_request: HttpRequest, error: pydantic.ValidationError) -> HttpResponse:
        return _malformed([dict(each) for each in error.errors()])

    api.exception_handler(Http404)(missing)

    @api.exception_handler(HttpError)
    def refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
        # The framework raises it for a body that it cannot read, in words of its own.
        if error.status_code == 400:
            return problem(400, _("The body of this request is not valid JSON."))
        return problem(400 if error.status_code not in (413, 405) else error.status_code, str(error))


def _malformed(errors: list[dict[str, Any]]) -> HttpResponse:
    found = [
        {
            "field": ".".join(str(step) for step in error["loc"][1:]) or str(error["loc"][-1] if error["loc"] else ""),
            "message": error["msg"],
        }
        for error in errors
    ]
    return problem(422, _("Some of the input is not what this operation takes."), found)


addresses = [EntityAddresses(entity) for entity in registry.all()]


def openapi(request: HttpRequest) -> HttpResponse:
    """The schema, without the modules that are switched off. Needs a token, since it names every field."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if PersonalToken().authenticate(request, token) is None:
        return problem(401, _("Send a valid access token: “Authorization: Bearer …”. Make one under your profile."))
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


def whole_schema() -> dict[str, Any]:
    """OpenAPI 3.1 of everything. Refusals are problems, which have a media type of their own."""
    whole: dict[str, Any] = {}
    for each in addresses:
        part: dict[str, Any] = dict(each.api.get_openapi_schema(path_prefix="/api/v1/"))
        whole.setdefault("paths", {}).update(part.pop("paths"))
        for kind, components in part.pop("components").items():
            whole.setdefault("components", {}).setdefault(kind, {}).update(components)
        whole |= part
    refused = Problem.model_json_schema(ref_template=_REFERENCE, schema_generator=NinjaGenerateJsonSchema)
    whole["components"]["schemas"] |= refused.pop("$defs") | {"Problem": refused}
    content = {problems.TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    refusals = {code: {"description": problems.TITLES[code], "content": content} for code in REFUSALS}
    for operations in whole["paths"].values():
        for operation in operations.values():
            operation["responses"] |= refusals
    return whole


def schema() -> dict[str, Any]:
    """OpenAPI 3.1 of the modules that are on."""
    whole = whole_schema()
    off = {entity.slug for entity in registry.all() if not modules.is_on(entity.module)}
    whole["paths"] = {path: each for path, each in whole["paths"].items() if path.split("/")[3] not in off}
    return whole


urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", openapi, name="openapi"),
    path("", (addresses, "ninja", "api")),
]
