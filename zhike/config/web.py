"""The web part: granian serves the WSGI application from one or more processes with a few threads each."""

import threading
from collections.abc import Callable
from typing import Any

# SQLite and the interpreter's lock let more threads wait, not work.
THREADS = 4
_STOP_SECONDS = 10
_FLUSH_SECONDS = 30


def serve_web(host: str, port: int, workers: int) -> None:
    """Serve until told to stop; requests under way are finished first, for at most ten seconds."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "zhike.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=THREADS,
        # A thread that ends takes its database connection with it.
        blocking_threads_idle_timeout=600,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=load_application, wrap_loader=False)


def load_application() -> Callable[..., Any]:
    """What each web process does first: die with its parent, load the application, keep what reading noted."""
    from zhike.config.supervisor import die_with_parent
    from zhike.config.wsgi import application

    die_with_parent()
    threading.Thread(target=_flush_forever, name="flush", daemon=True).start()
    return application


def _flush_forever() -> None:
    """Reads do not write: what they noted in memory is written down here, outside of any request."""
    from django.db import DatabaseError, connection

    from zhike.identity.tokens import flush_uses

    pause = threading.Event()
    while not pause.wait(_FLUSH_SECONDS):
        try:
            flush_uses()
        except DatabaseError:  # it did not answer; the next uses are noted again
            continue
        finally:
            connection.close()
