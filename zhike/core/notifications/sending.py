"""Telling people something: the one way, `notify`."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from zhike.core.actors import Actor, Via
from zhike.core.notifications import choices
from zhike.core.notifications.choices import Channels
from zhike.core.notifications.clock import Clock
from zhike.core.notifications.kinds import Word, kind_of, stored
from zhike.core.notifications.models import ByMail, Notification
from zhike.core.notifications.reading import reached_keys
from zhike.core.record_keys import key_of


def notify(
    actor: Actor,
    users: Iterable[Any],
    kind: str,
    *,
    about: models.Model | str = "",
    words: Mapping[str, Word] | None = None,
    source: models.Model | str = "",
    url: str = "",
    once: str = "",
) -> int:
    """Tell people (users or their ids) something of a kind. Returns how many are told.

    Nobody is told of what he did himself, nor of what he may not open: `about` is the record it opens (a row or its key),
    `source` one he must reach as well (the comment that mentions him). `url` opens a page that is no record.
    `words` fill the sentence of the kind. With `once` ("event:17", "2026-11-22") saying it again tells nobody twice.
    Runs in the caller's transaction. A kind whose module is off tells nobody.
    """
    known = kind_of(kind)
    if known is None:
        return 0
    about_key, source_key = _key(about), _key(source)
    people = _people(users, actor.user_id)
    people = [person for person in people if _may_open(person, about_key, source_key)]
    if not people:
        return 0
    channels = choices.channels_for(known, [person.pk for person in people])
    clocks = choices.clocks_of(people)
    now = timezone.now()
    rows = []
    for person in people:
        row = Notification(
            user_id=person.pk,
            kind=kind,
            about=about_key,
            source=source_key,
            url=url,
            actor_id=actor.user_id,
            words=stored(words or {}),
            once=once or secrets.token_hex(8),
            at=now,
        )
        if _address_it(row, person, channels[person.pk], clocks[person.pk], now):
            rows.append(row)
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    _ask_for_mail(rows)
    return len(rows)


def _key(about: models.Model | str) -> str:
    return about if isinstance(about, str) else key_of(about)


def _people(users: Iterable[Any], acting_id: int | None) -> list[Any]:
    """Those who can read it: people who may sign in, without the one who acts."""
    ids = {int(each.pk) if isinstance(each, models.Model) else int(each) for each in users} - {acting_id}
    found: Any = get_user_model()._default_manager.filter(pk__in=ids).order_by("pk")
    return [person for person in found if getattr(person, "may_sign_in", person.is_active)]


def _may_open(person: Any, *keys: str) -> bool:
    wanted = {key for key in keys if key}
    return not wanted or wanted == set(reached_keys(Actor.of(person, Via.JOB), wanted))


def _address_it(row: Notification, person: Any, channels: Channels, clock: Clock, now: datetime) -> bool:
    """Set the channels of one notification. Says whether it goes anywhere."""
    if channels.is_off:
        return False
    mails = channels.by_mail if has_mail() and person.email else ByMail.NEVER
    # Who wants mail only, where there is none, reads it in the page: otherwise he would never know.
    row.in_app = channels.in_app or mails is ByMail.NEVER
    row.mail_at = clock.may_mail_at(now) if mails is ByMail.AT_ONCE else None
    row.in_digest = mails is ByMail.DIGEST
    return True


def has_mail() -> bool:
    """Whether this installation can send mail at all."""
    return bool(settings.EMAIL_BACKEND) and not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def _ask_for_mail(rows: list[Notification]) -> None:
    from zhike.core.notifications.jobs import ask_for_mail  # jobs read notifications, which this module makes

    for moment in sorted({row.mail_at for row in rows if row.mail_at is not None}):
        ask_for_mail(moment)
