"""Errors in one shape: RFC 9457 problem details, each with a whole sentence."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Version does not match",
    413: "Too large",
    422: "Input not accepted",
    500: "Internal error",
}


def problem(
    status: int, detail: str, errors: list[dict[str, str]] | None = None, version: int | None = None
) -> HttpResponse:
    """An error answer."""
    body: dict[str, Any] = {"status": status, "title": TITLES[status], "detail": detail, "errors": errors or []}
    if version is not None:
        body["version"] = version
    response = JsonResponse(body, status=status, content_type=TYPE, json_dumps_params={"ensure_ascii": False})
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def not_found(_request: HttpRequest | None = None) -> HttpResponse:
    return problem(404, _("This record does not exist, or you cannot see it."))
