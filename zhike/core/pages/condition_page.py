"""Building a condition: the page around the builder, the fields it offers, and what a condition says and finds."""

from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from zhike.core import conditions
from zhike.core.actors import Actor
from zhike.core.conditions import ConditionError
from zhike.core.entities import Entity
from zhike.core.lists import counting
from zhike.core.pages.answers import MALFORMED
from zhike.core.pages.condition_field import ConditionField
from zhike.core.pages.condition_tree import labels_of, tree_of
from zhike.core.pages.guards import open_entity, rows_of, signed_in
from zhike.core.pages.list_page import PAGE_OWN
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address
from zhike.core.saved_views import reading

# The place in the list does not survive another condition.
_DROPPED = frozenset({"condition", "page", "after", "before", *PAGE_OWN})


@require_safe
@signed_in
def condition_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/condition/?…`: the builder for the list's condition. `check` comes back here while it is not right."""
    entity = open_entity(request.actor, slug)
    form = _form(request, entity)
    if "try" in request.GET and form.is_valid():
        return _to_list(request, entity, form)
    context = {
        "entity": entity,
        "title": _("Conditions for %(records)s") % {"records": entity.label_plural},
        "address": list_address(entity),
        "action": f"{list_address(entity)}condition/",
        "form": form,
        "field": form["condition"],
        "kept": [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in _DROPPED and name != "try"
        ],
    }
    status = MALFORMED if "try" in request.GET else 200
    return render(request, "core/list_condition.html", context, status=status)


def _form(request: PageRequest, entity: Entity) -> Any:
    class ConditionForm(forms.Form):
        condition = ConditionField(entity, actor=request.actor, label=_("Condition"))

    if "try" in request.GET:
        return ConditionForm(request.GET)
    asked = reading.ask(entity, request.actor, request.GET, page_own=PAGE_OWN, strict=False)
    present = asked.query.condition
    return ConditionForm(initial={"condition": dict(present.raw) if present is not None else {}})


def _to_list(request: PageRequest, entity: Entity, form: Any) -> HttpResponse:
    params = request.GET.copy()
    for name in (*_DROPPED, "try"):
        params.pop(name, None)
    params["condition"] = reading.written(form.cleaned_data["condition"])
    return HttpResponse(status=302, headers={"Location": f"{list_address(entity)}?{params.urlencode()}"})


@require_safe
@signed_in
def condition_fields(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/condition/fields/`: what this reader may filter customers by, as JSON."""
    return JsonResponse(tree_of(open_entity(request.actor, slug), request.actor))


@require_POST
@signed_in
def condition_check(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/condition/check/`: the condition in words and how many rows it finds; or what is not right, and where."""
    entity = open_entity(request.actor, slug)
    raw = request.POST.get("condition", "").strip()
    try:
        return JsonResponse(_checked(request.actor, entity, raw))
    except ConditionError as error:
        return JsonResponse({"mistake": str(error), "path": error.path})


def _checked(actor: Actor, entity: Entity, raw: str) -> dict[str, Any]:
    rows = rows_of(actor, entity)
    words, labels = _("everything"), {}
    if raw and raw != "{}":
        condition = conditions.parse(entity, raw)
        conditions.check_rights(condition, actor)
        words, labels = conditions.describe(condition, actor), labels_of(condition, actor)
        rows = rows.filter(conditions.to_q(condition, actor))
    total = counting.count(rows)
    found = ngettext("%(count)s record matches.", "%(count)s records match.", total.value) % {"count": total}
    return {"words": words, "found": found, "count": total.value, "labels": labels}
