"""@mentions: people named in a text by "@name" or "@username", kept as their ids beside it."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhike.identity.models import User

# What stands before an @ in an e-mail address or in code is no beginning of a mention.
_MENTION = re.compile(r"(?<![\w.@/])@([^\s@]{1,60})")
_LINK = re.compile(r"https?://[^\s<>\"'，。；）】]+")
_MOST = 50


def mentioned(text: str) -> list[int]:
    """The ids of the people named in a text, in order. The longest name that fits counts: "@王小明请看" names 王小明.

    Raises `ValidationError` when a name fits two people, who are told apart by their usernames.
    """
    tails = [found.group(1) for found in _MENTION.finditer(text)][:_MOST]
    if not tails:
        return []
    people = _people(tails)
    named: dict[int, None] = {}
    for tail in tails:
        fitting = [(len(name), pk) for name, pk in people if tail.casefold().startswith(name.casefold())]
        longest = max((length for length, _pk in fitting), default=0)
        chosen = {pk for length, pk in fitting if length == longest}
        if len(chosen) > 1:
            raise ValidationError(
                {
                    "text": _("“@%(name)s” may be more than one person. Write the username of the one you mean.")
                    % {"name": tail[:longest]}
                }
            )
        named |= dict.fromkeys(chosen)
    return list(named)


def _people(tails: Iterable[str]) -> list[tuple[str, int]]:
    """Names and usernames of those whose first letter fits. Names are few and short: the rest is compared here."""
    from django.db.models import Q

    wanted = Q(pk__in=[])
    for first in {tail[0] for tail in tails}:
        wanted |= Q(full_name__istartswith=first) | Q(username__istartswith=first)
    found = User.objects.filter(wanted, kind=User.Kind.STAFF, state=User.State.ACTIVE)
    return [
        (name, pk) for pk, *names in found.values_list("pk", "full_name", "username") for name in names if name.strip()
    ]


def shown(text: str, people: Iterable[Any] = ()) -> SafeString:
    """A person's text as HTML: everything escaped, lines kept, links that open, mentioned people marked."""
    names = sorted({name for person in people for name in (person.full_name, person.username) if name}, key=len)[::-1]
    mention = "|".join(re.escape(name) for name in names)
    pattern = re.compile(f"{_LINK.pattern}|(?<![\\w.@/])@(?:{mention})" if mention else _LINK.pattern, re.IGNORECASE)
    parts: list[str] = []
    last = 0
    for found in pattern.finditer(text):
        parts += [_plain(text[last : found.start()]), _marked(found.group())]
        last = found.end()
    parts.append(_plain(text[last:]))
    return SafeString("".join(parts))


def _plain(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _marked(found: str) -> str:
    if found.startswith("@"):
        return f'<span class="z-mention">{escape(found)}</span>'
    try:
        host = urlsplit(found).hostname
    except ValueError:
        host = None
    address = escape(found)
    return f'<a href="{address}" rel="noopener nofollow" target="_blank">{address}</a>' if host else address
