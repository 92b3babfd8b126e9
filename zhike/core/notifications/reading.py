"""Notifications as their reader may know them: what he does not reach is not there, now as when it was sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.lists.labels import Related, related_by_key
from zhike.core.notifications.kinds import NotificationKind, kind_of, said
from zhike.core.notifications.models import Notification


@dataclass(frozen=True)
class Told:
    """One notification in words. `address` is what it opens."""

    id: int
    kind: NotificationKind
    text: str
    address: str
    at: datetime
    is_read: bool
    who: str


def reached_keys(actor: Actor, keys: Iterable[str]) -> dict[str, Related]:
    """Those records among the keys that the actor may open now, one statement for each kind of record."""
    found = related_by_key(actor, {key for key in keys if key})
    return {key: related for key, related in found.items() if related.reachable}


def tell(actor: Actor, notifications: Sequence[Notification]) -> list[Told]:
    """The notifications in words, in the language that is on; without those about what the actor does not reach.

    They are read with `select_related("actor")`.
    """
    reached = reached_keys(actor, {key for each in notifications for key in (each.about, each.source)})
    told = []
    for each in notifications:
        kind = kind_of(each.kind)
        if kind is not None and _is_open(each, reached):
            told.append(_in_words(actor, kind, each, reached.get(each.about)))
    return told


def _is_open(notification: Notification, reached: dict[str, Related]) -> bool:
    return all(not key or key in reached for key in (notification.about, notification.source))


def _in_words(actor: Actor, kind: NotificationKind, each: Notification, about: Related | None) -> Told:
    who = str(each.actor) if each.actor is not None else _("Zhike")
    words = _Words(said(actor, each.words) | {"actor": who, "record": "" if about is None else about.label})
    return Told(
        id=each.pk,
        kind=kind,
        text=(str(kind.text) % words).rstrip(" ：:"),  # a field that he may not see leaves nothing after the colon
        address=each.url or ("" if about is None else f"/{about.slug}/{about.id}/"),
        at=each.at,
        is_read=each.read_at is not None,
        who=who,
    )


class _Words(dict[str, str]):
    """A word that an older version did not give is blank, instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return ""


def in_app(user_id: int) -> QuerySet[Notification]:
    """A person's notifications in the page, newest first."""
    return Notification.objects.filter(user=user_id, in_app=True).select_related("actor").order_by("-pk")


MOST_COUNTED = 99


def unread(actor: Actor) -> int:
    """How many unread notifications the person may open, counted up to `MOST_COUNTED`. One statement when there are none."""
    if actor.user_id is None:
        return 0
    rows = Notification.objects.filter(user=actor.user_id, in_app=True, read_at__isnull=True).order_by("-pk")
    found: list[Any] = list(rows.only("kind", "about", "source")[: MOST_COUNTED + 1])
    if not found:
        return 0
    reached = reached_keys(actor, {key for each in found for key in (each.about, each.source)})
    return sum(1 for each in found if kind_of(each.kind) is not None and _is_open(each, reached))
