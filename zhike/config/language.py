"""The language of the terminal, known before Django is loaded, so that `zhike --help` is there at once."""

import gettext as catalogues
import os
from functools import cache
from pathlib import Path

_LOCALE = Path(__file__).resolve().parent.parent / "locale"


def code() -> str:
    """`zh-hans` where the terminal speaks Chinese (LC_ALL, LC_MESSAGES, LANG), else `en`."""
    spoken = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh-hans" if spoken.lower().startswith("zh") else "en"


@cache
def _catalogue() -> catalogues.NullTranslations:
    folder = {"zh-hans": "zh_Hans"}.get(code(), code())
    return catalogues.translation("django", _LOCALE, [folder], fallback=True)


def gettext(text: str) -> str:
    """The text in the language of the terminal."""
    return _catalogue().gettext(text) if text else ""
