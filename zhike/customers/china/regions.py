"""Provinces, cities and districts of China by their six-digit codes (GB/T 2260), Hong Kong, Macao and Taiwan included.

The table is made by `tools/make_regions.py` and is not part of the source; without it every list is empty and
`missing_table()` says what to do. Codes carry their ancestry: 440000 广东省 ⊃ 440100 广州市 ⊃ 440106 天河区.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhike.core.options import Entry
from zhike.core.search.folding import fold

TABLE = Path(__file__).resolve().parent.parent / "generated" / "regions.json"
PATH_MARK = " / "
# Ends of names that people leave out: 广东, 广州, 延边, 内蒙古.
_ENDINGS = (
    "特别行政区",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "地区",
    "省",
    "市",
    "区",
    "县",
    "盟",
    "旗",
)


class Region(NamedTuple):
    """One region; `parent` is the code above, blank for a province."""

    code: str
    zh: str
    en: str
    parent: str


def missing_table() -> str | Promise | None:
    """A sentence for `zhike check` when the table is not there or cannot be read, else None."""
    return None if table() else _MISSING


@cache
def _read(path: Path, _changed: int) -> dict[str, Region]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {row[0]: Region(*row) for row in rows}
    except (OSError, ValueError, TypeError, IndexError):
        return {}


def table() -> dict[str, Region]:
    """All regions by code, provinces before their cities before their districts; empty without the generated file."""
    try:
        return _read(TABLE, TABLE.stat().st_mtime_ns)
    except OSError:
        return {}


def entries() -> Iterable[Entry]:
    """The code table for option fields with `list_name="region"`."""
    return [Entry(code=row.code, label_zh=row.zh, label_en=row.en, parent=row.parent) for row in table().values()]


def ancestry(code: str) -> list[Region]:
    """The region and all above it, province first. A code between two levels (110100) gives what is known above it."""
    known = table()
    chain: list[Region] = []
    current = known.get(code) or known.get(code[:4] + "00") or known.get(code[:2] + "0000")
    while current is not None:
        chain.insert(0, current)
        current = known.get(current.parent)
    return chain


def path(code: str, *, english: bool = False) -> str:
    """The whole address line of a region: 广东省 / 广州市 / 天河区, 北京市 / 朝阳区.

    English goes from small to large with commas. A code nobody knows comes back as it is.
    """
    names = [row.en if english else row.zh for row in ancestry(code)] if len(code) == 6 else []
    distinct = [name for place, name in enumerate(names) if place == 0 or name != names[place - 1]]
    if not distinct:
        return code
    return ", ".join(reversed(distinct)) if english else PATH_MARK.join(distinct)


def under(code: str) -> str:
    """The beginning all codes share that lie in a region, itself included: 440000 gives 44, 440100 gives 4401."""
    return code.removesuffix("00").removesuffix("00") if len(code) == 6 else code


def contains(outer: str, inner: str) -> bool:
    """Whether a region lies in another or is it."""
    return bool(outer) and inner.startswith(under(outer))


def _short(name: str) -> str:
    ending = next((each for each in _ENDINGS if name.endswith(each) and len(name) - len(each) >= 2), "")
    return name[: len(name) - len(ending)]


@cache
def _by_name(_changed: int) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for row in table().values():
        for name in {fold(row.zh), fold(_short(row.zh)), fold(row.en)}:
            names.setdefault(name, []).append(row.code)
    return {name: tuple(codes) for name, codes in names.items()}


def find(text: str) -> list[str]:
    """Codes of the regions a text names, at most 10: a code, a name, or a line such as 广东省广州市天河区.

    One code means the text is clear; several (朝阳区 in Beijing and in Changchun) must be chosen from; none is unknown.
    """
    known = table()
    if not known:
        return []
    typed = fold(text)
    if typed.isascii() and typed.isdigit():
        full = typed.ljust(6, "0")
        return [full] if full in known else []
    names = _by_name(TABLE.stat().st_mtime_ns)
    if typed in names:
        return list(names[typed])[:10]
    return _along(typed, names)


def _along(typed: str, names: dict[str, tuple[str, ...]]) -> list[str]:
    """Walk a written address from its beginning: the longest name inside the region found so far, again and again."""
    rest = typed
    inside: list[str] = []
    while rest := rest.lstrip(" /-,·.>"):
        step: list[str] = []
        length = 0
        for end in range(min(len(rest), 40), 1, -1):
            step = [
                code
                for code in names.get(rest[:end], ())
                if not inside or any(contains(outer, code) and outer != code for outer in inside)
            ]
            if step:
                length = end
                break
        if not step:
            # 市辖区 stands in many exports and names nothing.
            if rest.startswith("市辖区"):
                rest = rest[3:]
                continue
            break
        inside, rest = step, rest[length:]
    return inside[:10]


_MISSING = _(
    "The table of Chinese regions has not been made, so regions cannot be chosen. Run `make run` once, which makes it."
)
