"""Keys of the links by which a person chooses a password: single-use, short-lived, void once his account changed."""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import int_to_base36

from zhike.identity.models import User

# A link asked for on the sign-in page lives for PASSWORD_RESET_TIMEOUT; an invitation may lie in a mailbox for a week.
INVITATION_LIFE = timedelta(days=7)
_SEPARATOR = "~"


class LinkKeys:
    """Makes and checks keys; allauth calls such a thing a token generator."""

    def make_token(self, user: User) -> str:
        return _signer(user).sign(str(user.pk)).partition(_SEPARATOR)[2]

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether the key was made for this person, is young enough, and neither used nor overtaken since."""
        if user is None or not token or not user.may_sign_in:
            return False
        never_in = user.last_login is None
        life = INVITATION_LIFE if never_in else timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        try:
            _signer(user).unsign(f"{user.pk}{_SEPARATOR}{token}", max_age=life)
        except BadSignature:
            return False
        return True


def address_of(user: User) -> str:
    """The whole address of a fresh link. Its host is the configured one, never the one a request claims."""
    key = LinkKeys().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": int_to_base36(user.pk), "key": key})
    return f"{settings.BASE_URL}{path}"


def _signer(user: User) -> TimestampSigner:
    state = f"{user.password}|{user.session_generation}|{user.email}|{user.state}"
    fingerprint = salted_hmac("zhike.identity.links", state, algorithm="sha256").hexdigest()
    return TimestampSigner(sep=_SEPARATOR, salt=f"zhike.identity.links.{fingerprint}")
