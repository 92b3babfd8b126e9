"""A worker that knows the kinds of these tests, as the main function of a process of its own."""

import signal
from threading import Event as Flag

from zhike.core.jobs.tests.kinds import known
from zhike.core.jobs.worker import work


def main() -> None:
    """Work on the long queue until SIGTERM."""
    stop = Flag()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    with known():
        work(("long",), stop)
