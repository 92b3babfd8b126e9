"""What activities add to the home page: what I must do today and what is overdue, and the step of logging the first follow-up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.activities.models import Activity, Task
from zhike.activities.participation import with_me
from zhike.core import company
from zhike.core.actors import Actor
from zhike.core.entities import contribute, registry
from zhike.core.home import FirstStep, Tile
from zhike.core.home.tiles import has_rows
from zhike.core.pages.moments import in_words
from zhike.core.record_keys import Titled, titles

SHOWN = 12
_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Duty:
    """One thing to do: a task or a planned activity. `url` is its own page, `about` the record it concerns."""

    title: str
    url: str
    icon: str
    when: str
    is_overdue: bool
    day: date
    about: Titled | None


def my_duties(actor: Actor) -> Mapping[str, object] | None:
    """The person's own open tasks and planned activities: overdue, today, and of the coming week; days in the company's zone."""
    if actor.user_id is None:
        return None
    today = company.today()
    tasks = Task.objects.visible_to(actor).filter(owner=actor.user_id, status__in=Task.OPEN_STATES)
    planned = Activity.objects.visible_to(actor).filter(Q(owner=actor.user_id) | with_me(actor), is_done=False)
    end = datetime.combine(today + _AHEAD + timedelta(days=1), time.min, company.zone())
    due = list(tasks.filter(due_on__lte=today + _AHEAD).order_by("due_on", "pk")[:SHOWN])
    soon = list(planned.filter(starts_at__lt=end).order_by("starts_at", "pk")[:SHOWN])
    named = titles(actor, {each.about for each in (*due, *soon)} - {""})
    duties = [_of_task(task, today, named) for task in due] + [_of_activity(each, today, named) for each in soon]
    duties.sort(key=lambda duty: duty.day)
    late = tasks.filter(due_on__lt=today).count()
    return {
        "overdue": [duty for duty in duties if duty.day < today][:SHOWN],
        "today": [duty for duty in duties if duty.day == today][:SHOWN],
        "soon": [duty for duty in duties if duty.day > today][:5],
        "late": late,
        "late_url": f"/tasks/?tab=mine&due_on.lt={today}&status={Task.Status.OPEN}&status={Task.Status.DOING}",
    }


def _of_task(task: Any, today: date, named: dict[str, Titled]) -> Duty:
    entity = registry.of(Task)
    return Duty(
        title=task.name,
        url=f"/{entity.slug}/{task.pk}/",
        icon=entity.icon,
        when=in_words(task.due_on),
        is_overdue=task.due_on < today,
        day=task.due_on,
        about=named.get(task.about),
    )


def _of_activity(activity: Any, today: date, named: dict[str, Titled]) -> Duty:
    entity = registry.of(Activity)
    day = company.day_of(activity.starts_at)
    return Duty(
        title=activity.subject,
        url=f"/{entity.slug}/{activity.pk}/",
        icon=entity.icon,
        when=activity.starts_at.astimezone(company.zone()).strftime("%H:%M") if day == today else in_words(day),
        is_overdue=day < today,
        day=day,
        about=named.get(activity.about),
    )


def _has_activities(actor: Actor) -> bool:
    return has_rows(actor, registry.of(Activity)) or Activity.objects.filter(Q(created_by=actor.user_id)).exists()


contribute(
    Tile(
        name="duties", label=_("What I must do"),
        description=_("Your tasks and planned activities: overdue, today, and in the coming week."),
        icon="checklist", template="activities/tiles/duties.html", provide=my_duties, module="activities",
        right="tasks:view", wide=True, weight=20,
    ),
    FirstStep(
        name="follow-up", label=_("Log your first follow-up"),
        text=_("Open a customer and say what you talked about; Zhike reminds you of the next step."), url="/customers/",
        right="activities:create", is_done=_has_activities, module="activities", weight=35,
    ),
)  # fmt: skip
