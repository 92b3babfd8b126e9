"""What somebody was told, how he wants to be told, and when he wants to be left alone."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhike.core.fields import RecordKeyField


class Notification(models.Model):
    """One thing one person is told. No sentence is stored: it is made in the reader's language when he reads it.

    - `about`: the record it opens, blank for none; `source`: a second record that he must reach as well, such as the
      comment he is mentioned in; `url` where it opens a page that is no record.
    - `once`: what makes it the only one of its kind: the event it came from, or the day it is due.
    - `mail_at`: when it is to be mailed, None where mail is not wanted; `mailed_at`: when it was, or was dropped.
    - `in_digest` until a digest took it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    about = RecordKeyField()
    source = RecordKeyField()
    url = models.CharField(max_length=200, blank=True, default="")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    words = models.JSONField(default=dict)
    once = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    in_app = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    in_digest = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "about", "once"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user", condition=models.Q(in_app=True)),
            models.Index(
                fields=["user"], name="notification_unread", condition=models.Q(in_app=True, read_at__isnull=True)
            ),
            models.Index(
                fields=["mail_at"],
                name="notification_to_mail",
                condition=models.Q(mail_at__isnull=False, mailed_at__isnull=True),
            ),
            models.Index(fields=["user", "id"], name="notification_digest", condition=models.Q(in_digest=True)),
            models.Index(fields=["about"], name="notification_about", condition=~models.Q(about="")),
            models.Index(fields=["at"], name="notification_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class ByMail(models.TextChoices):
    """When a notification goes out by mail."""

    NEVER = "never", _("no mail")
    AT_ONCE = "at_once", _("mail at once")
    DIGEST = "digest", _("daily mail")


class NotificationChoice(models.Model):
    """How one kind reaches one person; without a person, how it reaches everybody who has not chosen himself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    in_app = models.BooleanField(default=True)
    by_mail = models.CharField(max_length=10, choices=ByMail.choices, default=ByMail.NEVER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_choice_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(user__isnull=True), name="notification_default_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id or 'everybody'}"


class NotificationTimes(models.Model):
    """When one person wants mail, by the clock of his time zone; without a person, the company's default.

    Between `quiet_from` and `quiet_to` (which may lie on the next day) no mail is sent; the same time twice means never quiet.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet to"), null=True, blank=True)
    digest_hour = models.PositiveSmallIntegerField(_("hour of the daily mail"), default=8)
    watch_after_comment = models.BooleanField(_("watch what I comment on"), default=True)
    # The person's day of his last daily mail: one a day, whatever happens to his clock.
    digested_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(digest_hour__lte=23), name="notification_digest_hour"),
        ]

    def __str__(self) -> str:
        return f"times of {self.user_id or 'everybody'}"
