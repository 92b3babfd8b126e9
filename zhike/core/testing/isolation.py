"""Walls around the tests: no word to the network, no process left behind."""

import ipaddress
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_PATIENCE_SECONDS = 5.0


class NetworkForbidden(RuntimeError):
    """A test tried to reach another machine."""


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    with suppress(ValueError):
        address = ipaddress.ip_address(str(host).split("%", 1)[0])
        return address.is_loopback or address.is_unspecified
    return False


def forbid_network() -> None:
    """Make every connect and name look-up of this process that leaves this machine raise NetworkForbidden."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guard(family: int, address: Any) -> None:
        if family != socket.AF_UNIX and not _is_local(address[0]):
            raise NetworkForbidden(f"Tests do not reach the network, but this one connects to {address[0]}.")

    def guarded_connect(self: socket.socket, address: Any, /) -> None:
        guard(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any, /) -> int:
        guard(self.family, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        if not _is_local(host):
            raise NetworkForbidden(f"Tests do not reach the network, but this one looks up {host}.")
        return look_up(host, *rest, **options)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign, assignment]  # the point of it
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign, assignment]  # as above
    socket.getaddrinfo = guarded_look_up


def _processes_of(marker: str) -> dict[int, str]:
    """Return command lines by process id of the living processes that were started with `ZHIKE_TEST_RUN=marker`."""
    sought = f"ZHIKE_TEST_RUN={marker}".encode()
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or another user's
            if int(folder.name) != os.getpid() and sought in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = command.decode(errors="replace").strip()
    return found


def stop_leftovers(marker: str) -> list[str]:
    """End what tests of this process started and left running; return their command lines, empty when all is well.

    Processes that are just leaving get a few seconds. Only on Linux can they be found; elsewhere the answer is empty.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    left = _processes_of(marker)
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = _processes_of(marker)
    for process in left:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return sorted(left.values())
