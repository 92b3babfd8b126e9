"""A step for several records at once: those ticked, or all that match the list's query.

Each record stands for itself, under one batch id, so that one refusal does not undo the others; the page then says which were
left and why. More than a page can wait for are done by a job.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhike.core.entities import Entity
from zhike.core.jobs import enqueue
from zhike.core.lists import ListError, ListQuery, matching, matching_ids
from zhike.core.pages.answers import MALFORMED, gone_to, show_page
from zhike.core.pages.bulk_job import BULK, BulkArguments, newest_id
from zhike.core.pages.bulk_steps import DELETE, EDIT, FIELD, Left, Step, chosen_field, fields_of, step_of
from zhike.core.pages.guards import open_entity, rows_of, signed_in
from zhike.core.pages.list_page import PAGE_OWN, bulk_verbs
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, title_of
from zhike.core.pages.words import sentence_start
from zhike.core.saved_views.reading import read_query

# More are done by a job.
AT_ONCE = 200
_NAMED = 50
_OWN = frozenset({"csrfmiddlewaretoken", "query", "row", "matching", "shown"})


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The records meant: few by their ids, many by the list's question; `mistake` where they cannot be used."""

    ids: list[int] = field(default_factory=list)
    query: ListQuery | None = None
    count: int = 0
    mistake: str = ""


@signed_in
@require_POST
def bulk_page(request: PageRequest, slug: str, verb_name: str) -> HttpResponse:
    """`/customers/bulk/transfer/`: shows what will happen; with `go` in the form it happens."""
    entity = open_entity(request.actor, slug)
    step = step_of(entity, verb_name)
    offered = next((each for each in bulk_verbs(entity, request.actor) if each.name == verb_name), None)
    if step is None:
        raise Http404
    if offered is None:
        raise PermissionDenied(_("Your roles do not include this step. An administrator can give you the right."))
    chosen = _chosen(request, entity)
    posted = "go" in request.POST
    if step.asks_field and request.POST.get(FIELD, "") != request.POST.get("shown", ""):
        posted = False  # another field was chosen than the one whose value stands there
    form = step.form(request.actor, _answers(request, posted=posted) if posted or step.asks_field else None)
    is_asked = form is not None or not step.asks_field
    if not posted or chosen.mistake or not is_asked or (form is not None and not form.is_valid()):
        status = MALFORMED if chosen.mistake or posted else 200
        return _ask(request, step, offered.label, chosen, form, status)
    if chosen.query is not None:
        return _as_job(request, step, chosen.query)
    left = step.run_all(request.actor.in_batch(uuid4().hex), chosen.ids, step.wanted(form))
    return _tell(request, entity, offered.label, len(chosen.ids) - len(left), left)


def _answers(request: PageRequest, *, posted: bool) -> MultiValueDict[str, Any]:
    """What was filled in; without the word to go ahead a form is only shown."""
    answers = request.POST.copy()
    if not posted:
        answers.pop("go", None)
    return answers


def _chosen(request: PageRequest, entity: Entity) -> Chosen:
    nothing = _("No row is selected. Go back, tick the rows you mean, and choose the step again.")
    if "matching" not in request.POST:
        ids = sorted({int(text) for text in request.POST.getlist("row") if text.isdecimal() and len(text) < 19})
        if len(ids) > AT_ONCE:
            return Chosen(mistake=_("Tick at most %(most)d rows, or choose all that match.") % {"most": AT_ONCE})
        return Chosen(ids=ids, count=len(ids), mistake="" if ids else nothing)
    try:
        query = read_query(entity, request.actor, QueryDict(request.POST.get("query", "")), page_own=PAGE_OWN)
        ids = matching_ids(query, limit=AT_ONCE + 1)
    except ListError as error:
        return Chosen(mistake=str(error))
    if len(ids) > AT_ONCE:
        return Chosen(query=query, ids=ids[:10], count=matching(query).count())
    return Chosen(ids=ids, count=len(ids), mistake="" if ids else nothing)


def _as_job(request: PageRequest, step: Step, query: ListQuery) -> HttpResponse:
    arguments = BulkArguments(
        slug=step.entity.slug,
        step=step.name,
        query=query.address,
        until=newest_id(query),
        answers={name: [str(each) for each in values] for name, values in request.POST.lists() if name not in _OWN},
    )
    with transaction.atomic():
        job = enqueue(request.actor, BULK, arguments)
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


def _ask(
    request: PageRequest, step: Step, label: str, chosen: Chosen, form: forms.Form | None, status: int
) -> HttpResponse:
    entity = step.entity
    count = ngettext("%(count)s record", "%(count)s records", chosen.count) % {"count": f"{chosen.count:,}"}
    asked = request.POST.get("query", "")
    rows = rows_of(request.actor, entity).filter(pk__in=chosen.ids[:10]).order_by("pk")
    context: dict[str, Any] = {
        "entity": entity,
        "title": f"{label} · {count}",
        "label": label,
        "is_dangerous": step.name == DELETE,
        "is_job": chosen.query is not None,
        "ids": chosen.ids,
        "count": chosen.count,
        "form": form,
        "mistake": chosen.mistake,
        "sentence": _("This will be done to %(count)s: %(step)s.") % {"count": count, "step": label},
        "names": [title_of(entity, row) for row in rows],
        "action": f"{list_address(entity)}bulk/{step.name}/",
        "back": f"{list_address(entity)}?{asked}".rstrip("?"),
        "query": asked,
    }
    if step.asks_field:
        fields = fields_of(step, request.actor)
        # With one field there is nothing to choose.
        is_choice = step.name == EDIT or len(fields) > 1
        context |= {
            "fields": fields if is_choice else [],
            "field_name": chosen_field(step, request.actor, request.POST),
        }
    return show_page(request, "core/bulk.html", context, status=status)


def _tell(request: PageRequest, entity: Entity, label: str, done: int, left: list[Left]) -> HttpResponse:
    back = f"{list_address(entity)}?{request.POST.get('query', '')}".rstrip("?")
    sentence = ngettext("%(step)s: done for %(count)s record.", "%(step)s: done for %(count)s records.", done) % {
        "step": sentence_start(label),
        "count": f"{done:,}",
    }
    if not left:
        return gone_to(request, sentence, back)
    context = {
        "entity": entity,
        "title": label,
        "done_sentence": sentence,
        "left": left[:_NAMED],
        "left_more": max(0, len(left) - _NAMED),
        "back": back,
    }
    return show_page(request, "core/bulk_done.html", context)
