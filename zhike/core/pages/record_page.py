"""A record's page: head with the facts that matter, verbs, sections of facts, panels, newest history. Also shown in the drawer."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhike.core import modules
from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Entity, FieldKind, Panel, RelatedList, Verb, registry
from zhike.core.lists import ListError, ListPage, ListQuery, read
from zhike.core.pages.answers import show_page
from zhike.core.pages.display import copy_button, html
from zhike.core.pages.guards import allowed, open_entity, reached, signed_in
from zhike.core.pages.history_entries import history_of
from zhike.core.pages.reading import Reader
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.table import Table, make_table
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import sentence_start

NEWEST = 5
PANEL_ROWS = 5
# Panels lighter than this stand in the head, above the facts (a stage bar).
HEAD_WEIGHT = 0
# Verbs from this weight on stand in the menu beside the buttons.
ASIDE_WEIGHT = 100


@dataclass(frozen=True)
class VerbButton:
    """One thing that may be done with the record now."""

    label: str
    icon: str
    url: str
    asks: bool
    primary: bool = False
    # Stands in the menu of further steps, so that the few that matter are seen.
    aside: bool = False


@dataclass(frozen=True)
class ShownPanel:
    """A panel with its content: a table of related records, or HTML of its own."""

    name: str
    label: str
    table: Table | None = None
    count: str = ""
    more_url: str = ""
    new_url: str = ""
    slug: str = ""
    content: SafeString | None = None


@signed_in
def record_page(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/customers/42/`: the whole page, or without its shell in the drawer."""
    entity = open_entity(request.actor, slug)
    row = reached(request.actor, entity, pk)
    actor, reader = request.actor, Reader(request.actor)
    reader.look_up(reader.visible(entity, [*entity.readable, *_stamps(entity)]), [row])
    rights = allowed(actor, entity, row, {"edit", "delete", *(verb.action for verb in entity.verbs)})
    title = title_of(entity, row)
    others = reader.facts(entity, row, _other_facts(entity, row))
    buttons = verb_buttons(entity, row, rights)
    context = {
        "entity": entity,
        "row": row,
        "reader": reader,
        "title": title,
        "copy": html(copy_button(title)),
        "kind": sentence_start(entity.label),
        "number": getattr(row, entity.number) if _shows_number(reader, entity) else "",
        "address": record_address(entity, pk),
        "list_address": list_address(entity),
        "list_title": sentence_start(entity.label_plural),
        "head_facts": reader.facts(entity, row, entity.header_facts),
        "facts": [fact for fact in others if fact.html],
        "blanks": [fact.label for fact in others if not fact.html and fact.name in entity.fields],
        "stamps": [fact for fact in reader.facts(entity, row, _stamps(entity)) if fact.html],
        "verbs": [button for button in buttons if not button.aside],
        "aside_verbs": [button for button in buttons if button.aside],
        "may_edit": "edit" not in entity.without and "edit" in rights,
        "may_delete": _is_deletable(entity) and "delete" in rights,
        "head_panels": _panels(request, entity, row, in_head=True),
        "panels": _panels(request, entity, row, in_head=False),
        "history": history_of(reader, entity, row, limit=NEWEST),
        "neighbours": _neighbours(request, entity, pk),
    }
    return show_page(request, "core/detail.html", context)


def _shows_number(reader: Reader, entity: Entity) -> bool:
    return bool(entity.number) and reader.mode(entity, entity.number) in (FieldMode.OPEN, FieldMode.READ_ONLY)


def _other_facts(entity: Entity, row: Any) -> list[str]:
    """What the head does not show. A mark that nobody sets by hand (a doubtful code) is a fact only when it is set."""
    shown = {entity.title, entity.number, *entity.header_facts, *_stamps(entity)}
    return [
        name
        for name in entity.readable
        if name not in shown and not (_is_mark(entity, name) and not getattr(row, name))
    ]


def _is_mark(entity: Entity, name: str) -> bool:
    return name not in entity.fields and entity.field(name).kind is FieldKind.BOOLEAN


def _stamps(entity: Entity) -> list[str]:
    return [name for name in ("created_at", "created_by", "updated_at", "updated_by") if entity.has_field(name)]


def _is_deletable(entity: Entity) -> bool:
    return "delete" not in entity.without and entity.has_column("deleted_at")


def verb_buttons(entity: Entity, row: Any, rights: frozenset[str]) -> list[VerbButton]:
    """The verbs among `rights` that make sense for this record now; at most one is primary, and first."""
    fitting = [verb for verb in entity.verbs if verb.action in rights and modules.is_on(verb.module) and verb.fits(row)]
    primary = next((verb for verb in fitting if verb.primary), None)
    return [
        _button(entity, row, verb, primary=verb is primary)
        for verb in sorted(fitting, key=lambda each: each is not primary)
    ]


def _button(entity: Entity, row: Any, verb: Verb, *, primary: bool) -> VerbButton:
    return VerbButton(
        label=sentence_start(verb.label),
        icon=verb.icon,
        url=record_address(entity, row.pk, verb.name),
        asks=verb.form_class is not None,
        primary=primary,
        aside=verb.weight >= ASIDE_WEIGHT,
    )


def _panels(request: PageRequest, entity: Entity, row: Any, *, in_head: bool) -> list[ShownPanel]:
    wanted = [
        panel for panel in entity.panels if (panel.weight < HEAD_WEIGHT) == in_head and modules.is_on(panel.module)
    ]
    shown = [
        _related(request.actor, panel, row) if isinstance(panel, RelatedList) else _own(request, panel, row)
        for panel in wanted
    ]
    return [each for each in shown if each is not None]


def _own(request: HttpRequest, panel: Panel, row: Any) -> ShownPanel | None:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    provided = panel.provide(actor, row)
    if not provided:
        return None
    content = render_to_string(panel.template, {**provided, "record": row}, request)
    return ShownPanel(panel.name, sentence_start(panel.label), content=content)


def _related(actor: Actor, panel: RelatedList, row: Any) -> ShownPanel | None:
    other = registry.get(panel.slug)
    if not modules.is_on(other.module) or actor.access.reach(other.slug, "view") is None:
        return None
    params = {panel.via: str(row.pk), "columns": ",".join(_columns(actor, other, panel)), "size": str(PANEL_ROWS)}
    try:
        page = read(ListQuery.parse(other, actor, params))
    except ListError:
        return None  # the field that ties them together is hidden from this reader
    creates = "create" not in other.without and actor.access.reach(other.slug, "create") is not None
    return ShownPanel(
        name=panel.name,
        label=sentence_start(panel.label),
        table=make_table(other, page),
        count=str(page.total) if page.total is not None else "",
        more_url=f"{list_address(other)}?{panel.via}={row.pk}" if _has_more(page) else "",
        new_url=f"{list_address(other)}new/?{panel.via}={row.pk}" if creates else "",
        slug=other.slug,
    )


def _columns(actor: Actor, other: Entity, panel: RelatedList) -> list[str]:
    return [name for name in panel.columns if actor.access.field_mode(other.slug, name) is not FieldMode.HIDDEN]


def _has_more(page: ListPage) -> bool:
    return bool(page.next_link)


def _neighbours(request: HttpRequest, entity: Entity, pk: int) -> dict[str, str]:
    """Addresses of the records before and after this one in the list it was opened from."""
    asked = _list_asked(request, entity)
    if asked is None:
        return {}
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    asked["columns"] = entity.title
    page = read(ListQuery.parse(entity, actor, asked, page_own=frozenset({"open"}), strict=False), count=False)
    ids = [row.id for row in page.rows]
    if pk not in ids:
        return {}
    at = ids.index(pk)
    del asked["columns"]
    suffix = f"?{urlencode({'in': asked.urlencode()})}"
    before = record_address(entity, ids[at - 1]) + suffix if at else ""
    after = record_address(entity, ids[at + 1]) + suffix if at + 1 < len(ids) else ""
    return {"before": before, "after": after, "list": f"{list_address(entity)}?{asked.urlencode()}".rstrip("?")}


def _list_asked(request: HttpRequest, entity: Entity) -> QueryDict | None:
    """The query of the list: said by the address (`in`), or by the page the reader comes from."""
    if "in" in request.GET:
        return QueryDict(request.GET["in"], mutable=True)
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc == request.get_host() and came_from.path == list_address(entity):
        return QueryDict(came_from.query, mutable=True)
    return None
