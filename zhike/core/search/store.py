"""The index table on both databases: keys, writing, and the SQL that finds tokens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple
from zlib import crc32

from django.db import connections

from zhike.core.entities import registry
from zhike.core.search.models import SearchEntry
from zhike.core.search.tokens import Term, Tokens, fts5_match, tsquery

# The id of an entry: 22 bits of entity number, then 40 bits of record id, together below 2^62.
_RECORD_BITS = 40
_ENTITY_BITS = 22

TABLE = SearchEntry._meta.db_table
TOKENS = "core_searchtokens"


class Row(NamedTuple):
    """One entry to be written, in the order of `_COLUMNS`, and its tokens."""

    id: int
    record_id: int
    owner_id: int | None
    department_id: int | None
    anchor_id: int | None
    context_id: int | None
    label: str
    number: str
    heads: str
    active_at: int
    tokens: Tokens


_COLUMNS = (
    "id",
    "record_id",
    "owner_id",
    "department_id",
    "anchor_id",
    "context_id",
    "label",
    "number",
    "heads",
    "active_at",
)
_TYPES = ("bigint",) * 6 + ("text",) * 3 + ("bigint",)


def entity_number(slug: str) -> int:
    """A number of 22 bits that stays the same for a slug, whatever else is registered."""
    return crc32(slug.encode()) % (1 << _ENTITY_BITS)


@cache
def slugs_by_number() -> dict[int, str]:
    """All registered entities by number. Raises `RuntimeError` when two slugs have the same; rename the newer one."""
    found: dict[int, str] = {}
    for entity in registry.all():
        other = found.setdefault(entity_number(entity.slug), entity.slug)
        if other != entity.slug:
            raise RuntimeError(f"The slugs {other} and {entity.slug} have the same number in search; rename one.")
    return found


def key_of(slug: str, record_id: int) -> int:
    """The id of a record's entry. Raises `OverflowError` for a record id of more than 40 bits."""
    if not 0 <= record_id < 1 << _RECORD_BITS:
        raise OverflowError(f"Record id {record_id} is too large for the search index.")
    return (entity_number(slug) << _RECORD_BITS) + record_id


def range_of(slug: str) -> tuple[int, int]:
    """First and last possible entry id of an entity."""
    first = entity_number(slug) << _RECORD_BITS
    return first, first + (1 << _RECORD_BITS) - 1


def slug_of(key: int) -> str:
    """The entity of an entry. Raises `KeyError` where no registered entity has that number."""
    return slugs_by_number()[key >> _RECORD_BITS]


def write(using: str, rows: Sequence[Row]) -> None:
    """Insert or replace entries with their tokens, in the caller's transaction."""
    if not rows:
        return
    if connections[using].vendor == "postgresql":
        _write_postgresql(using, rows)
    else:
        _write_sqlite(using, rows)


_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])


def _write_sqlite(using: str, rows: Sequence[Row]) -> None:
    names, places = ", ".join(_COLUMNS), ", ".join(["%s"] * len(_COLUMNS))
    entry = f"INSERT INTO {TABLE} ({names}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {_UPDATES}"  # noqa: S608 - our names
    tokens = f"INSERT OR REPLACE INTO {TOKENS} (rowid, open, guarded) VALUES (%s, %s, %s)"  # noqa: S608 - our names
    with connections[using].cursor() as cursor:
        cursor.executemany(entry, [row[:-1] for row in rows])
        cursor.executemany(tokens, [(row.id, " ".join(row.tokens.open), " ".join(row.tokens.guarded)) for row in rows])


def _write_postgresql(using: str, rows: Sequence[Row]) -> None:
    names = ", ".join(_COLUMNS)
    typed = ", ".join(f"{name} {kind}" for name, kind in zip(_COLUMNS, _TYPES, strict=True))
    vector = "array_to_tsvector(string_to_array({}, ' '))"
    sql = (
        f"INSERT INTO {TABLE} ({names}, open, guarded) "  # noqa: S608 - our names
        f"SELECT {names}, {vector.format('opened')}, {vector.format('guarded')} "
        f"FROM json_to_recordset(%s::json) AS given ({typed}, opened text, guarded text) "
        f"ON CONFLICT (id) DO UPDATE SET {_UPDATES}, open = excluded.open, guarded = excluded.guarded"
    )
    # As one JSON text: arrays would be quoted element by element in Python.
    given = [
        dict(zip(_COLUMNS, row, strict=False))
        | {"opened": " ".join(row.tokens.open), "guarded": " ".join(row.tokens.guarded)}
        for row in rows
    ]
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [json.dumps(given, ensure_ascii=False)])


# What a database driver takes as a parameter here.
Parameter = int | str | list[int] | None


class Match(NamedTuple):
    """A piece of SQL and its parameters; `order` is the entry's id as the index itself can order by it."""

    sql: str
    parameters: tuple[Parameter, ...]
    order: str = "e.id"


def from_matching(using: str, slug: str, terms: Iterable[Term], *, guarded: bool) -> Match:
    """`FROM … WHERE …` over entries `e` of one entity whose tokens meet all terms, the index leading.

    `guarded` says whether the guarded column may be searched.
    """
    first, last = range_of(slug)
    if connections[using].vendor == "postgresql":
        match = _postgresql_match(terms, guarded=guarded)
        sql = f"FROM {TABLE} e WHERE e.id BETWEEN %s AND %s AND {match.sql}"
        # + 0 keeps PostgreSQL from walking the primary key in the hope of matches (130 ms against 2 ms for a rare word).
        return Match(sql, (first, last, *match.parameters), "e.id + 0")
    # CROSS JOIN keeps SQLite from starting at the entries.
    sql = (
        f"FROM {TOKENS} CROSS JOIN {TABLE} e ON e.id = {TOKENS}.rowid "
        f"WHERE {TOKENS} MATCH %s AND {TOKENS}.rowid BETWEEN %s AND %s"
    )
    return Match(sql, (fts5_match(terms, guarded=guarded), first, last), f"{TOKENS}.rowid")


def select_ids(using: str, slug: str, terms: Iterable[Term], *, guarded: bool) -> Match:
    """`SELECT` of the record ids of one entity whose tokens meet all terms, from the index alone."""
    first, last = range_of(slug)
    if connections[using].vendor == "postgresql":
        match = _postgresql_match(terms, guarded=guarded)
        sql = f"SELECT e.record_id FROM {TABLE} e WHERE e.id BETWEEN %s AND %s AND {match.sql}"  # noqa: S608 - our names
        return Match(sql, (first, last, *match.parameters))
    sql = f"SELECT rowid - %s FROM {TOKENS} WHERE {TOKENS} MATCH %s AND rowid BETWEEN %s AND %s"  # noqa: S608 - our names
    return Match(sql, (first, fts5_match(terms, guarded=guarded), first, last))


def _postgresql_match(terms: Iterable[Term], *, guarded: bool) -> Match:
    asked = list(terms)
    if not guarded:
        return Match("e.open @@ %s::tsquery", (tsquery(asked),))
    # Each term may stand in either column.
    each = [tsquery([term]) for term in asked]
    sql = " AND ".join(["(e.open @@ %s::tsquery OR e.guarded @@ %s::tsquery)"] * len(each))
    return Match(sql, tuple(text for text in each for _column in range(2)))
