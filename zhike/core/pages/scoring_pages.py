"""The settings of scoring: the rules in words, a rule with its preview, and the passing mark."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from zhike.core import conditions
from zhike.core.actors import Actor
from zhike.core.configuration.rights import require
from zhike.core.entities import Entity
from zhike.core.pages.answers import gone_to
from zhike.core.pages.condition_field import ConditionField
from zhike.core.pages.guards import rows_of, signed_in
from zhike.core.pages.inputs import WholeNumberInput
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.settings_pages import attempt
from zhike.core.pages.titles import record_address, title_of
from zhike.core.pages.words import sentence_start
from zhike.core.scoring import actions, engine
from zhike.core.scoring.actions import SCORING, RuleDraft
from zhike.core.scoring.declarations import ScoreTarget, target_of, targets
from zhike.core.scoring.jobs import is_under_way
from zhike.core.scoring.models import MOST_POINTS, ScoreModel, ScoreRule
from zhike.core.writes import RuleBroken

# Records in the preview.
NEWEST = 20


class MarkForm(forms.Form):
    """Whether the rules are in use, and from how many points on a record passes."""

    is_active = forms.BooleanField(label=gettext_lazy("The rules are in use"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark = WholeNumberInput(required=True, least=-MOST_POINTS, most=MOST_POINTS)
        mark.label = _("Passing mark")
        mark.help_text = _("From so many points on a record is worth somebody's time.")
        self.fields["passing_mark"] = mark


class RuleForm(forms.Form):
    """One rule."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=100,
        help_text=gettext_lazy("Stands beside the points on the record's page."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, entity: Entity, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = WholeNumberInput(required=True, least=-MOST_POINTS, most=MOST_POINTS)
        points.label = _("Points")
        points.help_text = _("Less than zero takes points away.")
        self.fields["points"] = points
        self.fields["condition"] = ConditionField(entity, actor=actor, required=True, label=_("Given to records where"))

    @property
    def draft(self) -> RuleDraft:
        return RuleDraft(**self.cleaned_data)


@dataclass(frozen=True)
class ShownRule:
    """A rule in the table."""

    id: int
    points: str
    reason: str
    words: str
    is_broken: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Comparison:
    """A record in the preview: its points now, and with the rule as it is being written."""

    title: str
    url: str
    before: str
    after: int
    change: str
    passes: bool


@signed_in
@require_http_methods(["GET", "POST"])
def scoring_page(request: PageRequest, slug: str = "") -> HttpResponse:
    """`/settings/scoring/` and `/settings/scoring/leads/`: the rules of one kind of record; POST sets mark and use."""
    require(request.actor, SCORING)
    target = _target(slug)
    model = actions.model_of(target.slug)
    first = {"is_active": model.is_active, "passing_mark": model.passing_mark}
    form = MarkForm(request.POST or None, initial=first)
    status = 0
    if request.method == "POST":
        status = attempt(form, lambda: actions.change_model(request.actor, target.slug, **form.cleaned_data))
        if not status:
            return gone_to(request, _("The scoring was saved. Open records are judged anew now."), _address(target))
    entity, rules = target.entity, actions.rules_of(model)
    context = {
        "title": _("Scoring of %(records)s") % {"records": entity.label_plural},
        "form": form,
        "rules": [_shown(request.actor, entity, rules, place) for place in range(len(rules))],
        "address": _address(target),
        "tabs": [
            {"label": sentence_start(each.entity.label_plural), "url": _address(each), "active": each == target}
            for each in targets()
        ],
        "waiting": is_under_way(),
    }
    return render(request, "core/settings_scoring.html", context, status=status or 200)


def _target(slug: str) -> ScoreTarget:
    found = target_of(slug) if slug else next(iter(targets()), None)
    if found is None:
        raise Http404
    return found


def _address(target: ScoreTarget) -> str:
    return reverse("settings-scoring-of", args=[target.slug])


def _shown(actor: Actor, entity: Entity, rules: list[ScoreRule], place: int) -> ShownRule:
    rule = rules[place]
    condition = engine.read_condition(entity, rule.condition)
    return ShownRule(
        id=rule.pk,
        points=f"{rule.points:+d}",
        reason=rule.reason,
        words="" if condition is None else conditions.describe(condition, actor),
        is_broken=condition is None,
        is_first=place == 0,
        is_last=place == len(rules) - 1,
    )


@signed_in
@require_http_methods(["GET", "POST"])
def score_rule_page(request: PageRequest, slug: str, rule_id: int | None = None) -> HttpResponse:
    """`/settings/scoring/leads/7/` and `…/new/`: a rule; the button for the preview saves nothing."""
    require(request.actor, SCORING)
    target = _target(slug)
    model = actions.model_of(target.slug)
    rules = actions.rules_of(model)
    rule = next((each for each in rules if each.pk == rule_id), None)
    if rule_id is not None and rule is None:
        raise Http404
    first = {} if rule is None else {"reason": rule.reason, "points": rule.points, "condition": rule.condition}
    form = RuleForm(request.POST or None, initial=first, entity=target.entity, actor=request.actor)
    status, preview = 0, None
    if request.method == "POST" and "preview" in request.POST:
        status = attempt(form, lambda: actions.check_condition(target.entity, form.draft.condition))
        if not status:
            preview = _preview(request.actor, target, model, actions.drafted(rules, rule_id, form.draft))
    elif request.method == "POST":
        status = attempt(form, lambda: _save(request.actor, target, rule_id, form.draft))
        if not status:
            return gone_to(request, _("The rule was saved. Open records are judged anew now."), _address(target))
    context = {
        "title": _("New rule") if rule is None else _("Rule “%(reason)s”") % {"reason": rule.reason},
        "form": form,
        "back": _address(target),
        "records": target.entity.label_plural,
        "preview": preview,
    }
    return render(request, "core/settings_score_rule.html", context, status=status or 200)


def _save(actor: Actor, target: ScoreTarget, rule_id: int | None, draft: RuleDraft) -> None:
    if rule_id is None:
        actions.add_rule(actor, target.slug, draft)
    else:
        actions.change_rule(actor, target.slug, rule_id, draft)


def _preview(actor: Actor, target: ScoreTarget, model: ScoreModel, rules: list[ScoreRule]) -> list[Comparison]:
    """The newest open records that the actor sees, with the points of now and those that would be."""
    found: list[Comparison] = []
    judge = engine.judge_of(model, rules)
    score = judge.scorer()
    for row in rows_of(actor, target.entity).filter(**target.open_rows).order_by("-created_at", "-pk")[:NEWEST]:
        points = score(row).points
        before = row.score
        found.append(
            Comparison(
                title=title_of(target.entity, row),
                url=record_address(target.entity, row.pk),
                before="" if before is None else str(before),
                after=points,
                change="" if before == points else f"{points - (before or 0):+d}",
                passes=points >= judge.passing_mark,
            )
        )
    return found


@signed_in
@require_POST
def score_rule_step(request: PageRequest, slug: str, rule_id: int, step: str) -> HttpResponse:
    """`/settings/scoring/leads/7/up/`, `…/down/`, `…/remove/`"""
    require(request.actor, SCORING)
    target = _target(slug)
    if step not in ("up", "down", "remove"):
        raise Http404
    try:
        if step == "remove":
            actions.remove_rule(request.actor, target.slug, rule_id)
            return gone_to(request, _("The rule was removed. Open records are judged anew now."), _address(target))
        actions.move_rule(request.actor, target.slug, rule_id, up=step == "up")
    except RuleBroken as gone:
        raise Http404 from gone
    return gone_to(request, _("The order was changed."), _address(target))
