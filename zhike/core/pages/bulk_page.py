"""A verb, or deletion, for several records at once: those ticked, or all that match the list's query.

Each record is its own transaction under one batch id, so that one refusal does not undo the others; the page then says which
were left and why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity
from zhike.core.lists import ListError, ListQuery, matching_ids
from zhike.core.pages.answers import MALFORMED, gone_to, show_page
from zhike.core.pages.guards import open_entity, rows_of, signed_in
from zhike.core.pages.list_page import PAGE_OWN, bulk_verbs
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, title_of
from zhike.core.pages.verb_page import verb_form, verb_of
from zhike.core.pages.words import sentence_start

# More would hold a page for too long; the sentence tells how to go on.
MOST = 2_000
_NAMED = 50


@dataclass(frozen=True)
class Left:
    """A record that was left as it was, and why."""

    title: str
    reason: str


@signed_in
@require_POST
def bulk_page(request: PageRequest, slug: str, verb_name: str) -> HttpResponse:
    """`/customers/bulk/transfer/`: shows what will happen; with `go` in the form it happens."""
    entity = open_entity(request.actor, slug)
    step = next((each for each in bulk_verbs(entity, request.actor) if each.name == verb_name), None)
    if step is None:
        if verb_name != "delete" and not any(verb.name == verb_name and verb.bulk for verb in entity.verbs):
            raise Http404
        raise PermissionDenied(_("Your roles do not include this step. An administrator can give you the right."))
    ids, mistake = _chosen(request, entity)
    verb = None if verb_name == "delete" else verb_of(entity, verb_name)
    posted = request if "go" in request.POST else None
    form = None if verb is None else verb_form(verb, None, request.actor, posted=posted)
    is_ready = posted is not None and ids and not mistake and (form is None or form.is_valid())
    if not is_ready:
        status = MALFORMED if mistake or posted is not None else 200
        return _ask(request, entity, step.label, verb_name, ids, form, mistake, status)
    done, left = _run(request.actor, entity, verb_name, ids, form)
    return _tell(request, entity, step.label, done, left)


def _chosen(request: PageRequest, entity: Entity) -> tuple[list[int], str]:
    """The ids meant, and a sentence when they cannot be used."""
    if "matching" in request.POST:
        params = QueryDict(request.POST.get("query", ""))
        try:
            query = ListQuery.parse(entity, request.actor, params, page_own=PAGE_OWN)
            ids = matching_ids(query, limit=MOST + 1)
        except ListError as error:
            return [], str(error)
    else:
        ids = sorted({int(text) for text in request.POST.getlist("row") if text.isdecimal() and len(text) < 19})
    if not ids:
        return [], _("No row is selected. Go back, tick the rows you mean, and choose the step again.")
    if len(ids) > MOST:
        return [], _("More than %(most)s rows at once take too long. Narrow the list with a filter first.") % {
            "most": f"{MOST:,}"
        }
    return ids, ""


def _ask(
    request: PageRequest,
    entity: Entity,
    label: str,
    verb_name: str,
    ids: list[int],
    form: forms.Form | None,
    mistake: str,
    status: int,
) -> HttpResponse:
    count = ngettext("%(count)s record", "%(count)s records", len(ids)) % {"count": f"{len(ids):,}"}
    context = {
        "entity": entity,
        "title": f"{label} · {count}",
        "label": label,
        "is_dangerous": verb_name == "delete",
        "ids": ids,
        "form": form,
        "mistake": mistake,
        "sentence": _("This will be done to %(count)s: %(step)s.") % {"count": count, "step": label},
        "names": [
            title_of(entity, row) for row in rows_of(request.actor, entity).filter(pk__in=ids[:10]).order_by("pk")
        ],
        "action": f"{list_address(entity)}bulk/{verb_name}/",
        "back": f"{list_address(entity)}?{request.POST.get('query', '')}".rstrip("?"),
        "query": request.POST.get("query", ""),
    }
    return show_page(request, "core/bulk.html", context, status=status)


def _run(
    actor: Actor, entity: Entity, verb_name: str, ids: list[int], form: forms.Form | None
) -> tuple[int, list[Left]]:
    batch = actor.in_batch(uuid4().hex)
    answers = form.cleaned_data if form is not None else {}
    verb = None if verb_name == "delete" else verb_of(entity, verb_name)
    action = "delete" if verb is None else verb.action
    step: Callable[[Any], Any] = (
        (lambda row: writes.delete(batch, row)) if verb is None else (lambda row: verb.run(batch, row, **answers))
    )
    done, left = 0, []
    for start in range(0, len(ids), 200):
        rows = rows_of(batch, entity, action).filter(pk__in=ids[start : start + 200]).order_by("pk")
        for row in rows:
            reason = _unfit() if verb is not None and not verb.fits(row) else _try(step, row)
            if reason:
                left.append(Left(title_of(entity, row), reason))
            else:
                done += 1
    unreached = len(ids) - done - len(left)
    if unreached:
        left.append(
            Left(
                _("%(count)s others") % {"count": f"{unreached:,}"}, _("You may not do this to them, or they are gone.")
            )
        )
    return done, left


def _unfit() -> str:
    return _("This step does not fit its present state.")


def _try(step: Callable[[Any], Any], row: Any) -> str:
    """Do the step; a refusal comes back as its sentence."""
    try:
        step(row)
    except writes.Refused as refusal:
        return refusal.sentence
    except ValidationError as malformed:
        return " ".join(malformed.messages)
    return ""


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
