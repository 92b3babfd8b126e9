"""Activities, tasks and comments, and what they leave on the records they are about."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.core.fields import OptionField, PercentField, RecordKeyField, RecordKeysField
from zhike.core.records import AttachedRecord

_LIVE = Q(deleted_at__isnull=True)


class FollowedUp(models.Model):
    """A record that people follow up: when it was last spoken to, and by which day the next step is due.

    Both are derived from what is not private (`zhike.activities.following`): they make no event and no version. The entity
    names them in `derived`.
    """

    last_contact_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False, db_index=True)
    next_step_on = models.DateField(_("next follow-up"), null=True, blank=True, editable=False, db_index=True)

    class Meta:
        abstract = True


class Priority(models.TextChoices):
    """How much something matters; the order of the codes is the order of urgency."""

    LOW = "1_low", _("low")
    NORMAL = "2_normal", _("normal")
    HIGH = "3_high", _("high")
    URGENT = "4_urgent", _("urgent")


PRIORITY_TONES = {Priority.HIGH.value: "amber", Priority.URGENT.value: "red"}


class Task(AttachedRecord):
    """Something somebody is to do, by a day. Its owner does it; a task with subtasks is as far as they are."""

    class Status(models.TextChoices):
        OPEN = "open", _("to do")
        DOING = "doing", _("under way")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    OPEN_STATES: ClassVar = (Status.OPEN, Status.DOING)
    tones: ClassVar = {
        "status": {Status.DOING.value: "blue", Status.DONE.value: "green", Status.CANCELLED.value: "grey"},
        "priority": PRIORITY_TONES,
    }

    name = models.CharField(_("task"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    remind_at = models.DateTimeField(_("remind at"), null=True, blank=True)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, default=Priority.NORMAL)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    progress = PercentField(_("progress"), default=0, null=False)
    # Subtasks outlive a task that is removed for good.
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("part of task")
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)
    is_private = models.BooleanField(_("private"), default=False, help_text=_("Only you see it."))
    # The last day on which its owner was told that it is due or overdue, and whether he was reminded at `remind_at`.
    told_on = models.DateField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=["about", "-created_at"], name="task_about"),
            models.Index(fields=["party_id", "-created_at"], name="task_of_party"),
            models.Index(fields=["anchor"], name="task_anchor"),
            models.Index(
                fields=["owner", "due_on"],
                name="task_open_of_owner",
                condition=_LIVE & Q(status__in=("open", "doing")),
            ),
            models.Index(fields=["due_on", "id"], name="task_by_due", condition=_LIVE),
            models.Index(
                fields=["remind_at"],
                name="task_to_remind",
                condition=Q(remind_at__isnull=False, reminded_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN_STATES


class Activity(AttachedRecord):
    """A call, visit, meeting, message or note: planned, or done. What was done is a contact with the record."""

    tones: ClassVar = {"importance": PRIORITY_TONES}

    kind = OptionField(_("kind"), list_name="activity_kind", default="call")
    subject = models.CharField(_("subject"), max_length=200, blank=True, default="")
    content = models.TextField(_("content"), blank=True, default="")
    starts_at = models.DateTimeField(_("starts at"), blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    is_done = models.BooleanField(_("done"), default=True)
    outcome = OptionField(_("outcome"), list_name="activity_outcome")
    met_decision_maker = models.BooleanField(_("spoke with the decision maker"), default=False)
    importance = models.CharField(_("importance"), max_length=10, choices=Priority, default=Priority.NORMAL)
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    # Who took part: contacts and colleagues by their keys, and the names of others. `Participant` finds them the other way round.
    people = RecordKeysField(_("participants"))
    participants = models.CharField(_("other participants"), max_length=300, blank=True, default="")
    next_step = models.CharField(_("next step"), max_length=200, blank=True, default="")
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    # The task that the next step became.
    follow_up = models.ForeignKey(Task, models.SET_NULL, null=True, editable=False, related_name="+")
    is_private = models.BooleanField(_("private"), default=False, help_text=_("Only you see it."))

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
                name="activity_ends_after_it_starts",
                violation_error_message=_("A follow-up cannot end before it starts."),
            )
        ]
        indexes = [
            models.Index(fields=["about", "-starts_at"], name="activity_about"),
            models.Index(fields=["party_id", "-starts_at"], name="activity_of_party"),
            models.Index(fields=["anchor"], name="activity_anchor"),
            models.Index(fields=["-starts_at", "-id"], name="activity_newest", condition=_LIVE),
            models.Index(fields=["owner", "-starts_at"], name="activity_of_owner"),
            models.Index(fields=["reach_owner", "-starts_at"], name="activity_reach_owner"),
        ]

    def __str__(self) -> str:
        return self.subject


class Participant(models.Model):
    """One contact or colleague who takes part in an activity: `Activity.people` the other way round.

    Kept by `zhike.activities.participation`. `starts_at` is the activity's own, so that the newest of one person are found at once.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="+", db_index=False)
    person = RecordKeyField()
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "person"], name="participant_once")]
        indexes = [models.Index(fields=["person", "-starts_at", "-activity"], name="participant_of_person")]

    def __str__(self) -> str:
        return f"{self.person} in {self.activity_id}"


class Comment(AttachedRecord):
    """A sentence about a record, for colleagues. `mentions` are the ids of the people named with @ in it."""

    has_doer = False

    text = models.TextField(_("comment"), max_length=5000)
    mentions = models.JSONField(_("mentioned"), default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            models.Index(fields=["about", "-created_at"], name="comment_about"),
            models.Index(fields=["party_id", "-created_at"], name="comment_of_party"),
            models.Index(fields=["anchor"], name="comment_anchor"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
