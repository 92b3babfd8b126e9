"""What surrounds a list: its filters as a plain form."""

from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhike.core import layouts, options
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field, FieldKind, registry
from zhike.core.pages.candidates import candidates
from zhike.core.pages.guards import open_entity, signed_in
from zhike.core.pages.list_page import PAGE_OWN
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.pages.titles import list_address
from zhike.core.pages.words import sentence_start

# Selects with more choices than this become search boxes.
_SEARCHED_FROM = 8
# The place in the list does not survive a changed filter.
_PLACE = frozenset({"page", "after", "before", *PAGE_OWN})


@dataclass(frozen=True, kw_only=True)
class Control:
    """One filter of the form. `kind`: choose, between, dates, contains."""

    name: str
    label: str
    kind: str
    choices: list[tuple[str, str]]
    chosen: frozenset[str]
    low: str = ""
    high: str = ""
    url: str = ""


@signed_in
def filters_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/filters/?…`: the form, filled with the list's present query; as a fragment below the button, or as a page."""
    entity = open_entity(request.actor, slug)
    controls = [
        _control(request.actor, entity, entity.field(name), request.GET)
        for name in layouts.filters(entity)
        if request.actor.access.field_mode(slug, name).is_readable
    ]
    own = {name for control in controls for name in _parameters(control.name)}
    context = {
        "entity": entity,
        "title": _("Filter %(records)s") % {"records": entity.label_plural},
        "address": list_address(entity),
        "controls": controls,
        "condition_url": f"{list_address(entity)}condition/?{request.GET.urlencode()}",
        "kept": [(name, value) for name, value in _pairs(request.GET) if name not in own and name not in _PLACE],
    }
    return render(request, "core/list_filters.html#form" if is_fragment(request) else "core/list_filters.html", context)


def _parameters(name: str) -> tuple[str, ...]:
    return (name, f"{name}.in", f"{name}.under", f"{name}.gte", f"{name}.lte", f"{name}.contains", f"{name}.is_empty")


def _pairs(params: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in params.lists() for value in values]


def _control(actor: Actor, entity: Entity, field: Field, params: QueryDict) -> Control:
    chosen = frozenset(params.getlist(field.name)) - {""}
    low, high = params.get(f"{field.name}.gte", ""), params.get(f"{field.name}.lte", "")
    base = {"label": sentence_start(field.label), "low": low, "high": high}
    if field.kind is FieldKind.RELATION and field.related is not None and registry.has(field.related):
        choices = _related_choices(actor, registry.of(field.related), chosen)
        url = f"/{entity.slug}/choices/{field.name}/"
        return Control(name=field.name, kind="choose", choices=choices, chosen=chosen, url=url, **base)
    if field.kind.has_options:
        return _option_control(entity, field, params, chosen, base)
    if field.kind is FieldKind.CHOICE:
        choices = [(code, str(label)) for code, label in field.choices]
        return Control(name=field.name, kind="choose", choices=choices, chosen=chosen, **base)
    if field.kind is FieldKind.BOOLEAN:
        choices = [("true", _("yes")), ("false", _("no"))]
        return Control(name=field.name, kind="choose", choices=choices, chosen=chosen, **base)
    if field.kind is FieldKind.FILE:
        name, choices = f"{field.name}.is_empty", [("false", _("with a file")), ("true", _("without a file"))]
        chosen = frozenset(params.getlist(name)) - {""}
        return Control(name=name, kind="choose", choices=choices, chosen=chosen, **base)
    if field.kind in (FieldKind.DATE, FieldKind.MOMENT):
        return Control(name=field.name, kind="dates", choices=[], chosen=chosen, **base)
    if field.kind.is_ordered:
        return Control(name=field.name, kind="between", choices=[], chosen=chosen, **base)
    base["low"] = params.get(f"{field.name}.contains", "")
    return Control(name=f"{field.name}.contains", kind="contains", choices=[], chosen=chosen, **base)


def _option_control(
    entity: Entity, field: Field, params: QueryDict, chosen: frozenset[str], base: dict[str, str]
) -> Control:
    listed = next((each for each in options.declared() if each.name == field.option_list), None)
    if listed is None or not listed.is_tree:
        return Control(
            name=field.name, kind="choose", choices=options.choices(field.option_list), chosen=chosen, **base
        )
    under = frozenset(params.getlist(f"{field.name}.under")) - {""}
    tops = options.choices(field.option_list, parent="")
    known = {code for code, _label in tops}
    choices = [*((code, options.label(field.option_list, code)) for code in under if code not in known), *tops]
    url = f"/{entity.slug}/choices/{field.name}/"
    return Control(name=f"{field.name}.under", kind="choose", choices=choices, chosen=under, url=url, **base)


def _related_choices(actor: Actor, related: Entity, chosen: frozenset[str]) -> list[tuple[str, str]]:
    me = [("$me", _("me"))] if related.slug == "users" else []
    found = candidates(actor, related, "").rows
    known = {str(each.id) for each in found}
    more = [int(text) for text in chosen if text.isdecimal() and text not in known and len(text) < 19]
    extra = [each for pk in more for each in candidates(actor, related, "", chosen=pk, limit=1).rows if each.id == pk]
    return [*me, *((str(each.id), each.label) for each in (*extra, *found))]
