"""The steps of a conversion, each in the transaction of the whole."""

from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.customers.models import Contact, Customer, Lead
from zhike.sales.conversion import carrying
from zhike.sales.conversion.wanted import EXISTING, NEW, NONE, Wanted, opportunity_name
from zhike.sales.models import Opportunity

_R = TypeVar("_R", Customer, Contact)


def hold_lead(actor: Actor, lead: Lead) -> Lead:
    """The lead as it is now, locked. Raises `RuleBroken` when it was converted or disqualified meanwhile."""
    found: Lead = writes.lock(actor, registry.of(lead), [lead.pk], "convert")[lead.pk]
    if found.status == Lead.Status.CONVERTED:
        raise writes.RuleBroken(
            _("“%(name)s” was converted already, into the customer “%(customer)s”. Go on there.")
            % {"name": found, "customer": found.customer}
        )
    if not found.is_open:
        raise writes.RuleBroken(_("“%(name)s” is disqualified. Reopen it before you convert it.") % {"name": found})
    return found


def customer_for(actor: Actor, lead: Lead, wanted: Wanted, *, with_contact: bool) -> tuple[Customer, bool]:
    """The customer, and whether it is new. An existing one keeps what it has; its blanks are filled where the actor may."""
    more = {} if with_contact else carrying.INSTEAD_OF_CONTACT
    if wanted.customer_mode == EXISTING:
        chosen = wanted.customer or (wanted.contact.customer if wanted.contact is not None else None)
        found = _reached(actor, Customer, chosen, "customer")
        return _filled(actor, lead, found, more), False
    name = (
        wanted.customer_name or carrying.readable(actor, lead, "company_name") or carrying.readable(actor, lead, "name")
    )
    if not name:
        raise writes.RuleBroken(_("Give the new customer a name."), field="customer_name")
    kind = Customer.Kind.ORGANISATION if lead.company_name else Customer.Kind.PERSON
    customer = Customer(name=name, kind=kind, **_ownership(lead, wanted, actor))
    carrying.fill(actor, lead, customer, more=more)
    return writes.create(actor, customer), True


def is_contact_wanted(lead: Lead, wanted: Wanted) -> bool:
    """Blank: a contact where the lead names a person."""
    if wanted.contact_mode:
        return wanted.contact_mode != NONE
    return bool(wanted.contact_name) or lead.has_person


def contact_for(actor: Actor, lead: Lead, customer: Customer, wanted: Wanted) -> Contact:
    """The person at the customer, chosen or new."""
    if wanted.contact_mode == EXISTING:
        found = _reached(actor, Contact, wanted.contact, "contact")
        if found.customer_id != customer.pk:
            raise writes.RuleBroken(
                _("This contact belongs to another customer. Choose one of this customer's contacts."), field="contact"
            )
        return _filled(actor, lead, found, {})
    name: str = wanted.contact_name or carrying.readable(actor, lead, "name")
    if not name:
        raise writes.RuleBroken(_("Give the new contact a name, or make none."), field="contact_name")
    contact = Contact(customer=customer, name=name)
    carrying.fill(actor, lead, contact)
    return writes.create(actor, contact)


def opportunity_for(
    actor: Actor, lead: Lead, customer: Customer, contact: Contact | None, wanted: Wanted
) -> Opportunity | None:
    """The opportunity, where one is wanted; its amount is the lead's budget unless another is given."""
    if wanted.opportunity_mode != NEW:
        return None
    need = carrying.readable(actor, lead, "need")
    budget: Decimal | None = carrying.readable(actor, lead, "budget") or None
    row = Opportunity(
        name=wanted.opportunity_name or opportunity_name(customer.name, need),
        customer=customer,
        contact=contact,
        lead=lead,
        amount_currency=lead.budget_currency,
        closes_on=wanted.closes_on,
        **_ownership(lead, wanted, actor),
    )
    row.amount = wanted.amount if wanted.amount is not None else budget
    if wanted.stage is not None:
        row.stage, row.pipeline = wanted.stage, wanted.stage.pipeline
    carrying.fill(actor, lead, row)
    return writes.create(actor, row)


def close_lead(actor: Actor, lead: Lead, customer: Customer, contact: Contact | None, now: Any) -> Lead:
    """The lead is done and says what it became."""
    lead.status, lead.converted_at = Lead.Status.CONVERTED, now
    lead.customer, lead.contact = customer, contact
    return writes.save(actor, lead, verb="convert")


def _ownership(lead: Lead, wanted: Wanted, actor: Actor) -> dict[str, Any]:
    """The person named, else the lead's owner, else whoever converts; the lead's department goes with its owner."""
    owner = wanted.owner or lead.owner or actor.user
    if owner is not None and owner.pk == lead.owner_id and lead.department_id is not None:
        return {"owner": owner, "department_id": lead.department_id}
    return {"owner": owner}


def _reached(actor: Actor, model: type[_R], chosen: _R | None, name: str) -> _R:
    found: _R | None = None if chosen is None else model.objects.visible_to(actor).filter(pk=chosen.pk).first()
    if found is None:
        raise writes.RuleBroken(_("This record does not exist, or you cannot see it. Choose another one."), field=name)
    return found


def _filled(actor: Actor, lead: Lead, row: _R, more: dict[str, str]) -> _R:
    """An existing record with its blanks filled, where the actor may change it; else as it is."""
    if not type(row).objects.visible_to(actor, "edit").filter(pk=row.pk).exists():
        return row
    carrying.fill(actor, lead, row, more=more)
    return writes.save(actor, row, verb="edit", note=str(lead.number or ""))
