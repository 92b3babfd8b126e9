"""Spans of days: calendar months, working days, and what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.core.conditions.days import Span, is_working_day

DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@pytest.mark.parametrize(
    ("text", "day", "earlier", "later"),
    [
        ("P15D", date(2026, 3, 10), date(2026, 2, 23), date(2026, 3, 25)),
        ("P2W", date(2026, 3, 10), date(2026, 2, 24), date(2026, 3, 24)),
        ("P1M", date(2026, 3, 31), date(2026, 2, 28), date(2026, 4, 30)),
        ("P1Y", date(2024, 2, 29), date(2023, 2, 28), date(2025, 2, 28)),
        ("P1Y2M1W3D", date(2026, 1, 1), date(2024, 10, 22), date(2027, 3, 11)),
        ("P0D", date(2026, 3, 10), date(2026, 3, 10), date(2026, 3, 10)),
    ],
)
def test_a_span_is_counted_on_the_calendar(text: str, day: date, earlier: date, later: date) -> None:
    span = Span.read(text)
    assert (span.before(day), span.after(day)) == (earlier, later)


@pytest.mark.parametrize(
    "text",
    ["", "P", "15D", "P-1D", "P1.5D", "PT5H", "P1H", "P1D1W", "p1d", "P٣D", "P101Y", "P99999D", "P1D ", "P1D\n", "ago"],
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its text is what was given
        Span.read(text)
    assert caught.value.args == (text,)


def test_working_spans_count_days_only() -> None:
    for text in ("P1W", "P1M", "P1Y2D"):
        with pytest.raises(ValueError, match=text):
            Span.read(text, working=True)


@given(DAYS, st.integers(0, 400), st.booleans())
def test_working_days_are_those_met_on_the_way(day: date, count: int, ahead: bool) -> None:
    span = Span(days=count, working=True)
    found = span.after(day) if ahead else span.before(day)
    step = timedelta(days=1 if ahead else -1)
    met, here = 0, day
    while met < count:
        here += step
        met += is_working_day(here)
    assert found == here
