"""By which records of earlier imports are known again: external keys, looked up and written a batch at a time."""

from collections.abc import Iterable, Sequence
from typing import Any

from zhike.core.entities import Entity
from zhike.core.external_keys import ExternalKey
from zhike.core.writes.insertion import insert_values

_COLUMNS = ("entity", "record_id", "system", "key", "fingerprint", "batch_id")


class KeyBook:
    """The keys of one entity in one system; new ones are marked with the batch that brings them."""

    def __init__(self, entity: Entity, system: str, batch_id: str) -> None:
        self.entity = entity
        self.system = system
        self.batch_id = batch_id

    def known(self, keys: Iterable[str]) -> dict[str, ExternalKey]:
        """Those of the keys that are known."""
        found = ExternalKey.objects.filter(entity=self.entity.slug, system=self.system, key__in=list(keys))
        return {each.key: each for each in found}

    def deleted(self, ids: Iterable[int]) -> frozenset[int]:
        """Those of the records that lie in the recycle bin."""
        wanted = list(ids)
        if not wanted or not self.entity.has_column("deleted_at"):
            return frozenset()
        rows = self.entity.model._default_manager.filter(pk__in=wanted, deleted_at__isnull=False)
        return frozenset(rows.values_list("pk", flat=True))

    def remember(self, entries: Sequence[tuple[str, Any, str]], known: dict[str, ExternalKey]) -> None:
        """Keep (key, row, fingerprint) of rows just written."""
        fresh: list[tuple[object, ...]] = []
        changed: list[ExternalKey] = []
        for key, row, fingerprint in entries:
            entry = known.get(key)
            if entry is None:
                fresh.append((self.entity.slug, row.pk, self.system, key, fingerprint, self.batch_id))
            elif (entry.record_id, entry.fingerprint) != (row.pk, fingerprint):
                entry.record_id, entry.fingerprint = row.pk, fingerprint
                changed.append(entry)
        insert_values(ExternalKey, _COLUMNS, fresh)
        ExternalKey.objects.bulk_update(changed, ["record_id", "fingerprint"])

    def remember_others(self, entries: Sequence[tuple[str, str, Any]]) -> None:
        """Keep (system, key, row): names that yet other systems have for rows just made."""
        rows = [(self.entity.slug, row.pk, system, key, "", self.batch_id) for system, key, row in entries if key]
        insert_values(ExternalKey, _COLUMNS, rows)
