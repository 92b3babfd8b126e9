"""Numbering rules as changed by an administrator, and their counters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberRule(models.Model):
    """A rule whose pattern the company changed."""

    class Reset(models.TextChoices):
        NEVER = "never", _("never")
        YEAR = "year", _("every year")
        MONTH = "month", _("every month")
        DAY = "day", _("every day")

    name = models.CharField(max_length=40, unique=True)
    pattern = models.CharField(_("pattern"), max_length=60)
    reset = models.CharField(_("counts anew"), max_length=10, choices=Reset, default=Reset.DAY)

    def __str__(self) -> str:
        return self.pattern


class NumberCounter(models.Model):
    """The last number drawn in one period of one rule."""

    rule = models.CharField(max_length=40)
    period = models.CharField(max_length=8, blank=True, default="")
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "period"], name="number_counter_once")]

    def __str__(self) -> str:
        return f"{self.rule} {self.period}: {self.last}"
