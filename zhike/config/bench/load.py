"""A small closed-loop load generator: each client sends its next request when the last was answered in full."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from zhike.config.bench.servers import Server

Make = Callable[[int], "Request"]


class Unexpected(Exception):
    """A server answered something else than the case expects; such an answer is counted nowhere."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Request:
    """What is sent, and what the answer must be to count: its status, and `holds` standing in it at least `times`."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    expect: tuple[int, ...] = (200,)
    holds: bytes = b""
    times: int = 1


@dataclass(frozen=True)
class Timing:
    """Times of one case in milliseconds; `cpu` is processor time of the server's processes per request."""

    p50: float
    p95: float
    per_second: float
    cpu: float
    requests: int
    kilobytes: float


@dataclass
class _Tally:
    """What the clients of one measurement saw."""

    end: float
    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


class Numbers:
    """Numbers for requests, each given once in a run, so that created names differ."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        with self._lock:
            self._last += 1
            return self._last


def measure(server: Server, make: Make, numbers: Numbers, *, clients: int, seconds: float, warmup: int = 3) -> Timing:
    """Send requests from each client for some seconds, at least one. Raises `Unexpected` for a wrong answer."""
    warm = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for _number in range(warmup):
        send(warm, make(numbers.next()))
    warm.close()
    cpu = server.cpu_seconds()
    began = time.perf_counter()
    tally = _Tally(began + seconds)
    threads = [threading.Thread(target=_client, args=(server.port, make, numbers, tally)) for _place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    cpu = server.cpu_seconds() - cpu
    if tally.errors:
        raise tally.errors[0]
    times = sorted(tally.times)
    return Timing(
        p50=statistics.median(times),
        p95=times[min(len(times) - 1, int(len(times) * 0.95))],
        per_second=len(times) / took,
        cpu=cpu * 1000 / len(times),
        requests=len(times),
        kilobytes=statistics.mean(tally.sizes) / 1024,
    )


def _client(port: int, make: Make, numbers: Numbers, tally: _Tally) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        while True:
            request = make(numbers.next())
            began = time.perf_counter()
            size = send(connection, request)
            tally.times.append((time.perf_counter() - began) * 1000)
            tally.sizes.append(size)
            if time.perf_counter() >= tally.end:
                return
    except Exception as error:  # noqa: BLE001  (told by the main thread)
        tally.errors.append(error)
    finally:
        connection.close()


def send(connection: http.client.HTTPConnection, request: Request) -> int:
    """Send one request; returns the size of its answer in bytes. Raises `Unexpected`."""
    connection.request(request.method, request.path, body=request.body or None, headers=dict(request.headers))
    answer = connection.getresponse()
    body = answer.read()
    text = body + (answer.headers.get("Location") or "").encode()
    if answer.status not in request.expect or text.count(request.holds) < request.times:
        what = f"{request.method} {request.path} answered {answer.status} without what it should hold"
        raise Unexpected(f"{what}: {body[:200]!r}", answer.status)
    return len(body)
