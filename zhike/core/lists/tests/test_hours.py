"""A day in hours: nothing covers another, nothing is lost, and what could be wider is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.core.lists.hours import LEAST, QUARTERS, Group, lay_out, quarters_of

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
spans = st.lists(
    st.integers(0, QUARTERS - LEAST).flatmap(
        lambda begins: st.tuples(st.just(begins), st.integers(begins + LEAST, QUARTERS))
    ),
    max_size=40,
)


def covered(group: Group) -> list[tuple[int, int]]:
    """Every quarter in every lane that an event takes."""
    return [
        (quarter, lane)
        for each in group.places
        for quarter in range(each.begins, each.ends)
        for lane in range(each.lane, each.lane + each.width)
    ]


@given(spans, st.integers(1, 12))
def test_no_event_covers_another_and_none_is_lost(asked: list[tuple[int, int]], most: int) -> None:
    layout = lay_out(asked, most)
    placed = [place for group in layout.groups for place in group.places]
    assert sorted([*(place.index for place in placed), *layout.left_out]) == list(range(len(asked)))
    assert all((place.begins, place.ends) == asked[place.index] for place in placed)
    ends = 0
    for group in layout.groups:
        assert ends <= group.begins
        ends = group.ends
        taken = covered(group)
        assert len(taken) == len(set(taken))
        assert all(0 <= lane < group.lanes <= most for _quarter, lane in taken)
        assert all(group.begins <= quarter < group.ends for quarter, _lane in taken)


@given(spans)
def test_every_event_is_as_wide_as_what_stands_to_its_right_lets_it_be(asked: list[tuple[int, int]]) -> None:
    for group in lay_out(asked, len(asked) + 1).groups:
        taken = set(covered(group))
        for each in group.places:
            after = each.lane + each.width
            free = {(quarter, after) for quarter in range(each.begins, each.ends)}
            assert after == group.lanes or free & taken


def test_those_for_which_no_lane_is_left_are_named() -> None:
    layout = lay_out([(36, 40), (36, 44), (37, 40), (44, 46)], 2)
    assert layout.left_out == (2,)
    assert [(group.begins, group.ends, group.lanes) for group in layout.groups] == [(36, 44, 2), (44, 46, 1)]


@pytest.mark.parametrize(
    ("begins", "ends", "found"),
    [
        (NOON, None, (48, 50)),
        (NOON, NOON, (48, 50)),
        (NOON + timedelta(minutes=10), NOON + timedelta(minutes=61), (48, 53)),
        (NOON - timedelta(hours=20), NOON - timedelta(hours=11), (0, 4)),
        (NOON - timedelta(hours=20), NOON - timedelta(hours=12), None),
        (NOON + timedelta(hours=11, minutes=50), None, (94, 96)),
        (NOON + timedelta(hours=11), NOON + timedelta(hours=14), (92, 96)),
        (NOON + timedelta(hours=12), NOON + timedelta(hours=13), None),
        (NOON, NOON - timedelta(hours=1), (48, 50)),
    ],
)
def test_the_part_of_a_time_that_falls_on_a_day(
    begins: datetime, ends: datetime | None, found: tuple[int, int] | None
) -> None:
    assert quarters_of(begins, ends, DAY) == found
