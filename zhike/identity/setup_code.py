"""The one-time code that opens the set-up page: printed where Zhike was started, kept as a digest."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

from zhike.identity.actions import is_set_up

# Without letters and digits that look alike.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def setup_code() -> str:
    """Draw a new code, which replaces an earlier one; blank when somebody is here already. `serve` prints it."""
    if is_set_up():
        forget()
        return ""
    code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(_digest(code), encoding="ascii")
    draft.replace(path)
    return code


def fits(typed: str) -> bool:
    """Whether this is the code, however its case and dashes were typed."""
    path = _path()
    return path.exists() and hmac.compare_digest(path.read_text(encoding="ascii").strip(), _digest(typed))


def forget() -> None:
    """The code has done its work."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.DATA_DIR) / "setup_code"


def _digest(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
