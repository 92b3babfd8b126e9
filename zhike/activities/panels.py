"""The follow-ups on a record's page: the composer, what is next, and the newest entries."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from zhike.activities.forms import FollowUpForm
from zhike.activities.option_lists import icon_of
from zhike.core import timeline
from zhike.core.actors import Actor
from zhike.core.entities import RecordKind, registry
from zhike.core.pages.reading import Reader
from zhike.core.timeline import Subject

NEWEST = 5


def follow_ups(actor: Actor, record: Any) -> Mapping[str, object]:
    """The composer and the five newest follow-ups of a record that the actor reaches."""
    subject = Subject(registry.of(record), record)
    chosen = [each for each in timeline.sources() if each.is_follow_up]
    page = timeline.read(Reader(actor), subject, chosen, limit=NEWEST)
    return {
        **composer(actor, subject),
        "items": page.items,
        "timeline_url": timeline_address(subject.key),
        "has_more": bool(page.earlier),
    }


def timeline_address(key: str, **more: str) -> str:
    """`/activities/timeline/?about=customers:42`"""
    return f"/activities/timeline/?{urlencode({'about': key} | {name: text for name, text in more.items() if text})}"


def composer(actor: Actor, subject: Subject, form: FollowUpForm | None = None) -> dict[str, Any]:
    """What `activities/composer.html` needs; without a form where the actor may add nothing."""
    may_log = subject.entity.kind is not RecordKind.ATTACHED and _may(actor, "activities")
    may_comment = _may(actor, "comments")
    if form is None and (may_log or may_comment):
        form = FollowUpForm(activities=may_log, comments=may_comment, people_of=actor)
    about = urlencode({"about": subject.key})
    return {
        "composer": form,
        "kinds": [] if form is None else [(code, label, _icon(code)) for code, label in form.kinds],
        "chosen_kind": "" if form is None else form["kind"].value(),
        "log_url": f"/activities/log/?{about}",
        "people_url": f"/activities/choices/people/?{about}" if form is not None and form.takes_people else "",
        "mentions_url": f"/activities/people/?{about}" if may_comment else "",
        "new_task_url": f"/tasks/new/?{about}" if may_log and _may(actor, "tasks") else "",
        "new_activity_url": f"/activities/new/?{about}" if may_log else "",
    }


def _icon(code: str) -> str:
    return "message" if code == "comment" else icon_of(code)


def _may(actor: Actor, slug: str) -> bool:
    return actor.access.reach(slug, "create") is not None
