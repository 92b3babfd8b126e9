"""What the conversion of a lead was asked for, by the form or a programme."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.models import Contact, Customer
from zhike.sales.models import Stage

NEW, EXISTING, NONE = "new", "existing", "none"
# Names of opportunities stay short enough to be read in a list.
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the form asked for, or a programme: the input of `convert_lead`."""

    customer_mode: str = NEW
    customer_name: str = ""
    customer: Customer | None = None
    contact_mode: str = ""
    contact_name: str = ""
    contact: Contact | None = None
    opportunity_mode: str = NONE
    opportunity_name: str = ""
    stage: Stage | None = None
    amount: Decimal | None = None
    closes_on: Any = None
    owner: Any = None


def opportunity_name(who: str, need: str) -> str:
    """ "浦发银行：网点排队系统": who, and the first line of what they want."""
    first = need.strip().splitlines()[0].strip() if need.strip() else ""
    if not first:
        return who[:LONGEST_NAME]
    return (_("%(who)s: %(need)s") % {"who": who, "need": first[:60]})[:LONGEST_NAME]
