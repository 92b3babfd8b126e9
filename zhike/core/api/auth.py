"""Who calls: a personal access token in the Authorization header, and nothing else."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from ninja.security import HttpBearer

from zhike.core.actors import Actor, Via

TokenHolder = Callable[[str], tuple[Any, Any] | None]


@cache
def _holder_of() -> TokenHolder:
    found: TokenHolder = import_string(settings.API_TOKEN_HOLDER)
    return found


class PersonalToken(HttpBearer):
    """`Authorization: Bearer zhike_…`. Sessions are not accepted, so that no page of another site can use one.

    The configuration in force was taken by the middleware (`pages.middleware.configuration`).
    """

    openapi_description = "A personal access token. Make one under your profile, or with `zhike token USER`."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = _holder_of()(token)
        if found is None:
            return None
        user, token_row = found
        actor = Actor.of(user, Via.API, request_id=getattr(request, "request_id", ""), token_id=token_row.pk)
        if token_row.read_only and request.method not in ("GET", "HEAD") and not request.path.endswith("/query"):
            return None
        return actor
