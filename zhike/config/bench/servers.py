"""The servers that are measured: each with its own processes, on 127.0.0.1 only."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Only Linux tells what processes use; elsewhere these figures are 0.
_PROC = Path("/proc/self/task")
_TICKS = os.sysconf("SC_CLK_TCK")
# As config.web serves the product.
_THREADS = ("--workers", "1", "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600")


@dataclass(frozen=True)
class Server:
    """A running web server."""

    port: int
    pid: int
    started_in: float  # seconds from spawning the process to its first answer

    def memory(self) -> int:
        """Resident memory in MB of the largest of its processes."""
        return max(_resident(pid) for pid in _family(self.pid)) if _PROC.is_dir() else 0

    def cpu_seconds(self) -> float:
        """Processor time, user and system, that its processes have used so far; the database's own is not in it."""
        return sum(_cpu_ticks(pid) for pid in _family(self.pid)) / _TICKS if _PROC.is_dir() else 0.0


def product_command(port: int) -> Sequence[str]:
    """`zhike serve`, the web part only: job workers would work on the same cores."""
    run = "from zhike.config.cli import main; raise SystemExit(main())"
    return [sys.executable, "-c", run, "serve", "--only", "web", "--port", str(port)]


def floor_command(port: int) -> Sequence[str]:
    """The floor under the same server with the same threads."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1",
        "--port", str(port), *_THREADS, "--log-level", "error", "zhike.config.bench.floor_wsgi:application",
    ]  # fmt: skip


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int, probe: str) -> Iterator[Server]:
    """Run a server until the block ends; it has answered `probe` before the block begins."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, probe, process)
        yield Server(port=port, pid=process.pid, started_in=time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, probe: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode} before it answered.")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", probe)
            if connection.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise RuntimeError("The server did not answer within a minute.")


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split()]
    return found


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


def _cpu_ticks(pid: int) -> int:
    # The name of the program stands in brackets and may hold anything.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
