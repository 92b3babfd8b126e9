"""Who signs in: one box for username, mobile number or e-mail address, and the same answer to every wrong try."""

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from zhike.identity.models import User
from zhike.identity.naming import email_key, mobile_key, username_key


def find_by_sign_in_name(text: str) -> User | None:
    """The person who signs in by this username, e-mail address or mobile number, whatever his state."""
    username = username_key(text)
    if not username:
        return None
    found: User | None = User.objects.filter(username=username).first()
    if found is None and "@" in username:
        found = User.objects.filter(email=email_key(username)).first()
    elif found is None and (mobile := mobile_key(username)):
        found = User.objects.filter(mobile=mobile).first()
    return found


class PersonBackend(BaseBackend):
    """Django's door to `User`. Rights are not asked here: roles are resolved by `User.access()`."""

    def authenticate(  # type: ignore[override]  # Django passes what the signature names
        self, _request: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> User | None:
        """The person, when the password fits and he may sign in; None otherwise, after the same amount of hashing."""
        if username is None or password is None:
            return None
        user = find_by_sign_in_name(username)
        if user is None:
            # Hash all the same, so that the time taken does not tell known accounts from unknown ones.
            User().set_password(password)
            return None
        if not user.check_password(password) or not user.may_sign_in:
            return None
        if user.one_time_password_until is not None and user.one_time_password_until <= timezone.now():
            return None
        return user

    def get_user(self, user_id: int) -> User | None:
        """The session's person; None, which ends the session, as soon as he may no longer sign in.

        He brings the token of the configuration in force along (`epoch_token`): it costs no statement of its own.
        """
        user = User.objects.filter(pk=user_id).with_epoch().first()
        return user if user is not None and user.may_sign_in else None
