"""What people do with opportunities."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.money import round_money
from zhike.sales import rules
from zhike.sales.models import Opportunity, OpportunityLine, Stage, Status


def win_opportunity(
    actor: Actor,
    opportunity: Opportunity,
    *,
    closed_on: date | None = None,
    amount: Decimal | None = None,
    customer: Any = None,
) -> Opportunity:
    """Close an open opportunity as won on a business day (today by default).

    `amount` (in the opportunity's currency) and `customer` fill what the stage demands. Raises `RuleBroken` when it is closed.
    """
    _must_be_open(opportunity)
    if amount is not None:
        opportunity.amount = amount
    if customer is not None:
        opportunity.customer = customer
    opportunity.stage = rules.first_stage(opportunity.pipeline_id, Status.WON)
    return writes.save(actor, opportunity, verb="win", effective_on=closed_on)


def lose_opportunity(
    actor: Actor, opportunity: Opportunity, *, lost_reason: str, lost_note: str = "", closed_on: date | None = None
) -> Opportunity:
    """Close an open opportunity as lost, with a reason from the list. Raises `RuleBroken` when it is closed."""
    _must_be_open(opportunity)
    opportunity.lost_reason, opportunity.lost_note = lost_reason, lost_note
    opportunity.stage = rules.first_stage(opportunity.pipeline_id, Status.LOST)
    return writes.save(actor, opportunity, verb="lose", effective_on=closed_on)


def reopen_opportunity(actor: Actor, opportunity: Opportunity, *, stage: Stage | None = None) -> Opportunity:
    """Open a closed opportunity again, in a stage that is open (the first by default). Raises `RuleBroken` when it is open."""
    if opportunity.is_open:
        raise writes.RuleBroken(_("“%(name)s” is still open.") % {"name": opportunity})
    chosen = stage or rules.first_stage(opportunity.pipeline_id)
    if chosen.status != Status.OPEN:
        raise writes.RuleBroken(_("Choose an open stage."), field="stage")
    opportunity.stage = chosen
    return writes.save(actor, opportunity, verb="reopen")


def move_opportunity(
    actor: Actor,
    opportunity: Opportunity,
    *,
    stage: Stage,
    reason: str = "",
    effective_on: date | None = None,
    **demanded: Any,
) -> Opportunity:
    """Put an opportunity into another stage of its pipeline, saying why; `demanded` fills what that stage asks for.

    Raises `RuleBroken` for the stage it stands in, for a closing stage (win or lose it) and for a closed opportunity.
    """
    _must_be_open(opportunity)
    if stage.pk == opportunity.stage_id:
        raise writes.RuleBroken(_("It stands in this stage already."), field="stage")
    if stage.status != Status.OPEN:
        raise writes.RuleBroken(_("Win or lose the opportunity instead of moving it there."), field="stage")
    for name, value in demanded.items():
        if name in rules.DEMANDABLE and value not in (None, ""):
            setattr(opportunity, name, value)
    opportunity.stage = stage
    return writes.save(actor, opportunity, verb="move", effective_on=effective_on, note=reason)


def recalculate_amount(actor: Actor, opportunity: Opportunity) -> Opportunity:
    """Set the amount to the sum of the rounded lines."""
    total = OpportunityLine.objects.filter(opportunity=opportunity, deleted_at__isnull=True).aggregate(
        sum=Sum("total")
    )["sum"]
    opportunity.amount = None if total is None else round_money(total)
    return writes.save(actor, opportunity, verb="recalculate", action="edit")


def _must_be_open(opportunity: Opportunity) -> None:
    if not opportunity.is_open:
        raise writes.RuleBroken(
            _("“%(name)s” is closed already: %(status)s. Reopen it first.")
            % {"name": opportunity, "status": opportunity.get_status_display()}
        )
