"""Steps with a person that must say what will happen, or that show a secret once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zhike.core.actors import Actor
from zhike.core.entities import Label
from zhike.core.pages.answers import MALFORMED, REFUSED, done, show_page
from zhike.core.pages.guards import open_entity, reached, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.writes import NotAllowed, NotReachable, Refused
from zhike.identity import actions
from zhike.identity.forms import TokenForm
from zhike.identity.models import Token, User


@dataclass(frozen=True, kw_only=True)
class Secret:
    """What is shown once after a step: `value` to be handed over, or only a sentence."""

    sentence: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step, what will happen by it, and how it is done. `run` returns a secret, or None when a message is enough."""

    title: Label
    sentence: Label
    button: Label
    run: Callable[[Actor, User], Secret | None]
    danger: bool = False


def _handed_over(user: User, password: str) -> Secret:
    sentence = _(
        "%(name)s signs in as “%(username)s” with this password and then chooses a new one. "
        "It is shown only now and works for seven days."
    )
    return Secret(sentence=sentence % {"name": user, "username": user.username}, value=password)


def _invite(actor: Actor, user: User) -> Secret:
    invitation = actions.invite_user(actor, user)
    if invitation.mailed_to:
        return Secret(sentence=_("An invitation is on its way to %(address)s.") % {"address": invitation.mailed_to})
    return _handed_over(user, invitation.password)


def _reset(actor: Actor, user: User) -> Secret:
    return _handed_over(user, actions.reset_password_by_administrator(actor, user))


def _silently(run: Callable[[Actor, User], User]) -> Callable[[Actor, User], Secret | None]:
    def step(actor: Actor, user: User) -> Secret | None:
        run(actor, user)
        return None

    return step


STEPS = {
    "invite": Step(
        title=gettext_lazy("Invite %(name)s"),
        sentence=gettext_lazy("%(name)s can sign in from now on and does what the roles given allow."),
        button=gettext_lazy("Invite"),
        run=_invite,
    ),
    "reset_password": Step(
        title=gettext_lazy("New password for %(name)s"),
        sentence=gettext_lazy(
            "%(name)s is signed out everywhere and gets a one-time password from you. Access tokens stay valid."
        ),
        button=gettext_lazy("Make a one-time password"),
        run=_reset,
    ),
    "activate": Step(
        title=gettext_lazy("Let %(name)s in again"),
        sentence=gettext_lazy("%(name)s can sign in again with the former password and has the same roles as before."),
        button=gettext_lazy("Let in again"),
        run=_silently(actions.activate_user),
    ),
    "lock": Step(
        title=gettext_lazy("Lock %(name)s"),
        sentence=gettext_lazy(
            "%(name)s is signed out at once and cannot come in by page or token until let in again. "
            "Records stay with their owner."
        ),
        button=gettext_lazy("Lock"),
        run=_silently(actions.lock_user),
        danger=True,
    ),
    "mark_left": Step(
        title=gettext_lazy("%(name)s has left"),
        sentence=gettext_lazy(
            "%(name)s is signed out at once, access tokens are revoked for good, and nobody can choose this person "
            "as owner any more. Records stay until they are transferred."
        ),
        button=gettext_lazy("Note the departure"),
        run=_silently(actions.mark_left),
        danger=True,
    ),
}


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_step(request: PageRequest, pk: int, step: str) -> HttpResponse:
    """`/users/42/lock/` and its like: says what will happen, then does it."""
    user = _person(request, pk, step)
    chosen = STEPS[step]
    context: dict[str, Any] = {
        "person": user,
        "title": str(chosen.title) % {"name": user},
        "sentence": str(chosen.sentence) % {"name": user},
        "button": chosen.button,
        "danger": chosen.danger,
        "action": request.path,
        "back": f"/users/{pk}/",
    }
    if request.method != "POST":
        return show_page(request, "identity/person_step.html", context)
    try:
        secret = chosen.run(request.actor, user)
    except Refused as refused:
        return show_page(
            request, "identity/person_step.html", context | {"refused": refused.sentence}, status=_status(refused)
        )
    if secret is None:
        return done(request, _("Done: %(step)s.") % {"step": context["title"]}, context["back"])
    return _show_secret(request, context, secret)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def service_token(request: PageRequest, pk: int) -> HttpResponse:
    """`/users/42/token/`: a token for a service account, shown once."""
    user = _person(request, pk, "create_token")
    if user.kind != User.Kind.SERVICE:
        raise Http404
    form = TokenForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "title": _("New token for %(name)s") % {"name": user},
        "form": form,
        "button": _("Make the token"),
        "action": request.path,
        "back": f"/users/{pk}/",
    }
    if request.method != "POST" or not form.is_valid():
        return show_page(request, "identity/ask.html", context, status=MALFORMED if form.is_bound else 200)
    try:
        _token, text = actions.create_token(request.actor, user, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return show_page(request, "identity/ask.html", context, status=_status(refused))
    secret = Secret(sentence=_("Copy this token now. It is shown only this once."), value=text)
    return _show_secret(request, context, secret)


@signed_in
@require_POST
def revoke_token_of(request: PageRequest, pk: int, token_pk: int) -> HttpResponse:
    """End a token of somebody else, by who keeps people."""
    user = _person(request, pk, "revoke_token")
    token = Token.objects.filter(user=user, pk=token_pk).first()
    if token is None:
        raise Http404
    try:
        actions.revoke_token(request.actor, token)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(f"/users/{pk}/")
    messages.success(request, _("“%(name)s” is revoked and opens nothing any more.") % {"name": token.name})
    return HttpResponseRedirect(f"/users/{pk}/")


def _show_secret(request: PageRequest, context: dict[str, Any], secret: Secret) -> HttpResponse:
    """The one time it is shown; the page behind a modal reads itself anew."""
    response = show_page(request, "identity/secret.html", context | {"secret": secret})
    response.headers["HX-Trigger"] = "zhike:changed"
    response.headers["Cache-Control"] = "no-store"
    return response


def _person(request: PageRequest, pk: int, action: str) -> User:
    """The person, when the actor may do this; else 404 or 403 as everywhere."""
    entity = open_entity(request.actor, "users", action)
    user: User = reached(request.actor, entity, pk, action)
    return user


def _status(refused: Refused) -> int:
    return 404 if isinstance(refused, NotReachable) else 403 if isinstance(refused, NotAllowed) else REFUSED
