"""The tree of departments in the settings. Adding, renaming and moving happen on the forms of the record itself."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.identity.models import Department, User


@dataclass(frozen=True)
class Node:
    """One department in the tree. `depth` begins at 0; `everyone` counts its people and those of all below it."""

    department: Department
    depth: int
    people: int
    everyone: int

    @property
    def indent(self) -> str:
        """Full-width blanks that set a child below its parent."""
        return "\u3000" * (self.depth - 1)


@signed_in
@require_safe
def department_tree(request: PageRequest) -> HttpResponse:
    """`/settings/departments/`."""
    if not request.actor.access.may("settings.people"):
        raise PermissionDenied(_("Your roles do not include this. An administrator can give you the right."))
    working = Count("members", filter=~Q(members__state=User.State.LEFT))
    departments = list(
        Department.objects.visible_to(request.actor).select_related("head").annotate(working=working).in_tree_order()
    )
    return render(request, "identity/departments.html", {"nodes": tree_of(departments)})


def tree_of(departments: list[Department]) -> list[Node]:
    """Departments (with `working`) in the order of the tree, children below their parents."""
    children: dict[int | None, list[Department]] = {}
    for each in departments:
        children.setdefault(each.parent_id, []).append(each)
    nodes: list[Node] = []

    def walk(parent: int | None, depth: int) -> int:
        total = 0
        for each in children.get(parent, []):
            at = len(nodes)
            working: int = each.working  # type: ignore[attr-defined]  # annotated
            nodes.append(Node(each, depth, working, working))
            everyone = working + walk(each.pk, depth + 1)
            nodes[at] = Node(each, depth, working, everyone)
            total += everyone
        return total

    walk(None, 0)
    return nodes
