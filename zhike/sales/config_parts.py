"""Pipelines and stages in a configuration file."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import modules, writes
from zhike.core.actors import Actor
from zhike.core.configfile import ConfigSection, Keys, Property, Refusal, columns_of, read_rows
from zhike.core.entities import contribute
from zhike.sales.models import Pipeline, Stage

RIGHT = "settings.pipelines"
_PIPELINE = {
    "position": Property(kind=int, default=0),
    "in_use": Property(kind=bool, default=True, column="is_active"),
    "amount_from_lines": Property(kind=bool, default=False),
}
_STAGE = {
    "position": Property(kind=int, default=0),
    "status": Property(kind=str, default="open"),
    "probability": Property(kind=int, default=0),
    "requires": Property(kind=list, default=[]),
    "guidance": Property(kind=str, default=""),
    "days_allowed": Property(kind=int),
}


def _pipelines() -> Any:
    return Pipeline.objects.filter(deleted_at__isnull=True)


def _stages() -> Any:
    return Stage.objects.filter(deleted_at__isnull=True, pipeline__deleted_at__isnull=True)


def _read_pipelines() -> Mapping[Keys, Any]:
    return read_rows(_pipelines().order_by("position", "pk"), ("name",), _PIPELINE)


def _write_pipeline(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    row = _pipelines().filter(name=keys[0]).first() or Pipeline(name=keys[0])
    _store(actor, row, columns_of(thing, _PIPELINE))


def _remove_pipeline(actor: Actor, keys: Keys) -> None:
    for row in _pipelines().filter(name=keys[0]):
        writes.delete(actor, row)


def _read_stages() -> Mapping[Keys, Any]:
    rows = _stages().select_related("pipeline").order_by("pipeline__position", "pipeline_id", "position", "pk")
    return read_rows(rows, ("pipeline.name", "name"), _STAGE)


def _write_stage(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    pipeline = _pipelines().filter(name=keys[0]).first()
    if pipeline is None:
        raise Refusal(_("There is no pipeline “%(name)s”. Name it under pipelines as well.") % {"name": keys[0]})
    row = _stages().filter(pipeline=pipeline, name=keys[1]).first() or Stage(pipeline=pipeline, name=keys[1])
    _store(actor, row, columns_of(thing, _STAGE))


def _remove_stage(actor: Actor, keys: Keys) -> None:
    for row in _stages().filter(pipeline__name=keys[0], name=keys[1]):
        writes.delete(actor, row)


def _store(actor: Actor, row: Any, wanted: Mapping[str, Any]) -> None:
    if not modules.is_on("sales"):
        raise Refusal(_("Sales is switched off, so its pipelines cannot be changed. Say sales = true under modules."))
    for name, value in wanted.items():
        setattr(row, name, value)
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
        properties=_PIPELINE,
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
        properties=_STAGE,
        weight=510,
    ),
)
