"""Days and moments as people say them: today, 3 days ago, 06-30; the exact one on hover."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import company

_NEAR = 7  # days within which the distance says more than the date


def element(value: date | datetime, *, dense: bool = False) -> SafeString:
    """`<time>` with the words and the exact moment as its title. On a page the exact one stands, and the words that say more."""
    exact = exactly(value)
    words = in_words(value)
    is_relative = not ("-" in words and words[:1].isdecimal())
    text = words if dense else _("%(day)s (%(words)s)") % {"day": exact, "words": words} if is_relative else exact
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, text)


def exactly(value: date | datetime) -> str:
    """2026-01-31, or 2026-01-31 14:05 in the reader's zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


def in_words(value: date | datetime) -> str:
    """Near days by their distance, others by date; the year is left out where it is this one."""
    if isinstance(value, datetime):
        return _moment(value)
    return day_in_words(value, company.today())


def _moment(value: datetime) -> str:
    now = timezone.now()
    passed = now - value
    if timedelta(0) <= passed < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    local = timezone.localtime(value)
    if abs(passed) < timedelta(days=2):
        return f"{day_in_words(local.date(), timezone.localdate())} {local:%H:%M}"
    return day_in_words(local.date(), timezone.localdate())


def day_in_words(day: date, today: date) -> str:
    """A day as seen from `today`."""
    distance = (day - today).days
    if distance in (-1, 0, 1):
        return (_("yesterday"), _("today"), _("tomorrow"))[distance + 1]
    if -_NEAR <= distance < 0:
        return ngettext("%(count)d day ago", "%(count)d days ago", -distance) % {"count": -distance}
    if 0 < distance <= _NEAR:
        return ngettext("in %(count)d day", "in %(count)d days", distance) % {"count": distance}
    return day.strftime("%m-%d") if day.year == today.year else day.isoformat()
