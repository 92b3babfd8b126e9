"""The search index of records, kept by the write path in the transaction of the change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db import models, transaction

from zhike.core import options
from zhike.core.entities import Entity, FieldKind, RecordKind, registry
from zhike.core.search import store
from zhike.core.search.models import SearchEntry
from zhike.core.search.tokens import MAX_NAME, index_tokens

_REBUILD_BATCH = 500

# Called with the entity's slug, records done, records in all.
Progress = Callable[[str, int, int], None]


def guarded_fields(entity: Entity) -> frozenset[str]:
    """Searched fields that only readers to whom they are open may search: telephones and e-mail addresses."""
    return frozenset(name for name in entity.search if entity.field(name).kind.is_personal)


def refresh(entity: Entity, rows: Iterable[Any]) -> None:
    """Bring the entries of these rows up to date, in the transaction of the write; deleted rows leave the index."""
    if not entity.search:
        return
    batch = list(rows)
    gone = [row.pk for row in batch if getattr(row, "deleted_at", None) is not None]
    if gone:
        remove(entity, gone)
    # In the order of ids, so that two writers of the same records never wait for each other in a circle.
    living = {row.pk: row for row in batch if getattr(row, "deleted_at", None) is None}
    store.write(_using(entity), [_entry(entity, living[pk]) for pk in sorted(living)])


def remove(entity: Entity, record_ids: Iterable[int]) -> None:
    """Take records out of the index."""
    if entity.search:
        _entries(entity, record_ids).delete()


def move(entity: Entity, record_ids: Iterable[int], owner_id: int | None, department_id: int | None) -> None:
    """Give records another reach without reading their fields: parts whose anchor changed hands."""
    if entity.search:
        _entries(entity, record_ids).update(owner_id=owner_id, department_id=department_id)


def rebuild(slug: str | None = None, progress: Progress | None = None) -> int:
    """Make the index anew from the records, of one entity or of all; returns how many entries there are.

    Works in batches of their own transactions, so that people go on working; each batch holds its rows still.
    """
    chosen = [registry.get(slug)] if slug else list(registry.all())
    if slug is None:
        _forget_unknown()
    return sum(_rebuild(entity, progress) for entity in chosen if entity.search)


def _rebuild(entity: Entity, progress: Progress | None) -> int:
    rows = entity.model._default_manager.order_by("pk")
    if entity.has_column("deleted_at"):
        rows = rows.filter(deleted_at__isnull=True)
    total, done, last = rows.count(), 0, 0
    using = _using(entity)
    while True:
        with transaction.atomic(using=using):
            batch = list(rows.filter(pk__gt=last).select_for_update()[:_REBUILD_BATCH])
            refresh(entity, batch)
        if not batch:
            break
        done, last = done + len(batch), batch[-1].pk
        if progress is not None:
            progress(entity.slug, done, max(total, done))
    first, end = store.range_of(entity.slug)
    SearchEntry.objects.using(using).filter(id__range=(first, end)).exclude(record_id__in=rows.values("pk")).delete()
    return done


def _forget_unknown() -> None:
    """Remove entries of entities that no longer exist or are no longer searched."""
    known = models.Q(pk__in=[])
    for entity in registry.all():
        if entity.search:
            known |= models.Q(id__range=store.range_of(entity.slug))
    SearchEntry.objects.exclude(known).delete()


def _using(entity: Entity) -> str:
    return entity.model._default_manager.db


def _entries(entity: Entity, record_ids: Iterable[int]) -> models.QuerySet[SearchEntry]:
    keys = [store.key_of(entity.slug, record_id) for record_id in record_ids]
    return SearchEntry.objects.using(_using(entity)).filter(pk__in=keys)


@cache
def _context_column(slug: str) -> tuple[str, str] | None:
    """The column that names the record this one belongs to, and that record's slug."""
    entity = registry.get(slug)
    name = entity.part_of or entity.party
    if not name or name == "id":
        return None
    field = entity.model._meta.get_field(name)
    related = field.related_model
    if not isinstance(related, type) or not registry.has(related):
        return None
    return f"{name}_id", registry.of(related).slug


def _entry(entity: Entity, row: Any) -> store.Row:
    fields = [(name, weight, text) for name, weight in entity.search.items() if (text := text_of(entity, row, name))]
    guarded = guarded_fields(entity)
    tokens = index_tokens((text, weight, name in guarded) for name, weight, text in fields)
    heads = "\n".join(
        f"{name}\t{weight}\t{' '.join(text.split())}"
        for name, weight, text in fields
        if name not in guarded and len(text) <= MAX_NAME
    )
    owner_id, department_id, anchor_id = _reach(entity, row)
    updated_at = getattr(row, "updated_at", None)
    return store.Row(
        id=store.key_of(entity.slug, row.pk),
        record_id=row.pk,
        owner_id=owner_id,
        department_id=department_id,
        anchor_id=anchor_id,
        context_id=_context_id(entity, row),
        label=text_of(entity, row, entity.title)[:255],
        number=(text_of(entity, row, entity.number) if entity.number else "")[:60],
        heads=heads,
        active_at=0 if updated_at is None else int(updated_at.timestamp() * 1000),
        tokens=tokens,
    )


def text_of(entity: Entity, row: Any, name: str) -> str:
    """What a field says, for search: options by code and both labels, lists by their words, the rest as text."""
    field = entity.field(name)
    value = getattr(row, field.attname)
    if value is None or value == "":
        return ""
    if field.kind is FieldKind.OPTION:
        entry = options.entries(field.option_list).get(value)
        return " ".join(filter(None, (value, entry.label_zh, entry.label_en))) if entry else str(value)
    if isinstance(value, list):
        return " ".join(str(word) for word in value)
    return str(value)


def _reach(entity: Entity, row: Any) -> tuple[int | None, int | None, int | None]:
    match entity.kind:
        case RecordKind.OWNED:
            return row.owner_id, row.department_id, row.pk
        case RecordKind.PART:
            return row.reach_owner_id, row.reach_department_id, getattr(row, f"{entity.part_of}_id")
        case RecordKind.ATTACHED:
            return row.owner_id, row.department_id, None
        case _:
            return None, None, None


def _context_id(entity: Entity, row: Any) -> int | None:
    column = _context_column(entity.slug)
    record_id = getattr(row, column[0]) if column else None
    return store.key_of(column[1], record_id) if column and record_id else None
