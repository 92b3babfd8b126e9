"""Scoring as it is stored: one set of rules for each kind of record, kept by administrators."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_POINTS = 1000


class ScoreModel(models.Model):
    """The rules of one entity. `version` counts the changes; rows remember the version that judged them."""

    entity = models.CharField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1)
    passing_mark = models.SmallIntegerField(
        _("passing mark"), default=60, validators=[MinValueValidator(-MOST_POINTS), MaxValueValidator(MOST_POINTS)]
    )

    def __str__(self) -> str:
        return self.name


class ScoreRule(models.Model):
    """Points, more or less, for the records that meet a condition; `reason` says why in the company's words."""

    model = models.ForeignKey(ScoreModel, models.CASCADE, related_name="rules")
    reason = models.CharField(_("reason"), max_length=100)
    points = models.SmallIntegerField(
        _("points"), validators=[MinValueValidator(-MOST_POINTS), MaxValueValidator(MOST_POINTS)]
    )
    condition = models.JSONField(_("condition"), default=dict)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.reason
