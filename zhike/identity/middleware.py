"""What every request needs to know of the person: his language, his time zone, and whether he owes a new password."""

from collections.abc import Callable
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from zhike.core import company
from zhike.identity.models import User

Handler = Callable[[HttpRequest], HttpResponse]
_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
# What a person who owes a new password may still open.
_ALWAYS_OPEN = ("/accounts/", "/static/", "/api/", "/language/", "/theme/", "/healthz", "/readyz", "/metrics")


def language_of(request: HttpRequest) -> str:
    """The user's choice, else the cookie of the switch, else the company's. Browser headers are not read."""
    chosen = request.user.language if isinstance(request.user, User) else ""
    for code in (chosen, request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), company.current().language):
        if code in _LANGUAGES:
            return code
    return settings.LANGUAGE_CODE


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The zone in which moments are shown: the user's, else the company's."""
    if isinstance(request.user, User) and request.user.time_zone:
        try:
            return ZoneInfo(request.user.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            pass  # a zone that this machine does not know: the company's is near enough
    return company.zone()


def language_and_zone(get_response: Handler) -> Handler:
    """Speak the reader's language and show moments in his zone, for this request only."""

    def handle(request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language), timezone.override(zone_of(request)):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return handle


def duties(get_response: Handler) -> Handler:
    """A person with a one-time password chooses his own before anything else. Tokens work meanwhile."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.password_change_due and not request.path.startswith(_ALWAYS_OPEN):
            query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return HttpResponseRedirect(f"{reverse('account_change_password')}?{query}".rstrip("?"))
        return get_response(request)

    return handle
