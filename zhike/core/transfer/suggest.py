"""Guesses a person may accept: the label that was probably meant, the field a column heading stands for."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import ngettext

_NOT_WORD = re.compile(r"[\W_]+")
_MAX_COMPARED = 20_000
# Different unknown values that are told apart; a wrongly mapped column has a new one in each row.
_MAX_DISTINCT = 500


def folded(text: str) -> str:
    """Text for comparing: full width and case evened out, spaces and punctuation gone."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def distance(first: str, second: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours between two texts; at most `limit` + 1."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, left in enumerate(first, start=1):
        here = [row]
        for column, right in enumerate(second, start=1):
            cost = min(above[column] + 1, here[column - 1] + 1, above[column - 1] + (left != right))
            if row > 1 and column > 1 and left == second[column - 2] and first[row - 2] == right:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        if min(here) > limit:
            return limit + 1
        before, above = above, here
    return above[-1]


def nearest(text: str, labels: Iterable[str]) -> str:
    """The label that `text` most probably means, blank when none is near or two are equally near.

    Near is: the same but for spaces, punctuation and case; one spelling mistake in every four characters; or, from four
    characters on, one wholly inside the other.
    """
    wanted = folded(text)
    if not wanted:
        return ""
    allowed = min(3, len(wanted) // 4)
    best: list[str] = []
    best_cost = 2 * allowed + 2
    for _index, label in zip(range(_MAX_COMPARED), labels, strict=False):
        cost = _cost(wanted, folded(label), allowed)
        if cost < best_cost:
            best, best_cost = [label], cost
        elif cost == best_cost and best and folded(label) != folded(best[0]):
            best.append(label)
    return best[0] if len(best) == 1 else ""


def _cost(wanted: str, other: str, allowed: int) -> int:
    """Twice the spelling distance; one more than that for a label that contains the text or stands in it."""
    if wanted == other:
        return 0
    spelling = 2 * distance(wanted, other, allowed) if allowed else 2
    contained = len(wanted) >= 4 and len(other) >= 4 and (wanted in other or other in wanted)
    return min(spelling, 2 * allowed + 1) if contained else spelling


@dataclass(frozen=True, kw_only=True)
class UnknownValue:
    """A value of one column that its field does not know: how often it stands there, where first, what it may mean."""

    column: str
    value: str
    count: int
    first_row: int
    suggestion: str = ""

    @property
    def sentence(self) -> str:
        """What happened and what to do, with the count of rows."""
        said = ngettext(
            "Column “%(column)s”: “%(value)s” is not known (%(count)d row, row %(row)d).",
            "Column “%(column)s”: “%(value)s” is not known (%(count)d rows, first in row %(row)d).",
            self.count,
        ) % {"column": self.column, "value": self.value, "count": self.count, "row": self.first_row}
        if not self.suggestion:
            return said
        asked = ngettext(
            "Did you mean “%(suggestion)s”? Replace it in %(count)d row.",
            "Did you mean “%(suggestion)s”? Replace it in all %(count)d rows.",
            self.count,
        ) % {"suggestion": self.suggestion, "count": self.count}
        return f"{said} {asked}"


@dataclass
class Unknowns:
    """Gathers unknown values row by row; suggestions are looked for when the report is made."""

    _found: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, column: str, value: str, row: int) -> None:
        entry = self._found.get((column, value))
        if entry is not None:
            entry[0] += 1
        elif len(self._found) < _MAX_DISTINCT:
            self._found[column, value] = [1, row]

    def copy(self) -> "Unknowns":
        return Unknowns({value: list(entry) for value, entry in self._found.items()})

    def to_json(self) -> list[list[object]]:
        return [[column, value, count, row] for (column, value), (count, row) in self._found.items()]

    @classmethod
    def from_json(cls, stored: Iterable[Any]) -> "Unknowns":
        return cls({(column, value): [count, row] for column, value, count, row in stored})

    def report(self, suggest: Callable[[str, str], str]) -> tuple[UnknownValue, ...]:
        """The values, most frequent first; `suggest(column, value)` says what was probably meant."""
        values = [
            UnknownValue(column=column, value=value, count=count, first_row=row, suggestion=suggest(column, value))
            for (column, value), (count, row) in self._found.items()
        ]
        return tuple(sorted(values, key=lambda each: (-each.count, each.first_row)))


@dataclass(frozen=True, kw_only=True)
class Target:
    """A field a column may go to: its labels in all languages, and further words that other programmes use for it."""

    name: str
    labels: tuple[str, ...]
    words: tuple[str, ...] = ()


# Headings that mean the same in every kind of record, by field name.
COMMON_WORDS: Mapping[str, tuple[str, ...]] = {
    "name": ("名称", "姓名", "全称", "name", "full name", "display name", "title"),
    "number": ("编号", "编码", "单号", "record id", "id", "number", "code"),
    "phone": (
        "电话",
        "固定电话",
        "联系电话",
        "座机",
        "phone",
        "phone number",
        "telephone",
        "work phone",
        "phone 1 - value",
    ),
    "mobile": ("手机", "手机号", "手机号码", "移动电话", "mobile", "mobile number", "mobile phone", "cell phone"),
    "email": (
        "邮箱",
        "电子邮件",
        "电子邮箱",
        "邮件",
        "email",
        "e-mail",
        "e-mail address",
        "primary email",
        "e-mail 1 - value",
    ),
    "website": ("网址", "公司网址", "网站", "官网", "website", "website url", "url", "web page 1"),
    "owner": ("负责人", "所有人", "归属人", "owner", "ownerid", "assigned to", "owner name"),
    "department": ("部门", "所属部门", "department", "business unit", "team"),
    "address": ("地址", "详细地址", "通讯地址", "address", "street", "work address", "address 1 - formatted"),
    "country": ("国家", "国家/地区", "country", "country/region", "work country"),
    "description": ("备注", "说明", "描述", "notes", "description", "remark", "comments"),
    "notes": ("备注", "说明", "notes", "remark", "comments"),
}

_EXACT, _WORD, _NAME, _STRIPPED, _NEAR, _INSIDE = 100, 90, 88, 85, 60, 40


def guess_columns(
    headings: Sequence[str], targets: Sequence[Target], entity_labels: Sequence[str] = ()
) -> dict[str, str]:
    """Field name to heading, each used once, the surest first.

    `entity_labels` are the entity's own names, which headings often repeat (客户名称 for the name of a customer).
    """
    own = tuple(filter(None, map(folded, entity_labels)))
    scored = [
        (-score, position, order, target.name, heading)
        for position, heading in enumerate(headings)
        for order, target in enumerate(targets)
        if (score := _score(folded(heading), target, own))
    ]
    guessed: dict[str, str] = {}
    used: set[str] = set()
    for *_rank, name, heading in sorted(scored):
        if name not in guessed and heading not in used:
            guessed[name] = heading
            used.add(heading)
    return guessed


def _score(heading: str, target: Target, own: tuple[str, ...]) -> int:
    """How surely the folded heading stands for the target, 0 for not at all."""
    if not heading:
        return 0
    labels = {folded(label) for label in target.labels} - {""}
    words = {folded(word) for word in (*target.words, *COMMON_WORDS.get(target.name, ()))} - {""}
    if heading in labels:
        return _EXACT
    if heading in words:
        return _WORD
    if heading == folded(target.name):
        return _NAME
    bare = {heading.removeprefix(name).removesuffix(name) for name in own} - {heading, ""}
    if bare & (labels | words):
        return _STRIPPED
    if len(heading) >= 5 and any(distance(heading, label, 1) <= 1 for label in labels | words if len(label) >= 5):
        return _NEAR
    if any(len(label) >= (2 if not label.isascii() else 5) and label in heading for label in labels):
        return _INSIDE
    return 0
