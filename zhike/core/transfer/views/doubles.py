"""The fourth step: by what rows are told apart, and what becomes of records that are here already."""

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.core.entities import Entity
from zhike.core.jobs import enqueue
from zhike.core.pages.answers import MALFORMED
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.words import sentence_start
from zhike.core.transfer import mapping, offers
from zhike.core.transfer.assembling import ME, arguments_of
from zhike.core.transfer.jobs import IMPORT
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.plan import When
from zhike.core.transfer.views.steps import Stage, go_to, has_file, keep, own_import, show

_KEYS = 4


@signed_in
@require_http_methods(["GET", "POST"])
def doubles_page(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/imports/7/doubles/`; sent, every row is tried."""
    row, entity = own_import(request, pk)
    if row.run_id is not None or row.stage in (Stage.COLUMNS, Stage.VALUES):
        return go_to(row)
    if request.method != "POST":
        return _show(request, row, entity)
    headings: list[str] = row.chosen["headings"]
    when = request.POST.get("when", "")
    matching = {name for name, _label in matchable(entity, row)}
    row.chosen = row.chosen | {
        "key": [heading for heading in dict.fromkeys(request.POST.getlist("key")) if heading in headings][:_KEYS],
        "match": [name for name in dict.fromkeys(request.POST.getlist("match")) if name in matching],
        "when": when if when in list(When) else str(When.UPDATE),
        "blanks": "clear" if request.POST.get("blanks") == "clear" else "keep",
        "owner": ME if request.POST.get("owner") == ME else "",
    }
    if not row.chosen["key"]:
        return _show(request, row, entity, _("Choose the column by which rows are told apart."))
    if not has_file(row):
        return HttpResponseRedirect(f"{reverse(f'{entity.slug}-import')}?again={row.pk}")
    row.trial = enqueue(request.actor, IMPORT, arguments_of(request.actor, row, dry_run=True))
    keep(row, Stage.TRIAL)
    return go_to(row)


def matchable(entity: Entity, row: TableImport) -> list[tuple[str, str]]:
    """Mapped fields by which records that nobody imported can be recognised: (field, label)."""
    found: list[tuple[str, str]] = []
    for name in offers.own_columns(row.chosen["columns"]):
        if entity.has_field(name) and entity.field(name).custom is None:
            field = entity.field(name)
            serves = name in (entity.title, entity.number) or field.unique or field.kind.is_personal
            if serves and field.kind.is_text:
                found.append((name, sentence_start(field.label)))
    return found


def _show(request: PageRequest, row: TableImport, entity: Entity, mistake: str = "") -> HttpResponse:
    chosen = row.chosen
    own = offers.own_columns(chosen["columns"])
    key = chosen.get("key")
    if key is None:
        likely = mapping.likely_key(entity, own, chosen["headings"])
        key = [likely] if likely else []
    match = chosen.get("match")
    if match is None:
        recognised = mapping.recognising(entity, own, key[0]) if key else ""
        match = [recognised] if recognised else []
    context = {
        "says": _("Say by what rows and records are told apart, so that nothing comes in twice."),
        "headings": [(heading, heading in key) for heading in _ordered(chosen["headings"], chosen["columns"], key)],
        "matchable": [(name, label, name in match) for name, label in matchable(entity, row)],
        "when": chosen.get("when", str(When.UPDATE)),
        "clears": chosen.get("blanks") == "clear",
        "has_owner": "owner" in entity.fields
        and "owner" not in own
        and request.actor.access.field_mode(entity.slug, "owner").is_writable,
        "owned_by_me": chosen.get("owner", ME) == ME,
        "mistake": mistake,
    }
    status = MALFORMED if mistake else 200
    return show(request, "core/import_doubles.html", row, entity, Stage.DOUBLES, context, status)


def _ordered(headings: list[str], columns: dict[str, str], key: list[str]) -> list[str]:
    """The chosen ones first, then those that go to a field."""
    used = set(columns.values())
    return sorted(headings, key=lambda each: (each not in key, each not in used, headings.index(each)))
