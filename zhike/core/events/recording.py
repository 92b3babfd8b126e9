"""Writing the log, for what does not go through `core.writes`: signing in, revealing a masked field, an export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from zhike.core.actors import Actor
from zhike.core.events.models import CurrentTransaction, Event


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One event to be written. `changes` maps field to (old, new) in JSON values; `effective_on` is a company day."""

    entity: str
    record_id: int
    verb: str
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    version: int = 0
    party_id: int | None = None
    effective_on: date | None = None
    note: str = ""


def record(actor: Actor, draft: Draft) -> int:
    """Write one event in the caller's transaction. Returns its id."""
    return record_many(actor, [draft])[0]


def record_many(actor: Actor, drafts: Sequence[Draft]) -> list[int]:
    """Write events in the caller's transaction, in their order. Returns their ids."""
    now = timezone.now()
    events = [
        Event(
            # Known to the database only; read the event again to see it.
            tx=CurrentTransaction(),
            at=now,
            effective_on=draft.effective_on,
            actor_id=actor.user_id,
            on_behalf_of_id=None if actor.on_behalf_of is None else actor.on_behalf_of.pk,
            verb=draft.verb,
            entity=draft.entity,
            record_id=draft.record_id,
            version=draft.version,
            party_id=draft.party_id,
            changes={name: [old, new] for name, (old, new) in draft.changes.items()},
            note=draft.note[:500],
            via=actor.via,
            token_id=actor.token_id,
            batch_id=actor.batch_id,
            request_id=actor.request_id,
        )
        for draft in drafts
    ]
    return [event.pk for event in Event.objects.bulk_create(events)]
