"""Pipelines and stages in a configuration file."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import modules, writes
from zhike.core.actors import Actor
from zhike.core.configfile import ConfigSection, Keys, Property, Refusal
from zhike.core.entities import contribute
from zhike.sales.models import Pipeline, Stage

RIGHT = "settings.pipelines"
_STAGE = ("position", "status", "probability", "requires", "guidance", "days_allowed")


def _pipelines() -> Any:
    return Pipeline.objects.filter(deleted_at__isnull=True)


def _stages() -> Any:
    return Stage.objects.filter(deleted_at__isnull=True, pipeline__deleted_at__isnull=True)


def _read_pipelines() -> Mapping[Keys, Any]:
    return {
        (row.name,): {"position": row.position, "in_use": row.is_active, "amount_from_lines": row.amount_from_lines}
        for row in _pipelines().order_by("position", "pk")
    }


def _write_pipeline(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    row = _pipelines().filter(name=keys[0]).first() or Pipeline(name=keys[0])
    row.position, row.is_active = thing["position"], thing["in_use"]
    row.amount_from_lines = thing["amount_from_lines"]
    _store(actor, row)


def _remove_pipeline(actor: Actor, keys: Keys) -> None:
    for row in _pipelines().filter(name=keys[0]):
        writes.delete(actor, row)


def _read_stages() -> Mapping[Keys, Any]:
    rows = _stages().select_related("pipeline").order_by("pipeline__position", "pipeline_id", "position", "pk")
    return {(row.pipeline.name, row.name): {name: getattr(row, name) for name in _STAGE} for row in rows}


def _write_stage(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    pipeline = _pipelines().filter(name=keys[0]).first()
    if pipeline is None:
        raise Refusal(_("There is no pipeline “%(name)s”. Name it under pipelines as well.") % {"name": keys[0]})
    row = _stages().filter(pipeline=pipeline, name=keys[1]).first() or Stage(pipeline=pipeline, name=keys[1])
    for name in _STAGE:
        setattr(row, name, thing[name])
    _store(actor, row)


def _remove_stage(actor: Actor, keys: Keys) -> None:
    for row in _stages().filter(pipeline__name=keys[0], name=keys[1]):
        writes.delete(actor, row)


def _store(actor: Actor, row: Any) -> None:
    if not modules.is_on("sales"):
        raise Refusal(_("Sales is switched off, so its pipelines cannot be changed. Say sales = true under modules."))
    if row.pk is None:
        writes.create(actor, row)
    else:
        writes.save(actor, row)


contribute(
    ConfigSection(
        name="pipelines",
        label=gettext_lazy("Pipelines"),
        right=RIGHT,
        depth=1,
        read=_read_pipelines,
        write=_write_pipeline,
        remove=_remove_pipeline,
        properties={
            "position": Property(kind=int, default=0),
            "in_use": Property(kind=bool, default=True),
            "amount_from_lines": Property(kind=bool, default=False),
        },
        weight=500,
    ),
    ConfigSection(
        name="stages",
        label=gettext_lazy("Stages"),
        right=RIGHT,
        depth=2,
        read=_read_stages,
        write=_write_stage,
        remove=_remove_stage,
        properties={
            "position": Property(kind=int, default=0),
            "status": Property(kind=str, default="open"),
            "probability": Property(kind=int, default=0),
            "requires": Property(kind=list, default=[]),
            "guidance": Property(kind=str, default=""),
            "days_allowed": Property(kind=int),
        },
        weight=510,
    ),
)
