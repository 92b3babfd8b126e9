"""The stable text in which the history keeps values."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import models

LENGTH = 200  # of StateChange.old and .new


def as_text(value: object) -> str:
    """A value as the history holds it: blank as "", records by id, decimals without trailing zeros, moments in UTC.

    Equal values give equal texts in whatever Python form (`Decimal("5.00")`, `5`); long ones are cut to 200 characters.
    """
    return _text(value)[:LENGTH]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
