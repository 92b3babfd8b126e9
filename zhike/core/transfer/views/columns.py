"""The second step: where the columns go."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.core.customfields.models import CustomKind
from zhike.core.entities import Entity
from zhike.core.jobs import enqueue, files
from zhike.core.jobs.worker import run_here
from zhike.core.pages.answers import MALFORMED
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.transfer import assembling, kinds, making, mapping, offers
from zhike.core.transfer.looking import LOOK, LookArguments, is_watched
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.tables import Table, TableError
from zhike.core.transfer.views.steps import Stage, go_to, has_file, keep, own_import, show, table_of
from zhike.core.transfer.views.upload import guesses

# A file up to this size is read while one waits; a larger one by a job.
_READ_AT_ONCE = 1024 * 1024
_COMPOSED_OF = 3
_NEW = "new:"


@signed_in
@require_http_methods(["GET", "POST"])
def columns_page(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/imports/7/columns/`: each column with its first values and the field it goes to."""
    row, entity = own_import(request, pk)
    if row.run_id is not None:
        return go_to(row)
    if not has_file(row):
        return HttpResponseRedirect(f"{reverse(f'{entity.slug}-import')}?again={row.pk}")
    try:
        table = table_of(row)
    except TableError as unreadable:
        return show(request, "core/import_unreadable.html", row, entity, Stage.COLUMNS, {"mistake": str(unreadable)})
    if request.method != "POST":
        return _show(request, row, entity, table)
    if "sheet" in request.POST:
        return _other_sheet(request, row, entity)
    posted, fields = _posted(request, row, entity, table)
    columns = {target: heading for heading, target in posted if target}
    parts = [request.POST.get(f"title_{place}", "") for place in range(_COMPOSED_OF)]
    title = [heading for heading in parts if heading in table.columns]
    wrong = assembling.mistake(request.actor, entity, posted)
    row.chosen = row.chosen | {"headings": list(table.columns), "columns": columns, "title": title, "fields": fields}
    if wrong:
        return _show(request, row, entity, table, wrong)
    return _go_on(request, row, entity, columns)


def _posted(
    request: PageRequest, row: TableImport, entity: Entity, table: Table
) -> tuple[list[tuple[str, str]], dict[str, dict[str, Any]]]:
    """(heading, target) of every column, and the fields that are to be made by their keys."""
    labels = offers.allowed(request.actor, entity)
    may_make = making.may_make_fields(request.actor, entity)
    earlier = {row.chosen.get("columns", {}).get(key): (key, each) for key, each in _fields_of(row).items()}
    found = kinds.kinds_of(table) if may_make else []
    fields: dict[str, dict[str, Any]] = {}
    posted: list[tuple[str, str]] = []
    for place, heading in enumerate(table.columns):
        target = request.POST.get(f"to_{place}", "")
        kind = target.removeprefix(_NEW)
        if may_make and target.startswith(_NEW) and kind in kinds.KINDS:
            key, before = earlier.get(heading, ("", {}))
            if before.get("kind") != kind or key in fields:
                key = making.key_for(entity, heading, kind, {*fields, *(each for each, _was in earlier.values())})
            fields[key] = {"kind": kind, "places": found[place][1]}
            posted.append((heading, key))
        else:
            posted.append((heading, target if target in labels else ""))
    return posted, fields


def _fields_of(row: TableImport) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = row.chosen.get("fields", {})
    return found


def _other_sheet(request: PageRequest, row: TableImport, entity: Entity) -> HttpResponse:
    row.chosen = row.chosen | {"sheet": request.POST.get("sheet", "")[:200]}
    keep(row, Stage.COLUMNS, **guesses(request, entity, table_of(row)))
    return go_to(row)


def _go_on(request: PageRequest, row: TableImport, entity: Entity, columns: dict[str, str]) -> HttpResponse:
    """Have the file read for values that are not known; a small one at once."""
    row.trial = None
    lists = [columns[key] for key, each in _fields_of(row).items() if each["kind"] == CustomKind.CHOICE]
    if not lists and not any(is_watched(entity, target) for target in columns):
        row.look = None
        keep(row, Stage.DOUBLES)
        return go_to(row)
    arguments = LookArguments(
        upload=row.upload,
        slug=entity.slug,
        columns=columns,
        sheet=row.chosen.get("sheet", ""),
        encoding=row.chosen.get("encoding", ""),
        delimiter=row.chosen.get("delimiter", ""),
        lists=lists,
    )
    is_small = files.path_of(row.upload).stat().st_size <= _READ_AT_ONCE
    row.look = run_here(request.actor, LOOK, arguments) if is_small else enqueue(request.actor, LOOK, arguments)
    has_strange = not is_small or row.look.state != "done" or bool(row.look.report.get("strange"))
    keep(row, Stage.VALUES if has_strange else Stage.DOUBLES)
    return go_to(row)


def _show(request: PageRequest, row: TableImport, entity: Entity, table: Table, mistake: str = "") -> HttpResponse:
    columns = {target: heading for target, heading in row.chosen.get("columns", {}).items() if heading in table.columns}
    title = row.chosen.get("title") or assembling.likely_title(entity, columns)
    context = {
        "name": row.name,
        "notes": table.notes,
        "columns": _columns(request, row, entity, table, columns),
        "makes_fields": making.may_make_fields(request.actor, entity),
        "groups": offers.groups(request.actor, entity),
        "missing": assembling.unmet(request.actor, entity, columns),
        "composes": assembling.title_is_composed(entity, columns),
        "title_label": entity.field(entity.title).label,
        "title_parts": [title[place] if place < len(title) else "" for place in range(_COMPOSED_OF)],
        "is_remembered": row.chosen.get("is_remembered", False),
        "sheets": table.sheets if len(table.sheets) > 1 else (),
        "sheet": table.sheet,
        "mistake": mistake,
        "says": _("Say where the columns of %(name)s go. Columns without a field are left out.") % {"name": row.name},
    }
    status = MALFORMED if mistake else 200
    return show(request, "core/import_columns.html", row, entity, Stage.COLUMNS, context, status)


def _columns(
    request: PageRequest, row: TableImport, entity: Entity, table: Table, columns: dict[str, str]
) -> list[mapping.MappedColumn]:
    """The columns with what they go to; those that nothing fits can become fields."""
    plain = mapping.columns_of(table, columns)
    if not making.may_make_fields(request.actor, entity):
        return plain
    fields = _fields_of(row)
    return [
        replace(
            each,
            chosen=f"{_NEW}{fields[each.chosen]['kind']}" if each.chosen in fields else each.chosen,
            makes=tuple(_makes(likely)),
        )
        for each, (likely, _places) in zip(plain, kinds.kinds_of(table), strict=True)
    ]


def _makes(likely: str) -> list[tuple[str, str]]:
    ordered = sorted(kinds.KINDS, key=lambda kind: kind != likely)
    words = [(f"{_NEW}{kind}", _("New field: %(kind)s") % {"kind": kind.label}) for kind in ordered]
    first, label = words[0]
    return [(first, _("%(field)s (fits the values)") % {"field": label}), *words[1:]]
