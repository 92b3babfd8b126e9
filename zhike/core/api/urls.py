"""The API as one object, with its schema at /api/v1/openapi.json."""

from typing import Any

import pydantic
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

import zhike
from zhike.core import modules
from zhike.core.api import problems
from zhike.core.api.auth import PersonalToken
from zhike.core.api.problems import not_found, problem
from zhike.core.api.routes import add_routes
from zhike.core.entities import registry

DESCRIPTION = """
Every entity has the same routes; see the reference in the documentation. Amounts are decimal texts with two places, in the
currency beside them; days are `2026-11-22`, moments ISO 8601 in UTC. `total` is exact up to 10,000.
"""


def build() -> NinjaAPI:
    """The API over all registered entities."""
    api = NinjaAPI(
        title="Zhike",
        version=zhike.__version__,
        description=DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        auth=PersonalToken(),
        urls_namespace="api",
    )
    for entity in registry.all():
        add_routes(api, entity)
    _add_handlers(api)
    return api


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

    @api.exception_handler(Http404)
    def missing(_request: HttpRequest, _error: Any) -> HttpResponse:
        return not_found()

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


api = build()


def openapi(request: HttpRequest) -> HttpResponse:
    """The schema, without the modules that are switched off. Needs a token, since it names every field."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if PersonalToken().authenticate(request, token) is None:
        return problem(401, _("Send a valid access token: “Authorization: Bearer …”. Make one under your profile."))
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


def whole_schema() -> dict[str, Any]:
    """OpenAPI 3.1 of everything. Refusals are problems, which have a media type of their own."""
    whole: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    for operations in whole["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400 and "application/json" in response.get("content", {}):
                    response["content"] = {problems.TYPE: response["content"]["application/json"]}
    return whole


def schema() -> dict[str, Any]:
    """OpenAPI 3.1 of the modules that are on."""
    whole = whole_schema()
    off = {entity.slug for entity in registry.all() if not modules.is_on(entity.module)}
    whole["paths"] = {path: each for path, each in whole["paths"].items() if path.split("/")[3] not in off}
    return whole


urlpatterns = [path("openapi.json", openapi, name="openapi"), path("", api.urls)]
