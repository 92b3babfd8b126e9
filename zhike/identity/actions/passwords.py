"""Passwords: one's own, a one-time one from an administrator, a new one by a link in a mail."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core.actors import Actor, Via
from zhike.core.entities import registry
from zhike.core.writes import NotAllowed, RuleBroken, require
from zhike.identity import jobs
from zhike.identity.actions.own_account import locked, store
from zhike.identity.links import LinkKeys
from zhike.identity.models import User
from zhike.identity.rules import must_govern

ONE_TIME_PASSWORD_LIFE = timedelta(days=7)
# Without letters and digits that look alike when read aloud or from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """A one-time password that can be read out: four groups of four, 79 random bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def change_password(actor: Actor, user: User, *, old: str, new: str) -> User:
    """Change one's own password; every other session ends. Who owes a new one need not repeat the one-time password.

    Raises `RuleBroken`, `ValidationError` on a weak one.
    """
    if actor.user_id != user.pk:
        raise NotAllowed(_("Everybody changes his own password only."))
    with transaction.atomic():
        user = locked(user)
        if not user.password_change_due and not user.check_password(old):
            raise RuleBroken(_("This is not your present password. Type it again."), field="old")
        if user.check_password(new):
            raise RuleBroken(_("The new password is the present one. Choose another."), field="password1")
        return _set(actor, user, new, verb="change_password")


def set_password_by_link(user: User, key: str, *, new: str) -> User:
    """Set a password by the key of a mailed link, which works once.

    Raises `RuleBroken`, `ValidationError` on a weak one.
    """
    with transaction.atomic():
        user = locked(user)
        if not LinkKeys().check_token(user, key):
            raise RuleBroken(_("This link was used or has expired. Ask for a new one."))
        return _set(Actor.of(user, Via.PAGE), user, new, verb="reset_password")


def reset_password_by_administrator(actor: Actor, user: User) -> str:
    """Replace a person's password by a one-time one, which is returned to be handed over. He must change it at sign-in.

    All his sessions end. Tokens stay: they are revoked one by one, or by locking the person.
    """
    require(actor, registry.of(User), "reset_password")
    must_govern(actor, user)
    with transaction.atomic():
        user = locked(user)
        if not user.may_sign_in:
            raise RuleBroken(_("Only active people who sign in have a password. Invite or activate this person first."))
        return give_one_time_password(actor, user, verb="reset_password", state=User.State.ACTIVE)


def request_password_reset(address: str) -> None:
    """Have a link mailed to whoever has this address, if anybody has; nothing tells the caller which."""
    if settings.MAIL_URL and address.strip():
        jobs.mail_link(address.strip(), "reset")


def give_one_time_password(actor: Actor, user: User, *, verb: str, state: User.State) -> str:
    """Set and return a one-time password, and the state with it; call it in a transaction with the row locked."""
    password = new_password()
    user.set_password(password)
    store(
        actor,
        user,
        verb,
        {
            "password": user.password,
            "password_change_due": True,
            "one_time_password_until": timezone.now() + ONE_TIME_PASSWORD_LIFE,
            "session_generation": user.session_generation + 1,
            "state": state,
        },
    )
    return password


def _set(actor: Actor, user: User, new: str, *, verb: str) -> User:
    validate_password(new, user)
    user.set_password(new)
    store(
        actor,
        user,
        verb,
        {
            "password": user.password,
            "password_change_due": False,
            "one_time_password_until": None,
            "session_generation": user.session_generation + 1,
        },
    )
    return user
