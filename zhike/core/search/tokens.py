"""Tokens: what the search index holds of a record, and what a search box asks for.

Both databases store the same tokens, made here: SQLite in FTS5 with the tokenizer `TOKENIZER`, PostgreSQL in a
`tsvector` made from an array. A token is letters and digits only (any script), at most `TOKEN_LENGTH` characters,
possibly behind one private-use character that says what it is:

* `浦发`, `发银`, …: pairs of neighbouring characters, and the last character of each run alone;
* `acme`, `gtx`, `1080`, `gtx1080`: words, numbers, and neighbouring words written together;
* `pufayinhang`, `fayinhang`, …, `pfyh`, `fyh`, …: pinyin and initials from each character on;
* HEAD + `浦发银行`, HEAD_PINYIN + `pufayinhang`, HEAD_INITIALS + `pfyh`: a whole short field, for exact and prefix;
* TAIL + digits reversed: the end of a number (`8000` finds 138 0013 8000 as the prefix `0008`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhike.core.search.folding import fold, strip_accents
from zhike.core.search.pinyin import run_syllables, surname_syllables

# Cn lets FTS5 take characters younger than its Unicode tables, such as the rare ones of names in Extension E.
TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* Co Cn'"
HEAD, HEAD_PINYIN, HEAD_INITIALS, TAIL = "\ue000", "\ue001", "\ue002", "\ue003"

MAX_TOKENS = 400  # for one record and column
MAX_TEXT = 2_000  # characters of one field
MAX_NAME = 64  # a longer field is prose: no pinyin, no head
MAX_QUERY = 64  # characters of a query
MAX_TERMS = 10  # words and pairs of a query
TOKEN_LENGTH = 40
PINYIN_LENGTH = 20
INITIALS_LENGTH = 10
MAX_JOINED = 8  # so many neighbouring words are also stored together
SHORT_WORD = 2  # a word so short is looked for whole or at the beginning of a field only
TAIL_LENGTH = 4

_RUNS = re.compile(r"[^\W_]+")
_WIDE = re.compile("[\u2e80-\U0003ffff]+|[^\u2e80-\U0003ffff]+")
_LETTERS_OR_DIGITS = re.compile(r"\d+|\D+")
_LEGAL_FORM = re.compile("(?:(?:集团)?(?:股份|责任)?有限(?:责任)?公司|集团公司|集团|公司|合伙企业|事务所)$")
_LIST_MARKS = re.compile(r"[,;/|、]")
_NUMBER = re.compile(r"[+(]?[\d(][\d\s().+-]*")
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*\d+\s*$")
_VOWEL = str.maketrans("v", "u")


class FieldText(NamedTuple):
    """One field of a record for the index; heavier fields come first when a record has too many tokens."""

    text: str
    weight: int = 100
    guarded: bool = False


class Tokens(NamedTuple):
    """Tokens of one record: `open` for every reader, `guarded` for readers to whom those fields are open."""

    open: tuple[str, ...]
    guarded: tuple[str, ...]


class Probe(NamedTuple):
    """One token to look for, whole or as the beginning of a token."""

    token: str
    prefix: bool = False


class Term(NamedTuple):
    """What must be found, by any of its probes."""

    probes: tuple[Probe, ...]


class Query(NamedTuple):
    """A search box read: all terms must be found; no term means nothing to look for.

    `compact` is the folded text without spaces and marks; `notice` tells what was left out, or is None.
    """

    compact: str
    terms: tuple[Term, ...]
    notice: Promise | None


def normal(text: str) -> str:
    """The form tokens are cut from: folded, without accents."""
    return strip_accents(fold(text))


def compact(text: str) -> str:
    """Letters and digits of a text only, folded: `HT-2026/001` gives `ht2026001`."""
    return "".join(_RUNS.findall(normal(text)))


def pieces(normalised: str) -> list[list[str]]:
    """Cut a normalised text into groups of neighbouring words; a run of Chinese characters is a group of its own."""
    groups: list[list[str]] = []
    joins = False
    for run in _RUNS.findall(normalised):
        for part in (run,) if run.isascii() else _WIDE.findall(run):
            wide = part[0] >= "\u2e80"
            if joins and not wide:
                groups[-1].append(part)
            else:
                groups.append([part])
            joins = not wide
    return groups


def _phone_core(digits: str) -> str:
    """A number without 00, the country code of China and the trunk zero, so that all spellings meet."""
    core = digits.removeprefix("00") if len(digits) >= 12 else digits
    if core.startswith("86") and len(core) >= 12:
        core = core[2:]
    return core.removeprefix("0") if len(core) >= 10 else core


def _number_in(chunk: str) -> str | None:
    """The digits of a chunk that is written like a telephone number, else None."""
    bare = _EXTENSION.sub("", chunk).strip()
    if not _NUMBER.fullmatch(bare):
        return None
    digits = "".join(character for character in bare if character.isdigit())
    return digits if 7 <= len(digits) <= 20 else None


def _number_tokens(digits: str) -> list[str]:
    core = _phone_core(digits)
    return list(dict.fromkeys((digits, core, "0" + core, TAIL + core[::-1]))) if core else [digits]


def _word_tokens(group: list[str]) -> Iterable[str]:
    for word in group:
        yield word[:TOKEN_LENGTH]
        parts = _LETTERS_OR_DIGITS.findall(word)
        for part in parts:
            if len(parts) > 1 and len(part) > 1:
                yield part[:TOKEN_LENGTH]
            if len(part) > TAIL_LENGTH and part.isdigit():
                yield TAIL + part[:-TOKEN_LENGTH:-1]
    for place in range(len(group) - 1):
        yield "".join(group[place : place + MAX_JOINED])[:TOKEN_LENGTH]


def _pinyin_tokens(run: str) -> Iterable[str]:
    """Pinyin and initials from each character of a run on, without starts inside the legal form of a company."""
    legal = _LEGAL_FORM.search(run)
    starts = legal.start() if legal and legal.start() else len(run)
    parts = run_syllables(run)
    yield from _suffixes(parts, starts)
    if any("v" in part for part in parts):
        yield from _suffixes(tuple(part.translate(_VOWEL) for part in parts), starts)
    if len(run) <= 4 and (as_person := surname_syllables(run)):
        yield from _suffixes(as_person, 1)


def _suffixes(parts: Sequence[str], starts: int) -> Iterable[str]:
    whole = "".join(parts)
    first = "".join(part[0] for part in parts)
    offset = 0
    for place in range(min(starts, len(parts))):
        yield whole[offset : offset + PINYIN_LENGTH].replace("~", "")
        yield first[place : place + INITIALS_LENGTH].replace("~", "")
        offset += len(parts[place])


def _wide_tokens(run: str) -> Iterable[str]:
    for place in range(len(run) - 1):
        yield run[place : place + 2]
    yield run[-1]


class Head(NamedTuple):
    """A name as queries are compared with it: folded without spaces, its pinyin, its initials."""

    compact: str
    pinyin: str
    initials: str

    @classmethod
    def of(cls, text: str) -> Head:
        """Read a name or number."""
        return cls.of_groups(pieces(normal(text)))

    @classmethod
    def of_groups(cls, groups: list[list[str]]) -> Head:
        """Read what `pieces` gave."""
        words = [word for group in groups for word in group]
        read = [run_syllables(word) if word[0] >= "\u2e80" else (word,) for word in words]
        pinyin = "".join(part for parts in read for part in parts)
        initials = "".join(
            part[0] if word[0] >= "\u2e80" else part for word, parts in zip(words, read, strict=True) for part in parts
        )
        return cls("".join(words), pinyin.replace("~", ""), initials.replace("~", ""))


def _head_tokens(groups: list[list[str]]) -> Iterable[str]:
    """The whole field as one token, and its pinyin and initials where it has Chinese characters."""
    whole = "".join(word for group in groups for word in group)
    if not whole:
        return
    yield HEAD + whole[:TOKEN_LENGTH]
    if whole.isascii():
        return
    read = Head.of_groups(groups)
    if read.initials:  # a character that no dictionary reads has none
        yield HEAD_PINYIN + read.pinyin[:TOKEN_LENGTH]
        yield HEAD_INITIALS + read.initials[:TOKEN_LENGTH]


def field_tokens(text: str) -> Iterable[str]:
    """Tokens of one field, best first, with repetitions."""
    normalised = normal(text[:MAX_TEXT])
    groups = pieces(normalised)
    is_name = len(normalised) <= MAX_NAME
    if is_name:
        yield from _head_tokens(groups)
    for group in groups:
        if group[0][0] >= "\u2e80":
            yield from _wide_tokens(group[0])
            if is_name:
                yield from _pinyin_tokens(group[0])
        else:
            yield from _word_tokens(group)
    if normalised[:1] in "+(0123456789" and is_name:
        for chunk in _LIST_MARKS.split(normalised):
            if digits := _number_in(chunk):
                yield from _number_tokens(digits)


def index_tokens(fields: Iterable[tuple[str, int, bool]]) -> Tokens:
    """Tokens of one record from its fields (text, weight, guarded), each token once, at most `MAX_TOKENS` a column."""
    columns: tuple[dict[str, None], dict[str, None]] = ({}, {})
    for text, _weight, guarded in sorted(fields, key=lambda field: -field[1]):
        column = columns[guarded]
        if text and len(column) < MAX_TOKENS:
            column.update(dict.fromkeys(field_tokens(text)))
    opened, guarded_tokens = (tuple(token for token in column if token)[:MAX_TOKENS] for column in columns)
    return Tokens(opened, guarded_tokens)


def _anywhere_at_head(word: str) -> tuple[Probe, ...]:
    return tuple(Probe(mark + word[:TOKEN_LENGTH], prefix=True) for mark in (HEAD, HEAD_PINYIN, HEAD_INITIALS))


def _word_term(word: str) -> Term:
    if len(word) <= SHORT_WORD:
        return Term((Probe(word), *_anywhere_at_head(word)))
    probes = [Probe(word[:TOKEN_LENGTH], prefix=True)]
    if word.isdigit() and len(word) >= TAIL_LENGTH:
        probes.append(Probe(TAIL + word[:-TOKEN_LENGTH:-1], prefix=True))
    # Pinyin and initials are stored cut, so a longer query must also be looked for cut.
    if word.isalpha() and len(word) > INITIALS_LENGTH:
        probes.extend(Probe(word[:length]) for length in (INITIALS_LENGTH, PINYIN_LENGTH) if len(word) > length)
    return Term(tuple(probes))


def _wide_terms(run: str) -> Iterable[Term]:
    if len(run) == 1:
        yield Term((Probe(run, prefix=True),))
    for place in range(len(run) - 1):
        yield Term((Probe(run[place : place + 2]),))


def _group_terms(group: list[str]) -> Iterable[Term]:
    """Terms of neighbouring words without a space, such as an e-mail address: one, since they are stored together."""
    if group[0][0] >= "\u2e80":
        return _wide_terms(group[0])
    if 1 < len(group) <= MAX_JOINED:
        joined = "".join(group)
        return (_word_term(joined) if len(joined) > SHORT_WORD else Term((Probe(joined, prefix=True),)),)
    return tuple(map(_word_term, group))


def _number_term(digits: str) -> Term:
    core = _phone_core(digits)
    probes = [Probe(digits, prefix=True), Probe(core, prefix=True), Probe(TAIL + core[::-1], prefix=True)]
    return Term(tuple(dict.fromkeys(probes)))


def read_query(text: str) -> Query:
    """Read what a person typed into a search box. Never raises; what is too long is cut, with a notice."""
    cut = len(text) > MAX_QUERY
    normalised = normal(text[:MAX_QUERY])
    groups = pieces(normalised)
    whole = "".join(word for group in groups for word in group)
    if digits := _number_in(normalised):
        return Query(whole, (_number_term(digits),), _NOTICE if cut else None)
    terms: dict[Term, None] = {}
    for chunk in normalised.split(" "):
        for group in pieces(chunk):
            terms.update(dict.fromkeys(_group_terms(group)))
    kept = tuple(terms)[:MAX_TERMS]
    return Query(whole, kept, _NOTICE if cut or len(kept) < len(terms) else None)


def query_terms(text: str) -> list[Term]:
    """Terms of a query; every one must be found."""
    return list(read_query(text).terms)


def answers(held: Iterable[str], terms: Iterable[Term]) -> bool:
    """Whether tokens meet all terms: what both databases do, in plain Python."""
    tokens = list(held)
    return all(
        any(
            token == probe.token or (probe.prefix and token.startswith(probe.token))
            for token in tokens
            for probe in term.probes
        )
        for term in terms
    )


_NOTICE = _("That is a long search. Only its beginning was used; a few words are enough.")


def fts5_match(terms: Iterable[Term], *, guarded: bool) -> str:
    """The FTS5 expression for some terms; `guarded` says whether the reader may search the guarded column too."""
    parts = (
        "(" + " OR ".join(f'"{probe.token}"' + (" *" if probe.prefix else "") for probe in term.probes) + ")"
        for term in terms
    )
    expression = " AND ".join(parts)
    return expression if guarded else f"open : ({expression})"


def tsquery(terms: Iterable[Term]) -> str:
    """The text of a PostgreSQL `tsquery` for some terms, to be passed as a parameter and cast (`%s::tsquery`)."""
    return " & ".join(
        "(" + " | ".join(f"'{_quoted(probe.token)}'" + (":*" if probe.prefix else "") for probe in term.probes) + ")"
        for term in terms
    )


def _quoted(token: str) -> str:
    return token.replace("\\", "\\\\").replace("'", "''")
