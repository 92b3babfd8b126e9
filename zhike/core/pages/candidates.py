"""Records offered where one is to be chosen: only those the actor sees, found by the beginning or a part of the name."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from zhike.core.actors import Actor
from zhike.core.attachment import may_carry
from zhike.core.entities import Entity, registry
from zhike.core.fields import PinyinKeyField
from zhike.core.pages.guards import rows_of
from zhike.core.pages.titles import title_lookup, title_of
from zhike.core.search.pinyin import sort_key
from zhike.core.search.query import matching, search

OFFERED = 20
# A set this small is offered whole, so that choosing works without a script.
FEW = 100


@dataclass(frozen=True)
class Candidate:
    """One record to choose; `note` is its number or what else tells equal names apart."""

    id: int | str
    label: str
    note: str


@dataclass(frozen=True)
class Candidates:
    """What was found; `has_more` when there are others beyond these."""

    rows: list[Candidate]
    has_more: bool


def candidates(
    actor: Actor, entity: Entity, text: str, *, chosen: int | None = None, limit: int = FEW, within: Q | None = None
) -> Candidates:
    """Rows whose title or number holds `text` (its beginning first), and the chosen one whatever the text.

    `within` narrows them further.
    """
    rows = rows_of(actor, entity)
    rows = rows if within is None else rows.filter(within)
    rows = _choosable(rows).order_by(*_natural_order(entity))
    text = text.strip()[:100]
    found: list[Any]
    if text:
        begins = _names(entity, text, "istartswith") | _by_pinyin(entity, text)
        found = list(rows.filter(begins)[: limit + 1])
        if len(found) <= limit:
            known = {row.pk for row in found}
            found += [row for row in rows.filter(_holds(actor, entity, text))[: limit + 1] if row.pk not in known]
    else:
        found = list(rows[: limit + 1])
    has_more = len(found) > limit
    found = found[: OFFERED if has_more and limit == FEW else limit]
    if chosen is not None and all(row.pk != chosen for row in found):
        found = [*rows_of(actor, entity).filter(pk=chosen), *found]
    return Candidates([Candidate(row.pk, title_of(entity, row), _note(entity, row)) for row in found], has_more)


def exact_match(actor: Actor, entity: Entity, text: str) -> list[Any]:
    """Rows whose title or number is `text`; two are enough to know that it is not unique."""
    return list(rows_of(actor, entity).filter(_names(entity, text, "iexact")).order_by("pk")[:2])


def _names(entity: Entity, text: str, lookup: str) -> Q:
    wanted = Q(**{f"{title_lookup(entity)}__{lookup}": text})
    if entity.number:
        wanted |= Q(**{f"{entity.number}__{lookup}": text})
    return wanted


def _holds(actor: Actor, entity: Entity, text: str) -> Q:
    return matching(actor, entity, text) if entity.search else _names(entity, text, "icontains")


def _by_pinyin(entity: Entity, text: str) -> Q:
    key = _pinyin_key(entity)
    typed = sort_key(text)
    return Q(**{f"{key}__startswith": typed}) if key and text.isascii() and typed else Q(pk__in=[])


def _pinyin_key(entity: Entity) -> str:
    fields = entity.model._meta.concrete_fields
    return next((each.name for each in fields if isinstance(each, PinyinKeyField) and each.of == entity.title), "")


def _natural_order(entity: Entity) -> tuple[str, ...]:
    if entity.ordering:
        return (*entity.ordering, "id")
    return (_pinyin_key(entity) or title_lookup(entity), "id")


def _choosable(rows: Any) -> Any:
    """Leave out what is switched off: people who left, departments closed, products no longer sold."""
    offerable = getattr(rows, "offerable", None)
    return rows if offerable is None else offerable()


def _note(entity: Entity, row: Any) -> str:
    number = getattr(row, entity.number, None) if entity.number else None
    return "" if not number or str(number) == str(row) else str(number)


def any_candidates(actor: Actor, text: str, *, limit: int = OFFERED) -> list[Candidate]:
    """Records of every kind that may carry tasks, comments and files, found like in the search box; `id` is the key."""
    kinds = [each.slug for each in registry.all() if each.search and may_carry(each)]
    return [
        Candidate(
            id=f"{hit.entity}:{hit.record_id}",
            label=hit.label,
            note=hit.subtitle or str(registry.get(hit.entity).label),
        )
        for hit in search(actor, text, limit=limit, entities=kinds)
    ]
