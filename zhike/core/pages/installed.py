"""What the installed app (PWA) needs at the root of the site: its service worker, and the page shown without a connection."""

from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(max_age=0, must_revalidate=True)
def worker(_request: HttpRequest) -> HttpResponseBase:
    """`/worker.js`: a worker governs the folder it comes from, so this one may not lie under /static/."""
    path = finders.find("dist/worker.js")
    if not isinstance(path, str):
        raise Http404
    return FileResponse(open(path, "rb"), content_type="text/javascript")  # noqa: PTH123 - the response closes it


@require_safe
@cache_control(max_age=3600, public=True)
def offline_page(request: HttpRequest) -> HttpResponse:
    """`/offline/`: kept by the service worker; the same for everybody, so it names nobody."""
    context = {
        "title": _("You are offline"),
        "sentence": _(
            "Zhike cannot be reached. What you typed in forms is kept in this browser; try again when you are connected."
        ),
    }
    return render(request, "core/offline.html", context)
