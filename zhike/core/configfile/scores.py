"""Scoring rules in a configuration file: one set for each kind of record, in order."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core.actors import Actor
from zhike.core.configfile.sections import ConfigSection, Keys, Property, Refusal
from zhike.core.configfile.views import names_records
from zhike.core.entities import contribute, registry
from zhike.core.scoring import actions
from zhike.core.scoring.actions import SCORING, RuleDraft
from zhike.core.scoring.models import ScoreModel

_RULE = {"reason", "points", "condition"}


def _models() -> list[ScoreModel]:
    known = {each.slug for each in registry.all()}
    return [each for each in ScoreModel.objects.order_by("entity") if each.entity in known]


def _is_general(model: ScoreModel) -> bool:
    entity = registry.get(model.entity)
    return not any(names_records(entity, rule.condition) for rule in actions.rules_of(model))


def _read() -> Mapping[Keys, Any]:
    return {
        (model.entity,): {
            "in_use": model.is_active,
            "passing_mark": model.passing_mark,
            "rules": [
                {"reason": rule.reason, "points": rule.points, "condition": rule.condition}
                for rule in actions.rules_of(model)
            ],
        }
        for model in _models()
        if _is_general(model)
    }


def _left_out() -> list[str]:
    return [
        _("The scoring rules of %(records)s ask for single records, which another company does not have.")
        % {"records": registry.get(model.entity).label_plural}
        for model in _models()
        if not _is_general(model)
    ]


def _write(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    slug = keys[0]
    if slug not in {each.slug for each in registry.all()}:
        raise Refusal(_("There is no such kind of record."))
    drafts = [_draft(slug, place, raw) for place, raw in enumerate(thing["rules"], 1)]
    stored = actions.rules_of(actions.model_of(slug))
    for rule, draft in zip(stored, drafts, strict=False):
        actions.change_rule(actor, slug, rule.pk, draft)
    for draft in drafts[len(stored) :]:
        actions.add_rule(actor, slug, draft)
    for rule in stored[len(drafts) :]:
        actions.remove_rule(actor, slug, rule.pk)
    actions.change_model(actor, slug, is_active=thing["in_use"], passing_mark=thing["passing_mark"])


def _draft(slug: str, place: int, raw: Any) -> RuleDraft:
    where = f"rules.{place}"
    if not isinstance(raw, Mapping) or set(raw) != _RULE or not isinstance(raw["condition"], Mapping):
        raise Refusal(_("A rule has a reason, points and a condition."), where)
    if not isinstance(raw["points"], int) or isinstance(raw["points"], bool) or not isinstance(raw["reason"], str):
        raise Refusal(_("A rule has a reason, points and a condition."), where)
    if names_records(registry.get(slug), raw["condition"]):
        sentence = _("A condition in a file cannot ask for single records: their ids differ in every company.")
        raise Refusal(sentence, where)
    return RuleDraft(reason=raw["reason"], points=raw["points"], condition=dict(raw["condition"]))


contribute(
    ConfigSection(
        name="scoring",
        label=gettext_lazy("Scoring"),
        right=SCORING,
        depth=1,
        read=_read,
        write=_write,
        left_out=_left_out,
        properties={
            "in_use": Property(kind=bool, default=True),
            "passing_mark": Property(kind=int, default=60),
            "rules": Property(kind=list, default=[]),
        },
        weight=600,
    )
)
