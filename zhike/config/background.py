"""The parts of `zhike serve` without pages: workers of a queue, and the scheduler that also tells subscribers."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

log = logging.getLogger(__name__)

_ROUND_SECONDS = 1.0
_TICK_SECONDS = 10.0
_TROUBLE_SECONDS = 5.0


def run_worker(queue: str) -> None:
    """Do the jobs of one queue until told to stop; the batch in hand is finished, its job handed back."""
    from zhike.core.jobs.worker import work

    work((queue,), stop_flag())


def run_scheduler() -> None:
    """Tell subscribers of events and ask for scheduled jobs, until told to stop. Several may run at once."""
    from zhike.core import events
    from zhike.core.events.cluster import settle_cluster
    from zhike.core.jobs import schedule

    stop = stop_flag()
    settled = False
    next_tick = 0.0

    def one_round() -> bool:
        nonlocal settled, next_tick
        settled = settled or settle_cluster() or True
        told = events.dispatch()
        if time.monotonic() >= next_tick:
            schedule.tick()
            next_tick = time.monotonic() + _TICK_SECONDS
        return bool(told)

    rounds(one_round, stop)


def rounds(one_round: Callable[[], bool], stop: threading.Event) -> None:
    """Repeat `one_round` until `stop`, pausing when it had nothing to do. Trouble with the database ends nothing."""
    from django.db import DatabaseError, InterfaceError, close_old_connections, connection

    while not stop.is_set():
        try:
            close_old_connections()
            busy = one_round()
        except (DatabaseError, InterfaceError):
            log.exception("The database did not answer; trying again in %s seconds.", _TROUBLE_SECONDS)
            connection.close()
            stop.wait(_TROUBLE_SECONDS)
            continue
        if not busy:
            stop.wait(_ROUND_SECONDS)


def stop_flag() -> threading.Event:
    """A flag that SIGTERM, Ctrl-C and the end of the parent process set."""
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    parent = os.getppid()

    def watch() -> None:
        while not stop.wait(1.0):
            if os.getppid() != parent:
                stop.set()

    threading.Thread(target=watch, name="watch parent", daemon=True).start()
    return stop
