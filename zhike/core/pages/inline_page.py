"""Editing one value where it stands: a cell of a list or a fact of a record turns into its input of the record's own form."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.core import writes
from zhike.core.entities import Entity
from zhike.core.pages.answers import MALFORMED, REFUSED, gone_to
from zhike.core.pages.display import PAGE, html, show
from zhike.core.pages.edit_page import clash_of
from zhike.core.pages.forms import RecordForm, inline_fields, make_form
from zhike.core.pages.guards import open_entity, reached, rows_of, signed_in
from zhike.core.pages.inline_row import LIST, renewed_row
from zhike.core.pages.reading import Reader
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import sentence_start

# Where the value stands: "cell" of a list, else a fact of a record's page.
CELL = "cell"


@signed_in
@require_http_methods(["GET", "POST"])
def inline_page(request: PageRequest, slug: str, pk: int, name: str) -> HttpResponse:
    """`/customers/42/inline/level/`: GET is the input with the value stored now, POST saves it and is what is shown instead.

    Of a list (`?in=cell&list=…`, its question) that is the whole row, since a change may bring others with it. The form carries
    the version it was made from; a value that somebody else changed since is shown beside the reader's own.
    """
    entity = open_entity(request.actor, slug, "edit")
    row = reached(request.actor, entity, pk, "edit")
    if name not in inline_fields(entity, request.actor):
        raise Http404
    if not is_fragment(request):
        return HttpResponseRedirect(f"{record_address(entity, pk, 'edit')}#id_{name}")
    if not entity.may_change(request.actor, row):
        return _input(request, entity, row, name, None, status=REFUSED)
    if request.method != "POST":
        return _input(request, entity, row, name, _form(request, entity, row, name))
    form = _form(request, entity, row, name, posted=True)
    if not form.is_valid():
        return _input(request, entity, row, name, form, status=MALFORMED)
    try:
        saved, _kept = writes.merge_edit(request.actor, entity.model, pk, _version(request, row), form.wanted)
    except writes.NotReachable:
        raise
    except writes.Conflict as conflict:
        return _conflict(request, entity, row, name, form, conflict)
    except (writes.Refused, ValidationError) as refusal:
        form.refuse(refusal)
        status = MALFORMED if isinstance(refusal, ValidationError) else REFUSED
        return _input(request, entity, row, name, form, status=status)
    return _shown(request, entity, row, saved, name)


def _form(request: PageRequest, entity: Entity, row: Any, name: str, *, posted: bool = False) -> RecordForm:
    """The record's own form, of which one field (and an amount's currency) is left."""
    form = make_form(entity, request.actor, row, posted=request.POST if posted else None)
    form.auto_id = f"id_{row.pk}_%s"  # several may be open in one list
    kept = {name, entity.field(name).currency_name}
    form.fields = {key: field for key, field in form.fields.items() if key in kept}
    return form


def _version(request: HttpRequest, row: Any) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else int(row.version)


def _input(
    request: PageRequest,
    entity: Entity,
    row: Any,
    name: str,
    form: RecordForm | None,
    *,
    version: int | None = None,
    theirs: SafeString | None = None,
    status: int = 200,
) -> HttpResponse:
    field = entity.field(name)
    label = sentence_start(field.label)
    context: dict[str, Any] = {
        "label": _("%(field)s of “%(title)s”") % {"field": label, "title": title_of(entity, row)},
        "theirs": theirs,
        "version": version or request.POST.get("version") or row.version,
        "action": request.get_full_path(),
    }
    if form is None:
        context["refusal"] = _("In its present state this record cannot be changed.")
    else:
        form.fields[name].widget.attrs["aria-label"] = label
        context["field"] = form[name]
        context["currency"] = form[field.currency_name] if field.currency_name in form.fields else None
        context["sentences"] = [*form[name].errors, *form.non_field_errors()]
    return render(request, "core/inline.html", context, status=status)


def _conflict(
    request: PageRequest, entity: Entity, row: Any, name: str, form: RecordForm, conflict: writes.Conflict
) -> HttpResponse:
    """What the other one wrote, beside what was typed; saving again, over his version, is then meant."""
    difference = conflict.differences.get(name) or next(iter(conflict.differences.values()), None)
    theirs = html("")
    if difference is not None:
        theirs = clash_of(Reader(request.actor), entity, name, difference.theirs, difference.mine).theirs
    return _input(
        request, entity, row, name, form, version=conflict.version, theirs=theirs or html("—"), status=REFUSED
    )  # fmt: skip


def _shown(request: PageRequest, entity: Entity, before: Any, row: Any, name: str) -> HttpResponse:
    """The row as its list shows it now, or the value as the page does; the list instead, with the record gone from sight."""
    if request.GET.get("in") == CELL:
        shown = renewed_row(request, entity, before)
        if shown is not None:
            return HttpResponse(shown)
    elif rows_of(request.actor, entity).filter(pk=row.pk).exists():
        return HttpResponse(show(Reader(request.actor).value(entity, entity.field(name), row), PAGE))
    back = f"{list_address(entity)}?{request.GET.get(LIST, '')}".rstrip("?")
    return gone_to(request, _("Saved. You do not see this record any more."), back)
