"""Settings, pipelines: the stages in order, what each demands, and the bar that people will see."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from zhike.core import modules
from zhike.core.configuration.rights import require
from zhike.core.entities import registry
from zhike.core.pages import previews
from zhike.core.pages.answers import REFUSED, gone_to
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.words import join_words
from zhike.core.writes import Refused
from zhike.sales.models import TONES, Opportunity, Pipeline, Stage, Status
from zhike.sales.panels import BarStage
from zhike.sales.stage_actions import PIPELINES, order_stages

_MODULE = "sales"


@dataclass(frozen=True)
class ShownStage:
    """One line: the stage, its meaning, what it demands."""

    stage: Stage
    tone: str
    status: str
    demands: str
    note: str


def _guard(request: PageRequest) -> None:
    if not modules.is_on(_MODULE):
        raise Http404
    require(request.actor, PIPELINES)


def _stages(pipeline: Pipeline) -> list[Stage]:
    return list(Stage.objects.filter(pipeline=pipeline, deleted_at__isnull=True).order_by("position", "pk"))


@signed_in
@require_safe
def pipeline_list(request: PageRequest) -> HttpResponse:
    """`/settings/pipelines/`: every pipeline with its bar."""
    _guard(request)
    rows = Pipeline.objects.visible_to(request.actor).order_by("position", "pk")
    shown = [{"pipeline": row, "bar": _bar(_stages(row))} for row in rows]
    return render(request, "sales/pipelines.html", {"pipelines": shown})


@signed_in
@require_http_methods(["GET", "POST"])
def pipeline_page(request: PageRequest, pk: int) -> HttpResponse:
    """`/settings/pipelines/3/`: POST keeps the order; with `step` or `preview` it only shows what would come."""
    _guard(request)
    pipeline = Pipeline.objects.visible_to(request.actor).filter(pk=min(pk, 2**63 - 1)).first()
    if pipeline is None:
        raise Http404
    ids = [stage.pk for stage in _stages(pipeline)]
    refusal, status = "", 200
    if request.method == "POST":
        ids = _sent(request.POST)
        if not previews.asks_for_look(request) and "step" not in request.POST:
            try:
                order_stages(request.actor, pipeline, ids)
            except Refused as refused:
                refusal, status = refused.sentence, REFUSED
            else:
                return gone_to(request, _("The order was saved."), reverse("settings-pipeline", args=[pk]))
    rows: list[ShownStage] = []

    def shown() -> SafeString:
        stages = _stages(pipeline)
        rows.extend(_shown(stage) for stage in stages)
        return previews.rendered(request, "sales/pipeline_preview.html", {"bar": _bar(stages), "stages": rows})

    preview, problem = previews.tried(lambda: _change(request, pipeline, ids), shown)
    context: dict[str, Any] = {
        "pipeline": pipeline,
        "stages": rows or [_shown(stage) for stage in _stages(pipeline)],
        "is_changed": request.method == "POST",
        "refusal": refusal,
        "preview": preview,
        "problem": problem,
    }
    return previews.answer(request, preview, problem) or render(request, "sales/pipeline.html", context, status=status)


def _change(request: PageRequest, pipeline: Pipeline, ids: list[int]) -> None:
    if request.method == "POST":
        order_stages(request.actor, pipeline, ids)


def _sent(posted: QueryDict) -> list[int]:
    """The order as the page sent it, after the step that a button asked for."""
    ids = [int(each) for each in posted.getlist("item") if each.isdecimal() and len(each) < 19]
    verb, _colon, text = posted.get("step", "").partition(":")
    if verb in ("up", "down") and text.isdecimal() and int(text) in ids:
        at = ids.index(int(text))
        to = min(max(at + (1 if verb == "down" else -1), 0), len(ids) - 1)
        ids[at], ids[to] = ids[to], ids[at]
    return ids


def _bar(stages: list[Stage]) -> list[BarStage]:
    """The bar of an opportunity that stands in the second stage, as an example."""
    now = min(1, len(stages) - 1)
    return [
        BarStage(label=stage.name, state="done" if place < now else "now" if place == now else "next")
        for place, stage in enumerate(each for each in stages if each.status == Status.OPEN)
    ]


def _shown(stage: Stage) -> ShownStage:
    entity = registry.of(Opportunity)
    labels = [entity.field(name).label for name in stage.requires if entity.has_field(name)]
    days = stage.days_allowed
    notes = [_("%(percent)d%% likely") % {"percent": stage.probability}]
    if days is not None:
        notes.append(ngettext("at most %(count)d day", "at most %(count)d days", days) % {"count": days})
    return ShownStage(
        stage=stage,
        tone=TONES[stage.status],
        status=str(Status(stage.status).label),
        demands=join_words(labels),
        note=" · ".join(notes),
    )
