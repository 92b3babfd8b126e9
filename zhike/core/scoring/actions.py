"""Changing the rules. Every change counts the version up and has the open records judged anew, as a job."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhike.core import conditions, overlay
from zhike.core.actors import Actor
from zhike.core.conditions import Condition, ConditionError
from zhike.core.conditions.tree import AllOf, AnyOf, Compare, Counted, Mine, Node, Not, Quantified, Relative, Today
from zhike.core.configuration.log import log
from zhike.core.configuration.rights import require
from zhike.core.entities import Entity, registry
from zhike.core.scoring.models import MOST_POINTS, ScoreModel, ScoreRule
from zhike.core.writes.errors import RuleBroken

SCORING = "settings.scoring"
MOST_RULES = 30


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """A rule as somebody wants it."""

    reason: str
    points: int
    condition: dict[str, Any] = field(default_factory=dict)


def rules_of(model: ScoreModel) -> list[ScoreRule]:
    """The stored rules in order; none where nothing is stored yet."""
    return [] if model._state.adding else list(model.rules.all())


def model_of(slug: str) -> ScoreModel:
    """The stored rules of an entity, made empty and unsaved where there are none yet."""
    found = ScoreModel.objects.filter(entity=slug).first()
    return found or ScoreModel(entity=slug, name=str(registry.get(slug).label_plural), is_active=False, version=0)


def change_model(actor: Actor, slug: str, *, is_active: bool, passing_mark: int) -> ScoreModel:
    """Switch the rules of an entity on or off, and say from how many points on a record passes."""
    require(actor, SCORING)
    with transaction.atomic():
        model = _held(slug)
        before = (model.is_active, model.passing_mark)
        model.is_active, model.passing_mark = is_active, passing_mark
        model.full_clean(exclude=["name"])
        changes = {"is_active": (before[0], is_active), "passing_mark": (before[1], passing_mark)}
        _changed(actor, model, "change_scoring", changes)
    return model


def add_rule(actor: Actor, slug: str, draft: RuleDraft) -> ScoreRule:
    """A new rule, last in order. Raises `RuleBroken` for a condition that cannot be asked, or one rule too many."""
    require(actor, SCORING)
    with transaction.atomic():
        model = _held(slug)
        stored = list(model.rules.all())
        if len(stored) >= MOST_RULES:
            raise RuleBroken(_("There are 30 rules already. Remove one, or let one rule say what two say now."))
        rule = ScoreRule(model=model, position=stored[-1].position + 1 if stored else 0)
        _fill(rule, draft)
        rule.save()
        _changed(actor, model, "add_score_rule", _differences(None, draft))
    return rule


def change_rule(actor: Actor, slug: str, rule_id: int, draft: RuleDraft) -> ScoreRule:
    """Change a rule. Raises `RuleBroken` when it is gone."""
    require(actor, SCORING)
    with transaction.atomic():
        model = _held(slug)
        rule = _rule(model, rule_id)
        before = RuleDraft(reason=rule.reason, points=rule.points, condition=rule.condition)
        _fill(rule, draft)
        rule.save()
        _changed(actor, model, "change_score_rule", _differences(before, draft))
    return rule


def remove_rule(actor: Actor, slug: str, rule_id: int) -> None:
    """Take a rule away. Raises `RuleBroken` when it is gone."""
    require(actor, SCORING)
    with transaction.atomic():
        model = _held(slug)
        rule = _rule(model, rule_id)
        changes = {"reason": (rule.reason, None), "points": (rule.points, None)}
        rule.delete()
        _changed(actor, model, "remove_score_rule", changes)


def move_rule(actor: Actor, slug: str, rule_id: int, *, up: bool) -> None:
    """Put a rule one place up or down: the order in which reasons are named."""
    require(actor, SCORING)
    with transaction.atomic():
        model = _held(slug)
        rules = list(model.rules.all())
        place = rules.index(_rule(model, rule_id))
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rules):
            return
        rules[place], rules[other] = rules[other], rules[place]
        for position, rule in enumerate(rules):
            rule.position = position
        ScoreRule.objects.bulk_update(rules, ["position"])
        _changed(actor, model, "move_score_rule", {"position": (place, other)})


def check_condition(entity: Entity, raw: Any) -> Condition:
    """A rule's condition. Raises `RuleBroken`: it says something, and it does not depend on who looks."""
    if not raw:
        raise RuleBroken(_("Say which records get these points: add a condition."), field="condition")
    try:
        condition = conditions.parse(entity, raw)
    except ConditionError as error:
        raise RuleBroken(str(error), field="condition") from error
    if any(isinstance(each, Mine) for each in _operands(condition.root)):
        raise RuleBroken(
            _(
                "Points are the same for every reader, so a rule cannot speak of “me”. Name the person or the department."
            ),
            field="condition",
        )
    return condition


def depends_on_more(condition: Condition) -> bool:
    """Whether the answer may change without a write of the row: by the day, or by other records."""
    return any(isinstance(each, (Today, Relative)) for each in _operands(condition.root)) or _looks_elsewhere(
        condition.root
    )


def _operands(node: Node) -> list[Any]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            return [each for part in parts for each in _operands(part)]
        case Not(part):
            return _operands(part)
        case Compare(operands=operands):
            return list(operands)
        case Quantified(where=where) | Counted(where=where):
            return [] if where is None else _operands(where)
        case _:
            return []


def _looks_elsewhere(node: Node) -> bool:
    match node:
        case AllOf(parts) | AnyOf(parts):
            return any(_looks_elsewhere(part) for part in parts)
        case Not(part):
            return _looks_elsewhere(part)
        case Compare(path=path):
            return bool(path.steps)
        case _:
            return True


def _held(slug: str) -> ScoreModel:
    """The rules of an entity, locked till the transaction ends; made where there are none."""
    made = model_of(slug)
    if made._state.adding:
        made.save()
    return ScoreModel.objects.select_for_update().get(pk=made.pk)


def _rule(model: ScoreModel, rule_id: int) -> ScoreRule:
    found = model.rules.filter(pk=rule_id).first()
    if found is None:
        raise RuleBroken(_("This rule is gone already. Go back to the rules."))
    return found


def _fill(rule: ScoreRule, draft: RuleDraft) -> None:
    if not draft.reason.strip():
        raise RuleBroken(_("Say in a few words why: people read it beside the points."), field="reason")
    if not 0 < abs(draft.points) <= MOST_POINTS:
        raise RuleBroken(_("A rule gives or takes 1 to 1,000 points."), field="points")
    condition = check_condition(registry.get(rule.model.entity), draft.condition)
    rule.reason, rule.points, rule.condition = draft.reason.strip(), draft.points, dict(condition.raw)


def _differences(before: RuleDraft | None, after: RuleDraft) -> dict[str, tuple[Any, Any]]:
    return {
        name: (None if before is None else getattr(before, name), getattr(after, name))
        for name in ("reason", "points", "condition")
    }


def _changed(actor: Actor, model: ScoreModel, verb: str, changes: dict[str, tuple[Any, Any]]) -> None:
    """Another version from now on, noted in the log; open records are judged anew."""
    from zhike.core.scoring.jobs import ask_rescoring

    model.version += 1
    model.save()
    overlay.bump()
    log(actor, verb, changes, record_id=model.pk, note=model.entity)
    ask_rescoring(actor, model.entity)


def drafted(rules: Sequence[ScoreRule], rule_id: int | None, draft: RuleDraft) -> list[ScoreRule]:
    """The rules as they would be with this draft in place of one of them (or added), unsaved; for a look before saving."""
    changed = ScoreRule(pk=rule_id, reason=draft.reason, points=draft.points, condition=draft.condition)
    kept = [changed if each.pk == rule_id else each for each in rules]
    return kept if rule_id is not None else [*kept, changed]
