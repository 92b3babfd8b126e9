"""In and out: sign-in, sign-out, a new password by a mailed link. allauth works, our forms and pages show."""

from typing import Any

from allauth.account import views as allauth_views
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy

from zhike.core.pages.answers import MALFORMED
from zhike.identity import actions
from zhike.identity.forms import ForgottenPasswordForm, PasswordByLinkForm, SignInForm

TOO_MANY = 429


class SignIn(allauth_views.LoginView):  # type: ignore[misc]  # allauth carries no types
    """One box for all names. A stranger's name and a wrong password get the same answer after the same work."""

    template_name = "identity/sign_in.html"
    form_class = SignInForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not actions.is_set_up():
            return HttpResponseRedirect(reverse("setup"))
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"resets_by_mail": bool(settings.MAIL_URL)}

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        throttled = form.has_error("__all__", "too_many_login_attempts")
        response: HttpResponse = self.render_to_response(
            self.get_context_data(form=form), status=TOO_MANY if throttled else MALFORMED
        )
        return response


class SignOut(allauth_views.LogoutView):  # type: ignore[misc]  # allauth carries no types
    """Asks on GET, ends the session on POST."""

    template_name = "identity/sign_out.html"


class ForgottenPassword(allauth_views.PasswordResetView):  # type: ignore[misc]  # allauth carries no types
    """Asks for the e-mail address. The answer is the same for every address, and the mail goes out by the worker."""

    template_name = "identity/forgotten.html"
    form_class = ForgottenPasswordForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"resets_by_mail": bool(settings.MAIL_URL)}

    def form_invalid(self, form: ForgottenPasswordForm) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=MALFORMED)
        return response


class LinkSent(allauth_views.PasswordResetDoneView):  # type: ignore[misc]  # allauth carries no types
    """Says where to look for the mail."""

    template_name = "identity/link_sent.html"


class PasswordByLink(allauth_views.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth carries no types
    """Where a mailed link leads. The key is moved out of the address before anything is shown."""

    template_name = "identity/password_by_link.html"
    form_class = PasswordByLinkForm
    success_url = reverse_lazy("account_reset_password_from_key_done")

    def form_invalid(self, form: PasswordByLinkForm) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=MALFORMED)
        return response


class PasswordSet(allauth_views.PasswordResetFromKeyDoneView):  # type: ignore[misc]  # allauth carries no types
    """Says that the new password is in force."""

    template_name = "identity/password_set.html"
