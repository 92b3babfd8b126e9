"""The arithmetic of a day in hours: which of its events stand side by side, and how wide each is. Times are quarters of an hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

QUARTERS = 96
MINUTES = 15
# What is shorter is drawn as long as this, so that its name can be read and a finger finds it.
LEAST = 2


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one event stands in its group: `index` is its number in what was asked; lanes count from 0."""

    index: int
    begins: int
    ends: int
    lane: int
    width: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """Events that overlap, if only through one another, and share the breadth of the day in `lanes` equal parts."""

    begins: int
    ends: int
    lanes: int
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One day. `left_out` are the numbers of those for which no lane was left."""

    groups: tuple[Group, ...]
    left_out: tuple[int, ...] = ()


def quarters_of(begins: datetime, ends: datetime | None, day: date) -> tuple[int, int] | None:
    """The part of a time that falls on that day; without an end half an hour. None where nothing does.

    Both in one zone, and read off its clocks: on the day the clocks change an event stands where its clock says.
    """
    start, midnight = begins.replace(tzinfo=None), datetime.combine(day, time.min)
    stop = start + timedelta(minutes=LEAST * MINUTES) if ends is None else max(start, ends.replace(tzinfo=None))
    next_midnight = midnight + timedelta(days=1)
    if start >= next_midnight or (stop <= midnight and start < midnight):
        return None
    first = int((max(start, midnight) - midnight).total_seconds()) // (MINUTES * 60)
    last = -(int((midnight - min(stop, next_midnight)).total_seconds()) // (MINUTES * 60))
    last = max(last, first + LEAST)
    return (first, last) if last <= QUARTERS else (QUARTERS - LEAST, QUARTERS)


def lay_out(spans: Sequence[tuple[int, int]], most: int) -> Layout:
    """Events side by side where they overlap, at most `most` of them; each as wide as what stands beside it lets it be."""
    order = sorted(range(len(spans)), key=lambda index: (spans[index][0], index))
    lanes: dict[int, int] = {}
    left_out: list[int] = []
    groups: list[Group] = []
    free: list[int] = []  # when each lane of the present group is free again
    members: list[int] = []
    for index in order:
        begins, ends = spans[index]
        if members and begins >= max(free):
            groups.append(_group(spans, members, lanes, len(free)))
            free, members = [], []
        lane = next((number for number, until in enumerate(free) if until <= begins), len(free))
        if lane >= most:
            left_out.append(index)
            continue
        free[lane : lane + 1] = [ends]
        lanes[index] = lane
        members.append(index)
    if members:
        groups.append(_group(spans, members, lanes, len(free)))
    return Layout(groups=tuple(groups), left_out=tuple(left_out))


def _group(spans: Sequence[tuple[int, int]], members: Sequence[int], lanes: dict[int, int], breadth: int) -> Group:
    def width(index: int) -> int:
        to_the_right = (
            lanes[other]
            for other in members
            if lanes[other] > lanes[index]
            and spans[other][0] < spans[index][1]
            and spans[index][0] < spans[other][1]
        )  # fmt: skip
        return min(to_the_right, default=breadth) - lanes[index]

    places = (
        Place(index=index, begins=spans[index][0], ends=spans[index][1], lane=lanes[index], width=width(index))
        for index in members
    )
    return Group(
        begins=min(spans[index][0] for index in members),
        ends=max(spans[index][1] for index in members),
        lanes=breadth,
        places=tuple(places),
    )
