"""One's own schedule: activities and tasks on the days and hours of a month, a week or a day, and what is overdue."""

from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from zhike.activities.models import Activity, Task
from zhike.activities.participation import WITH_ME
from zhike.core import company
from zhike.core.actors import Actor
from zhike.core.entities import Entity, registry
from zhike.core.lists import ListError, ListQuery
from zhike.core.lists.calendar import calendar_of, read_calendar
from zhike.core.lists.query import DAY, SCALE
from zhike.core.lists.tabs import MINE
from zhike.core.pages import moments
from zhike.core.pages.calendar_days import WEEK, Asked, Creating, Event, days_context, read_day
from zhike.core.pages.calendar_page import cookie_of, creating, events_of, scale_of, too_many
from zhike.core.record_keys import titles

_NAME = "schedule"
_NOT_CANCELLED = {"field": "status", "op": "in", "value": ["open", "doing", "done"]}
# What is overdue is read by a person; more than this nobody reads.
_MOST = 200


def schedule(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """The calendar of the days that the address asks for, and what is overdue."""
    now, kinds = timezone.localtime(), _kinds(actor)
    asked = Asked(
        scale=scale_of(request, _NAME, default=WEEK),
        day=read_day(request.GET.get(DAY, "")) or now.date(),
        now=now,
        has_hours=True,
        link=_link,
        create=next(filter(None, (_creating(actor, entity) for entity in kinds)), None),
        remembers=cookie_of(_NAME),
    )
    events: dict[str, Event] = {}
    sentence = ""
    for entity in kinds:
        for query in _questions(actor, entity):
            calendar = calendar_of(query)
            if calendar is not None:
                page = read_calendar(query, calendar, *asked.span)
                sentence = sentence or too_many(page)
                events |= {each.url: each for each in events_of(actor, entity, calendar, page, icon=entity.icon)}
    shown = days_context(asked, list(events.values()), too_many=sentence)
    return {"calendar": shown, "overdue": _overdue(actor, company.today())}


def _kinds(actor: Actor) -> list[Entity]:
    """What stands in the schedule, as far as this person may see any of it."""
    known = [registry.of(Activity), registry.of(Task)]
    return [entity for entity in known if actor.access.reach(entity.slug, "view") is not None]


def _questions(actor: Actor, entity: Entity) -> list[ListQuery]:
    """What one does oneself, and what one takes part in."""
    if entity.model is not Activity:
        return [_question(actor, entity)]
    return [_question(actor, entity), ListQuery.make(entity, actor, tab=WITH_ME)]


def _question(actor: Actor, entity: Entity) -> ListQuery:
    if entity.model is Task:
        # Who may not see the state of tasks sees the cancelled ones too.
        with suppress(ListError):
            return ListQuery.make(entity, actor, tab=MINE, condition=_NOT_CANCELLED)
    return ListQuery.make(entity, actor, tab=MINE)


def _link(scale: str, day: date | None) -> str:
    return f"/calendar/?{urlencode({SCALE: scale} | ({DAY: day.isoformat()} if day else {}))}"


def _creating(actor: Actor, entity: Entity) -> Creating | None:
    calendar = calendar_of(_question(actor, entity))
    return None if calendar is None else creating(actor, entity, calendar)


def _overdue(actor: Actor, today: date) -> list[dict[str, Any]]:
    late = Q(due_on__lt=today, status__in=Task.OPEN_STATES)
    tasks = list(Task.objects.visible_to(actor).filter(late, owner=actor.user_id).order_by("due_on", "pk")[:_MOST])
    names = titles(actor, {each.about for each in tasks} - {""})
    return [
        {
            "title": task.name,
            "url": f"/tasks/{task.pk}/",
            "record": names.get(task.about),
            "when": moments.in_words(task.due_on),
        }
        for task in tasks
    ]
