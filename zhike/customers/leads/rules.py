"""What always holds for leads, whatever door they come through."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.writes.errors import RuleBroken
from zhike.core.writes.results import Written
from zhike.customers.models import Lead
from zhike.customers.rules import tidy_phones

PHONES = ("mobile", "phone")
# A converted lead may still change hands: somebody leaves, and another one answers for the past.
_STAYS_OPEN = frozenset({"owner", "department"})


def prepare_lead(_actor: Actor, written: Written) -> None:
    """A lead is somebody: a person, or at least a company, whose name then stands for it. What is converted stays as it is."""
    lead: Lead = written.row
    if written.before is not None and written.before["status"] == Lead.Status.CONVERTED:
        _refuse_change(lead, written)
    tidy_phones(lead, PHONES, "CN")
    if not lead.name:
        lead.name = lead.company_name[:100]
    if not lead.name:
        raise ValidationError({"name": _("A lead needs the name of a person or of a company.")})
    if lead.status != Lead.Status.DISQUALIFIED:
        lead.disqualified_reason, lead.disqualified_note = "", ""


def _refuse_change(lead: Lead, written: Written) -> None:
    if written.touched - _STAYS_OPEN:
        raise RuleBroken(
            _("“%(name)s” was converted and stays as it was. Change the customer “%(customer)s” instead.")
            % {"name": lead, "customer": lead.customer}
        )
