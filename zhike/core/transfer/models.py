"""Imports that people began in the page, kept step by step, and the mappings remembered for the next file."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhike.core.jobs.models import Job


class TableImport(models.Model):
    """One file on its way in. `chosen` holds what was said in every step, so that it can be left and taken up again.

    `look`, `trial`, `run` and `undo` are its jobs; `batch` is what the events of the run are known by for ever.
    """

    class Stage(models.TextChoices):
        COLUMNS = "columns", _("columns")
        VALUES = "values", _("values")
        DOUBLES = "doubles", _("records that are here already")
        TRIAL = "trial", _("trial")
        RUN = "run", _("import")
        UNDONE = "undone", _("undone")

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("asked by")
    )
    entity = models.CharField(max_length=60)
    # What the file is called, and its random name under the data directory.
    name = models.CharField(_("file"), max_length=200)
    upload = models.CharField(max_length=60)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.COLUMNS)
    chosen = models.JSONField(default=dict)
    look = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", db_index=False)
    trial = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", db_index=False)
    run = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", db_index=False)
    undo = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", db_index=False)
    batch = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["asked_by", "-id"], name="import_of_person"),
            models.Index(fields=["entity", "-id"], name="import_into_entity"),
        ]

    def __str__(self) -> str:
        return self.name


class RememberedMapping(models.Model):
    """How one person mapped a file with these headings into this entity the last time, its values included."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    entity = models.CharField(max_length=60)
    # Of the headings in order.
    digest = models.CharField(max_length=40)
    chosen = models.JSONField(default=dict)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "entity", "digest"], name="mapping_once")]

    def __str__(self) -> str:
        return f"{self.entity} {self.digest}"
