"""Names of files as people may see them: no path, nothing that steers a terminal, a header or the direction of writing."""

import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

# Room for the name in a column, and in 255 bytes of any file system.
LONGEST = 200
_MOST_BYTES = 240
_LONGEST_ENDING = 20
_FORBIDDEN = dict.fromkeys(map(ord, '<>:"|?*'), "_")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{number}" for number in range(10)), *(f"lpt{number}" for number in range(10))}
)
# Control, format (writing from right to left, zero width), surrogate, private and unassigned characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(raw: str) -> str:
    """The name a person gave, made harmless; “file” when nothing of it is left."""
    name = unicodedata.normalize("NFC", raw.replace("\\", "/").rpartition("/")[2])
    seen = "".join(
        " " if letter.isspace() else letter for letter in name if unicodedata.category(letter) not in _UNSEEN
    )
    name = " ".join(seen.translate(_FORBIDDEN).split()).strip(". ")
    if name.partition(".")[0].casefold() in _DEVICES:
        name = f"_{name}"
    return _shortened(name) or _("file")


def ending_of(name: str) -> str:
    """The ending without its dot, in small letters: the last one, whatever stands before it."""
    return PurePosixPath(name.strip(". ")).suffix[1:].casefold()


def _shortened(name: str) -> str:
    if len(name) <= LONGEST and len(name.encode()) <= _MOST_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = _MOST_BYTES - len(f"{dot}{ending}".encode())
    stem = stem.encode()[:room].decode(errors="ignore")[: LONGEST - len(dot) - len(ending)]
    return f"{stem.rstrip('. ')}{dot}{ending}"
