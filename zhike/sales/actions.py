"""What people do with opportunities, and the conversion of leads."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.money import round_money
from zhike.customers.models import Lead
from zhike.sales import rules
from zhike.sales.conversion import carrying, steps
from zhike.sales.conversion.wanted import Wanted
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


def convert_lead(actor: Actor, lead: Lead, **wanted: Any) -> Lead:
    """Make a lead a customer, with a contact and an opportunity where they are wanted (`Wanted`): all of it or nothing.

    What is known of the lead and all that is attached to it goes along. Raises `RuleBroken` for a lead that is converted or
    disqualified, `NotAllowed` where the actor may not create one of them, `ValidationError` by field.
    """
    asked = Wanted(**wanted)
    with transaction.atomic():
        found = steps.hold_lead(actor, lead)
        with_contact = steps.is_contact_wanted(found, asked)
        customer, is_new = steps.customer_for(actor, found, asked, with_contact=with_contact)
        contact = steps.contact_for(actor, found, customer, asked) if with_contact else None
        opportunity = steps.opportunity_for(actor, found, customer, contact, asked)
        carrying.hand_over(found, customer, opportunity, is_new_customer=is_new)
        return steps.close_lead(actor, found, customer, contact, timezone.now())


def made_of_lead(actor: Actor, lead: Lead) -> dict[str, int | None]:
    """The ids of what a lead became, as far as the actor reaches them."""
    opportunities = Opportunity.objects.visible_to(actor).filter(lead=lead.pk).order_by("pk")
    return {
        "customer": lead.customer_id,
        "contact": lead.contact_id,
        "opportunity": opportunities.values_list("pk", flat=True).first(),
    }


def _must_be_open(opportunity: Opportunity) -> None:
    if not opportunity.is_open:
        raise writes.RuleBroken(
            _("“%(name)s” is closed already: %(status)s. Reopen it first.")
            % {"name": opportunity, "status": opportunity.get_status_display()}
        )
