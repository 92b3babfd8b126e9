"""Rows of the catalogue for tests."""

from decimal import Decimal
from typing import Any

from zhike.core.testing import samples
from zhike.core.testing.samples import Sample


def product_values(_owner: Any, _mark: str) -> samples.Values:
    return {"unit": "piece", "price": Decimal("12.50"), "price_currency": "CNY", "is_sold": True}


samples.register(Sample(slug="products", values=product_values, change="series", other="description"))
