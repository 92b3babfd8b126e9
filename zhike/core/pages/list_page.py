"""The list of an entity: quick tabs, filters, columns, sorting, pages, selection; only the table is exchanged by htmx."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhike.core import list_choices
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Verb
from zhike.core.lists import ListError, ListPage, ListQuery, read, tabs_of
from zhike.core.lists.columns import choose
from zhike.core.pages.guards import offered, open_entity, signed_in
from zhike.core.pages.list_words import empty_words
from zhike.core.pages.requests import PageRequest, targets
from zhike.core.pages.table import make_table
from zhike.core.pages.titles import list_address
from zhike.core.pages.words import sentence_start

# Parameters of the page itself, which are no filters.
PAGE_OWN = frozenset({"open", "in"})
SIZES = (20, 50, 100, 200)


@dataclass(frozen=True)
class BulkVerb:
    """One button of the bar below selected rows."""

    name: str
    label: str
    icon: str
    is_dangerous: bool = False


@signed_in
def list_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/`: the page, or for htmx the table with what surrounds it."""
    entity = open_entity(request.actor, slug)
    choice = list_choices.chosen(request.actor.user_id, slug)
    query = query_of(request, entity, choice)
    page = page_of(query)
    query = page.query
    bulk = bulk_verbs(entity, request.actor)
    may_export = may_use(entity, request.actor, "export")
    creates = may_create(entity, request.actor)
    context: dict[str, Any] = {
        "entity": entity,
        "title": sentence_start(entity.label_plural),
        "address": list_address(entity),
        "query": query,
        "page": page,
        "table": make_table(entity, page, in_ten_thousands=choice.in_ten_thousands, selects=bool(bulk) or may_export),
        "choice": choice,
        "summary": summary(page),
        "tabs": _tabs(entity, request.actor, query),
        "chips": [{"label": each.text, "url": query.without(each)} for each in query.filters],
        "clear_url": query.link(q=None, condition=None, **{each.parameter: None for each in query.filters}),
        "kept": _kept_parameters(request),
        "bulk": bulk,
        "selects": bool(bulk) or may_export,
        "sizes": [{"size": size, "url": query.link(size=size)} for size in SIZES],
        "may_create": creates,
        "may_import": may_use(entity, request.actor, "import"),
        "may_export": may_export,
        "may_delete": may_use(entity, request.actor, "delete") and entity.has_column("deleted_at"),
    }
    if not page.rows:
        context["empty"] = empty_words(entity, query, may_create=creates)
    template = "core/list.html#list" if targets(request, "list") else "core/list.html"
    response = render(request, template, context)
    response.headers["Vary"] = "HX-Request, HX-Target"
    return response


def query_of(request: PageRequest, entity: Entity, choice: list_choices.Choice) -> ListQuery:
    """The query of the address, with the person's own columns and page size where it says none. Bad parts are left out and said."""
    query = ListQuery.parse(entity, request.actor, request.GET, page_own=PAGE_OWN, strict=False)
    if choice.columns and "columns" not in request.GET:
        # A column may have been hidden from this person since he chose it: then the usual ones are shown.
        with suppress(ListError):
            query = replace(query, columns=choose(entity, request.actor, choice.columns))
    if choice.size and "size" not in request.GET:
        query = replace(query, size=choice.size)
    return query


def page_of(query: ListQuery) -> ListPage:
    """The page asked for; with a damaged place in the list its first page, and a sentence."""
    try:
        return read(query)
    except ListError as error:
        return read(replace(query, after="", before="", page=1, mistakes=(*query.mistakes, error)))


def summary(page: ListPage) -> str:
    """1–50 / 8,800"""
    total = "" if page.total is None else str(page.total)
    if not page.rows:
        return _("No rows")
    return f"{page.first:,}–{page.last:,} / {total}" if total else f"{page.first:,}–{page.last:,}"


def _tabs(entity: Entity, actor: Actor, query: ListQuery) -> list[dict[str, Any]]:
    tabs = tabs_of(entity, actor)
    if len(tabs) < 2:
        return []
    return [
        {
            "label": sentence_start(tab.label),
            "url": query.link(tab=tab.name),
            "active": tab.name == (query.tab or tabs[0].name),
        }
        for tab in tabs
    ]


def _kept_parameters(request: PageRequest) -> list[tuple[str, str]]:
    """What the search box sends along: everything of the address but the words themselves and the place in the list."""
    dropped = {"q", "page", "after", "before", *PAGE_OWN}
    return [(name, value) for name, values in request.GET.lists() if name not in dropped for value in values]


def bulk_verbs(entity: Entity, actor: Actor) -> list[BulkVerb]:
    """What this person may do with several rows at once."""
    found = [_bulk_verb(verb) for verb in entity.verbs if verb.bulk and offered(actor, entity, verb)]
    if may_use(entity, actor, "delete") and entity.has_column("deleted_at"):
        found.append(BulkVerb("delete", _("Delete"), "trash", is_dangerous=True))
    return found


def _bulk_verb(verb: Verb) -> BulkVerb:
    return BulkVerb(verb.name, sentence_start(verb.label), verb.icon or "player-play")


def may_create(entity: Entity, actor: Actor) -> bool:
    """Whether "new" is offered."""
    return may_use(entity, actor, "create")


def may_use(entity: Entity, actor: Actor, action: str) -> bool:
    """Whether the entity offers the action and a role of the actor grants it somewhere."""
    return action not in entity.without and actor.access.reach(entity.slug, action) is not None
