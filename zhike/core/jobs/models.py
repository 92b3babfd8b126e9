"""Work that outlives a request, and the slots of what runs by the clock."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Queue(models.TextChoices):
    """Each queue has a process of its own, so that a long import never holds up what takes a second."""

    QUICK = "quick", _("quick")
    LONG = "long", _("long")


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """One piece of work. `cursor`, `done` and `report` move in the transaction of the rows they speak of.

    A running job is held by whoever knows `lease`: a batch of a worker that lost it is rolled back, so that every row
    is done exactly once however workers die. `attempts` counts the tries since the last batch that was committed.
    """

    kind = models.CharField(_("kind"), max_length=80)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=10, choices=Queue.choices)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    # None: the system itself.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("asked by"),
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    run_after = models.DateTimeField(default=timezone.now)
    lease = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    # Where to go on; None at the beginning.
    cursor = models.JSONField(null=True)
    done = models.PositiveBigIntegerField(_("rows done"), default=0)
    total = models.PositiveBigIntegerField(_("rows in all"), null=True)
    # What the kind wants remembered and shown: counts, sentences.
    report = models.JSONField(default=dict)
    # A random name under DATA_DIR/files/jobs, and the name under which a person gets it.
    result_file = models.CharField(max_length=60, blank=True, default="")
    result_name = models.CharField(_("result"), max_length=200, blank=True, default="")
    error = models.TextField(_("what went wrong"), blank=True, default="")
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["queue", "run_after", "id"], name="job_waiting", condition=models.Q(state="queued")),
            models.Index(fields=["lease_until"], name="job_leased", condition=models.Q(state="running")),
            models.Index(fields=["asked_by", "-id"], name="job_of_person"),
            models.Index(fields=["finished_at"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.state not in UNFINISHED


class ScheduledSlot(models.Model):
    """One slot of one schedule, run once however many schedulers there are. `job` is None for a slot passed over."""

    name = models.CharField(max_length=80)
    slot = models.DateTimeField()
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="scheduled_slot_once")]

    def __str__(self) -> str:
        return f"{self.name} at {self.slot}"
