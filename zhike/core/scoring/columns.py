"""The columns of a record that gets points."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# Kept by `core.scoring.engine`: no change of them counts as a change of the record.
SCORE_COLUMNS = ("score", "score_reasons", "scored_at", "score_version")


class Scored(models.Model):
    """Points with their reasons: `[{"rule": id, "points": 20, "reason": "…"}]`, in the order of the rules.

    `score_version` is the version of the rules that gave them; blank points: nobody has judged the record yet.
    """

    score = models.SmallIntegerField(_("score"), null=True, blank=True, editable=False)
    score_reasons = models.JSONField(_("reasons of the score"), default=list, blank=True, editable=False)
    scored_at = models.DateTimeField(_("scored at"), null=True, blank=True, editable=False)
    score_version = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
