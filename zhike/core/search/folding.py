"""Folding: one spelling for everything that a person would call the same text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

# Blocks that hold Han characters: Extension A to the unified block, then Extensions B to H.
_HAN_BLOCKS = ((0x3400, 0xA000), (0x20000, 0x323B0))
_STRIDE = 4096  # characters converted at once: all at once would leave the process 10 MB larger
# Characters nobody sees and that come in by copy and paste: soft hyphen, joiners, marks of direction, BOM.
_INVISIBLE = (0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)


@cache
def _table() -> dict[int, str | None]:
    """The character table Traditional to Simplified, with what is invisible mapped to nothing.

    Every character is converted alone on its line, so OpenCC's phrase rules never apply: 乾隆 folds as 乾 + 隆,
    and a record and a query fold alike whatever stands beside the character.
    """
    convert = opencc.OpenCC("t2s").convert
    simple: dict[str, str] = {}
    for low, high in _HAN_BLOCKS:
        for start in range(low, high, _STRIDE):
            characters = [chr(point) for point in range(start, min(start + _STRIDE, high))]
            pairs = zip(characters, convert("\n".join(characters)).split("\n"), strict=True)
            simple.update((old, new) for old, new in pairs if old != new and len(new) == 1)
    table: dict[int, str | None] = dict.fromkeys(_INVISIBLE)
    # Control characters become spaces; PostgreSQL cannot store NUL at all.
    table |= dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
    for old, new in simple.items():
        table[ord(old)] = simple.get(new, new)
    return table


def _folded_once(text: str) -> str:
    """One pass of all rules; twice gives a fixed point for any text (`fold`)."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(text.translate(_table()).split())


def fold(text: str) -> str:
    """Fold a text for comparing and searching.

    Full width becomes half width (NFKC), letters lose their case, Traditional becomes Simplified character by
    character, invisible characters go, every run of white space is one space, none at the ends. Folding twice changes
    nothing.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_CONTROLS).split())
    once = _folded_once(text)
    return once if once.isascii() else _folded_once(once)


_ASCII_CONTROLS: dict[int, str] = dict.fromkeys((*range(0x20), 0x7F), " ")


def strip_accents(text: str) -> str:
    """Take accents from Latin, Greek and Cyrillic letters (Müller is muller), leaving kana and Hangul whole."""
    if _MAY_HAVE_ACCENTS.search(text) is None:
        return text
    return "".join(_base(character) for character in text)


# Neither ASCII nor Chinese: where a name has none of these, there is nothing to take.
_MAY_HAVE_ACCENTS = re.compile("[\x80-\u2fff]")


@cache
def _base(character: str) -> str:
    # Kana and Hangul also decompose, but into parts that are letters of their own: が is not か.
    if ord(character) >= 0x3000:
        return character
    stripped = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return stripped.translate(_LETTERS)


# Letters that have no decomposition but that everyone types without their stroke.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
