"""The reasons for points as migration 0004 stores them, in the company's language."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy, gettext_noop

from zhike.core.actors import Actor
from zhike.core.entities import contribute
from zhike.core.scoring import actions
from zhike.core.scoring.actions import SCORING, RuleDraft
from zhike.core.scoring.models import ScoreRule
from zhike.core.shipped_texts import ShippedTexts

REASONS = {
    "留了手机号": gettext_noop("Left a mobile number"),
    "企业邮箱": gettext_noop("E-mail address of a company"),
    "管理层或采购岗位": gettext_noop("Manager or buyer"),
    "预算不低于 10 万": gettext_noop("Budget of 100,000 or more"),
    "转介绍": gettext_noop("Came by referral"),
    "展会获得": gettext_noop("Met at an exhibition"),
    "说明了需求": gettext_noop("Said what is needed"),
    "填写了公司名称": gettext_noop("Gave a company name"),
    "填写了地区": gettext_noop("Gave a region"),
    "填写了行业": gettext_noop("Gave an industry"),
    "没有任何联系方式": gettext_noop("Left no way to reach them"),
}
_SLUG = "leads"


def _rules() -> Iterator[ScoreRule]:
    yield from actions.rules_of(actions.model_of(_SLUG))


def _rename(actor: Actor, rule: ScoreRule, wanted: Mapping[str, str]) -> None:
    draft = RuleDraft(reason=wanted["reason"], points=rule.points, condition=rule.condition)
    actions.change_rule(actor, _SLUG, rule.pk, draft)


contribute(
    ShippedTexts(
        label=gettext_lazy("Reasons for points"), texts=REASONS, fields=("reason",), rows=_rules, rename=_rename,
        right=SCORING, module="customers", weight=200,
    )
)  # fmt: skip
