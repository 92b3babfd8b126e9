"""The lists that activities choose from, and the picture of each kind."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.core.options import Entry, OptionList

LISTS = (
    OptionList(
        name="activity_kind",
        label=_("kinds of follow-up"),
        module="activities",
        entries=(
            Entry(code="call", label=pgettext_lazy("kind of activity", "call")),
            Entry(code="visit", label=pgettext_lazy("kind of activity", "visit")),
            Entry(code="meeting", label=pgettext_lazy("kind of activity", "meeting")),
            Entry(code="social", label=pgettext_lazy("kind of activity", "WeChat")),
            Entry(code="email", label=pgettext_lazy("kind of activity", "e-mail")),
            Entry(code="note", label=pgettext_lazy("kind of activity", "note")),
            Entry(code="sms", label=pgettext_lazy("kind of activity", "text message")),
            Entry(code="letter", label=pgettext_lazy("kind of activity", "letter")),
            Entry(code="fax", label=pgettext_lazy("kind of activity", "fax")),
        ),
    ),
    OptionList(
        name="activity_outcome",
        label=_("outcomes of follow-ups"),
        module="activities",
        entries=(
            Entry(code="interested", label=_("interested"), colour="green"),
            Entry(code="agreed", label=_("agreed on something"), colour="green"),
            Entry(code="undecided", label=_("undecided"), colour="amber"),
            Entry(code="later", label=_("asks to be contacted later"), colour="amber"),
            Entry(code="not_reached", label=_("not reached")),
            Entry(code="declined", label=_("declined"), colour="red"),
        ),
    ),
)


class Picture(NamedTuple):
    """The picture of a shipped kind; the build finds it by the word `icon`."""

    kind: str
    icon: str


_PICTURES = (
    Picture("call", icon="phone"),
    Picture("visit", icon="map-pin"),
    Picture("meeting", icon="users-group"),
    Picture("social", icon="message-circle"),
    Picture("email", icon="mail"),
    Picture("note", icon="notes"),
    Picture("sms", icon="device-mobile-message"),
    Picture("letter", icon="mailbox"),
    Picture("fax", icon="printer"),
)
ICONS = {each.kind: each.icon for each in _PICTURES}
# That of a kind which the company added.
ICON = "activity"
# Those that reach the other side: a note to oneself is no contact.
CONTACTLESS = frozenset({"note"})


def icon_of(kind: str) -> str:
    """The picture of a kind of activity."""
    return ICONS.get(kind, ICON)
