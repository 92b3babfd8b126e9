"""One parent that starts the parts of Zhike, restarts what crashed, and stops all of them in order."""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType

log = logging.getLogger(__name__)

# After the first crash, the second, …; a part that lived for a minute begins anew.
PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
_HEALTHY_SECONDS = 60.0
_STOP_SECONDS = 15.0
# Forking after everything is loaded starts a part at once and shares its memory with the others.
_context = multiprocessing.get_context("fork")


@dataclass
class Part:
    """One child process: its name, what it does, and how it has fared."""

    name: str
    run: Callable[[], None]
    process: BaseProcess | None = None
    started_at: float = 0.0
    crashes: int = 0
    restart_at: float | None = field(default=None)

    def start(self) -> None:
        """Start it, as a child that dies with us."""
        self.process = _context.Process(target=_child, args=(self.run,), name=self.name)
        self.process.start()
        self.started_at, self.restart_at = time.monotonic(), None


class Supervisor:
    """Keeps the parts running until it is told to stop by SIGTERM or Ctrl-C."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self._stopping = False
        self._wake, self._waker = _context.Pipe(duplex=False)

    def run(self) -> None:
        """Start all parts; return when all have ended after a request to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        for part in self.parts:
            part.start()
        while not self._stopping:
            self._wait()
            self._mend()
        self._stop()

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            self._waker.send_bytes(b"!")

    def _wait(self) -> None:
        """Sleep until a part ends, a restart is due or somebody says stop."""
        now = time.monotonic()
        due = [part.restart_at - now for part in self.parts if part.restart_at is not None]
        running = [part.process.sentinel for part in self.parts if part.process is not None]
        wait([self._wake, *running], timeout=max(0.0, min(due)) if due else None)

    def _mend(self) -> None:
        now = time.monotonic()
        for part in self.parts:
            if self._stopping:
                return
            if part.process is not None and not part.process.is_alive():
                self._note_end(part, now)
            if part.restart_at is not None and part.restart_at <= now:
                part.start()

    def _note_end(self, part: Part, now: float) -> None:
        code = part.process.exitcode if part.process else None
        part.process = None
        part.crashes = 1 if now - part.started_at > _HEALTHY_SECONDS else part.crashes + 1
        pause = PAUSES[min(part.crashes, len(PAUSES)) - 1]
        part.restart_at = now + pause
        log.error("%s ended by itself (%s); it starts again in %s seconds.", part.name, code, pause)

    def _stop(self) -> None:
        """Ask all to end, the web last to be waited for; what does not end in time is killed."""
        processes = [part.process for part in self.parts if part.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for process in processes:
            process.join(max(0.1, deadline - time.monotonic()))
            if process.is_alive():
                log.error("%s did not end in time and is killed.", process.name)
                process.kill()
                process.join()


def _child(run: Callable[[], None]) -> None:
    die_with_parent()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    run()


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed, which could not tell it any more."""
    if sys.platform == "linux":
        parent = os.getppid()
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, int(signal.SIGTERM))
        if os.getppid() != parent:  # it was killed in between
            os.kill(os.getpid(), signal.SIGTERM)
