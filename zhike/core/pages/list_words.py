"""What an empty list says: what it is for and the one thing to do first."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhike.core.entities import Entity, Label
from zhike.core.lists import ListQuery
from zhike.core.pages.words import sentence_start


@dataclass(frozen=True)
class EmptyWords:
    """Title, text and an example; `clear` offers to drop the filters, `create` to make the first record."""

    title: str
    text: str
    example: Label = ""
    clear: bool = False
    create: bool = False


def empty_words(entity: Entity, query: ListQuery, *, may_create: bool) -> EmptyWords:
    """The words for this list as it was asked for."""
    plural = str(entity.label_plural)
    if query.is_filtered or query.q:
        return EmptyWords(
            _("No %(records)s match") % {"records": plural},
            _("Loosen a filter or try other words. Pinyin and initials work too: “pfyh” finds 浦发银行."),
            clear=True,
        )
    if query.tab not in ("", "all"):
        return EmptyWords(
            sentence_start(_("no %(records)s here yet") % {"records": plural}),
            _("Nothing falls under this tab for you. “All” shows everything you may see."),
        )
    first = (
        _("Create the first one, or bring them all in from a file you have.")
        if may_create
        else _("As soon as your colleagues enter records that you may see, they appear here.")
    )
    return EmptyWords(
        sentence_start(_("no %(records)s yet") % {"records": plural}),
        _("%(purpose)s %(first)s") % {"purpose": entity.purpose, "first": first} if entity.purpose else first,
        example=entity.example if may_create else "",
        create=may_create,
    )
