"""What an undoing did: counts, and the records it left as they are, with the reason."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import ngettext

# Records kept that are named one by one; all are counted.
NAMED = 1_000


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A record that was left as it is, and why; `who` and `when` where somebody changed it since."""

    entity: str
    record_id: int
    title: str
    reason: str
    who: str = ""
    when: str = ""


@dataclass(kw_only=True)
class UndoReport:
    """What an undoing did: records removed, set back, gone already, kept; `unmade` are options and fields."""

    removed: int = 0
    restored: int = 0
    gone: int = 0
    kept: int = 0
    unmade: int = 0
    named: list[Kept] = field(default_factory=list)

    @property
    def names_more(self) -> bool:
        """Whether another record that is kept would be named."""
        return len(self.named) < NAMED

    def keep(self, kept: Kept) -> None:
        self.kept += 1
        if self.names_more:
            self.named.append(kept)

    @property
    def summary(self) -> list[str]:
        """Sentences for the page of the job and the terminal."""
        said = [
            ngettext(
                "%(count)d record was moved to the recycle bin.",
                "%(count)d records were moved to the recycle bin.",
                self.removed,
            )
            % {"count": self.removed},
            ngettext(
                "%(count)d record has its old values back.",
                "%(count)d records have their old values back.",
                self.restored,
            )
            % {"count": self.restored},
        ]
        if self.unmade:
            said.append(
                ngettext(
                    "%(count)d field or option that it had made is out of use again.",
                    "%(count)d fields and options that it had made are out of use again.",
                    self.unmade,
                )
                % {"count": self.unmade}
            )
        if self.kept:
            said.append(
                ngettext(
                    "%(count)d record was left as it is, since it was changed or used afterwards.",
                    "%(count)d records were left as they are, since they were changed or used afterwards.",
                    self.kept,
                )
                % {"count": self.kept}
            )
        return said

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"summary": self.summary}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "UndoReport":
        counts = {name: stored.get(name, 0) for name in ("removed", "restored", "gone", "kept", "unmade")}
        return cls(**counts, named=[Kept(**each) for each in stored.get("named", [])])
