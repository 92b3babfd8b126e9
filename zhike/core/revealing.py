"""Looking behind the mask of a field: one value of one record, by who has the right `reveal`, noted in the log.

The right is its own: neither the right to a record's other steps nor a place in its team gives it.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core import attachment, events, layouts
from zhike.core.actors import REVEAL, Actor, FieldMode
from zhike.core.entities import Entity
from zhike.core.events.models import Event
from zhike.core.writes.errors import NotAllowed, NotReachable, RuleBroken
from zhike.core.writes.rights import require

# So many values one person may look at within an hour: enough for calling people, too few for taking a list away.
PER_HOUR = 60


def reveal(actor: Actor, entity: Entity, pk: int, name: str) -> Any:
    """The record, of which the actor may be shown the field `name` unmasked this once.

    Raises `NotReachable` for a record or field he does not see, `NotAllowed` without the right to this record's, `RuleBroken`
    when he looked at too many within the hour. A field that is not masked for him is no secret: then nothing is noted.
    """
    require(actor, entity, "view")
    rows: Any = entity.model._default_manager
    with transaction.atomic():
        row = rows.visible_to(actor).filter(pk=pk).first()
        if row is None or not _is_shown(actor, entity, name):
            raise NotReachable
        require(actor, entity, REVEAL)
        if not rows.visible_to(actor, REVEAL).filter(pk=pk).exists():
            raise NotAllowed(
                _("You may see this record, but not what is masked in it. Ask its owner or an administrator.")
            )
        if actor.access.field_mode(entity.slug, name) is FieldMode.MASKED:
            _must_be_few(actor)
            _note(actor, entity, row, name)
    return row


def _is_shown(actor: Actor, entity: Entity, name: str) -> bool:
    known = name in (*entity.readable, *layouts.custom(entity))
    return known and actor.access.field_mode(entity.slug, name) is not FieldMode.HIDDEN


def _must_be_few(actor: Actor) -> None:
    if actor.user_id is None:
        return
    # His own row is the lock: many requests at once are counted one after the other.
    get_user_model()._default_manager.select_for_update().get(pk=actor.user_id)
    since = timezone.now() - timedelta(hours=1)
    if Event.objects.filter(actor=actor.user_id, at__gte=since, verb=REVEAL).count() >= PER_HOUR:
        sentence = _("You revealed %(count)d masked values within an hour, and more are not shown. Try again later.")
        raise RuleBroken(sentence % {"count": PER_HOUR})


def _note(actor: Actor, entity: Entity, row: Any, name: str) -> None:
    version, party = getattr(row, "version", 0), attachment.party_of(entity, row)
    draft = events.Draft(
        entity=entity.slug, record_id=row.pk, verb=REVEAL, version=version, party_id=party, note=name
    )  # fmt: skip
    events.record(actor, draft)
