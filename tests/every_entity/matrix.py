"""Who may do what to a row of ana's, by kind of entity: the one table from which every expected status follows."""

from dataclasses import dataclass, replace
from enum import StrEnum

from zhike.core.entities import Entity, RecordKind


class Standing(StrEnum):
    """How a persona stands to the entity and to ana's row of it."""

    SEES = "sees"  # has the right to view, and reaches the row
    BLIND = "blind"  # has the right to view, and does not reach the row: 404
    SHUT = "shut"  # signed in without any right to the entity: 403
    OUT = "out"  # nobody, or somebody who no longer acts: to the sign-in page, 401


@dataclass(frozen=True)
class Cell:
    """`may`: the actions that a role grants; of a row that is seen they hold for it."""

    standing: Standing
    may: frozenset[str] = frozenset()


def _cell(standing: Standing, *may: str) -> Cell:
    return Cell(standing, frozenset(may))


_WORK = ("view", "create", "edit", "verbs")
_MANAGE = (*_WORK, "delete", "transfer", "import", "export")
_ALL = (*_MANAGE, "purge", "reveal")
_OUTSIDE = {
    "eve": _cell(Standing.SHUT),
    "gone": _cell(Standing.OUT),
    "nobody": _cell(Standing.OUT),
}
# A salesperson's row, her teammate with the same role, a stranger of another department, her superior who heads the department.
_OWNED = {
    "ana": _cell(Standing.SEES, *_WORK),
    "ben": _cell(Standing.BLIND, *_WORK),
    "cyd": _cell(Standing.BLIND, *_WORK),
    "dan": _cell(Standing.SEES, *_MANAGE),
    "admin": _cell(Standing.SEES, *_ALL),
    "reader": _cell(Standing.SEES, "view"),
    **_OUTSIDE,
}
_LOOKS = _cell(Standing.SEES, "view")
_SHARED = {
    **dict.fromkeys(("ana", "ben", "cyd", "dan", "reader"), _LOOKS),
    "admin": _cell(Standing.SEES, *_ALL),
    **_OUTSIDE,
}
_WITHHELD = {**dict.fromkeys(_SHARED, _cell(Standing.SHUT)), "admin": _cell(Standing.SEES, *_ALL), **_OUTSIDE}

MATRIX: dict[str, dict[str, Cell]] = {
    "owned": _OWNED,
    "part": _OWNED,  # parts follow their anchor
    "shared": _SHARED,
    "withheld": _WITHHELD,
}
PERSONAS = tuple(_OWNED)
# Shared entities that the shipped roles show to administrators only.
WITHHELD = frozenset({"roles"})


def group_of(entity: Entity) -> str:
    """The row of the table."""
    if entity.slug in WITHHELD:
        return "withheld"
    # What is attached to a record of ana's, and done by her, is reached like one of hers.
    return {
        RecordKind.OWNED: "owned",
        RecordKind.PART: "part",
        RecordKind.SHARED: "shared",
        RecordKind.ATTACHED: "owned",
    }[entity.kind]


# Who adds a file or logs a follow-up may take it away again, though he deletes nothing else.
_TAKES_AWAY = dict.fromkeys(("attachments", "activities", "tasks", "comments"), frozenset({"ana", "ben", "cyd"}))


def cell(entity: Entity, persona: str) -> Cell:
    found = MATRIX[group_of(entity)][persona]
    return replace(found, may=found.may | {"delete"}) if persona in _TAKES_AWAY.get(entity.slug, ()) else found


def secrets_from(persona: str) -> tuple[str, ...]:
    """What may stand in no answer to this persona; see `world.mark_of`."""
    return {
        "ana": ("canary-cyd", "canary-withheld"),
        "ben": ("canary-ana", "canary-cyd", "canary-withheld"),
        "cyd": ("canary-ana", "canary-withheld"),
        "dan": ("canary-cyd", "canary-withheld"),
        "admin": (),
        "reader": ("canary-withheld",),
    }.get(persona, ("canary-",))
