"""What scoring adds to pages: the points with their reasons on a record's page, and the settings."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.core.actors import Actor
from zhike.core.entities import Entity, Panel, PanelEverywhere, SettingsPage, contribute, registry
from zhike.core.scoring.actions import SCORING
from zhike.core.scoring.columns import Scored
from zhike.core.scoring.engine import Judge, judge_for


def _fits(entity: Entity) -> bool:
    return issubclass(entity.model, Scored)


def shown_score(judge: Judge | None, points: int, reasons: list[dict[str, Any]]) -> dict[str, object]:
    """A score as pages show it: number, bar, tone, and the reasons with their sign, the weightiest first."""
    most = max(judge.most if judge is not None else 0, points, 1)
    passing = judge.passing_mark if judge is not None else None
    ordered = sorted(reasons, key=lambda each: -abs(int(each["points"])))
    return {
        "points": points,
        "most": most,
        "filled": min(max(points, 0), most),
        "passing": passing,
        "passes": passing is not None and points >= passing,
        "reasons": [{"points": f"{int(each['points']):+d}", "reason": str(each["reason"])} for each in ordered],
    }


def score_panel(actor: Actor, record: Any) -> Mapping[str, object]:
    """The points of this record and why; nothing where nobody judged it, or the reader may not see them."""
    slug = registry.of(record).slug
    if record.score is None or not actor.access.field_mode(slug, "score").is_readable:
        return {}
    return {"score": shown_score(judge_for(slug), record.score, record.score_reasons)}


contribute(
    PanelEverywhere(
        panel=Panel(name="score", label=_("score"), template="core/score.html", provide=score_panel, weight=-5),
        fits=_fits,
    ),
    SettingsPage(
        name="scoring", label=_("Scoring"), description=_("Which records get points for what, and from how many on they pass."),
        group=_("Sales"), icon="scale", url_name="settings-scoring", right=SCORING, weight=290,
    ),
)  # fmt: skip
