"""The first start: company and administrator, by who holds the code that `serve` printed."""

from allauth.core import ratelimit
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zhike.core.pages.answers import MALFORMED, REFUSED
from zhike.core.writes import RuleBroken
from zhike.identity import actions, setup_code
from zhike.identity.forms import SetUpForm

BACKEND = "zhike.identity.backends.PersonBackend"
TOO_MANY = 429


@never_cache
@sensitive_post_parameters("code", "password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """There only while nobody is. Afterwards it answers like any address that does not exist."""
    if actions.is_set_up():
        raise Http404
    if request.method != "POST":
        return _page(request, SetUpForm(), 200)
    form = SetUpForm(request.POST)
    if not ratelimit.consume(request, action="setup"):
        form.add_error("code", _("Too many attempts. Wait a minute, then try again."))
        return _page(request, form, TOO_MANY)
    if form.is_valid() and not setup_code.fits(form.cleaned_data["code"]):
        form.add_error("code", _("This is not the code. Look again in the window where Zhike was started."))
    if not form.is_valid():
        return _page(request, form, MALFORMED)
    try:
        user = actions.set_up(**form.account())
    except RuleBroken as refused:
        form.add_error(None, refused.sentence)
        return _page(request, form, REFUSED)
    except ValidationError as malformed:
        _say(form, malformed)
        return _page(request, form, MALFORMED)
    setup_code.forget()
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(reverse("home"))


def _page(request: HttpRequest, form: SetUpForm, status: int) -> HttpResponse:
    folded = [form[name] for name in form.folded]
    shown = [each for each in form if each.name not in form.folded]
    context = {"form": form, "shown": shown, "folded": folded, "folded_open": any(each.errors for each in folded)}
    return render(request, "identity/setup.html", context, status=status)


def _say(form: SetUpForm, malformed: ValidationError) -> None:
    """Refusals of the password come without a field, the rest by field."""
    if hasattr(malformed, "error_dict"):
        for name, sentences in malformed.message_dict.items():
            for sentence in sentences:
                form.add_error(name if name in form.fields else None, sentence)
        return
    form.add_error("password1", malformed)
