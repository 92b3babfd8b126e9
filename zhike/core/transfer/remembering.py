"""The mapping of the last file with the same headings, remembered for each person: columns, values, how doubles are found."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from zhike.core.actors import Actor
from zhike.core.transfer.models import RememberedMapping
from zhike.core.transfer.outcomes import given_back_columns

# What is remembered of all that was chosen; the rest belongs to one file.
_KEPT = ("columns", "title", "values", "key", "match", "when", "blanks", "owner")


def remember(actor: Actor, slug: str, headings: Sequence[str], chosen: dict[str, Any]) -> None:
    """Keep what was chosen for files with these headings."""
    RememberedMapping.objects.update_or_create(
        person_id=actor.user_id,
        entity=slug,
        digest=_digest(headings),
        defaults={"chosen": {name: chosen[name] for name in _KEPT if name in chosen}, "used_at": timezone.now()},
    )


def recall(actor: Actor, slug: str, headings: Sequence[str], allowed: frozenset[str]) -> dict[str, Any]:
    """What was chosen the last time, when all of it may still be chosen; else nothing."""
    row = RememberedMapping.objects.filter(person_id=actor.user_id, entity=slug, digest=_digest(headings)).first()
    if row is None or not set(row.chosen.get("columns", {})) <= allowed:
        return {}
    return dict(row.chosen)


def _digest(headings: Sequence[str]) -> str:
    """Equal for the same headings in any order, with or without what is put behind rows that are given back."""
    own = sorted(set(headings) - given_back_columns())
    return hashlib.blake2b("\x1f".join(own).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
