"""Names that a new database comes with as stored text (stages, roles, reasons), in the language the company speaks.

They are the company's own from the first day on, so they are rows and no translations. While nobody has changed one it can be
stored in another language: at set-up in the one chosen there, later when an administrator asks for it. Nothing in the code
depends on such a name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from zhike.core import modules, overlay
from zhike.core.actors import Actor
from zhike.core.entities import Contribution, Label, registry
from zhike.core.writes.errors import Refused

# The language in which the migrations store these texts.
STORED_IN = "zh-hans"


@dataclass(frozen=True, kw_only=True)
class ShippedTexts(Contribution):
    """The stored names of one kind: `texts` maps each, as the migrations store it, to its msgid.

    - `rows()` gives the rows that may still hold one, `fields` are their columns that do;
    - `rename(actor, row, wanted)` changes one row by the action that people use, and refuses with a sentence;
    - `right` is what that needs, `module` what must be switched on.
    """

    label: Label
    texts: Mapping[str, str]
    fields: tuple[str, ...]
    rows: Callable[[], Iterable[Any]]
    rename: Callable[[Actor, Any, Mapping[str, str]], object]
    right: str
    module: str = ""


@dataclass(frozen=True)
class Rewording:
    """One row whose names are as they came: field to (text now, text in the language asked for)."""

    part: ShippedTexts
    row: Any
    words: Mapping[str, tuple[str, str]]


def waiting(actor: Actor, language: str) -> list[Rewording]:
    """The names as they came that are stored in another language than this one, of those the actor may change."""
    found = []
    for part in registry.contributions(ShippedTexts):
        if not modules.is_on(part.module) or not actor.access.may(part.right):
            continue
        known = dict(_spellings(part.texts, language))
        for row in part.rows():
            words = {name: (now, known[now]) for name in part.fields if (now := getattr(row, name)) in known}
            words = {name: pair for name, pair in words.items() if pair[0] != pair[1]}
            if words:
                found.append(Rewording(part, row, words))
    return found


def reword(actor: Actor, language: str) -> tuple[int, list[str]]:
    """Store the names that nobody has changed in this language. Returns how many rows changed, and what was refused, in sentences.

    A name that is refused (another stage is called so already) keeps its text; the others change.
    """
    done, refused = 0, []
    with transaction.atomic():
        for each in waiting(actor, language):
            called = str(each.row)
            try:
                with transaction.atomic():
                    each.part.rename(actor, each.row, {name: wanted for name, (_now, wanted) in each.words.items()})
            except Refused as refusal:
                refused.append(f"{called}: {refusal.sentence}")
            except ValidationError as malformed:
                refused.append(f"{called}: {' '.join(malformed.messages)}")
            else:
                done += 1
        overlay.bump()
    return done, refused


def spelled(text: str, msgid: str, language: str) -> str:
    """A shipped text in one of the languages."""
    if language == STORED_IN:
        return text
    with translation.override(language):
        return gettext(msgid)


def _spellings(texts: Mapping[str, str], language: str) -> Iterator[tuple[str, str]]:
    """Every spelling of the texts, in any language, with the one wanted."""
    for text, msgid in texts.items():
        wanted = spelled(text, msgid, language)
        for code, _name in settings.LANGUAGES:
            yield spelled(text, msgid, code), wanted
