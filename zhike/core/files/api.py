"""Files through the API: upload as multipart, download as it is."""

import hashlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Path, Router, Schema

from zhike.core.actors import Actor
from zhike.core.api import operations
from zhike.core.api.answers import answered
from zhike.core.api.idempotency import once
from zhike.core.api.problems import not_found, problem
from zhike.core.api.routes import Id, actor_of, responses
from zhike.core.entities import registry
from zhike.core.files import actions, limits
from zhike.core.files.models import File
from zhike.core.files.views import announced_bytes, fetched
from zhike.core.writes.errors import NotReachable, RuleBroken

_AROUND = 64 * 1024
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "about": {
                            "type": "string",
                            "description": "the key of the record it belongs to: kind, colon, id",
                        },
                        "field": {
                            "type": "string",
                            "description": "instead of `about`: the field of files it is meant for, as kind, dot and key; "
                            "give its id to that field of a record within a day",
                        },
                        "description": {"type": "string", "maxLength": 300},
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}


def add_routes(router: Router, answer: type[Schema]) -> None:
    """`POST /attachments` and `GET /attachments/{id}/content`."""

    @router.post(
        "", operation_id="upload_attachment", summary="Add a file to a record", response=responses(s201=answer),
        openapi_extra=_BODY,
    )  # fmt: skip
    def upload_attachment(request: HttpRequest) -> HttpResponse:
        # Looked at before the body is read at all.
        if announced_bytes(request) > limits.largest() + _AROUND:
            return problem(413, _("The file is larger than %(size)d MB.") % {"size": limits.largest() // 1024**2})
        actor = actor_of(request)
        return once(request, actor, lambda: answered(lambda: _upload(request, actor)), said=lambda: _said(request))

    @router.get(
        "/{int:pk}/content",
        operation_id="download_attachment",
        summary="Download a file",
        response=responses(s200=None),
    )
    def download_attachment(request: HttpRequest, pk: Path[Id]) -> HttpResponseBase:
        try:
            return fetched(request, actor_of(request), pk)
        except NotReachable:
            return not_found()


def _said(request: HttpRequest) -> bytes:
    """What tells two uploads apart: all they say, and the bytes of the file."""
    words = sorted((name, each) for name, values in request.POST.lists() for each in values)
    digest = hashlib.sha256(repr(words).encode())
    for name, files in sorted(request.FILES.lists()):
        for each in files:
            digest.update(repr((name, getattr(each, "name", ""))).encode())
            if isinstance(each, UploadedFile):
                for chunk in each.chunks():
                    digest.update(chunk)
    return digest.digest()


def _upload(request: HttpRequest, actor: Actor) -> HttpResponse:
    about, field = request.POST.get("about", ""), request.POST.get("field", "")
    if about and field:
        raise RuleBroken(_("Say where the file belongs: either “about” or “field”."), field="about")
    if not field:
        actions.require_place(actor, about)
    given = request.FILES.getlist("file")
    if len(given) != 1 or not isinstance(given[0], UploadedFile):
        raise RuleBroken(_("Send one file, in the part “file” of a multipart request."), field="file")
    upload, words = given[0], request.POST.get("description", "")
    row = (
        actions.add_file(actor, about, upload.name or "", upload.chunks(), description=words.strip()[:300])
        if not field
        else actions.add_waiting(actor, field, upload.name or "", upload.chunks())
    )
    answer = operations.get_record(actor, registry.of(File), row.pk, "")
    answer.status_code = 201
    return answer
