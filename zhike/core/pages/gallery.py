"""The living gallery of components, in development only: `/dev/gallery?page=list&theme=dark&language=en`."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from zhike.core.pages.gallery_samples import samples

PAGES = ("components", "forms", "list", "record", "home", "bare", "error")
_THEMES = ("light", "dark")


def gallery(request: HttpRequest, record: int | None = None) -> HttpResponse:
    """One page of the gallery, or with `record` what the drawer fetches; 404 outside development."""
    if not settings.DEBUG:
        raise Http404
    page = request.GET.get("page", "components")
    language = "en" if request.GET.get("language") == "en" else "zh-hans"
    theme = request.GET.get("theme", "")
    if record is not None:
        page = "record_body"
    elif page not in PAGES:
        raise Http404
    context = samples(language, theme if theme in _THEMES else "", page)
    with translation.override(language):
        return render(request, f"core/gallery/{page}.html", context)
