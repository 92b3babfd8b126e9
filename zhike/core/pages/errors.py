"""Pages for what went wrong: what happened and what to do next, in whole sentences, and nothing about the machine."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.html import escape
from django.utils.translation import gettext as _

from zhike.core.api.problems import problem
from zhike.core.pages.requests import is_fragment
from zhike.core.writes.errors import NotAllowed


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or form can not be read."""
    del exception  # its text is about the machine
    return explain(
        request,
        400,
        _("This request cannot be read"),
        _("Part of the address or form is not what this page expects. Go back and try again from the page itself."),
    )


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person lacks the right; the sentence comes from where it was refused."""
    said = str(exception) if isinstance(exception, (NotAllowed, PermissionDenied)) else ""
    usual = _("Your roles do not include this. An administrator can give you the right.")
    return explain(request, 403, _("You may not do this"), said or usual)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is no such page or record, or none that the person reaches; the two look the same."""
    del exception  # it may name what must not be told
    return explain(
        request,
        404,
        _("There is nothing here for you"),
        _("This page or record does not exist, was deleted, or belongs to people whose records you do not see."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our mistake. The page needs neither database nor session."""
    told = getattr(request, "request_id", "")
    sentence = _(
        "Something broke on our side and nothing was saved by this step. "
        "Try again; if it happens twice, tell an administrator the number %(id)s."
    ) % {"id": told}
    page: str
    if _is_programme(request):
        return problem(500, sentence)
    try:
        page = loader.render_to_string("core/error_plain.html", {"title": _("This did not work"), "sentence": sentence})
    except TemplateDoesNotExist:  # the very templates are missing
        page = f"<!doctype html><title>Zhike</title><p>{escape(sentence)}</p>"
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old."""
    del reason  # Django's word for it, for developers
    return explain(
        request,
        403,
        _("This form is no longer valid"),
        _(
            "The page was open for too long or you signed in anew in another window. "
            "Go back, reload the page and send the form again."
        ),
    )


def explain(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """A page, or for htmx a fragment, that says what happened. The request's id is told only where it helps to report."""
    if _is_programme(request):
        return problem(status, sentence)
    if is_fragment(request):
        fragment = f'<div class="z-notice is-red" role="alert"><div><strong>{escape(title)}</strong>{escape(sentence)}</div></div>'
        return HttpResponse(fragment, status=status)
    page = loader.render_to_string("core/error.html", {"title": title, "text": sentence}, request)
    return HttpResponse(page, status=status)


def _is_programme(request: HttpRequest) -> bool:
    """Below /api/ every answer is JSON, also where no operation answers."""
    return request.path.startswith("/api/")
