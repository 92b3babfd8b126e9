"""The platform's own tiles: first steps, what was viewed lately, what the team did, what can be created."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from zhike.core import company, home, menu, modules, viewed
from zhike.core.actors import Actor
from zhike.core.entities import Entity, contribute, registry
from zhike.core.events.models import Event
from zhike.core.record_keys import titles

RECENT = 10
TEAM = 10
# So many of the team's newest changes are looked at; what the reader does not reach falls out.
_LOOKED_AT = 60


@dataclass(frozen=True)
class Line:
    """One record with a word about it."""

    title: str
    url: str
    icon: str
    note: SafeString | str
    who: str = ""
    what: str = ""


def recently_viewed(actor: Actor) -> Mapping[str, object] | None:
    """Records the person looked at, newest first, of those he still reaches."""
    from zhike.core.pages.moments import element

    seen = viewed.lately(actor, RECENT * 2)
    named = titles(actor, [key for key, _at in seen])
    lines = [
        Line(named[key].label, named[key].url, registry.get(key.partition(":")[0]).icon, element(at, dense=True))
        for key, at in seen
        if key in named and named[key].url
    ]
    return {"lines": lines[:RECENT]}


def team_changes(actor: Actor) -> Mapping[str, object] | None:
    """What the people below this one changed lately, newest first, of what he reaches; nothing for who has nobody below him."""
    team = sorted(actor.access.subordinate_ids)
    if not team:
        return None
    events = Event.objects.filter(actor__in=team, entity__in=_business_slugs(actor)).order_by("-at", "-pk")
    found = list(events.select_related("actor")[:_LOOKED_AT])
    return {"lines": _event_lines(actor, _once_each(found))[:TEAM]}


def _business_slugs(actor: Actor) -> list[str]:
    return [
        each.slug
        for each in registry.all()
        if modules.is_on(each.module) and each.attachable and actor.access.reach(each.slug, "view") is not None
    ]


def _once_each(events: Iterable[Event]) -> list[Event]:
    """Of several changes of one record by one person the newest."""
    newest: dict[tuple[int | None, str, int], Event] = {}
    for event in events:
        newest.setdefault((event.actor_id, event.entity, event.record_id), event)
    return list(newest.values())


def _event_lines(actor: Actor, events: list[Event]) -> list[Line]:
    from zhike.core.pages.history_entries import verb_words
    from zhike.core.pages.moments import in_words

    named = titles(actor, [f"{event.entity}:{event.record_id}" for event in events])
    lines: list[Line] = []
    for event in events:
        titled = named.get(f"{event.entity}:{event.record_id}")
        if titled is None or not titled.url:
            continue
        entity = registry.get(event.entity)
        what, _icon, _tone = verb_words(entity, event.verb)
        lines.append(Line(titled.label, titled.url, entity.icon, in_words(event.at), who=str(event.actor), what=what))
    return lines


def creatable(actor: Actor) -> Mapping[str, object] | None:
    """What this person may create, of what has a list in the menu."""
    made = menu.creatable(actor)
    return {"entities": made} if made else None


def first_steps(actor: Actor) -> Mapping[str, object] | None:
    """What a new company does first, until all of it is done."""
    steps = home.first_steps(actor)
    done = sum(1 for _step, is_done in steps if is_done)
    if not steps or done == len(steps):
        return None
    return {"steps": [{"step": step, "is_done": is_done} for step, is_done in steps], "done": done, "all": len(steps)}


def has_rows(actor: Actor, entity: Entity) -> bool:
    """Whether there is any record of that kind that the actor sees: for steps that end with the first one."""
    rows: Any = entity.model._default_manager
    return bool(rows.visible_to(actor).exists())


contribute(
    home.Tile(
        name="first-steps", label=_("First steps"), description=_("What a new company does first, until it is done."),
        icon="list-check", template="core/tiles/first_steps.html", provide=first_steps, module="core", wide=True, weight=10,
    ),
    home.Tile(
        name="recently-viewed", label=_("Recently viewed"), description=_("The records you opened last, to go on with."),
        icon="history", template="core/tiles/lines.html", provide=recently_viewed, module="core", weight=210,
    ),
    home.Tile(
        name="team", label=_("What my team did"), description=_("The newest changes by the people you lead."),
        icon="users-group", template="core/tiles/lines.html", provide=team_changes, module="core", wide=True, weight=200,
    ),
    home.Tile(
        name="create", label=_("Create"), description=_("New records in one click."), icon="plus",
        template="core/tiles/create.html", provide=creatable, module="core", weight=220,
    ),
    home.FirstStep(
        name="company", label=_("Name your company"),
        text=_("Its name stands on every page; check its currency and time zone too."),
        url="/settings/company/", right="settings.company", is_done=lambda _actor: bool(company.current().name), weight=10,
    ),
)  # fmt: skip
