"""Writing and reading the log."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from zhike.core import events
from zhike.core.actors import Actor, Via
from zhike.core.events import BEGINNING, Draft, Event, Position
from zhike.identity.factories import UserFactory

SYSTEM = Actor.system(Via.SHELL)


def draft(number: int, **changes: tuple[object, object]) -> Draft:
    return Draft(entity="things", record_id=number, verb="create", changes=changes)


@pytest.mark.django_db
def test_an_event_says_who_did_what_through_which_door() -> None:
    ana, ben = UserFactory.create(), UserFactory.create()
    actor = Actor(user=ana, via=Via.API, on_behalf_of=ben, token_id=7, request_id="r1").in_batch("b1")
    wanted = Draft(
        entity="customers", record_id=42, verb="reveal", changes={"mobile": (None, "x")}, version=3, party_id=42,
        effective_on=date(2026, 1, 31), note="n" * 600,
    )  # fmt: skip
    event = Event.objects.get(pk=events.record(actor, wanted))
    assert (event.name, event.record_id, event.version, event.party_id) == ("customers.reveal", 42, 3, 42)
    assert (event.actor_id, event.on_behalf_of_id, event.via) == (ana.pk, ben.pk, "api")
    assert (event.token_id, event.request_id, event.batch_id) == (7, "r1", "b1")
    assert event.changes == {"mobile": [None, "x"]}
    assert event.effective_on == date(2026, 1, 31)
    assert len(event.note) == 500


@pytest.mark.django_db
def test_many_events_get_ids_in_their_order_and_the_transaction_they_were_written_in() -> None:
    with transaction.atomic():
        first = events.record_many(SYSTEM, [draft(number) for number in range(5)])
    second = events.record(SYSTEM, draft(5))
    assert first == sorted(first)
    assert second > first[-1]
    written = dict(Event.objects.values_list("id", "tx"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            (current,) = cursor.fetchone()
        assert {written[each] for each in (*first, second)} == {current}
    else:
        assert {written[each] for each in (*first, second)} == {0}


@pytest.mark.django_db
def test_an_event_is_gone_with_the_change_it_tells_of() -> None:
    with transaction.atomic():
        events.record(SYSTEM, draft(1))
        transaction.set_rollback(True)
    assert events.read(BEGINNING, settled=False) == []


@pytest.mark.django_db
def test_reading_goes_on_where_it_stopped() -> None:
    events.record_many(SYSTEM, [draft(number) for number in range(25)])
    position, read = BEGINNING, []
    while page := events.read(position, limit=10, settled=False):
        read += [event.record_id for event in page]
        position = events.position_of(page[-1])
    assert read == list(range(25))


@pytest.mark.django_db
@pytest.mark.postgres
def test_the_order_is_transaction_first_and_id_second() -> None:
    for tx, number in ((7, 1), (5, 2), (7, 3), (6, 4), (5, 5)):
        events.record(SYSTEM, draft(number))
        Event.objects.filter(record_id=number).update(tx=tx)
    told = [(event.tx, event.record_id) for event in events.read(BEGINNING, settled=False)]
    assert told == [(5, 2), (5, 5), (6, 4), (7, 1), (7, 3)]
    after = Event.objects.get(record_id=4)
    rest = events.read(Position(after.tx, after.pk), settled=False)
    assert [event.record_id for event in rest] == [1, 3]


@pytest.mark.django_db
def test_the_place_is_found_at_once_through_an_index() -> None:
    with CaptureQueriesContext(connection) as captured:
        events.read(Position(5, 5), settled=False)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # an empty table is read in other ways
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            ("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + captured[0]["sql"]
        )
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "Index Cond: (ROW(tx, id) > " in plan or "USING INTEGER PRIMARY KEY (rowid>?)" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
