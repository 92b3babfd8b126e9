"""Who is known already: customers, contacts and leads with the same mobile, e-mail address or company name. A hint, no bar."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.pages.words import sentence_start
from zhike.core.search import pinyin
from zhike.customers.china import phones
from zhike.customers.models import Contact, Customer, Lead

# Of each kind; who has more of them has another problem.
_MOST = 10


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is known of somebody new. `lead_id` is the lead itself, which is not its own double."""

    mobile: str = ""
    phone: str = ""
    email: str = ""
    company_name: str = ""
    lead_id: int | None = None

    @classmethod
    def of(cls, lead: Lead) -> "Given":
        return cls(
            mobile=lead.mobile, phone=lead.phone, email=lead.email, company_name=lead.company_name, lead_id=lead.pk
        )

    @property
    def numbers(self) -> list[str]:
        """Telephone numbers as they are stored."""
        found = (phones.normalise(each, region="CN").display[:40] for each in (self.mobile, self.phone) if each.strip())
        return list(dict.fromkeys(each for each in found if each))

    @property
    def addresses(self) -> list[str]:
        email = self.email.strip()
        return list(dict.fromkeys((email, email.lower()))) if email else []

    @property
    def company(self) -> str:
        return self.company_name.strip()


@dataclass(frozen=True)
class Match:
    """A record with something in common."""

    kind: str
    label: str
    url: str
    why: str
    row: Any


@dataclass(frozen=True)
class Known:
    """What was found: the records the reader reaches, and how many others there are."""

    matches: tuple[Match, ...] = ()
    unseen: int = 0

    def __bool__(self) -> bool:
        return bool(self.matches or self.unseen)

    @property
    def unseen_sentence(self) -> str:
        if not self.unseen:
            return ""
        return ngettext(
            "%(count)d more record that you do not see has the same details. Ask your manager who deals with it.",
            "%(count)d more records that you do not see have the same details. Ask your manager who deals with them.",
            self.unseen,
        ) % {"count": self.unseen}


def known(actor: Actor, given: Given) -> Known:
    """Live records with the same details: three statements, and one more for each kind that has some."""
    matches: list[Match] = []
    unseen = 0
    for model, condition in _conditions(given):
        entity = registry.of(model)
        if not modules.is_on(entity.module):
            continue
        rows = list(model.objects.filter(condition, deleted_at__isnull=True).order_by("-updated_at", "-pk")[:_MOST])
        seen = _seen(actor, model, rows)
        unseen += len(rows) - len(seen)
        matches += [
            Match(
                kind=sentence_start(entity.label),
                label=str(row),
                url=f"/{entity.slug}/{row.pk}/",
                why=_why(row, given),
                row=row,
            )
            for row in rows
            if row.pk in seen
        ]
    return Known(tuple(matches), unseen)


def _conditions(given: Given) -> Iterator[tuple[Any, Q]]:
    """What a record of each kind has in common, over indexed columns; nothing where nothing is given."""
    numbers, addresses, company = given.numbers, given.addresses, given.company
    customer, contact, lead = Q(pk__in=[]), Q(pk__in=[]), Q(pk__in=[])
    if numbers:
        customer |= Q(phone__in=numbers)
        contact |= Q(mobile__in=numbers)
        lead |= Q(mobile__in=numbers)
    if addresses:
        customer |= Q(email__in=addresses)
        contact |= Q(email__in=addresses)
        lead |= Q(email__in=addresses)
    if company:
        customer |= Q(name_key=pinyin.sort_key(company)[:255], name=company)
        lead |= Q(company_name=company)
    if numbers or addresses or company:
        yield Customer, customer
        yield Lead, lead & ~Q(pk=given.lead_id) if given.lead_id is not None else lead
    if numbers or addresses:
        yield Contact, contact


def _seen(actor: Actor, model: Any, rows: list[Any]) -> set[int]:
    if not rows:
        return set()
    return set(model.objects.visible_to(actor).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))


def _why(row: Any, given: Given) -> str:
    numbers = {getattr(row, "mobile", ""), getattr(row, "phone", "")} - {""}
    if numbers & set(given.numbers):
        return _("same telephone number")
    if row.email and row.email in given.addresses:
        return _("same e-mail address")
    return _("same company name")
