"""Telling subscribers: each event at least once, effects and cursor together, and nobody stops the others."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from zhike.core import events
from zhike.core.actors import Actor, Via
from zhike.core.company import Company
from zhike.core.events import BEGINNING, Draft, Event, Subscriber, cluster, dispatch, dispatching, reading
from zhike.core.events.models import EventCursor, EventFailure
from zhike.core.external_keys import ExternalKey

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(Via.SHELL)


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests roll back, so what they write is never settled on PostgreSQL."""
    monkeypatch.setattr(reading, "_settled", Q)


@pytest.fixture
def subscribe(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Subscribe for this test only."""
    known: list[Subscriber] = []
    monkeypatch.setattr(dispatching, "subscribers", lambda: known)

    def add(name: str, patterns: tuple[str, ...], handler: Callable[[Event], None], *, from_start: bool = True) -> None:
        known.append(Subscriber(name=name, patterns=patterns, handler=handler, from_start=from_start))

    return add


def write(verb: str, number: int = 1, entity: str = "things") -> int:
    return events.record(SYSTEM, Draft(entity=entity, record_id=number, verb=verb))


def test_a_subscriber_hears_what_fits_its_patterns_once(subscribe: Callable[..., None]) -> None:
    heard: list[str] = []
    subscribe("one", ("things.win", "*.create"), lambda event: heard.append(event.name))
    for verb in ("create", "edit", "win", "delete"):
        write(verb)
    write("create", entity="others")
    assert dispatch() == 5
    assert dispatch() == 0
    assert heard == ["things.create", "things.win", "others.create"]


def test_a_new_subscriber_begins_now_or_at_the_beginning(subscribe: Callable[..., None]) -> None:
    late: list[int] = []
    early: list[int] = []
    write("create", 1)
    subscribe("late", ("*",), lambda event: late.append(event.record_id), from_start=False)
    subscribe("early", ("*",), lambda event: early.append(event.record_id))
    dispatch()
    write("create", 2)
    dispatch()
    assert (late, early) == ([2], [1, 2])


def test_a_failing_event_is_put_aside_and_stops_no_one(subscribe: Callable[..., None]) -> None:
    heard: list[int] = []
    broken = [True]

    def fragile(event: Event) -> None:
        ExternalKey.objects.create(entity="t", record_id=event.record_id, system="effect", key=str(event.pk))
        if event.record_id == 2 and broken[0]:
            raise ConnectionError("not now")

    subscribe("fragile", ("*",), fragile)
    subscribe("sturdy", ("*",), lambda event: heard.append(event.record_id))
    for number in (1, 2, 3):
        write("create", number)
    dispatch()
    effects = ExternalKey.objects.filter(system="effect").order_by("record_id").values_list("record_id", flat=True)
    assert list(effects) == [1, 3]  # what the failing one had done is undone
    assert heard == [1, 2, 3]
    failure = EventFailure.objects.get()
    assert "not now" in failure.error
    assert failure.retry_at is not None
    dispatch()
    assert list(effects) == [1, 3]  # not before its time
    broken[0] = False
    EventFailure.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    dispatch()
    assert list(effects.all()) == [1, 2, 3]
    assert not EventFailure.objects.exists()


def test_pauses_grow_and_then_an_administrator_must_look(subscribe: Callable[..., None]) -> None:
    def broken(event: Event) -> None:
        raise ConnectionError("never")

    subscribe("broken", ("*",), broken)
    write("create")
    dispatch()
    pauses = []
    while (failure := EventFailure.objects.get()).retry_at is not None:
        pauses.append(failure.retry_at - timezone.now())
        EventFailure.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
        dispatch()
    assert pauses == sorted(pauses)
    assert pauses[-1] > timedelta(hours=12)
    assert failure.attempts == len(dispatching.PAUSES) + 1
    dispatch()
    assert EventFailure.objects.get().attempts == failure.attempts


def test_a_dispatcher_that_dies_in_the_middle_tells_again_and_moves_no_cursor(
    subscribe: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    dies = [True]

    def handler(event: Event) -> None:
        ExternalKey.objects.create(entity="t", record_id=event.record_id, system="effect", key=str(event.pk))
        if event.record_id == 2 and dies[0]:
            raise KeyboardInterrupt

    subscribe("one", ("*",), handler)
    write("create", 1)
    write("create", 2)
    with pytest.raises(KeyboardInterrupt):
        dispatch()
    assert not ExternalKey.objects.filter(system="effect").exists()
    cursor = EventCursor.objects.get()
    assert (cursor.tx, cursor.event_id) == BEGINNING
    dies[0] = False
    dispatch()
    assert ExternalKey.objects.filter(system="effect").count() == 2


def test_after_a_move_the_log_is_numbered_anew_and_nothing_unheard_is_lost(subscribe: Callable[..., None]) -> None:
    heard: list[int] = []
    # As another cluster wrote them: 3 committed before 2, and the subscriber has heard 1 and 3.
    ids = {number: write("create", number) for number in (1, 2, 3, 4)}
    for number, tx in ((1, 2**60), (2, 2**60 + 9), (3, 2**60 + 5), (4, 2**60 + 9)):
        Event.objects.filter(pk=ids[number]).update(tx=tx)
    subscribe("one", ("*",), lambda event: heard.append(event.record_id))
    EventCursor.objects.create(subscriber="one", tx=2**60 + 5, event_id=ids[3])
    Company.objects.filter(pk=1).update(cluster="system:1")
    assert cluster.settle_cluster()
    assert set(Event.objects.values_list("tx", flat=True)) == {0}
    assert Company.objects.get().cluster == cluster.identity()
    assert not cluster.settle_cluster()
    dispatch()
    assert set(heard) >= {2, 4}
    assert 1 not in heard
    write("create", 5)
    dispatch()
    assert heard[-1] == 5


def test_the_first_start_takes_the_log_as_it_is() -> None:
    Company.objects.update_or_create(pk=1, defaults={"cluster": ""})
    write("create")
    before = list(Event.objects.values_list("id", "tx"))
    assert not cluster.settle_cluster()
    assert list(Event.objects.values_list("id", "tx")) == before
    assert Company.objects.get().cluster == cluster.identity()


@pytest.mark.postgres
def test_postgresql_tells_its_cluster_apart_even_from_those_it_trusts_little() -> None:
    assert cluster.identity().startswith("system:")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE little")
        cursor.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        cursor.execute("SET LOCAL ROLE little")
        try:
            found = cluster.identity()
        finally:
            cursor.execute("RESET ROLE")
    assert found.startswith("database:")
