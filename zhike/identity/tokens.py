"""Personal access tokens: how a secret is made, kept and recognised. Issuing and revoking are actions."""

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from zhike.identity.models import Token, User

# Scanners of leaked secrets know a token by its beginning.
BRAND = "zhike"


@dataclass(frozen=True)
class Secret:
    """A fresh secret, shown once: `text` for its holder, `prefix` and `digest` for the database."""

    text: str
    prefix: str
    digest: str


def new_secret() -> Secret:
    """Draw 256 random bits; plain SHA-256 is enough for a secret nobody chose."""
    prefix = f"{BRAND}_{secrets.token_hex(4)}"
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    return Secret(text=text, prefix=prefix, digest=digest_of(text))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def prefix_of(text: str) -> str:
    """The stored prefix of a secret, or blank when it is none of ours."""
    brand, _, rest = text.partition("_")
    head, _, tail = rest.partition("_")
    return f"{brand}_{head}" if brand == BRAND and head and tail else ""


def holder_of(text: str) -> tuple[User, Token] | None:
    """Whose token this is, now; None for unknown, expired and revoked ones and for people who may not act.

    One statement. The use is noted in memory; `flush_uses` writes it down later, because reads do not write.
    """
    prefix = prefix_of(text)
    if not prefix:
        return None
    now = timezone.now()
    token = (
        Token.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), prefix=prefix, revoked_at=None)
        .select_related("user")
        .first()
    )
    if token is None or not hmac.compare_digest(token.digest, digest_of(text)):
        return None
    if not token.user.is_active or token.user.kind not in (User.Kind.STAFF, User.Kind.SERVICE):
        return None
    _uses.note(token.pk, now)
    return token.user, token


class _Uses:
    """When each token was last used, until it is written down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moments: dict[int, datetime] = {}

    def note(self, token_id: int, moment: datetime) -> None:
        with self._lock:
            self._moments[token_id] = moment

    def take(self) -> dict[int, datetime]:
        with self._lock:
            taken, self._moments = self._moments, {}
        return taken


_uses = _Uses()


def flush_uses() -> int:
    """Write the noted uses of this process; returns how many tokens were stamped."""
    taken = _uses.take()
    for token_id, moment in taken.items():
        Token.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=moment), pk=token_id).update(last_used_at=moment)
    return len(taken)
