"""Personal access tokens: given once, known by their digest, revoked at once."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.writes import NotAllowed, NotReachable, RuleBroken, require
from zhike.identity.actions.own_account import note
from zhike.identity.models import Token, User
from zhike.identity.naming import username_key
from zhike.identity.rules import must_govern
from zhike.identity.tokens import Secret, new_secret

MAX_TOKENS = 50
DEFAULT_DAYS = 90
MAX_DAYS = 3650


def create_token(
    actor: Actor, user: User, *, name: str, days: int | None = DEFAULT_DAYS, read_only: bool = False
) -> tuple[Token, str]:
    """Give a person a token; returns it with its secret, which nobody can read again. `days` None: until revoked.

    Everybody gives himself tokens; those of service accounts come from who keeps people.
    Raises `NotAllowed`, `RuleBroken`.
    """
    if actor.user_id != user.pk and not actor.is_system:
        require(actor, registry.of(User), "create_token")
        must_govern(actor, user)
        if user.kind != User.Kind.SERVICE:
            raise NotAllowed(_("Everybody makes his own tokens. Ask this person to make one on the profile page."))
    if not user.is_active or user.kind not in (User.Kind.STAFF, User.Kind.SERVICE):
        raise RuleBroken(
            _("“%(name)s” is not active, so no token is given. Invite or activate this person first.") % {"name": user}
        )
    if not name.strip():
        raise RuleBroken(_("Say what this token is for."), field="name")
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise RuleBroken(_("A token lasts from 1 to %(days)s days.") % {"days": MAX_DAYS}, field="days")
    if Token.objects.filter(user=user).in_force().count() >= MAX_TOKENS:
        raise RuleBroken(_("There are too many tokens. Revoke those you no longer use."))
    secret = new_secret()
    with transaction.atomic():
        token = _store(user, name.strip()[:80], secret, days, read_only)
        note(actor, user, "create_token", text=str(token))
    return token, secret.text


def revoke_token(actor: Actor, token: Token) -> Token:
    """End a token at once: one's own, or another's by who keeps people. Revoking twice changes nothing."""
    if actor.user_id != token.user_id and not actor.is_system:
        if not actor.access.may("settings.people"):
            raise NotReachable
        must_govern(actor, token.user)
    if token.revoked_at is None:
        with transaction.atomic():
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            note(actor, token.user, "revoke_token", text=str(token))
    return token


def issue_token_for_command(username: str, days: int = DEFAULT_DAYS) -> str:
    """The secret of a new token, for `zhike token`. Raises `RuleBroken` for people unknown or not active."""
    user = User.objects.filter(username=username_key(username)).first()
    if user is None:
        raise RuleBroken(_("There is nobody with the username “%(name)s”.") % {"name": username})
    return create_token(Actor.system(), user, name="zhike token", days=days)[1]


def _store(user: User, name: str, secret: Secret, days: int | None, read_only: bool) -> Token:
    return Token.objects.create(
        user=user,
        name=name,
        prefix=secret.prefix,
        digest=secret.digest,
        read_only=read_only,
        expires_at=None if days is None else timezone.now() + timedelta(days=days),
    )
