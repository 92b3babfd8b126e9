"""Writing what needs no role: a person's own password, profile and tokens, and what is no column of the row (roles)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import timezone

from zhike.core import events
from zhike.core.actors import ALL, Access, Actor
from zhike.core.entities import registry
from zhike.core.writes import values
from zhike.identity.models import User


@dataclass(frozen=True, kw_only=True)
class Entitled(Actor):
    """Somebody doing what one right of his entails: rows beyond his reach are written, in his name."""

    @cached_property
    def access(self) -> Access:
        return ALL


def entitled(actor: Actor) -> Entitled:
    """The same person, allowed everything for one step that an action has judged already."""
    return Entitled(
        user=actor.user,
        via=actor.via,
        on_behalf_of=actor.on_behalf_of,
        token_id=actor.token_id,
        request_id=actor.request_id,
        batch_id=actor.batch_id,
        is_system=actor.is_system,
    )


def note(
    actor: Actor, row: Any, verb: str, changes: Mapping[str, tuple[object, object]] | None = None, text: str = ""
) -> None:
    """Write the event of a change whose columns are already stored. Call it in the transaction of the change."""
    entity = registry.of(row._meta.model)  # the person signed in comes wrapped
    events.record(
        actor,
        events.Draft(
            entity=entity.slug, record_id=row.pk, verb=verb, changes=changes or {}, version=row.version, note=text
        ),
    )


def store(actor: Actor, user: User, verb: str, columns: Mapping[str, Any]) -> None:
    """Store columns of one person, count it as a change and write its event; call it in a transaction.

    Passwords and the generation of sessions stay out of the event.
    """
    entity = registry.of(user)
    before = values.snapshot(entity, user)
    for name, value in columns.items():
        setattr(user, name, value)
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(**columns, version=models.F("version") + 1, updated_at=now)
    user.version += 1
    user.updated_at = now
    note(actor, user, verb, values.differences(before, values.snapshot(entity, user)))


def locked(user: User) -> User:
    """The row as it is now, held until the transaction ends."""
    row: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    return row
