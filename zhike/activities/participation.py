"""Who takes part in an activity: contacts and colleagues named by their keys, and what follows for them.

Being named gives nobody a right: a colleague reads the activity only where he reaches the record that it is about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.activities.models import Activity, Participant
from zhike.core.actors import Actor, FieldMode, Via
from zhike.core.entities import Contribution, contribute, registry
from zhike.core.notifications.sending import notify
from zhike.core.record_choices import MOST, as_keys, tidy_keys
from zhike.core.record_keys import RecordsGone, by_entity
from zhike.core.writes.results import Written
from zhike.identity.models import User

USERS = "users"
INVITED = "invited"
WITH_ME = "with_me"


@dataclass(frozen=True, kw_only=True)
class ParticipantKind(Contribution):
    """Records of the entity `slug` may take part in activities, as an app above says of its people (contacts).

    `note` is the field that tells those of one customer apart. Colleagues always may.
    """

    slug: str
    note: str = ""


def kinds() -> list[ParticipantKind]:
    """The kinds of people besides colleagues, in order of weight."""
    return list(registry.contributions(ParticipantKind))


def judge(actor: Actor, written: Written) -> None:
    """Bring the participants of an activity into their form. Raises `ValidationError` for one that may not be named.

    In a file they stand by their names: who is not found among the customer's contacts and the colleagues stays as a text.
    """
    activity: Activity = written.row
    if not written.changed_or_new("people"):
        return
    if activity.people is not None and not isinstance(activity.people, list):
        raise ValidationError({"people": _unknown()})
    keys, names = tidy_keys(activity.people or [])
    if names and actor.via is Via.IMPORT:
        names = _match(actor, activity, keys, names)
        others = [activity.participants, *(each for each in names if each not in activity.participants)]
        activity.participants = "、".join(filter(None, others))
    elif names:
        raise ValidationError({"people": _unknown()})
    if len(keys) > MOST:
        raise ValidationError({"people": _("Choose at most %(most)d.") % {"most": MOST}})
    _refuse_unreachable(actor, set(keys) - set(as_keys((written.before or {}).get("people"))))
    activity.people = keys or None


def _unknown() -> str:
    return _("This record does not exist, or you cannot see it. Choose another one.")


def _match(actor: Actor, activity: Activity, keys: list[str], names: Sequence[str]) -> list[str]:
    """Add the keys of those whom the names mean without doubt; returns the other names."""
    unknown = []
    for name in names:
        key = _named(actor, activity.party_id, name)
        if not key:
            unknown.append(name)
        elif key not in keys:
            keys.append(key)
    return unknown


def _named(actor: Actor, party: int | None, name: str) -> str:
    """The key of the one whom a name in a file means: a contact of the customer, else a colleague; blank where that is in doubt."""
    for kind in kinds() if party is not None else ():
        entity = registry.get(kind.slug)
        rows = entity.model._default_manager.all().visible_to(actor)  # type: ignore[attr-defined]  # RecordQuerySet
        among = rows.filter(**{entity.party: party, f"{entity.title}__iexact": name})
        ids = list(among.values_list("pk", flat=True)[:2])
        if ids:
            return f"{kind.slug}:{ids[0]}" if len(ids) == 1 else ""
    matching = colleagues().filter(Q(full_name__iexact=name) | Q(username__iexact=name))
    people = list(matching.values_list("pk", flat=True)[:2])
    return f"{USERS}:{people[0]}" if len(people) == 1 else ""


def _refuse_unreachable(actor: Actor, keys: set[str]) -> None:
    reached: set[str] = set()
    slugs = {each.slug for each in kinds()}
    for slug, ids in by_entity(keys).items():
        if slug == USERS:
            found = colleagues().filter(pk__in=ids)
        elif slug in slugs:
            found = registry.get(slug).model._default_manager.all().visible_to(actor).filter(pk__in=ids)  # type: ignore[attr-defined]  # RecordQuerySet
        else:
            continue
        reached |= {f"{slug}:{pk}" for pk in found.values_list("pk", flat=True)}
    if keys - reached:
        raise ValidationError({"people": _unknown()})


def colleagues() -> QuerySet[User]:
    """Those who may be named: people of the company who still work there."""
    return User.objects.filter(kind=User.Kind.STAFF, state=User.State.ACTIVE)


def settle(actor: Actor, batch: Sequence[Written]) -> None:
    """Find the activities by their participants from now on, and tell colleagues of what is planned with them."""
    changed = [
        each
        for each in batch
        if (
            each.row.people
            if each.is_new
            else each.changed("people") or (each.row.people and each.changed("starts_at"))
        )
    ]
    if not changed:
        return
    Participant.objects.filter(activity__in=[each.row.pk for each in changed if not each.is_new]).delete()
    Participant.objects.bulk_create(
        Participant(activity=each.row, person=key, starts_at=each.row.starts_at)
        for each in changed
        for key in as_keys(each.row.people)
    )
    if actor.via is not Via.IMPORT:
        for each in changed:
            _invite(actor, each)


def _invite(actor: Actor, written: Written) -> None:
    """Tell colleagues once that something is planned with them; `notify` leaves out those who may not open it."""
    activity: Activity = written.row
    if activity.is_done or activity.starts_at <= timezone.now():
        return
    named = set(as_keys(activity.people)) - set(as_keys((written.before or {}).get("people")))
    people = by_entity(named).get(USERS, set()) - {activity.owner_id}
    if people:
        words = {"starts_at": activity.starts_at}
        notify(actor, people, INVITED, about=activity, words=words, once=f"{INVITED}:{activity.pk}")


def is_told(actor: Actor) -> bool:
    """Whether the actor may know who takes part at all."""
    return actor.access.field_mode("activities", "people") in (FieldMode.OPEN, FieldMode.READ_ONLY)


def taken_part(actor: Actor, key: str) -> Q:
    """The condition on activities in which this contact or colleague takes part, whoever may see them."""
    if not is_told(actor):
        return Q(pk__in=[])
    return Q(pk__among=Participant.objects.filter(person=key).values("activity"))


def may_take_part(slug: str) -> bool:
    """Whether records of that entity may take part in activities."""
    return slug == USERS or any(each.slug == slug for each in kinds())


def with_me(actor: Actor) -> Q:
    """The condition on activities of others in which the actor takes part."""
    return taken_part(actor, f"{USERS}:{actor.user_id}") & ~Q(owner=actor.user_id)


def forget(keys: Iterable[str]) -> None:
    """These people were removed for good: no activity names them any more. Neither a change nor an event of the activity."""
    gone = set(keys)
    if not any(may_take_part(slug) for slug in by_entity(gone)):
        return
    found = Participant.objects.filter(person__in=gone)
    for activity in Activity.objects.filter(pk__in=found.values("activity")):
        left = [key for key in as_keys(activity.people) if key not in gone]
        Activity.objects.filter(pk=activity.pk).update(people=left or None)
    found.delete()


contribute(RecordsGone(run=forget))
