"""Equal values are one text, whatever form they had in Python."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from zhike.core.history import as_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        ("浦发", "浦发"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (Decimal("0.00"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("1000.00"), "1000"),
        (Decimal(1000), "1000"),
        (Decimal("0.10"), "0.1"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 8, tzinfo=timezone(timedelta(hours=8))), "2026-01-31T00:00:00+00:00"),
        (datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31T00:00:00+00:00"),
        (["b", "a"], '["b", "a"]'),
    ],
)
def test_each_value_has_one_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_a_long_text_is_cut_to_what_a_row_of_history_holds() -> None:
    assert len(as_text("长" * 500)) == 200
