"""The tree of departments."""

from collections.abc import Mapping
from typing import Any

from zhike.core.actors import Actor
from zhike.core.writes import create, merge_edit, save
from zhike.identity.models import Department, User


def create_department(
    actor: Actor,
    *,
    name: str,
    parent: Department | None = None,
    kind: str = Department.Kind.DEPARTMENT,
    code: str = "",
    position: int = 0,
    head: User | None = None,
) -> Department:
    """Add a department. Raises `NotAllowed`, `ValidationError` by field when the name is taken among its siblings."""
    return create(actor, Department(name=name, parent=parent, kind=kind, code=code, position=position, head=head))


def edit_department(
    actor: Actor, department: Department, version: int, wanted: Mapping[str, Any]
) -> tuple[Department, frozenset[str]]:
    """Change fields of a department as read in `version` (see `writes.merge_edit`)."""
    return merge_edit(actor, Department, department.pk, version, wanted)


def move_department(
    actor: Actor, department: Department, *, parent: Department | None, position: int = 0
) -> Department:
    """Hang a department, with all below it, under another; records stay where they are.

    Raises `RuleBroken` on a ring.
    """
    department.parent = parent
    department.position = position
    return save(actor, department, verb="move")
