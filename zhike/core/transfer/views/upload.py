"""The first step: a file, or rows pasted from a spreadsheet."""

from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhike.core import company
from zhike.core.entities import Entity
from zhike.core.jobs import files
from zhike.core.pages.answers import MALFORMED
from zhike.core.pages.guards import open_entity, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address
from zhike.core.pages.words import sentence_start
from zhike.core.transfer import guessing, mapping, offers, remembering
from zhike.core.transfer.encodings import KNOWN_ENCODINGS
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.reading import own
from zhike.core.transfer.tables import Limits, Table, TableError
from zhike.core.transfer.views.listing import unfinished
from zhike.core.transfer.views.steps import Stage, go_to, keep, table_of
from zhike.core.transfer.writers import write_csv

_NAME_LENGTH = 120


@signed_in
@require_http_methods(["GET", "POST"])
def upload_page(request: PageRequest, slug: str) -> HttpResponseBase:
    """`/customers/import/`: choose a file or paste rows. `?again=7` brings the file of an import anew whose own is gone."""
    entity = open_entity(request.actor, slug, "import")
    if request.method != "POST":
        return show_upload(request, entity)
    given = request.FILES.get("file")
    pasted = request.POST.get("pasted", "")
    if isinstance(given, UploadedFile):
        limit = Limits().upload_bytes
        if (given.size or 0) > limit:
            sentence = _("The file is larger than %(size)d MB. Split it into several files.")
            return show_upload(request, entity, sentence % {"size": limit // (1024 * 1024)})
        kept, name = _keep(given), _plain_name(given.name or "")
    elif pasted.strip():
        kept, name = _keep_text(pasted), _("Pasted rows")
    else:
        return show_upload(request, entity, _("Choose a file first, or paste rows."))
    delimiter = request.POST.get("delimiter", "")
    chosen = {
        "sheet": request.POST.get("sheet", "").strip()[:200],
        "encoding": request.POST.get("encoding", ""),
        "delimiter": "\t" if delimiter == "tab" else delimiter,
    }
    row = TableImport(asked_by_id=request.user.pk or 0, entity=slug, name=name, upload=kept, chosen=chosen)
    try:
        table = table_of(row)
        if next(table.rows(), None) is None:
            raise TableError(
                _("The file has names of columns, but no rows below them. Fill in rows and choose it again.")
            )
    except TableError as unreadable:
        files.remove(kept)
        return show_upload(request, entity, str(unreadable))
    return go_to(_begin(request, entity, row, table))


def _begin(request: PageRequest, entity: Entity, row: TableImport, table: Table) -> TableImport:
    """Keep the import with what is guessed; the one whose file came anew goes on with what was chosen."""
    again = request.POST.get("again", "")
    if again.isdecimal() and len(again) < 19:
        earlier = own(request.actor).filter(pk=int(again), entity=entity.slug, run=None).first()
        if earlier is not None and set(earlier.chosen.get("headings", [])) == set(table.columns):
            earlier.upload, earlier.name, earlier.trial = row.upload, row.name, None
            keep(earlier, Stage.COLUMNS, **row.chosen)
            return earlier
    keep(row, Stage.COLUMNS, **guesses(request, entity, table))
    return row


def guesses(request: PageRequest, entity: Entity, table: Table) -> dict[str, Any]:
    """What a new file begins with: what was chosen for the same headings before, else what is probably meant."""
    allowed = frozenset(offers.allowed(request.actor, entity))
    known = remembering.recall(request.actor, entity.slug, table.columns, allowed)
    columns = known.get("columns") or guessing.proposal(request.actor, entity, table)
    return {"headings": list(table.columns), "columns": columns, "is_remembered": bool(known)} | {
        name: value for name, value in known.items() if name != "columns"
    }


def _keep(given: "UploadedFile[Any]") -> str:
    name = files.new_name("upload")
    path = files.path_of(name)
    path.touch(mode=0o600)
    with path.open("wb") as stream:
        stream.writelines(given.chunks())
    return name


def _keep_text(text: str) -> str:
    name = files.new_name("upload")
    path = files.path_of(name)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return name


def _plain_name(name: str) -> str:
    """The name a file came with, fit to be shown and to name what is given back."""
    plain = PurePath(name.replace("\\", "/")).name
    return "".join(character for character in plain if character.isprintable())[-_NAME_LENGTH:] or _("file")


def show_upload(request: PageRequest, entity: Entity, mistake: str = "") -> HttpResponse:
    """The page, with what went wrong."""
    context = {
        "entity": entity,
        "title": _("Import %(records)s") % {"records": entity.label_plural},
        "records": sentence_start(entity.label_plural),
        "mistake": mistake,
        "pasted": request.POST.get("pasted", ""),
        "again": request.POST.get("again", request.GET.get("again", "")),
        "back": list_address(entity),
        "template_address": reverse(f"{entity.slug}-import-template"),
        "encodings": [(each, each.upper()) for each in KNOWN_ENCODINGS],
        "delimiters": [(",", _("comma")), (";", _("semicolon")), ("tab", _("tab")), ("|", _("vertical bar"))],
        "limit": Limits().upload_bytes // (1024 * 1024),
        "unfinished": unfinished(request.actor, entity.slug),
    }
    return render(request, "core/import_upload.html", context, status=MALFORMED if mistake else 200)


@signed_in
@require_safe
def template_file(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/import/template/`: an empty table with the headings that need no mapping."""
    entity = open_entity(request.actor, slug, "import")
    headings = [choice.label for choice in mapping.choices(request.actor, entity)]
    response = HttpResponse(
        b"".join(write_csv(headings, [], zone=company.zone())), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-template.csv"'
    return response
