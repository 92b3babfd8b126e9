"""What allauth asks of us: no sign-up, our own sentences, and redirects that stay in this house."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from zhike.core import events
from zhike.core.actors import Actor, Via
from zhike.identity.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Accounts are made by administrators; pages show their own messages."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The name or the password is not right. Check both and try again."),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes, then try again."),
        "enter_current_password": _("This is not your present password. Type it again."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only paths on this very site: neither another host of ours nor another scheme."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session under a new id, and note it in the log."""
        super().login(request, user)
        actor = Actor.of(user, Via.PAGE, request_id=getattr(request, "request_id", ""))
        events.record(actor, events.Draft(entity="users", record_id=user.pk, verb="sign_in", version=user.version))

    def add_message(self, *_args: object, **_kwargs: object) -> None:
        """Signing in and out speaks for itself; our actions add the messages that matter."""
