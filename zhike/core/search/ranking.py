"""Order of what a search found: the same on both databases, because it is worked out here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from zhike.core.search.tokens import Head, Query


class MatchClass(IntEnum):
    """How well a record answers a query, best first."""

    EXACT = 0
    PREFIX = 1
    PINYIN = 2
    INITIALS = 3
    PART = 4


class Candidate(NamedTuple):
    """A record the index found.

    `heads` are its name, number, short names with the weight of each; `active_at` is the moment of its last activity in
    seconds since 1970, `key` breaks what is left of ties.
    """

    heads: tuple[tuple[str, int], ...]
    active_at: float
    key: int


def class_of(query: Query, head: Head) -> MatchClass:
    """How well one name or number answers a query."""
    asked = query.compact
    if not asked:
        return MatchClass.PART
    if head.compact == asked:
        return MatchClass.EXACT
    if head.compact.startswith(asked):
        return MatchClass.PREFIX
    if head.pinyin.startswith(asked):
        return MatchClass.PINYIN
    if head.initials.startswith(asked):
        return MatchClass.INITIALS
    return MatchClass.PART


def best_match(query: Query, heads: Iterable[tuple[str, int]]) -> tuple[MatchClass, int]:
    """The best class over a record's heads, and the weight of the head that has it (0 where there is no head)."""
    found = [(class_of(query, Head.of(text)), -weight) for text, weight in heads if text]
    if not found:
        return MatchClass.PART, 0
    best, weight = min(found)
    return best, -weight


def rank(query: Query, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Sort candidates: class, then weight, then last activity (latest first), then the newest record."""

    def order(candidate: Candidate) -> tuple[int, int, float, int]:
        best, weight = best_match(query, candidate.heads)
        return best, -weight, -candidate.active_at, -candidate.key

    return sorted(candidates, key=order)
