"""The panels of a record's page: those in its head, those that come first, and those that stand behind a tab until asked for."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhike.core import modules
from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Entity, Panel, RelatedList, registry
from zhike.core.lists import ListError, ListPage, ListQuery, read
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.table import Table, make_table
from zhike.core.pages.titles import list_address, record_address
from zhike.core.pages.words import sentence_start

PANEL_ROWS = 5
# Panels lighter than this stand in the head, above the facts (a stage bar).
HEAD_WEIGHT = 0
# Panels lighter than this stand first, before the facts: what happened lately, and what comes next.
FIRST_WEIGHT = 10
# So many panels of a page come with it; those below are read when the reader comes near them.
READ_AT_ONCE = 4


@dataclass(frozen=True)
class ShownPanel:
    """A panel with its content: a table of related records, or HTML of its own; `lazy_url` is where content not read yet is."""

    name: str
    label: str
    table: Table | None = None
    count: str = ""
    more_url: str = ""
    new_url: str = ""
    slug: str = ""
    content: SafeString | None = None
    lazy_url: str = ""


def offered_panels(actor: Actor, entity: Entity) -> list[Panel | RelatedList]:
    """The panels whose modules are on and whose records this reader may see at all, by weight; nothing is read for it."""
    return [panel for panel in entity.panels if modules.is_on(panel.module) and _is_open(actor, panel)]


def _is_open(actor: Actor, panel: Panel | RelatedList) -> bool:
    if isinstance(panel, Panel):
        return True
    other = registry.get(panel.slug)
    may_tie = actor.access.field_mode(other.slug, panel.via) is not FieldMode.HIDDEN
    return may_tie and modules.is_on(other.module) and actor.access.reach(other.slug, "view") is not None


def show_panel(request: PageRequest, panel: Panel | RelatedList, row: Any) -> ShownPanel | None:
    """The panel with its content; None where it has nothing for this reader."""
    return _related(request.actor, panel, row) if isinstance(panel, RelatedList) else _own(request, panel, row)


def panel_in_waiting(entity: Entity, panel: Panel | RelatedList, row: Any) -> ShownPanel:
    """The panel without its content, and where that is."""
    return ShownPanel(panel.name, sentence_start(panel.label), lazy_url=tab_address(entity, row, panel.name))


def tab_address(entity: Entity, row: Any, name: str) -> str:
    """`/customers/42/?tab=contacts`"""
    return f"{record_address(entity, row.pk)}?tab={name}"


def _own(request: HttpRequest, panel: Panel, row: Any) -> ShownPanel | None:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    provided = panel.provide(actor, row)
    if not provided:
        return None
    content = render_to_string(panel.template, {**provided, "record": row}, request)
    return ShownPanel(panel.name, sentence_start(panel.label), content=content)


def _related(actor: Actor, panel: RelatedList, row: Any) -> ShownPanel | None:
    other = registry.get(panel.slug)
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
