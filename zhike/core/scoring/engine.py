"""Points of single records: the sum of the rules whose condition they meet, and why.

The system judges, with everybody's records in sight, so that the points do not depend on who wrote last.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import timezone

from zhike.core import conditions, overlay
from zhike.core.actors import Actor
from zhike.core.conditions import Condition, ConditionError
from zhike.core.entities import Entity, registry
from zhike.core.scoring.columns import SCORE_COLUMNS, Scored
from zhike.core.scoring.declarations import target_of
from zhike.core.scoring.models import ScoreModel, ScoreRule

# Rows in one statement.
_AT_ONCE = 200


@dataclass(frozen=True)
class Rule:
    """A rule in force. `condition` is None where it can no longer be asked (its field is gone): it then gives nothing."""

    id: int
    points: int
    reason: str
    condition: Condition | None


@dataclass(frozen=True)
class Score:
    """What a record gets, and for what."""

    points: int
    reasons: tuple[dict[str, Any], ...]

    @property
    def stored(self) -> list[dict[str, Any]]:
        return list(self.reasons)


@dataclass(frozen=True)
class Judge:
    """The rules of one entity, ready to be asked of rows."""

    version: int
    passing_mark: int
    rules: tuple[Rule, ...]

    @cached_property
    def most(self) -> int:
        """The points of a record that meets every rule that gives some."""
        return sum(rule.points for rule in self.rules if rule.points > 0)

    def scorer(self) -> Callable[[models.Model], Score]:
        """What judges rows: made anew for each batch, since days pass and related records change."""
        asked = [(rule, matches) for rule in self.rules if (matches := _matcher(rule)) is not None]

        def score(row: models.Model) -> Score:
            met = [rule for rule, matches in asked if matches(row)]
            reasons = tuple({"rule": rule.id, "points": rule.points, "reason": rule.reason} for rule in met)
            return Score(sum(rule.points for rule in met), reasons)

        return score


def _matcher(rule: Rule) -> Callable[[models.Model], bool] | None:
    if rule.condition is None:
        return None
    try:
        return conditions.matcher(rule.condition, Actor.system())
    except ConditionError:  # it looks at records whose module is off
        return None


def read_condition(entity: Entity, raw: Any) -> Condition | None:
    """The condition of a rule; None where it cannot be read (any more)."""
    try:
        return conditions.parse(entity, raw)
    except ConditionError:
        return None


def judge_of(model: ScoreModel, rules: Iterable[ScoreRule]) -> Judge:
    """A set of rules, stored or not, as what judges."""
    entity = registry.get(model.entity)
    return Judge(
        model.version,
        model.passing_mark,
        tuple(Rule(each.pk or 0, each.points, each.reason, read_condition(entity, each.condition)) for each in rules),
    )


def _load() -> dict[str, Judge]:
    slugs = {each.slug for each in registry.all()}
    models_in_use = ScoreModel.objects.filter(is_active=True).prefetch_related("rules")
    return {each.entity: judge_of(each, each.rules.all()) for each in models_in_use if each.entity in slugs}


judges = overlay.Setting("scoring", _load)


def judge_for(slug: str) -> Judge | None:
    """The rules in force for an entity; None where it has none in use."""
    return judges.get().get(slug)


def follow(entity: Entity, rows: Sequence[Any]) -> int:
    """Bring the points of these stored rows up to date, in the row and in the table. Returns how many changed.

    Called by the write path after every write. Rows whose judgement is closed keep theirs.
    """
    if not issubclass(entity.model, Scored):
        return 0
    judge, target = judge_for(entity.slug), target_of(entity.slug)
    if judge is None or target is None:
        return 0
    score = judge.scorer()
    changed = [row for row in rows if target.is_open(row) and _set(row, judge, score(row))]
    if len(changed) == 1:
        values = {name: getattr(changed[0], name) for name in SCORE_COLUMNS}
        entity.model._default_manager.filter(pk=changed[0].pk).update(**values)
    elif changed:
        entity.model._default_manager.bulk_update(changed, SCORE_COLUMNS, batch_size=_AT_ONCE)
    return len(changed)


def _set(row: Any, judge: Judge, score: Score) -> bool:
    """Put the points into the row; False when they stand there already."""
    wanted = (score.points, score.stored, judge.version)
    if (row.score, row.score_reasons, row.score_version) == wanted:
        return False
    row.score, row.score_reasons, row.score_version = wanted
    row.scored_at = timezone.now()
    return True
