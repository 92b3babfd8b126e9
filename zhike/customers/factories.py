"""Customers, contacts and leads for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from zhike.core.testing import samples
from zhike.core.testing.samples import Sample


def customer_values(owner: Any, _mark: str) -> samples.Values:
    return {
        "kind": "organisation",
        "credit_code": "",
        "state": "potential",
        "level": "key",
        "source": "website",
        "country": "CN",
        "phone": "021-61618888",
        "annual_revenue": Decimal("1200000.00"),
        "annual_revenue_currency": "CNY",
        "employees": 25,
        "founded_in": 1998,
        "owner": owner,
    }


def contact_values(owner: Any, mark: str) -> samples.Values:
    """A contact of a customer of the same owner."""
    return {
        "customer": samples.make("customers", owner, f"{mark}-{samples.serial()}"),
        "role": "decides",
        "mobile": "138 0013 8000",
        "birthday": date(1980, 2, 29),
        "is_main": False,
    }


def lead_values(owner: Any, _mark: str) -> samples.Values:
    """An open lead that the shipped rules give some points."""
    return {
        "mobile": "139 0013 9000",
        "phone": "",
        "source": "exhibition",
        "region": "310000",
        "industry": "",
        "budget": Decimal("150000.00"),
        "budget_currency": "CNY",
        "owner": owner,
    }


def _disqualified(_row: Any, _person: Any) -> samples.Values:
    return {"disqualified_reason": "no_need"}


def _later(_row: Any, _person: Any) -> samples.Values:
    return {"again_on": date(2199, 1, 31), "note": "next budget"}


def _new_owner(_row: Any, person: Any) -> samples.Values:
    return {"owner": person}


def _person(_row: Any, person: Any) -> samples.Values:
    return {"person": person}


def _share(_row: Any, person: Any) -> samples.Values:
    return {"person": person, "level": "read"}


OWNERSHIP_INPUT = {"transfer": _new_owner, "share": _share, "unshare": _person}

LEAD_VERBS = OWNERSHIP_INPUT | {"disqualify": _disqualified, "nurture": _later}

samples.register(
    Sample(slug="customers", values=customer_values, change="short_name", other="description", verbs=OWNERSHIP_INPUT),
    Sample(slug="contacts", values=contact_values, change="job_title", other="description"),
    Sample(slug="leads", values=lead_values, change="company_name", other="description", verbs=LEAD_VERBS),
)
