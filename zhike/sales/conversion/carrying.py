"""What goes from a lead into customer, contact and opportunity, and what stays on the lead because there is no place for it."""

from collections.abc import Mapping
from typing import Any

from zhike.core import attachment, fieldvalues
from zhike.core.actors import Actor
from zhike.core.entities import Entity, registry
from zhike.core.scoping import team
from zhike.core.scoping.team import TeamMember
from zhike.customers.models import Contact, Customer, Lead
from zhike.sales.conversion import customs
from zhike.sales.models import Opportunity

# Field of the result → field of the lead.
TO_CUSTOMER = {
    "industry": "industry",
    "region": "region",
    "address": "address",
    "website": "website",
    "source": "source",
    "phone": "phone",
    "description": "description",
}
TO_CONTACT = {"job_title": "job_title", "mobile": "mobile", "phone": "phone", "email": "email", "wechat": "wechat"}
TO_OPPORTUNITY = {"source": "source", "description": "need"}
# Where no contact is made, the customer itself is reached so.
INSTEAD_OF_CONTACT = {"phone": "mobile", "email": "email"}
MAPS: Mapping[type, Mapping[str, str]] = {Customer: TO_CUSTOMER, Contact: TO_CONTACT, Opportunity: TO_OPPORTUNITY}


def fill(actor: Actor, lead: Lead, row: Any, *, more: Mapping[str, str] | None = None) -> None:
    """Put what is known of the lead into the blanks of a customer, contact or opportunity; what is there stays.

    Only what the actor may read there and write here goes along: a conversion uncovers nothing.
    """
    entity = registry.of(row)
    for target, source in [*MAPS[type(row)].items(), *(more or {}).items()]:
        value = getattr(lead, source)
        if value and not getattr(row, target) and may_carry(actor, entity, source, target):
            setattr(row, target, value)
    for pair in customs.pairs(actor, registry.of(lead), entity):
        value = customs.value_for(pair, lead)
        if not customs.is_blank(value) and customs.is_blank(fieldvalues.value_of(row, pair.target)):
            fieldvalues.set_value(row, pair.target, customs.carried(actor, pair, entity, value))


def may_carry(actor: Actor, entity: Entity, source: str, target: str) -> bool:
    """Whether the actor reads the lead's field and may fill in the other."""
    reads = actor.access.field_mode("leads", source).is_readable
    return reads and actor.access.field_mode(entity.slug, target).is_writable


def readable(actor: Actor, lead: Lead, name: str) -> Any:
    """The lead's value where the actor may read it, else a blank."""
    return getattr(lead, name) if actor.access.field_mode("leads", name).is_readable else ""


def hand_over(lead: Lead, customer: Customer, opportunity: Opportunity | None, *, is_new_customer: bool) -> None:
    """Follow-ups, tasks, comments and files go on where the work goes on; who worked on the lead works on there."""
    attachment.move(lead, customer if opportunity is None else opportunity)
    for level in TeamMember.Level:
        people = list(
            TeamMember.objects.filter(entity="leads", record_id=lead.pk, level=level).values_list("user_id", flat=True)
        )
        if opportunity is not None:
            team.grant("opportunities", [(opportunity.pk, each) for each in people], reason="manual", level=level)
        if is_new_customer:
            team.grant("customers", [(customer.pk, each) for each in people], reason="manual", level=level)
