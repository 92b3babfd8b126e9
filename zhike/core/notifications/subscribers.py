"""Who is told of what happens: heard from the event log, within seconds of the change."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhike.core.actors import REVEAL, Actor, Via
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.events.models import Event
from zhike.core.events.subscribers import subscribe
from zhike.core.notifications import choices
from zhike.core.notifications.kinds import FieldNames, KindsOfRecord, VerbName
from zhike.core.notifications.models import Notification
from zhike.core.notifications.sending import notify
from zhike.core.record_keys import find
from zhike.core.watching.actions import may_be_watched, watch, watchers
from zhike.core.watching.models import Watch
from zhike.core.writes.errors import NotReachable

COMMENTS = "comments"
# Changes of one record by one person within this time are told as one, while they are unread.
_TOGETHER = timedelta(hours=1)
# What a watcher is told of as a change of fields; other verbs are told by their name.
_EDITS = frozenset({"edit", "inline"})
_SILENT = frozenset({"create", "share", "unshare", "export", REVEAL})


def hear(event: Event) -> None:
    """Tell those whom the event concerns. Saying it twice tells nobody twice."""
    entity = next((each for each in registry.all() if each.slug == event.entity), None)
    if entity is None:
        return
    key = f"{event.entity}:{event.record_id}"
    if event.verb in ("purge", "erase"):
        forget(key)
        return
    if event.entity == COMMENTS:
        _hear_comment(event)
        return
    _hear_owner(entity, event, key)
    if event.verb == "share":
        new = _new_value(event, "team")
        if isinstance(new, int):
            notify(_actor_of(event), [new], "shared", about=key, once=_once(event))
    if may_be_watched(entity) and event.verb not in _SILENT:
        _hear_change(entity, event, key)


def forget(key: str) -> None:
    """A record is gone for good: nobody watches it, nobody is told of it."""
    Watch.objects.filter(about=key).delete()
    Notification.objects.filter(about=key).delete()
    Notification.objects.filter(source=key).delete()


def _hear_comment(event: Event) -> None:
    if event.verb not in ("create", "edit"):
        return
    model = registry.get(COMMENTS).model
    comment: Any = model._default_manager.filter(pk=event.record_id, deleted_at__isnull=True).first()
    if comment is None or not comment.about:
        return
    actor, source = _actor_of(event), f"{COMMENTS}:{comment.pk}"
    named = _ids(_new_value(event, "mentions"))
    earlier = _ids(_old_value(event, "mentions"))
    notify(actor, named - earlier, "mention", about=comment.about, source=source, once=f"comment:{comment.pk}")
    if event.verb != "create":
        return
    others = (_owner_of(comment.about) | set(watchers(comment.about))) - named
    notify(actor, others, "comment", about=comment.about, source=source, once=_once(event))
    _watch_what_was_commented(event, comment.about)


def _ids(value: object) -> set[int]:
    return {each for each in value if isinstance(each, int)} if isinstance(value, list) else set()


def _owner_of(key: str) -> set[int]:
    """Who answers for the record, or for the one it is part of."""
    try:
        row = find(Actor.system(Via.WORKFLOW), key)
    except NotReachable:
        return set()
    owner = getattr(row, "owner_id", None) or getattr(row, "reach_owner_id", None)
    return set() if owner is None else {owner}


def _watch_what_was_commented(event: Event, key: str) -> None:
    person = event.actor
    if person is None or not choices.times_of(person).watch_after_comment:
        return
    try:
        watch(Actor.of(person, Via.WORKFLOW), key)
    except NotReachable:
        return  # he lost it since


def _hear_owner(entity: Entity, event: Event, key: str) -> None:
    """A record has a new owner, who did not take it himself; of many at once he is told once."""
    new = _new_value(event, "owner")
    if not isinstance(new, int) or entity.kind not in (RecordKind.OWNED, RecordKind.ATTACHED):
        return
    actor = _actor_of(event)
    if event.batch_id:
        words = {"kinds": KindsOfRecord(entity.slug)}
        once = f"batch:{event.batch_id}:{entity.slug}"
        notify(actor, [new], "assigned_many", words=words, url=f"/{entity.slug}/?owner={new}", once=once)
    else:
        notify(actor, [new], "assigned", about=key, once=_once(event))


def _hear_change(entity: Entity, event: Event, key: str) -> None:
    people = set(watchers(key))
    new_owner = _new_value(event, "owner")
    people -= {new_owner} if isinstance(new_owner, int) else set()
    if not people:
        return
    actor = _actor_of(event)
    if event.verb not in _EDITS:
        words = {"step": VerbName(entity.slug, event.verb)}
        notify(actor, people, "step", about=key, words=words, once=_once(event))
        return
    fields = tuple(name for name in event.changes if entity.has_field(name) and not name.endswith("_currency"))
    for person_id in sorted(people):
        if not _add_to_unread(person_id, event, key, entity.slug, fields):
            notify(
                actor, [person_id], "changed", about=key, words={"fields": FieldNames(entity.slug, fields)},
                once=_once(event),
            )  # fmt: skip


def _add_to_unread(person_id: int, event: Event, key: str, slug: str, fields: tuple[str, ...]) -> bool:
    """Add the fields to what the person has not read yet of the same record and the same actor, not long ago."""
    since = timezone.now() - _TOGETHER
    rows = Notification.objects.filter(user=person_id, kind="changed", about=key, read_at__isnull=True, at__gte=since)
    row = rows.filter(actor=event.actor_id, mailed_at__isnull=True).order_by("-pk").first()
    if row is None:
        return False
    known = row.words.get("fields", [])
    names = known.get("fields", [slug])[1:] if isinstance(known, dict) else []
    row.words = {"fields": {"fields": [slug, *dict.fromkeys([*names, *fields])]}}
    row.save(update_fields=["words"])
    return True


def _new_value(event: Event, name: str) -> Any:
    return _pair(event, name)[1]


def _old_value(event: Event, name: str) -> Any:
    return _pair(event, name)[0]


def _pair(event: Event, name: str) -> list[Any]:
    pair = event.changes.get(name)
    return pair if isinstance(pair, list) and len(pair) == 2 else [None, None]


def _actor_of(event: Event) -> Actor:
    return Actor.system(Via.WORKFLOW) if event.actor is None else Actor.of(event.actor, Via.WORKFLOW)


def _once(event: Event) -> str:
    return f"event:{event.pk}"


subscribe("core.notifications", ("*",), hear)
