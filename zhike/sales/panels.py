"""What sales shows on a record's page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import company
from zhike.core.actors import Actor
from zhike.core.record_keys import titles
from zhike.customers.models import Lead
from zhike.sales import rules
from zhike.sales.models import Opportunity, Stage, Status


@dataclass(frozen=True)
class BarStage:
    """One step of the stage bar. `state` is done, now, next, won or lost; `url` leads to what the move asks."""

    label: str
    state: str
    url: str = ""
    note: str = ""


def stage_bar(actor: Actor, opportunity: Opportunity) -> Mapping[str, object]:
    """The stages as steps, with the days in the present one; open ones lead to the move for who may make it."""
    may_move = opportunity.is_open and _may(actor, opportunity, "move")
    bar: list[BarStage] = []
    present = rules.pipelines.get().stages.get(opportunity.stage_id)
    for stage in rules.stages_of(opportunity.pipeline_id):
        if stage.status != Status.OPEN and stage.pk != opportunity.stage_id:
            continue
        url = ""
        if may_move and stage.pk != opportunity.stage_id:
            url = f"/opportunities/{opportunity.pk}/move/?stage={stage.pk}"
        bar.append(BarStage(label=stage.name, state=_state(stage, present, opportunity), url=url))
    return {"stages": bar, "note": _note(opportunity, present), "guidance": present.guidance if present else ""}


def _may(actor: Actor, opportunity: Opportunity, action: str) -> bool:
    return Opportunity.objects.visible_to(actor, action).filter(pk=opportunity.pk).exists()


def _state(stage: Stage, present: Stage | None, opportunity: Opportunity) -> str:
    if present is None:
        return "next"
    if stage.pk == present.pk:
        return "now" if opportunity.is_open else opportunity.status
    return "done" if (stage.position, stage.pk) < (present.position, present.pk) else "next"


def _note(opportunity: Opportunity, present: Stage | None) -> str:
    """How long it has stood here, and whether that is too long."""
    if opportunity.stage_since is None or present is None:
        return ""
    if not opportunity.is_open:
        return _("%(stage)s on %(day)s") % {"stage": present.name, "day": opportunity.stage_since.isoformat()}
    days = max((company.today() - opportunity.stage_since).days, 0)
    text = ngettext("%(count)d day in this stage", "%(count)d days in this stage", days) % {"count": days}
    if present.days_allowed is not None and days > present.days_allowed:
        over = days - present.days_allowed
        text += " · " + ngettext("%(count)d day over the limit", "%(count)d days over the limit", over) % {
            "count": over
        }
    return text


def results(actor: Actor, lead: Lead) -> Mapping[str, object]:
    """What a converted lead became, with links as far as the reader reaches it; nothing for any other."""
    if lead.status != Lead.Status.CONVERTED:
        return {}
    opportunities = Opportunity.objects.filter(lead=lead.pk, deleted_at__isnull=True).order_by("pk")
    keys = [f"customers:{lead.customer_id}"] if lead.customer_id is not None else []
    keys += [f"contacts:{lead.contact_id}"] if lead.contact_id is not None else []
    keys += [f"opportunities:{pk}" for pk in opportunities.values_list("pk", flat=True)]
    found = titles(actor, keys)
    return {"results": [found[key] for key in keys if key in found], "day": lead.converted_at}
