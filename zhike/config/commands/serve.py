"""`zhike serve`: web pages, workers and scheduler, as one command."""

import os
import socket
import time
from argparse import ArgumentParser, Namespace
from functools import partial

from zhike.config.cli import Stop, say, start, use_settings
from zhike.config.commands.demo import say_accounts
from zhike.config.language import gettext as _

PARTS = ("web", "worker", "scheduler")
PORT_SECONDS = 3.0


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on (default: this machine only)"))
    parser.add_argument("--port", type=int, default=8000, help=_("port to listen on (default: 8000)"))
    parser.add_argument("--workers", type=int, default=1, help=_("web processes; each holds up to 150 MB (default: 1)"))
    parser.add_argument("--only", choices=PARTS, help=_("start one part only, to spread them over machines"))
    parser.epilog = _(
        "Stops cleanly on Ctrl-C or SIGTERM: requests under way are answered, jobs are handed back. "
        "An address that other machines reach needs ZHIKE_HOSTS and an https:// ZHIKE_BASE_URL."
    )


def run(options: Namespace) -> None:
    if options.workers < 1 or not 0 < options.port < 65536:
        raise Stop(_("The port is a number from 1 to 65535, and there is at least one web process."))
    address = f"[{options.host}]" if ":" in options.host else options.host
    # Where nothing else is said, mails link to where people reach us.
    name = os.environ.get("ZHIKE_HOSTS", "").split(",")[0].strip() or address
    os.environ.setdefault("ZHIKE_BASE_URL", f"http://{name}:{options.port}")
    wants_web = options.only in (None, "web")
    if wants_web:
        _check_safety(options.host, options.port)
    start()
    _check_database()
    if wants_web:
        _warm_up()
        _say_where(f"http://{address}:{options.port}/")
    else:
        say(_("Started (Ctrl-C stops it)"))
    _supervise(options)


def _check_safety(host: str, port: int) -> None:
    """What can be told at once, before anything is loaded."""
    use_settings()
    from zhike.config.safety import settings_mistakes

    for sentence in settings_mistakes(host):
        raise Stop(sentence)
    _check_port(host, port)


def _check_database() -> None:
    from django.db import connections

    from zhike.config import health

    for sentence in health.engine_mistakes():
        raise Stop(sentence)
    if health.unapplied_migrations():
        raise Stop(_("The database has to be migrated first. Run `zhike migrate`."))
    connections.close_all()  # children must not share them


def _check_port(host: str, port: int) -> None:
    """Bind it once: granian's sockets share a port with others that do, who would then take half of the requests.

    Waits a little for a server that is just ending, so that a restart works.
    """
    deadline = time.monotonic() + PORT_SECONDS
    while (why := _why_not(host, port)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if why:
        raise Stop(
            _("Zhike cannot listen on %(host)s port %(port)s (%(why)s). Choose another one with --port.")
            % {"host": host, "port": port, "why": why}
        )


def _why_not(host: str, port: int) -> str:
    """Why we cannot listen there, in the words of the system; blank when we can."""
    try:
        family, kind, protocol, _name, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _warm_up() -> None:
    """Load what pages need before forking, so that all processes share it and the first page is quick."""
    from django.urls import get_resolver

    from zhike.config import wsgi  # noqa: F401

    get_resolver().url_patterns  # noqa: B018


def _say_where(url: str) -> None:
    from django.db import connections

    from zhike.config.health import folder_mistakes
    from zhike.identity.actions.setup import is_set_up

    for sentence in folder_mistakes():
        say(sentence)
    say(_("Zhike is at %(url)s (Ctrl-C stops it)") % {"url": url})
    if not is_set_up():
        from zhike.identity.setup_code import setup_code

        say(_("Nobody is here yet. Open the page and set Zhike up with this one-time code:"), setup_code())
    say_accounts()
    connections.close_all()


def _supervise(options: Namespace) -> None:
    import gc

    from zhike.config.background import run_scheduler, run_worker
    from zhike.config.supervisor import Part, Supervisor
    from zhike.config.web import serve_web

    parts = {
        "web": [Part("web", partial(serve_web, options.host, options.port, options.workers))],
        "worker": [Part(f"worker for {queue} jobs", partial(run_worker, queue)) for queue in ("quick", "long")],
        "scheduler": [Part("scheduler", run_scheduler)],
    }
    chosen = [options.only] if options.only else list(PARTS)
    gc.collect()
    gc.freeze()  # what is loaded stays shared: the collector does not touch it again
    Supervisor([part for name in chosen for part in parts[name]]).run()
    say(_("Zhike has stopped."))
