"""Why a write was refused. Each carries a whole sentence for the user."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


class Refused(Exception):
    """A write that did not happen; `sentence` says why and what to do, `field` which input it is about."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class RuleBroken(Refused):
    """A rule of the business forbids it (409)."""


class NotAllowed(Refused):
    """The actor has no right to it (403)."""


class NotReachable(Refused):
    """The actor does not reach that record, or it is not there: he is not told which (404)."""

    def __init__(self) -> None:
        super().__init__(_("This record does not exist, or you cannot see it."))


class Blocked(RuleBroken):
    """Other records need this one; `needed_by` are (entity label, record label)."""

    def __init__(self, needed_by: list[tuple[str, str]]) -> None:
        names = "; ".join(f"{entity}: {record}" for entity, record in needed_by[:5])
        super().__init__(
            _("This record is needed by others (%(names)s). Change or delete those first.") % {"names": names}
        )
        self.needed_by = needed_by


@dataclass(frozen=True)
class Difference:
    """One field that two people changed: what is stored now, and what this person wanted."""

    field: str
    theirs: Any
    mine: Any


class Conflict(Refused):
    """Somebody else changed the record meanwhile (409). `differences` names the fields that both changed."""

    def __init__(self, differences: Mapping[str, Difference], version: int) -> None:
        super().__init__(_("Somebody else changed this record while you were editing it. Compare both and save again."))
        self.differences = dict(differences)
        self.version = version
