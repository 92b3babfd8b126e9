"""Files through the API: upload as multipart, download as it is."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Path, Router, Schema

from zhike.core.actors import Actor
from zhike.core.api import operations
from zhike.core.api.answers import answered
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
                    "required": ["about", "file"],
                    "properties": {
                        "about": {
                            "type": "string",
                            "description": "the key of the record it belongs to: kind, colon, id",
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
        return answered(lambda: _upload(request, actor_of(request)))

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


def _upload(request: HttpRequest, actor: Actor) -> HttpResponse:
    about = request.POST.get("about", "")
    actions.require_place(actor, about)
    given = request.FILES.getlist("file")
    if len(given) != 1 or not isinstance(given[0], UploadedFile):
        raise RuleBroken(_("Send one file, in the part “file” of a multipart request."), field="file")
    upload, words = given[0], request.POST.get("description", "")
    row = actions.add_file(actor, about, upload.name or "", upload.chunks(), description=words.strip()[:300])
    answer = operations.get_record(actor, registry.of(File), row.pk, "")
    answer.status_code = 201
    return answer
