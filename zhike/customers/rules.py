"""What always holds for customers and contacts, whatever door they come through."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.writes.results import Written
from zhike.customers.china import credit_code, phones
from zhike.customers.models import Contact, Customer, Lead

PHONES = {"customers": ("phone", "fax"), "contacts": ("mobile", "phone")}


def prepare_customer(_actor: Actor, written: Written) -> None:
    """Codes and numbers in one form; a customer is not its own parent company."""
    customer: Customer = written.row
    customer.credit_code = credit_code.normalise(customer.credit_code)
    customer.credit_code_doubtful = bool(customer.credit_code) and not credit_code.check(customer.credit_code).ok
    tidy_phones(customer, PHONES["customers"], customer.country)
    if not customer.name:
        raise ValidationError({"name": _("A customer needs a name.")})
    if customer.parent_id is not None and written.changed_or_new("parent"):
        _refuse_circle(customer)


def prepare_contact(_actor: Actor, written: Written) -> None:
    """Numbers in one form; a contact has a name."""
    contact: Contact = written.row
    tidy_phones(contact, PHONES["contacts"], "CN")
    if not contact.name:
        raise ValidationError({"name": _("A contact needs a name.")})


def settle_contacts(_actor: Actor, batch: Sequence[Written]) -> None:
    """One main contact a customer: the one named last."""
    for written in batch:
        contact: Contact = written.row
        if contact.is_main and written.changed("is_main"):
            Contact.objects.filter(customer_id=contact.customer_id, is_main=True).exclude(pk=contact.pk).update(
                is_main=False
            )


def tidy_phones(row: Customer | Contact | Lead, names: tuple[str, ...], region: str) -> None:
    """Telephone numbers in the format in which they are stored; what cannot be read stays as typed."""
    for name in names:
        typed = getattr(row, name)
        if typed:
            setattr(row, name, phones.normalise(typed, region=region or "CN").display[:40])


def _refuse_circle(customer: Customer) -> None:
    """A group of companies is a tree."""
    above: int | None = customer.parent_id
    seen = {customer.pk}
    while above is not None:
        if above in seen:
            raise ValidationError({"parent": _("A company cannot stand above itself. Choose another parent company.")})
        seen.add(above)
        above = Customer.objects.filter(pk=above).values_list("parent_id", flat=True).first()
