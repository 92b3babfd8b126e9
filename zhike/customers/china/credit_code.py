"""统一社会信用代码, the unified social credit code of an organisation (GB 32100-2015).

18 characters: registering authority and kind (2), region (6), organisation code (9), check character (modulo 31).
A code is a hint, never a gate: old 15-digit registration numbers, foreign firms and firms of Hong Kong, Macao and
Taiwan have none, so what does not fit is kept, marked and explained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from zhike.core.search.folding import fold

# Letters that could be taken for digits are not used: I, O, S, V, Z.
_SHAPE = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10}")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015._/]+")


class Finding(StrEnum):
    """What a code turned out to be."""

    BLANK = "blank"
    VALID = "valid"
    WRONG_CHECK = "wrong_check"
    OLD_NUMBER = "old_number"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A code as it is stored, and what is to be said about it. `ok` is true for a blank and for a valid code."""

    code: str
    finding: Finding
    sentence: str | Promise = ""

    @property
    def ok(self) -> bool:
        return self.finding in (Finding.BLANK, Finding.VALID)


def normalise(code: str) -> str:
    """The code as it is stored: half width, capitals, no spaces, hyphens and dots; what is no code at all as typed."""
    bare = _SEPARATORS.sub("", fold(code))
    return bare.upper() if bare.isascii() else " ".join(code.split())


def check(code: str) -> Verdict:
    """Judge a code as it was typed. Never raises; only a whole and right code, or none at all, is `ok`."""
    stored = normalise(code)
    if not stored:
        return Verdict(code="", finding=Finding.BLANK)
    if _SHAPE.fullmatch(stored):
        if stored[-1] == uscc.calc_check_digit(stored[:17]):
            return Verdict(code=stored, finding=Finding.VALID)
        return Verdict(code=stored, finding=Finding.WRONG_CHECK, sentence=_WRONG_CHECK)
    if len(stored) == 15 and stored.isdigit():
        return Verdict(code=stored, finding=Finding.OLD_NUMBER, sentence=_OLD_NUMBER)
    return Verdict(code=stored, finding=Finding.OTHER, sentence=_OTHER)


_WRONG_CHECK = _(
    "The last character of this credit code does not fit the others, so one of them may be mistyped. "
    "It is kept as it is; please compare it with the business licence."
)
_OLD_NUMBER = _(
    "This is a registration number of the old kind with 15 digits. It is kept; the credit code on the present business "
    "licence has 18 characters."
)
_OTHER = _(
    "A credit code has 18 digits and capital letters without I, O, S, V and Z. This is kept as it is, since foreign "
    "companies have other numbers."
)
