"""What people do with leads, short of converting them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhike.activities.models import Task
from zhike.core import company, writes
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.record_keys import key_of
from zhike.core.scoring import engine
from zhike.customers.models import Lead


def take_lead(actor: Actor, lead: Lead) -> Lead:
    """Make a lead that nobody owns one's own. Raises `RuleBroken` when somebody was quicker."""
    with transaction.atomic():
        try:
            found: Lead = writes.lock(actor, registry.of(lead), [lead.pk], "take")[lead.pk]
        except writes.NotReachable:
            raise writes.RuleBroken(_taken(lead, None)) from None
        if found.owner_id is not None:
            raise writes.RuleBroken(_taken(found, found.owner))
        if actor.user_id is None:
            raise writes.RuleBroken(_("Only a person can take a lead. Transfer it instead."))
        found.owner_id = actor.user_id
        return writes.save(actor, found, verb="take")


def _taken(lead: Lead, owner: Any) -> str:
    if owner is None:
        return _("Somebody else took “%(name)s” first. Choose another lead.") % {"name": lead}
    return _("%(person)s took “%(name)s” first. Choose another lead.") % {"person": owner, "name": lead}


def work_lead(actor: Actor, lead: Lead) -> Lead:
    """Begin to work on a new lead. Raises `RuleBroken` for one in another state."""
    _must_be(lead, Lead.Status.NEW)
    lead.status = Lead.Status.WORKING
    return writes.save(actor, lead, verb="work")


def disqualify_lead(actor: Actor, lead: Lead, *, disqualified_reason: str, disqualified_note: str = "") -> Lead:
    """Put a lead aside for good, with a reason from the list. Raises `RuleBroken` for one that is closed."""
    _must_be(lead, Lead.Status.NEW, Lead.Status.WORKING)
    lead.status = Lead.Status.DISQUALIFIED
    lead.disqualified_reason, lead.disqualified_note = disqualified_reason, disqualified_note
    return writes.save(actor, lead, verb="disqualify")


def reopen_lead(actor: Actor, lead: Lead) -> Lead:
    """Work again on a lead that was disqualified. Raises `RuleBroken` for any other, a converted one above all."""
    if lead.status == Lead.Status.CONVERTED:
        raise writes.RuleBroken(
            _("“%(name)s” has become the customer “%(customer)s”; a converted lead cannot be reopened. Go on there.")
            % {"name": lead, "customer": lead.customer}
        )
    _must_be(lead, Lead.Status.DISQUALIFIED)
    lead.status = Lead.Status.WORKING
    return writes.save(actor, lead, verb="reopen")


def nurture_lead(actor: Actor, lead: Lead, *, again_on: date, note: str = "") -> Lead:
    """Not ripe yet: back among the new ones, with a task for the day on which somebody asks again.

    Raises `RuleBroken` for a closed lead, and for a day that is past.
    """
    _must_be(lead, Lead.Status.NEW, Lead.Status.WORKING)
    if again_on < company.today():
        raise writes.RuleBroken(_("Choose today or a later day."), field="again_on")
    before = lead.next_step_on
    with transaction.atomic():
        writes.lock(actor, registry.of(lead), [lead.pk], "nurture")
        if lead.status == Lead.Status.WORKING:
            lead.status = Lead.Status.NEW
            lead = writes.save(actor, lead, verb="nurture", note=note)
        else:
            writes.note(actor, lead, "nurture", {"next_step_on": (before, again_on)})
        name = _("Ask %(name)s again") % {"name": lead}
        writes.create(
            actor,
            Task(
                name=name[:200],
                about=key_of(lead),
                due_on=again_on,
                description=note,
                owner_id=lead.owner_id or actor.user_id,
            ),
            verb="create",
        )
    return lead


def rescore_lead(actor: Actor, lead: Lead) -> Lead:
    """Judge a lead anew by the rules of today. Raises `RuleBroken` where there are none, or its judgement is closed."""
    entity = registry.of(lead)
    if engine.judge_for(entity.slug) is None:
        raise writes.RuleBroken(_("No scoring is in use. An administrator can switch it on under Settings, Scoring."))
    _must_be(lead, Lead.Status.NEW, Lead.Status.WORKING)
    with transaction.atomic():
        found: Lead = writes.lock(actor, entity, [lead.pk], "rescore")[lead.pk]
        before = found.score
        engine.follow(entity, [found])
        writes.note(actor, found, "rescore", {"score": (before, found.score)})
    return found


def _must_be(lead: Lead, *states: str) -> None:
    if lead.status not in states:
        raise writes.RuleBroken(
            _("“%(name)s” is “%(status)s”; this step is not for such leads.")
            % {"name": lead, "status": lead.get_status_display()}
        )
