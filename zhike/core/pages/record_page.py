"""A record's page: head with the facts that matter, verbs, sections of facts, panels, newest history. Also shown in the drawer.

In the drawer only the part behind the chosen tab is read. On the page the parts stand below each other, the far ones read late.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhike.core import layouts, modules
from zhike.core.actors import REVEAL, Actor, FieldMode
from zhike.core.entities import Entity, FieldKind, Panel, RelatedList, Verb
from zhike.core.entities.fields import TAGS
from zhike.core.fieldvalues import value_of
from zhike.core.lists import read
from zhike.core.pages.answers import show_page
from zhike.core.pages.display import copy_button
from zhike.core.pages.forms import inline_fields
from zhike.core.pages.guards import allowed, open_entity, reached, signed_in
from zhike.core.pages.history_entries import history_of
from zhike.core.pages.reading import Fact, Reader
from zhike.core.pages.record_panels import (
    FIRST_WEIGHT,
    HEAD_WEIGHT,
    READ_AT_ONCE,
    ShownPanel,
    offered_panels,
    panel_in_waiting,
    show_panel,
    tab_address,
)
from zhike.core.pages.requests import PageRequest, for_drawer, targets
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import sentence_start
from zhike.core.saved_views.reading import read_query
from zhike.core.watching.actions import watch_state

NEWEST = 5
# Verbs from this weight on stand in the menu beside the buttons.
ASIDE_WEIGHT = 100
# So many marks (level, state) stand beside the name as words of their own.
MARKS = 2
# The tabs that every record has.
FACTS, PAST = "facts", "history"


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
class ShownFact:
    """One field of the record; `edit_url` is where its input comes from, blank where it is not edited in place."""

    name: str
    label: str
    html: SafeString
    wide: bool = False
    edit_url: str = ""
    # Where the whole value comes from, of a masked one that this reader may look behind.
    reveal_url: str = ""


@dataclass(frozen=True)
class ShownSection:
    """A titled part of the facts."""

    title: str
    facts: list[ShownFact]


@dataclass(frozen=True)
class _Page:
    """One request for one record, and what of it is wanted."""

    request: PageRequest
    entity: Entity
    row: Any
    reader: Reader
    rights: frozenset[str]
    panels: list[Panel | RelatedList]
    tab: str

    @property
    def actor(self) -> Actor:
        return self.request.actor

    def heavier(self, least: int, most: int | None = None) -> list[Panel | RelatedList]:
        """The panels from one weight up to below another."""
        return [panel for panel in self.panels if panel.weight >= least and (most is None or panel.weight < most)]


@signed_in
def record_page(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/customers/42/`: the whole page, or without its shell in the drawer; `?tab=contacts` names one part of it."""
    entity = open_entity(request.actor, slug)
    row = reached(request.actor, entity, pk)
    panels = offered_panels(request.actor, entity)
    tab = request.GET.get("tab", "")
    lazy = next((panel for panel in panels if panel.name == tab and targets(request, f"panel-{tab}-body")), None)
    if lazy is not None:
        return show_page(request, "core/detail.html#lazy", {"panel": show_panel(request, lazy, row)})
    if tab and tab not in (FACTS, PAST, *(panel.name for panel in panels)):
        raise Http404
    reader = Reader(request.actor)
    reader.look_up(reader.visible(entity, [*layouts.readable(entity), *_stamps(entity)]), [row])
    rights = allowed(request.actor, entity, row, {"edit", "delete", REVEAL, *(verb.action for verb in entity.verbs)})
    page = _Page(request, entity, row, reader, rights, panels, tab or FACTS)
    context = _head(page) | (_drawer(page) if for_drawer(request) else _whole(page))
    return show_page(request, "core/detail.html", context)


def _head(page: _Page) -> dict[str, Any]:
    """What stands above everything else."""
    entity, row, reader = page.entity, page.row, page.reader
    title = title_of(entity, row)
    buttons = verb_buttons(entity, row, page.rights)
    marks = _marks(page)
    return {
        "entity": entity,
        "row": row,
        "reader": reader,
        "title": title,
        "copy": copy_button(title),
        "kind": sentence_start(entity.label),
        "number": getattr(row, entity.number) if _shows_number(reader, entity) else "",
        "address": record_address(entity, row.pk),
        "list_address": list_address(entity),
        "list_title": sentence_start(entity.label_plural),
        "marks": [fact for fact in _shown(page, marks) if fact.html],
        "tags": next(iter(_shown(page, [TAGS])), None) if _has_tags(page) else None,
        "head_facts": _shown(page, [name for name in entity.header_facts if name not in marks]),
        "verbs": [button for button in buttons if not button.aside],
        "aside_verbs": [button for button in buttons if button.aside],
        "may_edit": _may_edit(page),
        "may_delete": _is_deletable(entity) and "delete" in page.rights,
        "watch": watch_state(reader.actor, entity, row),
        "head_panels": list(_contents(page, [panel for panel in page.panels if panel.weight < HEAD_WEIGHT])),
        "tab": page.tab,
        "tab_address": tab_address(entity, row, page.tab),
    }


def _drawer(page: _Page) -> dict[str, Any]:
    """The tabs, and what stands behind the chosen one; nothing is read for the others."""
    behind = page.heavier(FIRST_WEIGHT)
    tabs = [(FACTS, _("Basic facts")), *((each.name, str(each.label)) for each in behind), (PAST, _("History"))]
    context: dict[str, Any] = {
        "tabs": [
            {
                "label": sentence_start(label),
                "url": tab_address(page.entity, page.row, name),
                "active": name == page.tab,
            }
            for name, label in tabs
        ],
        "first_panels": [],
        "panels": list(_contents(page, [each for each in behind if each.name == page.tab])),
        "shows_facts": page.tab == FACTS,
        "shows_past": page.tab == PAST,
    }
    if page.tab == FACTS:
        context |= _facts(page) | {"first_panels": list(_contents(page, page.heavier(HEAD_WEIGHT, FIRST_WEIGHT)))}
    if page.tab == PAST:
        context |= _past(page)
    return context


def _whole(page: _Page) -> dict[str, Any]:
    """All parts, below a bar of links to them; the chosen one is read in any case."""
    behind = page.heavier(FIRST_WEIGHT)
    at_once = {each.name for each in behind[:READ_AT_ONCE]} | {page.tab}
    panels = [
        show_panel(page.request, each, page.row)
        if each.name in at_once
        else panel_in_waiting(page.entity, each, page.row)
        for each in behind
    ]
    shown = [each for each in panels if each is not None]
    tabs = [("facts-title", _("Basic facts")), *((f"panel-{each.name}", each.label) for each in shown)]
    return {
        "tabs": [{"label": sentence_start(label), "url": f"#{name}"} for name, label in tabs] if len(tabs) > 2 else [],
        "first_panels": list(_contents(page, page.heavier(HEAD_WEIGHT, FIRST_WEIGHT))),
        "panels": shown,
        "shows_facts": True,
        "shows_past": True,
        "neighbours": _neighbours(page.request, page.entity, page.row.pk),
        **_facts(page),
        **_past(page),
    }


def _contents(page: _Page, panels: Sequence[Panel | RelatedList]) -> Iterator[ShownPanel]:
    for panel in panels:
        shown = show_panel(page.request, panel, page.row)
        if shown is not None:
            yield shown


# ------------------------------------------------------------------------------------------------------------ facts


def _facts(page: _Page) -> dict[str, Any]:
    """The sections of facts, and the names of those that are blank."""
    entity, shown = page.entity, _other_names(page)
    placed = {name for section in layouts.sections(entity) for name in section.names}
    parts = [
        (str(section.title), [name for name in section.names if name in shown]) for section in layouts.sections(entity)
    ]
    if parts:
        parts[0] = (parts[0][0], [*parts[0][1], *(name for name in shown if name not in placed)])
    sections = [ShownSection(title, _shown(page, names)) for title, names in parts]
    return {
        "sections": [
            ShownSection(each.title, [fact for fact in each.facts if fact.html])
            for each in sections
            if any(fact.html for fact in each.facts)
        ],
        "blanks": [fact.label for each in sections for fact in each.facts if not fact.html and fact.name in placed],
    }


def _past(page: _Page) -> dict[str, Any]:
    stamps = page.reader.facts(page.entity, page.row, _stamps(page.entity))
    return {
        "history": history_of(page.reader, page.entity, page.row, limit=NEWEST),
        "stamps": [fact for fact in stamps if fact.html],
    }


def _shown(page: _Page, names: Sequence[str]) -> list[ShownFact]:
    editable = frozenset(inline_fields(page.entity, page.actor)) if _may_edit(page) else frozenset()
    return [_shown_fact(page, fact, editable) for fact in page.reader.facts(page.entity, page.row, names)]


def _shown_fact(page: _Page, fact: Fact, editable: frozenset[str]) -> ShownFact:
    edited = fact.name in editable and fact.name != page.entity.title
    url = record_address(page.entity, page.row.pk, f"inline/{fact.name}") if edited else ""
    behind = record_address(page.entity, page.row.pk, f"reveal/{fact.name}") if _may_reveal(page, fact) else ""
    return ShownFact(fact.name, fact.label, fact.html, fact.wide, url, behind)


def _may_reveal(page: _Page, fact: Fact) -> bool:
    return fact.masked and bool(fact.html) and REVEAL in page.rights


def _may_edit(page: _Page) -> bool:
    allowed_at_all = "edit" not in page.entity.without and "edit" in page.rights
    return allowed_at_all and page.entity.may_change(page.actor, page.row)


def _shows_number(reader: Reader, entity: Entity) -> bool:
    return bool(entity.number) and reader.mode(entity, entity.number) in (FieldMode.OPEN, FieldMode.READ_ONLY)


def _has_tags(page: _Page) -> bool:
    return page.entity.has_field(TAGS) and page.reader.mode(page.entity, TAGS) is not FieldMode.HIDDEN


def _marks(page: _Page) -> list[str]:
    """The choices among the facts of the head: words beside the name say them better than a field with a label."""
    kinds = (FieldKind.CHOICE, FieldKind.OPTION)
    fitting = [name for name in page.entity.header_facts if page.entity.field(name).kind in kinds]
    # A mask is no mark: it stands with its label, where it can be looked behind.
    return [name for name in fitting if page.reader.mode(page.entity, name) is not FieldMode.MASKED][:MARKS]


def _other_names(page: _Page) -> list[str]:
    """What the head does not show. A mark that nobody sets by hand (a doubtful code) is a fact only when it is set."""
    entity = page.entity
    shown = {entity.title, entity.number, TAGS, *entity.header_facts, *_stamps(entity)}
    return [
        name
        for name in layouts.readable(entity)
        if name not in shown and not (_is_mark(entity, name) and not value_of(page.row, entity.field(name)))
    ]


def _is_mark(entity: Entity, name: str) -> bool:
    field = entity.field(name)
    return name not in entity.fields and field.custom is None and field.kind is FieldKind.BOOLEAN


def _stamps(entity: Entity) -> list[str]:
    return [name for name in ("created_at", "created_by", "updated_at", "updated_by") if entity.has_field(name)]


def _is_deletable(entity: Entity) -> bool:
    return "delete" not in entity.without and entity.has_column("deleted_at")


# ------------------------------------------------------------------------------------------------------------ verbs


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


def _neighbours(request: HttpRequest, entity: Entity, pk: int) -> dict[str, str]:
    """Addresses of the records before and after this one in the list it was opened from."""
    asked = _list_asked(request, entity)
    if asked is None:
        return {}
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    asked["columns"] = entity.title
    page = read(read_query(entity, actor, asked, page_own=frozenset({"open"}), strict=False), count=False)
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
