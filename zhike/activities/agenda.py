"""A week of one person: activities and tasks by day, and what is overdue."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zhike.activities.models import Activity, Task
from zhike.activities.option_lists import icon_of
from zhike.core import company
from zhike.core.actors import Actor
from zhike.core.pages import moments
from zhike.core.record_keys import titles

_DAYS = 7
# A week and what is overdue are read by a person; more than this nobody reads.
_MOST = 200


def week_of(actor: Actor, text: str) -> dict[str, Any]:
    """The week that contains the day written in `text` (this one when blank). Raises `ValueError` for a text that is no day."""
    today = company.today()
    day = parse_date(text) if text else today
    if day is None or not 1901 <= day.year <= 2198:
        raise ValueError(text)
    first = day - timedelta(days=day.weekday())
    last = first + timedelta(days=_DAYS - 1)
    entries = _entries(actor, first, last)
    overdue = _overdue(actor, today)
    names = titles(actor, {each["about"] for each in [*entries, *overdue]} - {""})
    for each in [*entries, *overdue]:
        each["record"] = names.get(each["about"])
    return {
        "days": [
            {
                "day": shown,
                "label": date_format(shown, "l"),
                "date": shown.strftime("%m-%d"),
                "is_today": shown == today,
                "entries": [each for each in entries if each["day"] == shown],
            }
            for shown in (first + timedelta(days=step) for step in range(_DAYS))
        ],
        "overdue": overdue,
        "span": _("%(first)s to %(last)s") % {"first": first.isoformat(), "last": last.isoformat()},
        "previous_url": _address(first - timedelta(days=_DAYS)),
        "next_url": _address(first + timedelta(days=_DAYS)),
        "this_url": "" if first <= today <= last else "/calendar/",
    }


def _address(day: date) -> str:
    return f"/calendar/?{urlencode({'week': day.isoformat()})}"


def _entries(actor: Actor, first: date, last: date) -> list[dict[str, Any]]:
    zone = company.zone()
    begin = datetime.combine(first, time(), tzinfo=zone)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    activities = Activity.objects.visible_to(actor).filter(owner=actor.user_id, starts_at__gte=begin, starts_at__lt=end)
    tasks = (
        Task.objects.visible_to(actor)
        .filter(owner=actor.user_id, due_on__range=(first, last))
        .exclude(status=Task.Status.CANCELLED)
    )
    found = [_activity(each) for each in activities.order_by("starts_at", "pk")[:_MOST]]
    found += [_task(each) for each in tasks.order_by("due_on", "due_at", "pk")[:_MOST]]
    return sorted(found, key=lambda each: (each["day"], each["time"] or "99"))


def _overdue(actor: Actor, today: date) -> list[dict[str, Any]]:
    late = Q(due_on__lt=today, status__in=Task.OPEN_STATES)
    tasks = Task.objects.visible_to(actor).filter(late, owner=actor.user_id).order_by("due_on", "pk")
    return [_task(each) for each in tasks[:_MOST]]


def _activity(row: Activity) -> dict[str, Any]:
    local = row.starts_at.astimezone(company.zone())
    return {
        "day": local.date(),
        "time": local.strftime("%H:%M"),
        "icon": icon_of(row.kind),
        "title": row.subject,
        "url": f"/activities/{row.pk}/",
        "about": row.about,
        "is_done": row.is_done,
        "when": "",
    }


def _task(row: Task) -> dict[str, Any]:
    return {
        "day": row.due_on,
        "time": "" if row.due_at is None else row.due_at.astimezone(company.zone()).strftime("%H:%M"),
        "icon": "checkbox",
        "title": row.name,
        "url": f"/tasks/{row.pk}/",
        "about": row.about,
        "is_done": not row.is_open,
        "when": moments.in_words(row.due_on) if row.due_on else "",
    }
