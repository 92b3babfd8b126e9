"""What load balancers and monitors ask: /healthz, /readyz, /metrics."""

import hmac
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from zhike.config.health import unapplied_migrations
from zhike.config.safety import is_loopback

Handler = Callable[[HttpRequest], HttpResponseBase]


def probes(get_response: Handler) -> Handler:
    """Answer /healthz, /readyz and /metrics before anything else looks at the request.

    So they need no session, no known host and, for /healthz, no database.
    """
    answers = {"/healthz": _alive, "/readyz": _ready, "/metrics": _metrics}

    def handle(request: HttpRequest) -> HttpResponseBase:
        answer = answers.get(request.path_info)
        if answer is None:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        found = answer(request)
        found.headers["Cache-Control"] = "no-store"
        return found

    return handle


def _text(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _alive(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return _text("alive\n")


def _ready(_request: HttpRequest) -> HttpResponse:
    """The database answers and has the tables of this version."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated():
            return _text("not ready: the database has to be migrated\n", 503)
    except DatabaseError:
        return _text("not ready: the database does not answer\n", 503)
    return _text("ready\n")


class _Once:
    migrated = False


def _is_migrated() -> bool:
    """Once it is, it stays so for the life of the process; before that it is asked again and again."""
    _Once.migrated = _Once.migrated or not unapplied_migrations()
    return _Once.migrated


def _metrics(request: HttpRequest) -> HttpResponse:
    """Counters as text, for this machine itself or whoever knows ZHIKE_METRICS_TOKEN."""
    if not _may_measure(request):
        return _text("not found\n", 404)
    return _text("".join(f"{name} {value}\n" for name, value in measure().items()))


def _may_measure(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token:
        return hmac.compare_digest(given.encode(), token.encode())
    # A proxy on this machine passes on the requests of others.
    return "X-Forwarded-For" not in request.headers and is_loopback(request.META.get("REMOTE_ADDR", ""))


def measure() -> dict[str, int]:
    """What the queue and the log look like, and how much memory this process holds."""
    from zhike.core.models import EventFailure, Job

    jobs = Job.objects.values_list("queue", "state").annotate(number=Count("id")).order_by("queue", "state")
    found = {f'zhike_jobs{{queue="{queue}",state="{state}"}}': number for queue, state, number in jobs}
    oldest = Job.objects.filter(state="queued", run_after__lte=timezone.now()).order_by("run_after").first()
    waiting = timezone.now() - oldest.run_after if oldest else timedelta()
    found["zhike_jobs_oldest_wait_seconds"] = int(waiting.total_seconds())
    found["zhike_event_failures"] = EventFailure.objects.count()
    found["zhike_process_memory_bytes"] = memory()
    return found


def memory() -> int:
    """The resident memory of this process in bytes; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
