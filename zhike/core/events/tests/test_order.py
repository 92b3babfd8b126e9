"""Nothing is ever skipped: ids are drawn before the commit, so a smaller one may appear after a larger one was read."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread

import pytest
from django.db import connection, transaction

from zhike.core import events
from zhike.core.actors import Actor, Via
from zhike.core.events import BEGINNING, Draft, Event, Position

pytestmark = [pytest.mark.file, pytest.mark.serial("event order"), pytest.mark.django_db(transaction=True)]
SYSTEM = Actor.system(Via.SHELL)


def write(number: int) -> int:
    return events.record(SYSTEM, Draft(entity="things", record_id=number, verb="create"))


class Held:
    """A transaction of another connection that has written its event and is not committed yet."""

    def __init__(self, number: int) -> None:
        self._written, self._let_go = Flag(), Flag()
        self._thread = Thread(target=self._run, args=(number,))

    def _run(self, number: int) -> None:
        try:
            with transaction.atomic():
                write(number)
                self._written.set()
                self._let_go.wait(60)
        finally:
            connection.close()

    def start(self) -> None:
        self._thread.start()
        assert self._written.wait(60)

    def commit(self) -> None:
        self._let_go.set()
        self._thread.join()


@contextmanager
def held(number: int) -> Iterator[Held]:
    transaction_of_another = Held(number)
    transaction_of_another.start()
    try:
        yield transaction_of_another
    finally:
        transaction_of_another.commit()


def numbers(found: list[Event]) -> list[int]:
    return [event.record_id for event in found]


def read_when_settled(position: Position, count: int) -> list[Event]:
    """Read as soon as `count` events are settled. Transactions of other databases of the cluster hold events back, too."""
    deadline = time.monotonic() + 120
    found = events.read(position)
    while len(found) < count and time.monotonic() < deadline:
        time.sleep(0.02)
        found = events.read(position)
    return found


@pytest.mark.postgres
def test_an_event_is_held_back_while_an_older_transaction_runs() -> None:
    write(1)
    with held(2) as other:
        write(3)
        write(4)
        assert numbers(events.read(BEGINNING, settled=False)) == [1, 3, 4]  # a reader who does not wait would skip 2
        first = read_when_settled(BEGINNING, 1)
        assert numbers(first) == [1]
        assert events.end() == events.position_of(first[-1])
        other.commit()
    rest = read_when_settled(events.position_of(first[-1]), 3)
    assert numbers(rest) == [2, 3, 4]


@pytest.mark.postgres
def test_a_transaction_that_is_rolled_back_holds_nothing_back() -> None:
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    write(2)
    assert numbers(read_when_settled(BEGINNING, 1)) == [2]


def test_a_reader_beside_many_writers_is_told_every_event_once_and_in_order() -> None:
    each, writers = 60, 6
    stop = Flag()

    def run(writer: int) -> None:
        chance = random.Random(writer)
        try:
            for number in range(each):
                with transaction.atomic():
                    write(writer * each + number)
                    if chance.random() < 0.2:  # some take longer between their event and their commit
                        stop.wait(chance.random() * 0.02)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    position = BEGINNING
    told: list[int] = []
    while any(thread.is_alive() for thread in threads) or read_when_settled(
        position, min(1, each * writers - len(told))
    ):
        for event in events.read(position, limit=7):
            told.append(event.record_id)
            position = events.position_of(event)
    assert sorted(told) == list(range(each * writers))
    for writer in range(writers):
        own = [number for number in told if number // each == writer]
        assert own == sorted(own)
