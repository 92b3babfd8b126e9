"""How each kind reaches each person: his own choice, else the company's, else what the kind comes with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from zhike.core.notifications.clock import Clock, clock_of
from zhike.core.notifications.kinds import NotificationKind
from zhike.core.notifications.models import ByMail, NotificationChoice, NotificationTimes


@dataclass(frozen=True)
class Channels:
    """Where a notification goes."""

    in_app: bool
    by_mail: ByMail

    @property
    def is_off(self) -> bool:
        return not self.in_app and self.by_mail is ByMail.NEVER


def channels_for(kind: NotificationKind, user_ids: Iterable[int]) -> dict[int, Channels]:
    """The channels of one kind for these people, by one statement."""
    wanted = list(user_ids)
    rows = NotificationChoice.objects.filter(Q(user__in=wanted) | Q(user__isnull=True), kind=kind.name)
    chosen = {row.user_id: Channels(row.in_app, ByMail(row.by_mail)) for row in rows}
    default = chosen.get(None, Channels(kind.in_app, kind.by_mail))
    return {user_id: chosen.get(user_id, default) for user_id in wanted}


def channels_of(user: Any | None, of_kinds: Iterable[NotificationKind]) -> dict[str, Channels]:
    """The channels of every kind for one person; for None those of the company."""
    rows = NotificationChoice.objects.filter(Q(user=user) | Q(user__isnull=True) if user else Q(user__isnull=True))
    own: dict[str, Channels] = {}
    company: dict[str, Channels] = {}
    for row in rows:
        (company if row.user_id is None else own)[row.kind] = Channels(row.in_app, ByMail(row.by_mail))
    return {
        kind.name: own.get(kind.name) or company.get(kind.name) or Channels(kind.in_app, kind.by_mail)
        for kind in of_kinds
    }


def clocks_of(users: Iterable[Any]) -> Mapping[int, Clock]:
    """The clocks of these people, by one statement."""
    people = list(users)
    ids = [person.pk for person in people]
    rows = NotificationTimes.objects.filter(Q(user__in=ids) | Q(user__isnull=True)).order_by("pk")
    by_user = {row.user_id: row for row in rows}
    return {person.pk: clock_of(person, by_user.get(person.pk), by_user.get(None)) for person in people}


def times_of(user: Any | None) -> NotificationTimes:
    """The hours of one person, or for None of the company; a fresh row, not stored, where nothing was chosen."""
    own = NotificationTimes.objects.filter(user=user).first() if user is not None else None
    if own is not None:
        return own
    default = NotificationTimes.objects.filter(user__isnull=True).order_by("pk").first() or NotificationTimes()
    if user is None:
        return default
    return NotificationTimes(
        user=user,
        quiet_from=default.quiet_from,
        quiet_to=default.quiet_to,
        digest_hour=default.digest_hour,
        watch_after_comment=default.watch_after_comment,
    )
