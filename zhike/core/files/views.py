"""Uploading and opening files. The body of a request is looked at only once it is known not to be too large."""

from http import HTTPStatus
from typing import IO, Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.files import actions, limits
from zhike.core.files.actions import Missing
from zhike.core.files.models import File
from zhike.core.files.sniffing import SHOWN_INLINE, TEXT, sent_type
from zhike.core.pages.answers import MALFORMED, REFUSED, gone_to
from zhike.core.pages.guards import signed_in
from zhike.core.pages.preferences import local_address
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import record_address, title_of
from zhike.core.writes.errors import NotAllowed, NotReachable, Refused

_Response = TypeVar("_Response", bound=HttpResponseBase)
# What stands in a request around the files: the other fields, the lines between.
_AROUND = 256 * 1024
# As many as DATA_UPLOAD_MAX_NUMBER_FILES takes at once.
_AT_ONCE = 10
# So much of a text is shown; the whole of it is downloaded.
_SHOWN_TEXT = 512 * 1024
SHUT_IN = "default-src 'none'; sandbox; frame-ancestors 'self'"


@csrf_exempt  # the check reads the whole body: it is made by `_upload`, once the body is known to be small enough
def upload(request: HttpRequest) -> HttpResponseBase:
    """`/attachments/upload/?about=customers:42`: a form that needs no script; with one, a file at a time and an answer in JSON."""
    if announced_bytes(request) > limits.largest() * _AT_ONCE + _AROUND:
        return _too_much(request)
    return _upload(request)


def announced_bytes(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if str(length).isdecimal() and len(str(length)) < 19 else 0


@csrf_protect
@require_http_methods(["GET", "POST"])
@signed_in
def _upload(request: PageRequest) -> HttpResponseBase:
    about = request.GET.get("about", "") or request.POST.get("about", "")
    row = actions.require_place(request.actor, about)
    if request.method != "POST":
        return _form(request, row, about, [])
    given = request.FILES.getlist("file")
    refusals = [] if given else [_("Choose a file first.")]
    added: list[File] = []
    for each in given:
        try:
            added.append(_add(request.actor, about, each, request.POST.get("description", "")))
        except (NotReachable, NotAllowed):
            raise
        except Refused as refused:
            refusals.append(refused.sentence)
        except ValidationError as malformed:
            refusals += malformed.messages
    if _wants_json(request):
        return _json(added, refusals)
    if refusals:
        return _form(request, row, about, refusals, added=added, status=REFUSED if given else MALFORMED)
    sentence = ngettext("%(count)d file was added.", "%(count)d files were added.", len(added)) % {"count": len(added)}
    entity = registry.of(row)
    return gone_to(
        request, sentence, local_address(request, request.POST.get("next", "")) or record_address(entity, row.pk)
    )


def _add(actor: Actor, about: str, given: "UploadedFile[Any]", description: str) -> File:
    return actions.add_file(actor, about, given.name or "", given.chunks(), description=description.strip()[:300])


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _json(added: list[File], refusals: list[str]) -> HttpResponse:
    status = HTTPStatus.CREATED if added and not refusals else REFUSED
    body = {"added": [{"id": row.pk, "name": row.name} for row in added], "refused": refusals}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def _too_much(request: HttpRequest) -> HttpResponse:
    sentence = _("This is more than may be sent at once: %(count)d files of %(size)d MB each. Send fewer of them.") % {
        "count": _AT_ONCE,
        "size": limits.largest() // (1024 * 1024),
    }
    if _wants_json(request):
        return JsonResponse({"added": [], "refused": [sentence]}, status=413, json_dumps_params={"ensure_ascii": False})
    context = {"title": _("Too large"), "text": sentence, "icon": "file-alert"}
    return render(request, "core/error.html", context, status=413)


def _form(
    request: HttpRequest,
    row: Any,
    about: str,
    refusals: list[str],
    *,
    added: list[File] | None = None,
    status: int = 200,
) -> HttpResponse:
    entity = registry.of(row)
    context = {
        "record_title": title_of(entity, row),
        "record_address": record_address(entity, row.pk),
        "about": about,
        "refusals": refusals,
        "added": added or [],
        "largest": limits.largest() // (1024 * 1024),
        "at_once": _AT_ONCE,
    }
    return render(request, "core/files/upload.html", context, status=status)


@require_safe
@signed_in
def download(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/attachments/42/download/`: always as a download, for those who reach the file and its record."""
    return fetched(request, request.actor, pk)


def fetched(request: HttpRequest, actor: Actor, pk: int) -> HttpResponseBase:
    """The file as a download. Raises `NotReachable`; one whose bytes are gone is answered with a sentence."""
    row = actions.reached_file(actor, pk)
    try:
        stream = actions.open_file(row)
    except Missing as missing:
        return _missing(request, missing)
    return sent(stream, row, as_attachment=True, content_type=sent_type(row.content_type))


@require_safe
@signed_in
def preview(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/attachments/42/preview/`: pictures and plain text to look at; anything else is a download."""
    row = actions.reached_file(request.actor, pk)
    if row.content_type not in SHOWN_INLINE:
        return fetched(request, request.actor, pk)
    try:
        stream = actions.open_file(row)
    except Missing as missing:
        return _missing(request, missing)
    if row.content_type != TEXT:
        return sent(stream, row, as_attachment=False, content_type=row.content_type)
    with stream:
        text = _as_utf8(stream.read(_SHOWN_TEXT))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    return _shut_in(response)


def sent(stream: IO[bytes], row: File, *, as_attachment: bool, content_type: str) -> FileResponse:
    """The bytes, streamed, under a type that no browser runs."""
    response = FileResponse(stream, as_attachment=as_attachment, filename=row.name, content_type=content_type)
    return _shut_in(response)


def _shut_in(response: _Response) -> _Response:
    response.headers["Content-Security-Policy"] = SHUT_IN
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _as_utf8(start: bytes) -> bytes:
    """A text as UTF-8, whatever it was saved in; a character cut off at the end is left out."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", errors="ignore").encode()
    try:
        start.decode("utf-8", errors="strict")
    except UnicodeDecodeError as broken:
        if broken.start < len(start) - 4:
            return start.decode("gb18030", errors="replace").encode()
    return start.decode("utf-8", errors="ignore").encode()


def _missing(request: HttpRequest, missing: Missing) -> HttpResponse:
    if request.path.startswith("/api/"):
        from zhike.core.api.problems import problem  # the API imports nothing of the pages, nor they of it at start

        return problem(404, missing.sentence)
    context = {"title": _("The file is missing"), "text": missing.sentence, "icon": "file-alert"}
    return render(request, "core/error.html", context, status=404)
