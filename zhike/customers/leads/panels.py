"""What a lead's page shows besides its facts, and what the page of a customer or contact says of the lead it came from."""

from collections.abc import Mapping

from zhike.core.actors import Actor
from zhike.customers.leads.known import Given, known
from zhike.customers.models import Contact, Customer, Lead

_MOST = 5


def known_panel(actor: Actor, lead: Lead) -> Mapping[str, object]:
    """Who has the same details, as long as the lead is open; nothing where nobody has."""
    found = known(actor, Given.of(lead)) if lead.is_open else None
    return {"known": found} if found else {}


def origin_panel(actor: Actor, record: Customer | Contact) -> Mapping[str, object]:
    """The leads that became this customer or contact; nothing where there are none, or none that the reader reaches."""
    name = "customer" if isinstance(record, Customer) else "contact"
    leads = Lead.objects.visible_to(actor).filter(**{name: record.pk}).order_by("-converted_at", "-pk")[:_MOST]
    found = list(leads)
    return {"leads": found} if found else {}
