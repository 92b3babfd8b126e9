"""The start page: what was changed lately among my records, how much there is, what to begin with."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity, MenuItem, RecordKind, registry
from zhike.core.lists import ListQuery, read
from zhike.core.pages.context import may_open
from zhike.core.pages.display import html
from zhike.core.pages.guards import rows_of, signed_in
from zhike.core.pages.list_page import may_create
from zhike.core.pages.moments import element
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import sentence_start

RECENT = 8


@dataclass(frozen=True)
class Count:
    """How many records of one kind this person sees."""

    label: str
    value: str
    url: str
    icon: str


@dataclass(frozen=True)
class Recent:
    """One of my records, changed lately."""

    title: str
    kind: str
    icon: str
    url: str
    when: SafeString


@signed_in
def home_page(request: PageRequest) -> HttpResponse:
    """`/`"""
    actor = request.actor
    entities = _menu_entities(actor)
    counts = [_count(actor, entity) for entity in entities]
    context = {
        "title": _greeting(str(request.user)),
        "counts": counts,
        "recent": _recent(actor, entities),
        "creatable": [
            {"label": sentence_start(entity.label), "url": f"{list_address(entity)}new/", "icon": entity.icon}
            for entity in entities
            if may_create(entity, actor)
        ],
        "is_fresh": bool(counts) and all(count.value == "0" for count in counts),
        "may_set_up": actor.access.may("settings.people"),
        "may_import": any(
            "import" not in entity.without and actor.access.reach(entity.slug, "import") for entity in entities
        ),
    }
    return render(request, "core/home.html", context)


def _greeting(name: str) -> str:
    hour = timezone.localtime().hour
    if hour < 11:
        return _("Good morning, %(name)s") % {"name": name}
    return _("Good afternoon, %(name)s") % {"name": name} if hour < 18 else _("Good evening, %(name)s") % {"name": name}


def _menu_entities(actor: Actor) -> list[Entity]:
    """The entities that have a list in the menu this person sees."""
    items = [item for item in registry.contributions(MenuItem) if may_open(actor, item.module, item.right)]
    slugs = [item.url_name.partition(":")[0] for item in items if item.url_name.endswith(":list")]
    return [entity for entity in map(registry.get, slugs) if modules.is_on(entity.module)]


def _count(actor: Actor, entity: Entity) -> Count:
    page = read(ListQuery.make(entity, actor, size=1, columns=entity.title))
    total = "0" if page.total is None else str(page.total)
    return Count(sentence_start(entity.label_plural), total, list_address(entity), entity.icon)


def _recent(actor: Actor, entities: list[Entity]) -> list[Recent]:
    """My own records, newest change first, over all kinds that have an owner."""
    found = []
    for entity in entities:
        if entity.kind is RecordKind.OWNED:
            rows = rows_of(actor, entity).filter(owner=actor.user_id).order_by("-updated_at", "-pk")[:RECENT]
            found += [(row.updated_at, entity, row) for row in rows]
    found.sort(key=lambda each: each[0], reverse=True)
    return [
        Recent(
            title=title_of(entity, row),
            kind=sentence_start(entity.label),
            icon=entity.icon,
            url=record_address(entity, row.pk),
            when=html(element(at, dense=True)),
        )
        for at, entity, row in found[:RECENT]
    ]
