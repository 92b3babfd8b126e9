"""Language and theme: chosen by anyone, kept in a cookie, and on the person's own row when he is signed in."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from zhike.core.pages.context import THEME_COOKIE, THEMES

_YEAR = 365 * 24 * 3600
_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak the language of the field `language` from now on; an unknown one changes nothing."""
    response = _back(request)
    language = request.POST.get("language", "")
    if language in _LANGUAGES:
        _keep(request, response, settings.LANGUAGE_COOKIE_NAME, language, "language")
    return response


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Show the theme of the field `theme`; `auto` or blank follows the device."""
    response = _back(request)
    theme = request.POST.get("theme", "")
    theme = "" if theme == "auto" else theme
    if theme in ("", *THEMES):
        _keep(request, response, THEME_COOKIE, theme, "theme")
    return response


def local_address(request: HttpRequest, address: str) -> str:
    """The address when it leads to this site, else blank. Refuses `//x`, `/\\x`, other hosts and other schemes."""
    safe = url_has_allowed_host_and_scheme(address, allowed_hosts=None, require_https=request.is_secure())
    return address if safe and address.startswith("/") else ""


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(local_address(request, request.POST.get("next", "")) or reverse("home"))


def _keep(request: HttpRequest, response: HttpResponse, cookie: str, value: str, column: str) -> None:
    response.set_cookie(
        cookie, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
    if request.user.is_authenticated:
        # A preference of one's own: neither a change of the record that others care about nor an event.
        get_user_model()._default_manager.filter(pk=request.user.pk).update(**{column: value})
