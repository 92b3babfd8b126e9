"""The pipeline and the stages as migration 0002 stores them, and their names in the company's language."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy, gettext_noop

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.entities import contribute
from zhike.core.shipped_texts import ShippedTexts
from zhike.sales.config_parts import RIGHT
from zhike.sales.models import Pipeline, Stage

PIPELINES = {"标准销售流程": gettext_noop("Standard sales process")}
STAGES = {
    "初步接洽": gettext_noop("First contact"),
    "需求确认": gettext_noop("Needs confirmed"),
    "方案报价": gettext_noop("Proposal and price"),
    "商务谈判": gettext_noop("Negotiation"),
    "赢单": gettext_noop("Won"),
    "输单": gettext_noop("Lost"),
}


def _pipelines() -> Iterator[Pipeline]:
    yield from Pipeline.objects.filter(deleted_at__isnull=True).order_by("pk")


def _stages() -> Iterator[Stage]:
    yield from Stage.objects.filter(deleted_at__isnull=True, pipeline__deleted_at__isnull=True).order_by("pk")


def _rename(actor: Actor, row: Pipeline | Stage, wanted: Mapping[str, str]) -> None:
    row.name = wanted["name"]
    writes.save(actor, row)


contribute(
    ShippedTexts(
        label=gettext_lazy("Pipelines"), texts=PIPELINES, fields=("name",), rows=_pipelines, rename=_rename,
        right=RIGHT, module="sales", weight=300,
    ),
    ShippedTexts(
        label=gettext_lazy("Stages"), texts=STAGES, fields=("name",), rows=_stages, rename=_rename,
        right=RIGHT, module="sales", weight=310,
    ),
)  # fmt: skip
