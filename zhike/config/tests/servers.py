"""`zhike serve` as a process of its own, for tests that talk to it over HTTP."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 60
ZHIKE = [str(Path(sys.executable).with_name("zhike"))]


def free_port() -> int:
    """A port that nobody has, below those that clients are given: one of them, calling a server that is down, may call itself."""
    while True:
        port = random.randrange(12_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Server:
    """A running `zhike serve`: where it is, its process, and what it has printed so far."""

    port: int
    process: "subprocess.Popen[str]"
    log: Path

    def ask(
        self,
        path: str,
        body: object = None,
        *,
        token: str = "",
        method: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request; raises `OSError` when nobody answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method or None)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.printed()
            with suppress(OSError):
                if self.ask("/readyz").status == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"It did not come up: {self.printed()}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=40)

    def children(self) -> list[int]:
        """All processes below it, at any depth."""
        return descendants(self.process.pid)


def descendants(parent: int) -> list[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    found, queue = [], [parent]
    while queue:
        above = queue.pop()
        below = [pid for pid, its_parent in parents.items() if its_parent == above]
        found += below
        queue += below
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def serving(environment: Mapping[str, str], folder: Path, *options: str, port: int | None = None) -> Iterator[Server]:
    """`zhike serve` on a free port until the end of the block; killed with all its children whatever happens."""
    chosen = port or free_port()
    log = folder / "serve.log"
    with log.open("a", encoding="utf-8") as output:
        command = [*ZHIKE, "serve", "--port", str(chosen), *options]
        process = subprocess.Popen(command, env=dict(environment), stdout=output, stderr=output, text=True)
    server = Server(chosen, process, log)
    try:
        server.wait_until_up()
        yield server
    finally:
        everyone = [process.pid, *server.children()]
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            process.terminate()
            process.wait(timeout=20)
        for pid in everyone:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def run(environment: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of `zhike`, to its end."""
    return subprocess.run(
        [*ZHIKE, *arguments], env=dict(environment), capture_output=True, text=True, check=False, timeout=120
    )
