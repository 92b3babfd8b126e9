"""Mail about notifications: at once, once a day, and what is thrown away in time."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhike.core.actors import Actor, Via
from zhike.core.entities import contribute
from zhike.core.jobs import Job, JobContext, JobKind, JobState, NoArguments, ScheduledJob, enqueue
from zhike.core.jobs.housekeeping import delete_in_batches
from zhike.core.jobs.kinds import JobEnd
from zhike.core.notifications import choices, mailing
from zhike.core.notifications.kinds import JobName
from zhike.core.notifications.models import Notification, NotificationTimes
from zhike.core.notifications.sending import has_mail, notify

log = logging.getLogger(__name__)

# Before the second try, the third, …; after the last one the notification stays in the page only.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60))
# How long one try may take before another process may try as well.
_LEASE = timedelta(minutes=5)
_AT_ONCE = 100
READ_KEPT = timedelta(days=90)
KEPT = timedelta(days=365)


def _send_due(job: JobContext[NoArguments]) -> None:
    """Send every mail that is due, and come back when the next one is."""
    job.beat()
    send_due()
    ahead = _waiting().aggregate(first=Min("mail_at"))["first"]
    if ahead is not None:
        ask_for_mail(max(ahead, timezone.now() + timedelta(seconds=1)))


def send_due() -> int:
    """Send what is due. Returns how many mails were accepted by the mail server.

    A mail is claimed before it is sent and marked after, so that no lock is held while the server answers: a process killed
    in between sends it a second time under the same message id, and never loses it.
    """
    if not has_mail():
        return 0
    sent = 0
    due = _waiting().filter(mail_at__lte=timezone.now()).order_by("mail_at", "pk")
    for pk, mail_at in list(due.values_list("pk", "mail_at")[:_AT_ONCE]):
        claimed = _waiting().filter(pk=pk, mail_at=mail_at).update(mail_at=timezone.now() + _LEASE)
        if claimed:
            sent += _send_one(pk)
    return sent


def _send_one(pk: int) -> int:
    row = Notification.objects.select_related("user", "actor").get(pk=pk)
    try:
        went_out = mailing.send_notification(row)
    except Exception:
        # A mail server may fail in any way; the next mail is tried all the same.
        log.exception("Notification %s could not be mailed, try %s.", pk, row.mail_tries + 1)
        tries = row.mail_tries + 1
        again = timezone.now() + PAUSES[row.mail_tries] if row.mail_tries < len(PAUSES) else None
        Notification.objects.filter(pk=pk).update(mail_tries=tries, mail_at=again, in_app=row.in_app or again is None)
        return 0
    # Dropped silently where the person may not open it any more: it is settled either way.
    Notification.objects.filter(pk=pk).update(mailed_at=timezone.now())
    return int(went_out)


def _waiting() -> Any:
    return Notification.objects.filter(mail_at__isnull=False, mailed_at__isnull=True)


def ask_for_mail(moment: datetime) -> None:
    """Have mails sent at that moment, unless a job that waits will do it."""
    queued = Job.objects.filter(kind=SEND.name, state=JobState.QUEUED, run_after__lte=moment)
    if not queued.exists():
        enqueue(Actor.system(Via.JOB), SEND, NoArguments(), run_after=moment)


def _hourly(job: JobContext[NoArguments]) -> None:
    """Mails that were left over, the daily mails whose hour has come."""
    job.beat()
    send_due()
    for user in _with_digest():
        job.beat()
        send_digest(user)


def _with_digest() -> list[Any]:
    waiting = Notification.objects.filter(in_digest=True).values("user").distinct()
    return list(get_user_model()._default_manager.filter(pk__in=waiting).order_by("pk"))


def send_digest(user: Any) -> bool:
    """Send the person his daily mail when it is due. Says whether one went out.

    The day is claimed first, so that two processes never send it twice; a mail server that fails gives the day back.
    """
    now = timezone.now()
    clock = choices.clocks_of([user])[user.pk]
    times = choices.times_of(user)
    if not has_mail() or not clock.digest_is_due(now, times.digested_on):
        return False
    today = clock.today(now)
    if times._state.adding:
        times, _made = NotificationTimes.objects.get_or_create(user=user, defaults=_chosen(times))
    before = times.digested_on
    not_yet = Q(digested_on__isnull=True) | Q(digested_on__lt=today)
    if not NotificationTimes.objects.filter(not_yet, pk=times.pk).update(digested_on=today):
        return False
    rows = list(Notification.objects.filter(user=user, in_digest=True).select_related("actor").order_by("pk"))
    try:
        went_out = mailing.send_digest(user, rows)
    except Exception:
        log.exception("The daily mail to person %s could not be sent.", user.pk)
        NotificationTimes.objects.filter(pk=times.pk, digested_on=today).update(digested_on=before)
        return False
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(in_digest=False)
    return went_out


def _chosen(times: NotificationTimes) -> dict[str, Any]:
    return {name: getattr(times, name) for name in ("quiet_from", "quiet_to", "digest_hour", "watch_after_comment")}


def _forget_old(job: JobContext[NoArguments]) -> None:
    """Throw away what was read long ago, and what nobody will read any more."""
    now = timezone.now()
    delete_in_batches(job, Notification.objects.filter(read_at__lt=now - READ_KEPT))
    delete_in_batches(job, Notification.objects.filter(at__lt=now - KEPT))


# A job that took less was waited for.
_WORTH_TELLING = timedelta(seconds=15)


def _tell_who_asked(job: Job, state: JobState) -> None:
    """Tell the person who asked for a job that it is over, when he hardly waited for it."""
    if job.asked_by_id is None or state not in (JobState.DONE, JobState.FAILED):
        return
    if timezone.now() - job.created_at < _WORTH_TELLING:
        return
    kind = "job_done" if state == JobState.DONE else "job_failed"
    words = {"job": JobName(job.kind)}
    page = reverse("job", args=[job.pk])
    notify(Actor.system(Via.JOB), [job.asked_by_id], kind, words=words, url=page, once=f"job:{job.pk}")


SEND = JobKind(
    name="core.mail_notifications", label=_("mail about notifications"), arguments=NoArguments, run=_send_due,
    right="settings.company",
)  # fmt: skip
HOURLY = JobKind(
    name="core.daily_mails", label=_("daily mails"), arguments=NoArguments, run=_hourly, right="settings.company"
)
FORGET = JobKind(
    name="core.forget_notifications", label=_("removing old notifications"), arguments=NoArguments, run=_forget_old,
    right="settings.company",
)  # fmt: skip

contribute(
    JobEnd(heard=_tell_who_asked),
    SEND,
    HOURLY,
    FORGET,
    ScheduledJob(name="core.daily_mails", cron="0 * * * *", kind=HOURLY),
    ScheduledJob(name="core.forget_notifications", cron="40 3 * * *", kind=FORGET),
)
