"""The organisation as one process knows it: departments, superiors and roles, re-read when the epoch has changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zhike.core import overlay
from zhike.core.actors import FieldMode
from zhike.identity.access import Holding, RoleRules, Scope


@dataclass(frozen=True, kw_only=True)
class Person:
    """One user as far as rights go."""

    department_id: int | None
    superior_id: int | None
    acts: bool
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Two trees (departments, superiors) and everyone's roles. Descendants are worked out once and kept."""

    people: Mapping[int, Person]
    department_children: Mapping[int, frozenset[int]]
    direct_subordinates: Mapping[int, frozenset[int]]
    _below: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)
    _subordinates: dict[int, frozenset[int]] = field(default_factory=dict)

    def departments_below(self, departments: frozenset[int]) -> frozenset[int]:
        """These departments and every one below them."""
        if departments not in self._below:
            self._below[departments] = _closure(departments, self.department_children)
        return self._below[departments]

    def subordinates(self, user_id: int) -> frozenset[int]:
        """Everyone below the person in the tree of superiors, himself left out."""
        if user_id not in self._subordinates:
            self._subordinates[user_id] = _closure((user_id,), self.direct_subordinates) - {user_id}
        return self._subordinates[user_id]


def _closure(roots: Iterable[int], children: Mapping[int, frozenset[int]]) -> frozenset[int]:
    """The roots and all their descendants. A cycle, which the actions refuse, would end here too."""
    found = set(roots)
    waiting = list(found)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)


def rules_of(
    grants: Mapping[str, Mapping[str, str]],
    denies: Mapping[str, Mapping[str, Iterable[str]]],
    fields: Mapping[str, Mapping[str, str]],
    settings: Iterable[str],
) -> RoleRules:
    """A role's stored JSON as rules. Raises ValueError for an unknown scope or mode."""
    return RoleRules(
        grants={slug: {action: Scope(scope) for action, scope in entry.items()} for slug, entry in grants.items()},
        denied_actions={slug: frozenset(entry.get("actions", ())) for slug, entry in denies.items()},
        denied_fields={slug: frozenset(entry.get("fields", ())) for slug, entry in denies.items()},
        fields={slug: {name: FieldMode(mode) for name, mode in entry.items()} for slug, entry in fields.items()},
        settings=frozenset(settings),
    )


def load() -> Organisation:
    """Read the whole organisation: five statements, whatever its size."""
    from zhike.identity.models import Department, Role, User, UserRole

    rules = {
        pk: rules_of(grants, denies, fields, settings)
        for pk, grants, denies, fields, settings in Role.objects.values_list(
            "pk", "grants", "denies", "fields", "settings"
        )
    }
    chosen: dict[int, set[int]] = defaultdict(set)
    for held_id, department_id in UserRole.departments.through.objects.values_list("userrole_id", "department_id"):
        chosen[held_id].add(department_id)
    holdings: dict[int, list[Holding]] = defaultdict(list)
    for held_id, user_id, role_id in UserRole.objects.order_by("pk").values_list("pk", "user_id", "role_id"):
        holding = Holding(rules=rules[role_id], chosen_departments=frozenset(chosen[held_id]))
        holdings[user_id].append(holding)
    people: dict[int, Person] = {}
    subordinates: dict[int, set[int]] = defaultdict(set)
    acting_kinds = (User.Kind.STAFF, User.Kind.SERVICE)
    for pk, department_id, superior_id, state, kind in User.objects.values_list(
        "pk", "department_id", "superior_id", "state", "kind"
    ):
        people[pk] = Person(
            department_id=department_id,
            superior_id=superior_id,
            acts=state == User.State.ACTIVE and kind in acting_kinds,
            holdings=tuple(holdings[pk]),
        )
        if superior_id is not None:
            subordinates[superior_id].add(pk)
    children: dict[int, set[int]] = defaultdict(set)
    for pk, parent_id in Department.objects.exclude(parent=None).values_list("pk", "parent_id"):
        if parent_id is not None:
            children[parent_id].add(pk)
    return Organisation(
        people=people,
        department_children={pk: frozenset(below) for pk, below in children.items()},
        direct_subordinates={pk: frozenset(below) for pk, below in subordinates.items()},
    )


_organisation = overlay.Setting("organisation", load)


def current() -> Organisation:
    """The organisation as of this request's epoch."""
    return _organisation.get()
