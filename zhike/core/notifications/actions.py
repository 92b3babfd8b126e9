"""Reading one's notifications, and choosing how they come."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.configuration.log import log
from zhike.core.configuration.rights import require
from zhike.core.notifications import choices
from zhike.core.notifications.choices import Channels
from zhike.core.notifications.kinds import kinds
from zhike.core.notifications.models import Notification, NotificationChoice, NotificationTimes
from zhike.core.writes.errors import NotReachable

RIGHT = "settings.notifications"


def mark(actor: Actor, ids: Iterable[int], *, read: bool) -> int:
    """Mark one's own notifications as read or unread. Returns how many changed."""
    rows = Notification.objects.filter(user=actor.user_id, in_app=True, pk__in=list(ids), read_at__isnull=read)
    return rows.update(read_at=timezone.now() if read else None)


def mark_all_read(actor: Actor, *, up_to: int) -> int:
    """Mark everything up to a notification as read: what came while the page was open stays unread."""
    rows = Notification.objects.filter(user=actor.user_id, in_app=True, read_at__isnull=True, pk__lte=up_to)
    return rows.update(read_at=timezone.now())


def own(actor: Actor, pk: int) -> Notification:
    """One of one's own notifications. Raises `NotReachable`."""
    rows = Notification.objects.select_related("actor").filter(user=actor.user_id, in_app=True)
    row = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None:
        raise NotReachable
    return row


def choose(
    actor: Actor, channels: Mapping[str, Channels], times: Mapping[str, Any], *, for_company: bool = False
) -> None:
    """Keep the channels by kind and the hours, of the actor himself or (with the right) of everybody who has not chosen.

    Only what differs from the company's choice is kept for a person, so that he follows the company in the rest.
    Raises `NotAllowed`, `ValidationError` by field.
    """
    if for_company:
        require(actor, RIGHT)
    elif actor.user_id is None:
        raise NotReachable
    _check_quiet(times.get("quiet_from"), times.get("quiet_to"))
    user: Any = None if for_company else actor.user
    with transaction.atomic():
        before = _as_text(choices.channels_of(user, kinds())) if for_company else {}
        _keep_channels(user, channels)
        _keep_times(user, times)
        if for_company:
            now = _as_text(choices.channels_of(None, kinds()))
            log(actor, "change_notifications", {name: (before.get(name), now[name]) for name in now})


def _check_quiet(begin: time | None, end: time | None) -> None:
    if (begin is None) != (end is None):
        missing = "quiet_to" if end is None else "quiet_from"
        raise ValidationError({missing: _("Give both times, or none.")})


def _keep_channels(user: Any, channels: Mapping[str, Channels]) -> None:
    known = [kind for kind in kinds() if kind.name in channels]
    follows = (
        choices.channels_of(None, known)
        if user is not None
        else {kind.name: Channels(kind.in_app, kind.by_mail) for kind in known}
    )
    for kind in known:
        wanted = channels[kind.name]
        if wanted == follows[kind.name]:
            NotificationChoice.objects.filter(user=user, kind=kind.name).delete()
        else:
            NotificationChoice.objects.update_or_create(
                user=user, kind=kind.name, defaults={"in_app": wanted.in_app, "by_mail": wanted.by_mail}
            )


def _keep_times(user: Any, times: Mapping[str, Any]) -> None:
    row = NotificationTimes.objects.select_for_update().filter(user=user).order_by("pk").first()
    row = row or NotificationTimes(user=user)
    for name in ("quiet_from", "quiet_to", "digest_hour", "watch_after_comment"):
        if name in times:
            setattr(row, name, times[name])
    row.full_clean(exclude=["user"])
    row.save()


def _as_text(channels: Mapping[str, Channels]) -> dict[str, str]:
    return {name: f"{'app' if each.in_app else '-'} {each.by_mail}" for name, each in channels.items()}
