"""Who acts, through which door, and what he may reach. Every action takes an `Actor` first."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol


class Via(StrEnum):
    """The door through which a change came."""

    PAGE = "page"
    API = "api"
    IMPORT = "import"
    WORKFLOW = "workflow"
    CHANNEL = "channel"
    JOB = "job"
    SHELL = "shell"


# The right to look behind the mask of a field, and the verb of it in the log.
REVEAL = "reveal"


class FieldMode(StrEnum):
    """What a reader may do with one field. A masked field is read-only for him and shows as 138****8000."""

    OPEN = "open"
    READ_ONLY = "read_only"
    MASKED = "masked"
    HIDDEN = "hidden"

    @property
    def is_writable(self) -> bool:
        return self is FieldMode.OPEN

    @property
    def is_readable(self) -> bool:
        return self in (FieldMode.OPEN, FieldMode.READ_ONLY)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The rows a right extends to: all of them, or those of these owners (user ids) and departments (ids)."""

    everything: bool = False
    owners: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            everything=self.everything or other.everything,
            owners=self.owners | other.owners,
            departments=self.departments | other.departments,
        )


EVERYTHING = Reach(everything=True)


class Access(Protocol):
    """What one user may do. `identity` fulfils it; `core` asks nothing else of a user's roles."""

    @property
    def department_ids(self) -> frozenset[int]:
        """The user's own department, as a set of at most one id ("$my_department")."""

    @property
    def subordinate_ids(self) -> frozenset[int]:
        """Everyone below the user in the tree of superiors ("$my_subordinates")."""

    def reach(self, slug: str, action: str) -> Reach | None:
        """Rows of the entity the action extends to; None where the user has no such right at all."""

    def field_mode(self, slug: str, name: str) -> FieldMode:
        """The user's right to one field."""

    def may(self, right: str) -> bool:
        """Rights outside entities: settings.people, settings.roles, settings.options, settings.pipelines, settings.modules, …"""


class Person(Protocol):
    """What `core` asks of a user."""

    pk: Any

    def access(self) -> Access: ...


class _Nothing:
    """Nobody's access: anonymous, external, locked and departed people."""

    department_ids: frozenset[int] = frozenset()
    subordinate_ids: frozenset[int] = frozenset()

    def reach(self, slug: str, action: str) -> Reach | None:
        return None

    def field_mode(self, slug: str, name: str) -> FieldMode:
        return FieldMode.HIDDEN

    def may(self, right: str) -> bool:
        return False


class _All:
    """The system's access: migrations of data, plans, jobs that act for no one."""

    department_ids: frozenset[int] = frozenset()
    subordinate_ids: frozenset[int] = frozenset()

    def reach(self, slug: str, action: str) -> Reach | None:
        return EVERYTHING

    def field_mode(self, slug: str, name: str) -> FieldMode:
        return FieldMode.OPEN

    def may(self, right: str) -> bool:
        return True


NOTHING: Access = _Nothing()
ALL: Access = _All()


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts. `user` is None for the system itself; `on_behalf_of` is the person whose duty a delegate does."""

    user: Person | None
    via: Via
    on_behalf_of: Person | None = None
    token_id: int | None = None
    request_id: str = ""
    # One id for all rows of one bulk change or import, so that it can be found and undone together.
    batch_id: str = ""
    is_system: bool = field(default=False)

    @classmethod
    def system(cls, via: Via = Via.SHELL) -> "Actor":
        return cls(user=None, via=via, is_system=True)

    @classmethod
    def of(cls, user: Person, via: Via, *, request_id: str = "", token_id: int | None = None) -> "Actor":
        return cls(user=user, via=via, request_id=request_id, token_id=token_id)

    @cached_property
    def access(self) -> Access:
        """Resolved once per actor, that is once per request."""
        if self.user is not None:
            return self.user.access()
        return ALL if self.is_system else NOTHING

    @property
    def user_id(self) -> int | None:
        return None if self.user is None else int(self.user.pk)

    def in_batch(self, batch_id: str) -> "Actor":
        return replace(self, batch_id=batch_id)
