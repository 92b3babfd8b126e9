"""The import in the browser: upload, columns, a trial with its report, then the import itself. Every step is a plain form."""

from dataclasses import replace
from pathlib import PurePath
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhike.core import company
from zhike.core.entities import Entity
from zhike.core.jobs import Job, enqueue, files, visible_jobs
from zhike.core.jobs.views import JobView
from zhike.core.pages.answers import MALFORMED
from zhike.core.pages.guards import open_entity, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address
from zhike.core.pages.words import sentence_start
from zhike.core.transfer import mapping
from zhike.core.transfer.encodings import KNOWN_ENCODINGS
from zhike.core.transfer.jobs import IMPORT, UPLOADS, ImportArguments
from zhike.core.transfer.plan import When
from zhike.core.transfer.readers import open_table
from zhike.core.transfer.report import Outcome, Report, StepReport
from zhike.core.transfer.tables import Limits, Table, TableError
from zhike.core.transfer.writers import write_csv

_SALT = "zhike.import"
_UPLOAD_KEPT = 7 * 24 * 3600
_NAME_LENGTH = 120
_ALIASES = 200


@signed_in
@require_http_methods(["GET", "POST"])
def upload_page(request: PageRequest, slug: str) -> HttpResponseBase:
    """`/customers/import/`: choose a file."""
    entity = open_entity(request.actor, slug, "import")
    if request.method != "POST":
        return _show_upload(request, entity)
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        return _show_upload(request, entity, _("Choose a file first."))
    if (given.size or 0) > Limits().upload_bytes:
        size = Limits().upload_bytes // (1024 * 1024)
        return _show_upload(
            request, entity, _("The file is larger than %(size)d MB. Split it into several files.") % {"size": size}
        )
    kept = _keep(given)
    sheet, encoding, delimiter = (request.POST.get(name, "") for name in ("sheet", "encoding", "delimiter"))
    chosen = {"sheet": sheet, "encoding": encoding, "delimiter": "\t" if delimiter == "tab" else delimiter}
    try:
        open_table(files.path_of(kept), sheet=sheet, encoding=encoding, delimiter=chosen["delimiter"])
    except TableError as unreadable:
        files.remove(kept)
        return _show_upload(request, entity, str(unreadable))
    token = signing.dumps(
        chosen | {"upload": kept, "name": _plain_name(given.name or ""), "slug": slug, "user": request.actor.user_id},
        salt=_SALT,
    )
    return HttpResponseRedirect(f"{reverse(f'{slug}-import-columns')}?file={token}")


def _keep(given: "UploadedFile[Any]") -> str:
    name = files.new_name("upload")
    path = files.path_of(name)
    path.touch(mode=0o600)
    with path.open("wb") as stream:
        stream.writelines(given.chunks())
    return name


def _plain_name(name: str) -> str:
    """The name a file came with, fit to be shown and to name what is given back."""
    plain = PurePath(name.replace("\\", "/")).name
    return "".join(character for character in plain if character.isprintable())[-_NAME_LENGTH:] or _("file")


def _show_upload(request: HttpRequest, entity: Entity, mistake: str = "") -> HttpResponse:
    context = {
        "entity": entity,
        "title": _("Import %(records)s") % {"records": entity.label_plural},
        "mistake": mistake,
        "back": list_address(entity),
        "template_address": reverse(f"{entity.slug}-import-template"),
        "encodings": [(each, each.upper()) for each in KNOWN_ENCODINGS],
        "delimiters": [(",", _("comma")), (";", _("semicolon")), ("tab", _("tab")), ("|", _("vertical bar"))],
        "limit": Limits().upload_bytes // (1024 * 1024),
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


@signed_in
@require_http_methods(["GET", "POST"])
def columns_page(request: PageRequest, slug: str) -> HttpResponseBase:
    """`/customers/import/columns/?file=…`: which column goes where, and by what rows are known again."""
    entity = open_entity(request.actor, slug, "import")
    token = request.POST.get("file") or request.GET.get("file", "")
    uploaded = _uploaded(request, entity, token)
    if uploaded is None:
        return _show_upload(request, entity, _("The uploaded file is no longer there. Upload it again."))
    try:
        table = open_table(
            files.path_of(uploaded["upload"]),
            sheet=uploaded["sheet"],
            encoding=uploaded["encoding"],
            delimiter=uploaded["delimiter"],
        )
    except TableError as unreadable:
        return _show_upload(request, entity, str(unreadable))
    if request.method != "POST":
        chosen = mapping.proposal(request.actor, entity, table.columns)
        key = mapping.likely_key(entity, chosen, table.columns)
        return _show_columns(request, entity, token, uploaded, table, chosen, key)
    allowed = {choice.name for choice in mapping.choices(request.actor, entity)}
    posted = [(heading, request.POST.get(f"to_{place}", "")) for place, heading in enumerate(table.columns)]
    posted = [(heading, name if name in allowed else "") for heading, name in posted]
    key = request.POST.get("key", "")
    chosen = {name: heading for heading, name in posted if name}
    wrong = mapping.mistake(entity, posted, table.columns, key)
    if wrong:
        return _show_columns(request, entity, token, uploaded, table, chosen, key, wrong)
    job = _ask(request, _arguments(request, entity, uploaded, chosen, key))
    return HttpResponseRedirect(reverse("import-result", args=[job.pk]))


def _arguments(
    request: PageRequest, entity: Entity, uploaded: dict[str, Any], chosen: dict[str, str], key: str
) -> ImportArguments:
    match = mapping.recognising(entity, chosen, key)
    when = request.POST.get("when", "")
    return ImportArguments(
        upload=uploaded["upload"],
        name=uploaded["name"],
        slug=entity.slug,
        key=f"{{{key}}}",
        # Numbers of one file are not those of another: keys live under the column they come from.
        system=f"{UPLOADS}:{match or key}"[:60],
        when=when if when in list(When) else When.UPDATE,
        columns=chosen,
        match=match,
        blanks="clear" if request.POST.get("blanks") == "clear" else "keep",
        sheet=uploaded["sheet"],
        encoding=uploaded["encoding"],
        delimiter=uploaded["delimiter"],
        dry_run=True,
    )


def _uploaded(request: PageRequest, entity: Entity, token: str) -> dict[str, Any] | None:
    """What the token says, when it is this person's, for this entity, and the file is still there."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=_UPLOAD_KEPT)
    except signing.BadSignature:
        return None
    is_own = said["slug"] == entity.slug and said["user"] == request.actor.user_id
    return said if is_own and files.path_of(said["upload"]).is_file() else None


def _show_columns(
    request: PageRequest,
    entity: Entity,
    token: str,
    uploaded: dict[str, Any],
    table: Table,
    chosen: dict[str, str],
    key: str,
    mistake: str = "",
) -> HttpResponse:
    choices = mapping.choices(request.actor, entity)
    context = {
        "entity": entity,
        "title": _("Import %(records)s") % {"records": entity.label_plural},
        "name": uploaded["name"],
        "token": token,
        "notes": table.notes,
        "columns": mapping.columns_of(table, chosen),
        "choices": choices,
        "missing": [choice.label for choice in choices if choice.required and choice.name not in chosen],
        "key": key,
        "when": request.POST.get("when", When.UPDATE),
        "blanks": request.POST.get("blanks", "keep"),
        "mistake": mistake,
        "back": reverse(f"{entity.slug}-import"),
    }
    return render(request, "core/import_columns.html", context, status=MALFORMED if mistake else 200)


def _ask(request: PageRequest, arguments: ImportArguments) -> Job:
    with transaction.atomic():
        return enqueue(request.actor, IMPORT, arguments)


@signed_in
@require_safe
def result_page(request: PageRequest, pk: int) -> HttpResponse:
    """`/imports/7/`: how far it is, then what happened, or what would happen."""
    job, arguments = _own_job(request, pk)
    return _show_result(request, job, arguments)


def _show_result(request: PageRequest, job: Job, arguments: ImportArguments, mistake: str = "") -> HttpResponse:
    entity = open_entity(request.actor, arguments.slug, "import")
    report = Report.from_json(job.report) if job.report else None
    step = report.steps[0] if report and report.steps else None
    unknowns = step.unknown_values[:_ALIASES] if step else ()
    known = mapping.known_labels(entity, arguments.columns, {each.column for each in unknowns})
    ids = {column: f"known-{place}" for place, (column, _labels) in enumerate(known)}
    again = arguments.dry_run and files.path_of(arguments.upload).is_file()
    context = {
        "entity": entity,
        "title": _("Trial import of %(file)s") % {"file": arguments.name}
        if arguments.dry_run
        else _("Import of %(file)s") % {"file": arguments.name},
        "job": job,
        "view": JobView(job, request.actor),
        "arguments": arguments,
        "step": step,
        "counts": _counts(step),
        "notes": sorted(step.rows, key=lambda note: note.row) if step else [],
        "unknowns": [(unknown, ids.get(unknown.column, "")) for unknown in unknowns],
        "known": [(ids[column], labels) for column, labels in known],
        "shown": len(step.rows) if step else 0,
        "noted": _noted(step),
        "may_go_on": again and job.state == "done" and step is not None,
        "would_write": bool(step and (step.counts[Outcome.CREATED] or step.counts[Outcome.UPDATED])),
        "mistake": mistake,
        "list_address": list_address(entity),
        "upload_address": reverse(f"{entity.slug}-import"),
    }
    return render(request, "core/import_result.html", context, status=MALFORMED if mistake else 200)


def _counts(step: StepReport | None) -> list[tuple[str, int]]:
    if step is None:
        return []
    return [(sentence_start(outcome.label), step.counts[outcome]) for outcome in Outcome]


def _noted(step: StepReport | None) -> int:
    """Rows there is something to say about."""
    return step.counts[Outcome.FAILED] + step.counts[Outcome.SKIPPED] + step.incomplete if step else 0


@signed_in
@require_POST
def go_on(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/imports/7/go-on/`: try once more with replacements (`again`), or import for good (`import`)."""
    job, arguments = _own_job(request, pk)
    if not arguments.dry_run or not files.path_of(arguments.upload).is_file():
        return _show_result(request, job, arguments, _("The uploaded file is no longer there. Upload it again."))
    aliases = {column: dict(known) for column, known in arguments.aliases.items()}
    report = Report.from_json(job.report) if job.report else None
    for place, unknown in enumerate((report.steps[0].unknown_values if report and report.steps else ())[:_ALIASES]):
        meant = request.POST.get(f"alias_{place}", "").strip()[:200]
        if meant:
            aliases.setdefault(unknown.column, {})[unknown.value] = meant
    wanted = replace(arguments, aliases=aliases, dry_run="import" not in request.POST)
    return HttpResponseRedirect(reverse("import-result", args=[_ask(request, wanted).pk]))


def _own_job(request: PageRequest, pk: int) -> tuple[Job, ImportArguments]:
    """An import this person asked for himself; its report shows what he may see."""
    found = visible_jobs(request.actor).select_related("asked_by").filter(pk=min(pk, 2**63 - 1), kind=IMPORT.name)
    job: Job | None = found.filter(asked_by_id=request.actor.user_id).first()
    if job is None:
        raise Http404
    arguments = IMPORT.from_json(job.arguments)
    open_entity(request.actor, arguments.slug, "import")
    return job, arguments
