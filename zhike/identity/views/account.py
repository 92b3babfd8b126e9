"""One's own account: profile, password, access tokens."""

from typing import Any

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from zhike.core.pages.answers import MALFORMED, REFUSED
from zhike.core.pages.guards import signed_in
from zhike.core.pages.preferences import local_address
from zhike.core.pages.requests import PageRequest
from zhike.core.writes import Refused
from zhike.identity import actions
from zhike.identity.forms import ChangePasswordForm, ProfileForm, TokenForm, TwicePasswordForm
from zhike.identity.models import Token, User
from zhike.identity.role_words import describe_access


def himself(request: PageRequest) -> User:
    """The person signed in, as a row of our own model."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def refuse(form: BaseForm, refusal: Refused | ValidationError) -> None:
    """Put a refusal beside the field it is about, else at the top."""
    if isinstance(refusal, Refused):
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    elif hasattr(refusal, "error_dict"):
        for name, sentences in refusal.message_dict.items():
            for sentence in sentences:
                form.add_error(name if name in form.fields else None, sentence)
    else:
        form.add_error("password1" if "password1" in form.fields else None, refusal)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PageRequest) -> HttpResponse:
    """What a person keeps about himself, with his tokens and what his roles let him do."""
    user = himself(request)
    if request.method != "POST":
        return _profile_page(request, user, ProfileForm(instance=user))
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _profile_page(request, user, form, status=MALFORMED)
    try:
        row = actions.edit_own_profile(request.actor, user, form.cleaned_data)
    except (Refused, ValidationError) as refusal:
        refuse(form, refusal)
        return _profile_page(request, user, form, status=MALFORMED)
    if row.language:
        translation.activate(row.language)  # the message below is read after the change
    messages.success(request, _("Your profile is saved."))
    return HttpResponseRedirect(reverse("profile"))


@signed_in
@sensitive_post_parameters("old", "password1", "password2")
@rate_limit(action="change_password")  # type: ignore[untyped-decorator]  # allauth carries no types
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: PageRequest) -> HttpResponse:
    """A new password; who came in with a one-time password has just typed the old one and is not asked again."""
    user = himself(request)
    after = local_address(request, request.POST.get("next", "") or request.GET.get("next", ""))
    form_class: type[TwicePasswordForm] = TwicePasswordForm if user.password_change_due else ChangePasswordForm
    form = form_class(request.POST or None)
    status = 200
    if request.method == "POST":
        status = MALFORMED
        if form.is_valid() and _password_changed(request, user, form):
            messages.success(request, _("Your password is changed. Your other sessions have ended."))
            return HttpResponseRedirect(after or reverse("home"))
    context = {"form": form, "after": after, "due": user.password_change_due, "user_name": user.username}
    return render(request, "identity/change_password.html", context, status=status)


def _password_changed(request: PageRequest, user: User, form: TwicePasswordForm) -> bool:
    try:
        changed = actions.change_password(
            request.actor, user, old=form.cleaned_data.get("old", ""), new=form.cleaned_data["password1"]
        )
    except (Refused, ValidationError) as refusal:
        refuse(form, refusal)
        return False
    update_session_auth_hash(request, changed)
    return True


@signed_in
@require_POST
def create_token(request: PageRequest) -> HttpResponse:
    """Make a token; its secret stands on the answer to this very request and nowhere else."""
    user = himself(request)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _profile_page(request, user, token_form=form, status=MALFORMED)
    try:
        token, secret = actions.create_token(request.actor, user, **form.cleaned_data)
    except Refused as refusal:
        refuse(form, refusal)
        return _profile_page(request, user, token_form=form, status=REFUSED)
    return _profile_page(request, user, new_token=token, secret=secret)


@signed_in
@require_POST
def revoke_token(request: PageRequest, pk: int) -> HttpResponse:
    """End a token of one's own."""
    user = himself(request)
    token = Token.objects.filter(user=user, pk=pk).first()
    if token is None:
        raise Http404
    actions.revoke_token(request.actor, token)
    messages.success(request, _("“%(name)s” is revoked and opens nothing any more.") % {"name": token.name})
    return HttpResponseRedirect(f"{reverse('profile')}#tokens")


def _profile_page(
    request: PageRequest,
    user: User,
    form: ProfileForm | None = None,
    *,
    token_form: TokenForm | None = None,
    new_token: Token | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "person": user,
        "form": form or ProfileForm(instance=user),
        "token_form": token_form or TokenForm(),
        "tokens": Token.objects.filter(user=user).in_force().order_by("-id"),
        "new_token": new_token,
        "secret": secret,
        "rights": describe_access(user),
        "may_have_tokens": user.kind == User.Kind.STAFF,
    }
    return render(request, "identity/profile.html", context, status=status)
