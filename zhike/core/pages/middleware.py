"""What every request passes: its id, the content security policy, the configuration in force and who acts."""

import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zhike.core import overlay
from zhike.core.actors import Actor, Via

Handler = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")


def request_id(get_response: Handler) -> Handler:
    """Give the request an id, or keep the one a proxy gave it when it looks like one; say it in the answer."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex  # type: ignore[attr-defined]  # see PageRequest
        response = get_response(request)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]  # as above
        return response

    return handle


def content_security(get_response: Handler) -> Handler:
    """Say what a page may load and run: our own files only. A view that serves files may have set something stricter."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response

    return handle


def configuration(get_response: Handler) -> Handler:
    """Take the configuration in force and set `request.actor`.

    The epoch's token comes with the user (`epoch_token`, annotated where he is read), so that it costs no statement of its own.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        token = getattr(user, "epoch_token", None)
        overlay.refresh(token if isinstance(token, str) else None)
        request.actor = actor_of(request)  # type: ignore[attr-defined]  # see PageRequest
        return get_response(request)

    return handle


def actor_of(request: HttpRequest) -> Actor:
    """Who acts through this page: the person signed in, or nobody."""
    asked = getattr(request, "request_id", "")
    if not request.user.is_authenticated:
        return Actor(user=None, via=Via.PAGE, request_id=asked)
    return Actor.of(request.user, Via.PAGE, request_id=asked)
