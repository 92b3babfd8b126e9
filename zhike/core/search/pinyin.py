"""Pinyin of Chinese names: the key lists sort by, syllables and initials for search.

A character has one reading, its first in pypinyin's dictionary unless `readings` says otherwise; words in `readings`
come before single characters. Readings are written without tones, ü as v.
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from zhike.core.search import readings
from zhike.core.search.folding import fold, strip_accents

SORT_KEY_LENGTH = 255
# Latin words with digits, or anything that is neither these nor an ASCII mark.
_RUNS = re.compile(r"[a-z0-9]+|[^\x00-\x7f]+")


class _Readings(NamedTuple):
    """What a text is read by: single characters, and words found by their first character, longest first."""

    syllables: tuple[str, ...]
    # Of each code point the place of its syllable, 0 for none: a dictionary of 42,000 texts takes 7 MB.
    places: array[int]
    words: dict[str, tuple[tuple[str, tuple[str, ...]], ...]]
    surnames: dict[str, tuple[str, ...]]


def _toneless(reading: str) -> str:
    """Take the tone from one syllable: `lǜ` gives `lv`."""
    parts = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(character for character in parts if character.isascii())


def _dictionary_path() -> Path:
    """The character dictionary inside pypinyin, found without importing it (its phrases cost 0.1 s and 30 MB)."""
    spec = find_spec("pypinyin")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("The package pypinyin is missing; install Zhike anew.", name="pypinyin")
    return Path(spec.submodule_search_locations[0]) / "pinyin_dict.json"


def _words(table: str) -> dict[str, tuple[str, ...]]:
    return {word: tuple(reading) for word, *reading in map(str.split, table.split(","))}


@cache
def _readings() -> _Readings:
    syllables: dict[str, int] = {"": 0}
    dictionary: dict[str, str] = json.loads(_dictionary_path().read_text(encoding="utf-8"))
    places = array("H", bytes(2 * (max(map(int, dictionary)) + 1)))
    for point, candidates in dictionary.items():
        toneless = _toneless(candidates.partition(",")[0])
        places[int(point)] = syllables.setdefault(toneless, len(syllables))
    for character, reading in _words(readings.CHARACTERS).items():
        places[ord(character)] = syllables.setdefault(reading[0], len(syllables))
    by_first: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for word, reading in _words(readings.WORDS).items():
        by_first.setdefault(word[0], []).append((word, reading))
    words = {first: tuple(sorted(found, key=lambda entry: -len(entry[0]))) for first, found in by_first.items()}
    return _Readings(tuple(syllables), places, words, _words(readings.SURNAMES))


def _surname(text: str) -> tuple[str, tuple[str, ...]] | None:
    """The surname a name begins with, where it is read otherwise than as a word."""
    surnames = _readings().surnames
    for length in (2, 1):
        if reading := surnames.get(text[:length]):
            return text[:length], reading
    return None


@lru_cache(maxsize=1_000)
def _read_run(run: str, *, person: bool) -> tuple[str, ...]:
    """Read a folded run without Latin letters or digits: one syllable for each Chinese character.

    Remembered, since one record's name is read for its sort key and for several kinds of token, and words come again.
    """
    syllables, places, words, _ = _readings()
    out: list[str] = []
    position = 0
    if person and (surname := _surname(run)):
        out.extend(surname[1])
        position = len(surname[0])
    while position < len(run):
        character = run[position]
        for word, reading in words.get(character, ()):
            if run.startswith(word, position):
                out.extend(reading)
                position += len(word)
                break
        else:
            position += 1
            point = ord(character)
            if syllable := syllables[places[point]] if point < len(places) else "":
                out.append(syllable)
            elif character.isalnum():
                out.append(f"~{point:05x}")
    return tuple(out)


def _read(text: str, *, person: bool) -> list[tuple[str, tuple[str, ...]]]:
    """Read a text in runs: (folded run, its syllables); a Latin word or number is its own only syllable."""
    return [
        (run, (run,) if run.isascii() else _read_run(run, person=person and place == 0))
        for place, run in enumerate(_RUNS.findall(strip_accents(fold(text))))
    ]


def syllables(text: str, *, person: bool = False) -> tuple[str, ...]:
    """Read a text in pinyin, one item for a Chinese character, one for a Latin word or number.

    `person` reads a surname at the beginning as a surname: 单雄信 is shan xiong xin. Letters of other scripts become
    `~` and their code point; marks and spaces fall out.
    """
    return tuple(syllable for _, part in _read(text, person=person) for syllable in part)


def initials(text: str, *, person: bool = False) -> str:
    """Initials of a text's pinyin, Latin words and numbers whole: 中国移动 is zgyd, 5G 基站 is 5gjz."""
    return "".join(
        run if run.isascii() else "".join(syllable if syllable[0] == "~" else syllable[0] for syllable in part)
        for run, part in _read(text, person=person)
    )


def sort_key(text: str, *, person: bool = False) -> str:
    """Key that sorts Chinese among Latin names: lower-case ASCII, syllables and words parted by spaces, ≤ 255 long.

    浦发银行 gives `pu fa yin hang`, ACME 上海 gives `acme shang hai`. Only a text without any letter or digit gives "".
    """
    parts = [syllable for _, part in _read(text, person=person) for syllable in part]
    return " ".join(parts)[:SORT_KEY_LENGTH].rstrip()


def run_syllables(run: str) -> tuple[str, ...]:
    """Syllables of a folded run of Chinese characters (no Latin letters, no digits)."""
    return _read_run(run, person=False)


def surname_syllables(run: str) -> tuple[str, ...] | None:
    """Syllables of a folded Chinese name read as a person's; None where its surname has no reading of its own."""
    if _surname(run) is None:
        return None
    as_person = _read_run(run, person=True)
    return as_person if as_person != _read_run(run, person=False) else None
