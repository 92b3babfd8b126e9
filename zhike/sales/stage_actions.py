"""Arranging the stages of a pipeline."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.configuration.rights import require
from zhike.core.writes import RuleBroken
from zhike.sales.models import Pipeline, Stage, Status

PIPELINES = "settings.pipelines"
_STEP = 10


def order_stages(actor: Actor, pipeline: Pipeline, stage_ids: Sequence[int]) -> None:
    """Put the stages of a pipeline into this order. Raises `RuleBroken` unless each is named once, open ones first."""
    require(actor, PIPELINES)
    with transaction.atomic():
        rows = {row.pk: row for row in Stage.objects.filter(pipeline=pipeline, deleted_at__isnull=True)}
        if sorted(rows) != sorted(stage_ids):
            raise RuleBroken(_("The stages were changed meanwhile. Reload the page and order them again."))
        ordered = [rows[pk] for pk in stage_ids]
        is_closed = [row.status != Status.OPEN for row in ordered]
        if is_closed != sorted(is_closed):
            raise RuleBroken(_("Stages that end an opportunity stand behind the open ones."))
        for place, row in enumerate(ordered, 1):
            row.position = place * _STEP
        writes.save_many(actor, ordered, verb="edit")
