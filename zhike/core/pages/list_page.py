"""The list of an entity: quick tabs, views, filters, columns, sorting, pages, selection; only the table is exchanged by htmx."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhike.core import list_choices
from zhike.core.actors import Actor
from zhike.core.conditions import asks_others
from zhike.core.entities import Entity, Verb
from zhike.core.entities.fields import TAGS
from zhike.core.lists import ListError, ListPage, ListQuery, read, tabs_of
from zhike.core.lists.columns import choose
from zhike.core.pages.bulk_steps import ADD, REMOVE, of_choices
from zhike.core.pages.guards import offered, open_entity, signed_in
from zhike.core.pages.list_displays import TABLE, display_of, display_template, displays
from zhike.core.pages.list_heads import chips_of, clear_link, view_head
from zhike.core.pages.list_words import empty_words
from zhike.core.pages.requests import PageRequest, targets
from zhike.core.pages.table import make_table
from zhike.core.pages.titles import list_address
from zhike.core.pages.words import sentence_start
from zhike.core.saved_views import reading
from zhike.core.saved_views.reading import Asked

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
    asked = asked_of(request, entity, choice)
    display = display_of(request, asked)
    context = _head(request, entity, asked, display) | {"choice": choice}
    if display == TABLE:
        context |= _table(request, entity, asked.query, choice)
    else:
        template, more = display_template(request, entity, asked, display)
        context |= more | {"display_template": template, "query": asked.query}
    template = "core/list.html#list" if targets(request, "list") else "core/list.html"
    response = render(request, template, context)
    response.headers["Vary"] = "HX-Request, HX-Target"
    return response


def _head(request: PageRequest, entity: Entity, asked: Asked, display: str) -> dict[str, Any]:
    """What stands above the rows, however they are shown."""
    query, actor = asked.query, request.actor
    return {
        "entity": entity,
        "title": sentence_start(entity.label_plural),
        "address": list_address(entity),
        "asked": urlencode(query.parameters),
        "view": view_head(entity, asked),
        "displays": displays(query, display),
        "display": display,
        "tabs": _tabs(entity, actor, query),
        "chips": chips_of(asked),
        "clear_url": clear_link(asked),
        "words_url": query.link(q=None if asked.view is None else ""),
        "kept": _kept_parameters(query),
        "may_create": may_create(entity, actor),
        "may_import": may_use(entity, actor, "import"),
        "may_export": may_use(entity, actor, "export"),
        "may_delete": may_use(entity, actor, "delete") and entity.has_column("deleted_at"),
    }


def _table(request: PageRequest, entity: Entity, query: ListQuery, choice: list_choices.Choice) -> dict[str, Any]:
    page = page_of(query)
    query = page.query
    bulk = bulk_verbs(entity, request.actor)
    selects = selects_rows(entity, request.actor)
    context: dict[str, Any] = {
        "query": query,
        "page": page,
        "table": make_table(entity, page, in_ten_thousands=choice.in_ten_thousands, selects=selects),
        "summary": summary(page),
        "count_url": "" if page.total else f"{list_address(entity)}count/?{urlencode(query.parameters)}",
        "bulk": bulk,
        "selects": selects,
        "sizes": [{"size": size, "url": query.link(size=size)} for size in SIZES],
        "totals_url": query.link(totals=None if query.with_totals else 1),
    }
    if not page.rows:
        context["empty"] = empty_words(entity, query, may_create=may_create(entity, request.actor))
    return context


def selects_rows(entity: Entity, actor: Actor) -> bool:
    """Whether rows have a box: there is something to do with those that are ticked."""
    return may_use(entity, actor, "export") or bool(bulk_verbs(entity, actor))


def asked_of(
    request: PageRequest, entity: Entity, choice: list_choices.Choice, given: QueryDict | None = None
) -> Asked:
    """The question of the address and the view it names, with the person's own columns and page size where neither says.

    An address that asks for nothing opens the person's default view. Bad parts are left out and said. `given` is another
    address than the request's own.
    """
    params = asked_for = request.GET if given is None else given
    default = reading.default_key(params, choice.default_view, PAGE_OWN)
    if default:
        params = params.copy()
        params["view"] = default
    asked = reading.ask(entity, request.actor, params, page_own=PAGE_OWN, strict=False)
    if default and asked.view is None:  # shared with him once, and no longer
        asked = reading.ask(entity, request.actor, asked_for, page_own=PAGE_OWN, strict=False)
    query, said = asked.query, {name for name, value in asked.query.effective if value}
    if choice.columns and "columns" not in said:
        # A column may have been hidden from this person since he chose it: then the usual ones are shown.
        with suppress(ListError):
            query = replace(query, columns=choose(entity, request.actor, choice.columns))
    if choice.size and "size" not in said:
        query = replace(query, size=choice.size)
    return replace(asked, query=query)


def page_of(query: ListQuery) -> ListPage:
    """The page asked for; with a damaged place in the list its first page, and a sentence."""
    try:
        return read(query, count=not _is_counted_later(query))
    except ListError as error:
        return read(replace(query, after="", before="", page=1, mistakes=(*query.mistakes, error)))


def _is_counted_later(query: ListQuery) -> bool:
    """To count rows for each of which other records are asked takes long: they are shown first, and their number follows."""
    return query.condition is not None and asks_others(query.condition.root)


@signed_in
def count_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/count/?view=17`: how many rows match, as text; asked for by a list that did not wait for it."""
    entity = open_entity(request.actor, slug)
    query = reading.ask(entity, request.actor, request.GET, page_own=PAGE_OWN, strict=False).query
    total = read(replace(query, size=1, page=1, after="", before="")).total
    return HttpResponse(str(total), content_type="text/plain; charset=utf-8")


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


def _kept_parameters(query: ListQuery) -> list[tuple[str, str]]:
    """What the search box sends along: everything of the address but the words themselves and the place in the list."""
    return [(name, value) for name, value in query.parameters if name not in {"q", "page", "after", "before"}]


def bulk_verbs(entity: Entity, actor: Actor) -> list[BulkVerb]:
    """What this person may do with several rows at once."""
    found = [_bulk_verb(verb) for verb in entity.verbs if verb.bulk and offered(actor, entity, verb)]
    if may_use(entity, actor, "edit"):
        found[:0] = [BulkVerb("edit", _("Change a field"), "edit"), *_of_choices(entity, actor)]
    if may_use(entity, actor, "delete") and entity.has_column("deleted_at"):
        found.append(BulkVerb("delete", _("Delete"), "trash", is_dangerous=True))
    return found


def _of_choices(entity: Entity, actor: Actor) -> list[BulkVerb]:
    """Adding to fields of several choices and taking away from them; mostly that is about tags."""
    fields = dict(of_choices(entity, actor))
    if not fields:
        return []
    if [*fields] == [TAGS]:
        add, remove = _("Add tags"), _("Remove tags")
    elif TAGS in fields:
        add, remove = _("Add tags or choices"), _("Remove tags or choices")
    else:
        add, remove = _("Add choices"), _("Remove choices")
    return [BulkVerb(ADD, add, "tag"), BulkVerb(REMOVE, remove, "tag-minus")]


def _bulk_verb(verb: Verb) -> BulkVerb:
    return BulkVerb(verb.name, sentence_start(verb.label), verb.icon or "player-play")


def may_create(entity: Entity, actor: Actor) -> bool:
    """Whether "new" is offered."""
    return may_use(entity, actor, "create")


def may_use(entity: Entity, actor: Actor, action: str) -> bool:
    """Whether the entity offers the action and a role of the actor grants it somewhere."""
    return action not in entity.without and actor.access.reach(entity.slug, action) is not None
