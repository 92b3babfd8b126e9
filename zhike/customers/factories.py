"""Customers and contacts for tests."""

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


def _new_owner(_row: Any, person: Any) -> samples.Values:
    return {"owner": person}


def _person(_row: Any, person: Any) -> samples.Values:
    return {"person": person}


def _share(_row: Any, person: Any) -> samples.Values:
    return {"person": person, "level": "read"}


OWNERSHIP_INPUT = {"transfer": _new_owner, "share": _share, "unshare": _person}

samples.register(
    Sample(slug="customers", values=customer_values, change="short_name", other="description", verbs=OWNERSHIP_INPUT),
    Sample(slug="contacts", values=contact_values, change="job_title", other="description"),
)
