"""Which columns a person sees in a list, in which order, how many rows a page has, and in which unit amounts stand."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.core import layouts, list_choices
from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Entity, Field
from zhike.core.lists import Column
from zhike.core.pages.guards import open_entity, signed_in
from zhike.core.pages.list_page import SIZES, asked_of
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.pages.titles import list_address
from zhike.core.pages.words import sentence_start


@signed_in
@require_http_methods(["GET", "POST"])
def columns_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/columns/`: POST remembers them for this person; beside a view they stand in the address, to be saved with it."""
    entity = open_entity(request.actor, slug)
    offered = _offered(request.actor, entity)
    if request.method == "POST":
        return _keep(request, entity, [field.name for field in offered])
    choice = list_choices.chosen(request.actor.user_id, slug)
    query = asked_of(request, entity, choice).query
    shown = [column.name for column in query.columns]
    if request.GET.get("columns"):
        shown = _only(request.GET["columns"].split(","), query.columns)
    order = [*shown, *(field.name for field in offered if field.name not in shown)]
    context: dict[str, Any] = {
        "entity": entity,
        "title": _("Columns of %(records)s") % {"records": entity.label_plural},
        "action": f"{list_address(entity)}columns/",
        "query": request.GET.urlencode(),
        "columns": [
            {"name": name, "label": sentence_start(entity.field(name).label), "shown": name in shown} for name in order
        ],
        "has_money": bool(entity.money_fields),
        "choice": choice,
        "size": query.size,
        "sizes": SIZES,
    }
    return render(request, "core/list_columns.html#form" if is_fragment(request) else "core/list_columns.html", context)


def _only(names: list[str], columns: tuple[Column, ...]) -> list[str]:
    known = {column.name for column in columns}
    return [name for name in names if name in known]


def _offered(actor: Actor, entity: Entity) -> list[Field]:
    return [
        entity.field(name)
        for name in layouts.readable(entity)
        if actor.access.field_mode(entity.slug, name) is not FieldMode.HIDDEN
    ]


def _keep(request: PageRequest, entity: Entity, allowed: list[str]) -> HttpResponse:
    names = [name for name in request.POST.getlist("column") if name in allowed]
    moved = request.POST.get("up") or request.POST.get("down")
    if moved:
        return _moved(request, entity, allowed, names)
    if "usual" in request.POST or not names:
        names = []
    elif entity.title not in names:
        names.insert(0, entity.title)
    text = ",".join(dict.fromkeys(names))
    size = request.POST.get("size", "")
    after = QueryDict(request.POST.get("query", ""), mutable=True)
    after.pop("columns", None)
    after.pop("size", None)
    is_view = after.get("view", "") not in ("", "all")
    before = list_choices.chosen(request.actor.user_id, entity.slug)
    choice = replace(before, in_ten_thousands="in_ten_thousands" in request.POST)
    if is_view:
        after["columns"] = text
    else:
        choice = replace(choice, columns=text)
    if size.isdecimal() and int(size[:6]) in SIZES:
        choice = replace(choice, size=int(size))
    if request.actor.user_id is not None:
        list_choices.keep(request.actor.user_id, entity.slug, choice)
    return HttpResponseRedirect(f"{list_address(entity)}?{after.urlencode()}".rstrip("?"))


def _moved(request: PageRequest, entity: Entity, allowed: list[str], ticked: list[str]) -> HttpResponse:
    """Without a script a button moves one column and shows the form again; with one it is moved in place."""
    up, down = request.POST.get("up", ""), request.POST.get("down", "")
    names = list(dict.fromkeys([*ticked, *([entity.title] if entity.title not in ticked else [])]))
    name = up or down
    if name in names:
        at = names.index(name)
        other = at - 1 if up else at + 1
        if 0 <= other < len(names):
            names[at], names[other] = names[other], names[at]
    after = QueryDict(request.POST.get("query", ""), mutable=True)
    after["columns"] = ",".join(each for each in names if each in allowed)
    return HttpResponseRedirect(f"{list_address(entity)}columns/?{after.urlencode()}")
