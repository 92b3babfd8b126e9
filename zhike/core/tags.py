"""Tags: short coloured words that a company puts on records of any kind, from one list that all of them share.

What a record holds are codes of the option list "tags", in the shipped custom field of that name. Wherever a tag is written it may
be given by its code or by its name in any language; `put_in_list` makes those that are new. No tag's name is another one's code.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from zhike.core import company, options, overlay
from zhike.core.actors import Actor
from zhike.core.entities.fields import TAGS
from zhike.core.fieldvalues import MAX_CHOICES
from zhike.core.record_choices import words_of
from zhike.core.text import tidy

MAX_NAME = 40
# More are no help to anybody, and every form would carry them.
MAX_TAGS = 1_000
# What new tags are coloured with, in turn. Grey and red are for those who choose them.
_COLOURS = ("blue", "green", "violet", "amber", "brand")

options.declare(options.OptionList(name=TAGS, label=gettext_lazy("Tags")))


def _load() -> Mapping[str, str]:
    entries = options.entries(TAGS)
    found = {code: code for code in entries}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {entry.text().casefold(): code for code, entry in entries.items()}
    return found


_codes = overlay.Setting("tags", _load)


def code_of(word: str) -> str:
    """The code of the tag with that code or name; blank where there is none."""
    return _codes.get().get(tidy(word).casefold(), "")


def taken() -> frozenset[str]:
    """All codes and names, in small letters."""
    return frozenset(_codes.get())


def labels(codes: Iterable[str]) -> list[str]:
    """What tags say in the active language."""
    return [options.label(TAGS, str(code)) for code in codes]


def may_make(actor: Actor) -> bool:
    """Whether the actor may put new tags into the list by using them."""
    from zhike.core.configuration.rights import OPTIONS

    return company.current().has_free_tags or actor.is_system or actor.access.may(OPTIONS)


def mistake(name: str) -> str:
    """Why no tag can be called so; blank where it can."""
    if len(name) > MAX_NAME:
        return _("A tag has at most %(most)d characters; “%(name)s…” is longer.") % {
            "most": MAX_NAME,
            "name": name[:20],
        }
    if words_of(name) != [name]:
        return _("A tag has no comma, semicolon or bar in its name.")
    return ""


def put_in_list(actor: Actor, given: Any) -> Any:
    """The codes of these tags; those that are new are made. What is no list of words stays, for `fieldvalues` to refuse.

    Raises `ValidationError` for a name that cannot be, or where the actor may not make tags.
    """
    if (
        not isinstance(given, (list, tuple))
        or len(given) > MAX_CHOICES
        or not all(isinstance(each, str) for each in given)
    ):
        return given
    words = list(dict.fromkeys(word for word in map(tidy, given) if word))
    new = [word for word in words if not code_of(word)]
    if new:
        _make(actor, new)
    return [code_of(word) for word in words]


def _make(actor: Actor, names: list[str]) -> None:
    from zhike.core.configuration.option_actions import Words, put_option

    for name in names:
        check_new(actor, name)
    overlay.bump()  # whoever makes tags at this moment waits here, and then finds these
    for name in names:
        if code_of(name):
            continue
        count = len(options.entries(TAGS))
        if count >= MAX_TAGS:
            raise ValidationError(
                _("There are %(most)d tags already. Ask an administrator to merge some before you add “%(name)s”.")
                % {"most": MAX_TAGS, "name": name}
            )
        is_english = (get_language() or "zh").startswith("en")
        words = {"label_zh": "", "label_en": name} if is_english else {"label_zh": name}
        put_option(actor, TAGS, Words(**words, colour=_COLOURS[count % len(_COLOURS)]))


def check_new(actor: Actor, name: str) -> None:
    """Refuse a new tag that cannot be. Raises `ValidationError`."""
    wrong = mistake(name)
    if wrong:
        raise ValidationError(wrong)
    if not may_make(actor):
        raise ValidationError(
            _("There is no tag “%(name)s”. Choose one that is there, or ask an administrator to add it.")
            % {"name": name}
        )
