"""When a record was last spoken to, and when its next step is due: recomputed from its activities and tasks.

For a customer all counts that stands in his timeline, of his contacts and opportunities too. What is private does not count.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Min, Q, QuerySet

from zhike.activities.models import Activity, FollowedUp, Task
from zhike.activities.option_lists import CONTACTLESS
from zhike.core import company
from zhike.core.entities import Entity, registry
from zhike.core.record_keys import by_entity
from zhike.core.writes.results import Written

_COUNTED = Q(deleted_at__isnull=True, is_private=False)
_RELEVANT = frozenset(
    {"about", "kind", "starts_at", "is_done", "due_on", "status", "is_private", "deleted_at"}
)  # fmt: skip
_AT_ONCE = 500


def settle(batch: Sequence[Written]) -> None:
    """Recompute the records that these activities or tasks are or were about, and their customers."""
    keys: set[str] = set()
    parties: set[int] = set()
    for written in batch:
        if not written.is_new and not _RELEVANT & written.changes.keys():
            continue
        keys |= {written.row.about, str((written.before or {}).get("about") or "")}
        parties |= {written.row.party_id} if written.row.party_id else set()
    moved = {written.before["about"] for written in batch if written.before and written.changed("about")}
    refresh(keys - {""}, parties | _parties_of(moved))


def refresh(keys: Iterable[str], parties: Iterable[int]) -> None:
    """Recompute the records with these keys, and these customers. Writes only what differs."""
    party = _party_entity()
    wanted = {slug: ids for slug, ids in by_entity(keys).items() if issubclass(registry.get(slug).model, FollowedUp)}
    if party is not None:
        of_parties = wanted.pop(party.slug, set()) | set(parties)
        _in_portions(party, sorted(of_parties), by_party=True)
    for slug, ids in wanted.items():
        _in_portions(registry.get(slug), sorted(ids), by_party=False)


def _party_entity() -> Entity | None:
    """The entity whose records are the customers: the one that is its own party."""
    return next((each for each in registry.all() if each.party == "id"), None)


def _parties_of(keys: Iterable[str]) -> set[int]:
    """The customers of records that something was about before."""
    found: set[int] = set()
    for slug, ids in by_entity(keys - {""} if isinstance(keys, set) else keys).items():
        entity = registry.get(slug)
        if entity.party == "id":
            found |= ids
        elif entity.party:
            column = f"{entity.party}_id"
            values = entity.model._default_manager.filter(pk__in=ids).values_list(column, flat=True)
            found |= {each for each in values if each is not None}
    return found


def _in_portions(entity: Entity, ids: list[int], *, by_party: bool) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        _refresh(entity, ids[start : start + _AT_ONCE], by_party=by_party)


def _refresh(entity: Entity, ids: list[int], *, by_party: bool) -> None:
    column = "party_id" if by_party else "about"
    named: dict[Any, int] = {pk if by_party else f"{entity.slug}:{pk}": pk for pk in ids}
    among = {f"{column}__in": list(named)}
    contacts = _newest_contacts(Activity.objects.filter(_COUNTED, **among), column)
    steps = _next_steps(among, column)
    rows: Any = entity.model._default_manager
    stored = {pk: have for pk, *have in rows.filter(pk__in=ids).values_list("pk", "last_contact_at", "next_step_on")}
    for key, pk in named.items():
        now = [contacts.get(key), steps.get(key)]
        if pk in stored and stored[pk] != now:
            rows.filter(pk=pk).update(last_contact_at=now[0], next_step_on=now[1])


def _newest_contacts(activities: QuerySet[Activity], column: str) -> Mapping[Any, datetime]:
    done = activities.filter(is_done=True).exclude(kind__in=CONTACTLESS)
    return dict(done.order_by().values_list(column).annotate(newest=Max("starts_at")).values_list(column, "newest"))


def _next_steps(among: Mapping[str, Any], column: str) -> Mapping[Any, date]:
    """The first day on which something planned or to be done is due."""
    days: dict[Any, list[date]] = defaultdict(list)
    planned = Activity.objects.filter(_COUNTED, is_done=False, **among)
    for key, moment in (
        planned.order_by().values_list(column).annotate(first=Min("starts_at")).values_list(column, "first")
    ):
        days[key].append(company.day_of(moment))
    tasks = Task.objects.filter(_COUNTED, status__in=Task.OPEN_STATES, due_on__isnull=False, **among)
    for key, day in tasks.order_by().values_list(column).annotate(first=Min("due_on")).values_list(column, "first"):
        days[key].append(day)
    return {key: min(each) for key, each in days.items()}
