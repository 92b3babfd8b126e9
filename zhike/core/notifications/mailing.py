"""Notifications as mails: plain text with simple HTML, in the reader's language, of what he may open at that moment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import company
from zhike.core.actors import Actor, Via
from zhike.core.notifications import choices
from zhike.core.notifications.models import Notification
from zhike.core.notifications.reading import Told, tell

# More would not be read; the rest is one click away.
MOST_IN_DIGEST = 50
_LONGEST_SUBJECT = 150


def send_notification(row: Notification) -> bool:
    """Mail one notification. Says whether there was something to mail. Raises what the mail server answers."""
    user = row.user
    with _as_read_by(user):
        told = tell(Actor.of(user, Via.JOB), [row]) if _can_read(user) else []
        if not told:
            return False
        _send(user, told[0].text, told, f"notification-{row.pk}")
    return True


def send_digest(user: Any, rows: Sequence[Notification]) -> bool:
    """Mail one person's daily mail: what he may open today and has not read. Raises what the mail server answers."""
    unread = [row for row in rows if row.read_at is None]
    with _as_read_by(user):
        told = tell(Actor.of(user, Via.JOB), unread) if _can_read(user) else []
        if not told:
            return False
        count = len(told)
        subject = ngettext("%(count)d notification", "%(count)d notifications", count) % {"count": count}
        _send(user, subject, told, f"digest-{user.pk}-{rows[-1].pk}")
    return True


def _can_read(user: Any) -> bool:
    return bool(user.email) and bool(getattr(user, "may_sign_in", user.is_active))


@contextmanager
def _as_read_by(user: Any) -> Iterator[None]:
    language = getattr(user, "language", "") or company.current().language
    with translation.override(language), timezone.override(choices.clocks_of([user])[user.pk].zone):
        yield


def _send(user: Any, subject: str, told: Sequence[Told], message: str) -> None:
    preferences = settings.BASE_URL + reverse("notification-preferences")
    context = {
        "name": str(user),
        "lines": [
            {"text": each.text, "at": timezone.localtime(each.at).strftime("%Y-%m-%d %H:%M"), "url": _absolute(each)}
            for each in told[:MOST_IN_DIGEST]
        ],
        "more": max(0, len(told) - MOST_IN_DIGEST),
        "all_url": settings.BASE_URL + reverse("notifications"),
        "preferences_url": preferences,
        "company": company.current().name or _("Zhike"),
        "language": translation.get_language(),
    }
    mail = EmailMultiAlternatives(
        one_line(subject),
        render_to_string("core/notifications/mail.txt", context),
        settings.DEFAULT_FROM_EMAIL,
        [user.email],
        headers={
            "Message-ID": f"<{message}@{urlsplit(settings.BASE_URL).hostname or 'zhike'}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{preferences}>",
        },
    )
    mail.attach_alternative(render_to_string("core/notifications/mail.html", context), "text/html")
    mail.send()


def one_line(text: str) -> str:
    """A subject: nothing in a name can end the line and begin a header of its own, or turn the writing round."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:_LONGEST_SUBJECT]


def _absolute(told: Told) -> str:
    return f"{settings.BASE_URL}{told.address}" if told.address.startswith("/") else ""
