"""Asking the search index: the box that searches everything, and the box of one list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Q
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import Promise

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.scoping.scope import NO_ROWS, anchor_entity
from zhike.core.scoping.team import TeamMember
from zhike.core.search import store
from zhike.core.search.index import guarded_fields
from zhike.core.search.models import SearchEntry
from zhike.core.search.ranking import MatchClass, best_match
from zhike.core.search.tokens import (
    HEAD,
    HEAD_INITIALS,
    HEAD_PINYIN,
    TOKEN_LENGTH,
    Probe,
    Query,
    Term,
    answers,
    index_tokens,
    read_query,
)

# Of each entity the newest so many are looked at in each class; a search that finds more is too wide to show anyway.
_NEWEST = 100
# A reader from whom an open field is hidden is answered from at most so many records of one entity.
_CHECKED = 2_000


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One record found. `label` is its name, `subtitle` its number and whom it belongs to; plain text, no markup."""

    entity: str
    record_id: int
    label: str
    subtitle: str
    matched: MatchClass


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search gave: the best hits in order, and a sentence where the query was cut."""

    hits: tuple[Hit, ...]
    notice: Promise | None = None


def search(actor: Actor, text: str, *, limit: int = 20, entities: Sequence[str] | None = None) -> list[Hit]:
    """The best `limit` records that `actor` may view, of all searched entities or of those named by slug."""
    return list(find(actor, text, limit=limit, entities=entities).hits)


def find(actor: Actor, text: str, *, limit: int = 20, entities: Sequence[str] | None = None) -> Found:
    """As `search`, with a notice where the query was too long. Nothing typed finds nothing.

    Order: exact name or number, prefix, full pinyin, initials, any other part; within these the weight of the field,
    then last activity, then the newest entity id. It is the same on both databases.
    """
    query = read_query(text)
    if not query.terms:
        return Found(hits=(), notice=query.notice)
    places = list(_places(actor, entities))
    found: dict[int, _Entry] = {}
    for matched, terms in _classes(query):
        for entry in _ask(query, places, terms, max(limit, _NEWEST)):
            if entry.key not in found:
                found[entry.key] = entry.with_class(query, matched)
        if len(found) >= limit:
            break
    best = sorted(found.values(), key=_Entry.order)[:limit]
    return Found(hits=_hits(actor, best), notice=query.notice)


def matching(actor: Actor, entity: Entity, text: str) -> Q:
    """The condition that rows of one entity meet when they answer a list's search box; add it to `visible_to` rows.

    A blank text gives every row. The condition knows which fields the reader may search, not which rows he may see.
    """
    if not text.strip():
        return Q()
    query = read_query(text)
    if not query.terms or not entity.search:
        return NO_ROWS
    place = _Place.of(actor, entity)
    if place.hidden:
        entries = _ask(query, [place._replace(scope=_EVERYTHING)], query.terms, _CHECKED)
        return Q(pk__in=[entry.record_id for entry in entries])
    return Q(_InIndex(entity.slug, query.terms, guarded=place.guarded))


class _InIndex(Expression):
    """Whether a row's id is among those whose tokens meet all terms.

    On PostgreSQL an array, which is made once and leads to the rows; of `IN (SELECT …)` it makes a join that walks the
    list's own index.
    """

    conditional = True
    output_field = BooleanField()

    def __init__(self, slug: str, terms: tuple[Term, ...], *, guarded: bool) -> None:
        super().__init__()
        self.slug, self.terms, self.guarded = slug, terms, guarded
        self.key: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.key,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]  # Django types this wider
        key, parameters = compiler.compile(self.key)
        ids = store.select_ids(connection.alias, self.slug, self.terms, guarded=self.guarded)
        among = f"= ANY(ARRAY({ids.sql}))" if connection.vendor == "postgresql" else f"IN ({ids.sql})"
        return f"{key} {among}", [*parameters, *ids.parameters]


_EVERYTHING = store.Match("TRUE", ())


class _Place(NamedTuple):
    """One entity as one reader may search it. `hidden` are open fields he may not read: hits by them do not count."""

    entity: Entity
    scope: store.Match
    guarded: bool
    hidden: frozenset[str]

    @classmethod
    def of(cls, actor: Actor, entity: Entity, scope: store.Match = _EVERYTHING) -> _Place:
        guarded = guarded_fields(entity)
        unreadable = {name for name in entity.search if not actor.access.field_mode(entity.slug, name).is_readable}
        return cls(entity, scope, not guarded & unreadable, frozenset(unreadable - guarded))


def _places(actor: Actor, entities: Sequence[str] | None) -> Iterable[_Place]:
    for entity in registry.all():
        if not entity.search or (entities is not None and entity.slug not in entities):
            continue
        scope = _scope(actor, entity)
        if scope is not None:
            yield _Place.of(actor, entity, scope)


def _scope(actor: Actor, entity: Entity) -> store.Match | None:
    """`core.scoping.scope` for viewing, over the entry's copies; None where nothing of the entity is reached."""
    reach = actor.access.reach(entity.slug, "view") if modules.is_on(entity.module) else None
    if reach is None:
        return None
    if (reach.everything and entity.kind is not RecordKind.ATTACHED) or entity.kind is RecordKind.SHARED:
        return _EVERYTHING
    if entity.kind is RecordKind.ATTACHED:
        return _attached_scope(actor, entity)
    is_postgresql = connections["default"].vendor == "postgresql"
    parts, parameters = ["(e.owner_id IS NULL AND e.department_id IS NULL)"], list[store.Parameter]()
    for column, ids in (("owner_id", reach.owners), ("department_id", reach.departments)):
        if ids and is_postgresql:
            parts.append(f"e.{column} = ANY(%s)")
            parameters.append(sorted(ids))
        elif ids:
            parts.append(f"e.{column} IN ({', '.join(['%s'] * len(ids))})")
            parameters.extend(sorted(ids))
    team = f"SELECT record_id FROM {TeamMember._meta.db_table} WHERE user_id = %s AND entity = %s"  # noqa: S608 - our names
    parts.append(f"e.anchor_id = ANY(ARRAY({team}))" if is_postgresql else f"e.anchor_id IN ({team})")
    anchor = anchor_entity(entity) if entity.kind is RecordKind.PART else entity
    parameters += [actor.user_id, anchor.slug]
    return store.Match(f"({' OR '.join(parts)})", tuple(parameters))


def _attached_scope(actor: Actor, entity: Entity) -> store.Match:
    """An entry has one owner and department, an attached row two of each: so its own table is asked."""
    rows: Any = entity.model._default_manager.all()
    sql, parameters = rows.visible_to(actor).order_by().values("pk").query.sql_with_params()
    return store.Match(f"e.record_id IN ({sql})", tuple(parameters))


def _classes(query: Query) -> Iterable[tuple[MatchClass, tuple[Term, ...]]]:
    """What to ask the index for, best class first. Pinyin and initials are asked for Latin letters only."""
    head = query.compact[:TOKEN_LENGTH]
    yield MatchClass.EXACT, (Term((Probe(HEAD + head),)),)
    yield MatchClass.PREFIX, (Term((Probe(HEAD + head, prefix=True),)),)
    if head.isascii() and not head.isdigit():
        yield MatchClass.PINYIN, (Term((Probe(HEAD_PINYIN + head, prefix=True),)),)
        yield MatchClass.INITIALS, (Term((Probe(HEAD_INITIALS + head, prefix=True),)),)
    yield MatchClass.PART, query.terms


class _Entry(NamedTuple):
    """An entry read from the index, in the order of `_SELECTED`, and how well it answers."""

    key: int
    record_id: int
    label: str
    number: str
    heads: str
    context_id: int | None
    active_at: int
    matched: MatchClass = MatchClass.PART
    weight: int = 0

    def named_heads(self) -> list[tuple[str, str, int]]:
        """(field, text, weight) of each head."""
        lines = (line.split("\t", 2) for line in self.heads.split("\n") if line)
        return [(name, text, int(weight)) for name, weight, text in lines]

    def with_class(self, query: Query, matched: MatchClass) -> _Entry:
        found, weight = best_match(query, [(text, weight) for _name, text, weight in self.named_heads()])
        return self._replace(matched=min(found, matched), weight=weight)

    def order(self) -> tuple[int, int, int, int]:
        return self.matched, -self.weight, -self.active_at, -self.key


_SELECTED = "e.id, e.record_id, e.label, e.number, e.heads, e.context_id, e.active_at"


def _ask(query: Query, places: Sequence[_Place], terms: tuple[Term, ...], newest: int) -> list[_Entry]:
    """The newest entries of each entity whose tokens meet the terms, within the reader's scope, in one statement."""
    parts, parameters = list[str](), list[store.Parameter]()
    for number, place in enumerate(places):
        source = store.from_matching("default", place.entity.slug, terms, guarded=place.guarded)
        parts.append(
            f"SELECT * FROM (SELECT {_SELECTED} {source.sql} AND {place.scope.sql} "  # noqa: S608 - our names
            f"ORDER BY {source.order} DESC LIMIT %s) AS found_{number}"
        )
        parameters += [*source.parameters, *place.scope.parameters, _CHECKED if place.hidden else newest]
    if not parts:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        entries = [_Entry(*row) for row in cursor.fetchall()]
    return _without_hidden(query, places, entries)


def _without_hidden(query: Query, places: Sequence[_Place], entries: list[_Entry]) -> list[_Entry]:
    """Drop what was found only by fields that this reader may not read, and forget what those fields say."""
    hidden = {place.entity.slug: place.hidden for place in places if place.hidden}
    if not hidden:
        return entries
    kept: list[_Entry] = []
    for entry in entries:
        unread = hidden.get(store.slug_of(entry.key))
        if unread:
            heads = [head for head in entry.named_heads() if head[0] not in unread]
            if not answers(index_tokens((text, weight, False) for _name, text, weight in heads).open, query.terms):
                continue
            kept.append(entry._replace(heads="\n".join(f"{name}\t{weight}\t{text}" for name, text, weight in heads)))
        else:
            kept.append(entry)
    return kept


def _hits(actor: Actor, entries: Sequence[_Entry]) -> tuple[Hit, ...]:
    contexts = _context_labels(actor, {entry.context_id for entry in entries if entry.context_id is not None})
    return tuple(_hit(actor, entry, contexts.get(entry.context_id or 0, "")) for entry in entries)


def _hit(actor: Actor, entry: _Entry, context: str) -> Hit:
    entity = registry.get(store.slug_of(entry.key))
    label = entry.label if _readable(actor, entity, entity.title) else ""
    number = entry.number if entity.number and _readable(actor, entity, entity.number) else ""
    return Hit(
        entity=entity.slug,
        record_id=entry.record_id,
        label=label or number or f"{entity.label} {entry.record_id}",
        subtitle=" · ".join(filter(None, (number if label else "", context))),
        matched=entry.matched,
    )


def _readable(actor: Actor, entity: Entity, name: str) -> bool:
    return actor.access.field_mode(entity.slug, name).is_readable


def _context_labels(actor: Actor, keys: set[int]) -> dict[int, str]:
    """Names of the records that hits belong to. A name is told even where the record itself is out of reach."""
    rows = SearchEntry.objects.filter(pk__in=keys).values_list("pk", "label") if keys else ()
    entity_of = {key: registry.get(store.slug_of(key)) for key, _label in rows}
    return {key: label for key, label in rows if _readable(actor, entity_of[key], entity_of[key].title)}
