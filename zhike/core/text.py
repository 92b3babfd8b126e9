"""Plain text as people type and paste it, made fit to be stored."""

import re
import unicodedata

# Control characters (but tab and line feed in long texts), lone surrogates, and marks that reorder what is read.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"[ \t\n\u00a0\u3000]+")


def tidy(text: str, *, lines: bool = False) -> str:
    """Normalised (NFC), without control characters and outer blanks; on one line with single blanks unless `lines`."""
    if text.isascii() and text.isprintable():
        stripped = text.strip()
        return stripped if "  " not in stripped else _SPACES.sub(" ", stripped)
    text = _UNWANTED.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    return text.strip() if lines else _SPACES.sub(" ", text).strip()
