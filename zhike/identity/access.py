"""What one person may do, from his roles: the fulfilment of `core.actors.Access`.

Everything is read from the organisation held in the overlay (`organisation.current`), so that resolving costs no SQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.core.actors import EVERYTHING, NOTHING, REVEAL, Access, FieldMode, Reach
from zhike.core.entities import RecordKind, registry

ANY = "*"
# Slug wildcard for entities that everyone with the view right sees whole (products, stages, …).
ANY_SHARED = "*shared"
# Action wildcard for the verbs of an entity: every right that is not one of the standard ones.
ANY_VERB = "verbs"
STANDARD_ACTIONS = ("view", "create", "edit", "delete", "transfer", "import", "export", "approve", REVEAL)


class Scope(StrEnum):
    """How far a granted action extends. Each scope includes the person's own rows."""

    NONE = "none"
    OWN = "own"
    OWN_AND_SUBORDINATES = "own_and_subordinates"
    DEPARTMENT = "department"
    DEPARTMENT_AND_BELOW = "department_and_below"
    CHOSEN_DEPARTMENTS = "chosen_departments"
    ALL = "all"


SCOPE_LABELS = {
    Scope.NONE: pgettext_lazy("data scope", "none"),
    Scope.OWN: _("own"),
    Scope.OWN_AND_SUBORDINATES: _("own and subordinates'"),
    Scope.DEPARTMENT: _("own department"),
    Scope.DEPARTMENT_AND_BELOW: _("own department and below"),
    Scope.CHOSEN_DEPARTMENTS: _("chosen departments"),
    Scope.ALL: pgettext_lazy("data scope", "all"),
}
# Who works here and with what rights is kept by settings rights alone: a grant on these entities only ever shows or
# exports them. Otherwise whoever may edit people could take another person's e-mail address, and with it his password.
KEPT_BY = {"users": "settings.people", "departments": "settings.people", "roles": "settings.roles"}
LOOKING = ("view", "export", REVEAL)
KEEPING = ("settings.people", "settings.roles")
# From the most open to the least.
_OPENNESS = (FieldMode.OPEN, FieldMode.READ_ONLY, FieldMode.MASKED, FieldMode.HIDDEN)


@dataclass(frozen=True, kw_only=True)
class RoleRules:
    """One role as rules. The most specific entry that names an action decides.

    A slug comes before `*shared` (shared entities only), that before `*`; within one entry the action itself comes
    before `verbs` (for verbs), that before `*`.
    """

    grants: dict[str, dict[str, Scope]] = field(default_factory=dict)
    denied_actions: dict[str, frozenset[str]] = field(default_factory=dict)
    denied_fields: dict[str, frozenset[str]] = field(default_factory=dict)
    fields: dict[str, dict[str, FieldMode]] = field(default_factory=dict)
    settings: frozenset[str] = frozenset()

    def scope(self, slug: str, action: str) -> Scope:
        """The scope this role gives; `NONE` where it gives nothing."""
        keeper = "settings.roles" if (slug, action) == ("users", "set_roles") else KEPT_BY.get(slug)
        if keeper is not None and action != REVEAL and self.may(keeper):
            return Scope.ALL
        if keeper is not None and action not in LOOKING:
            return Scope.NONE
        slugs = (slug, ANY_SHARED, ANY) if is_shared(slug) else (slug, ANY)
        actions = self._asked(action)
        entries = (self.grants.get(key, {}) for key in slugs)
        return next((entry[key] for entry in entries for key in actions if key in entry), Scope.NONE)

    def _asked(self, action: str) -> tuple[str, ...]:
        """The words that decide, the most specific first. What a role masks it opens by name only, unless it keeps everything."""
        if action == REVEAL and ANY not in self.settings:
            return (REVEAL,)
        return (action, ANY) if action in STANDARD_ACTIONS else (action, ANY_VERB, ANY)

    def may(self, right: str) -> bool:
        return right in self.settings or ANY in self.settings

    def denies(self, slug: str, action: str) -> bool:
        verb = set() if action in STANDARD_ACTIONS else {ANY_VERB}
        wanted = {action, ANY} | verb
        return any(not wanted.isdisjoint(self.denied_actions.get(key, ())) for key in (slug, ANY))


def is_shared(slug: str) -> bool:
    """Whether the entity's rows are seen whole by everyone with the view right."""
    try:
        return registry.get(slug).kind is RecordKind.SHARED
    except KeyError:
        return False


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A role as one person holds it."""

    rules: RoleRules
    chosen_departments: frozenset[int] = frozenset()


class PersonAccess:
    """`core.actors.Access` of one active person. Answers are kept, since one request asks the same many times."""

    def __init__(
        self,
        user_id: int,
        *,
        department_ids: frozenset[int],
        departments_below: frozenset[int],
        subordinate_ids: frozenset[int],
        holdings: Iterable[Holding],
    ) -> None:
        self.user_id = user_id
        self.department_ids = department_ids
        self.subordinate_ids = subordinate_ids
        self._departments_below = departments_below
        self._holdings = tuple(holdings)
        self._reaches: dict[tuple[str, str], Reach | None] = {}
        self._modes: dict[tuple[str, str], FieldMode] = {}

    def reach(self, slug: str, action: str) -> Reach | None:
        """The union of the scopes of all roles; None where no role gives the right or one denies it."""
        key = (slug, action)
        if key not in self._reaches:
            self._reaches[key] = self._resolve(slug, action)
        return self._reaches[key]

    def field_mode(self, slug: str, name: str) -> FieldMode:
        """The most open mode among the roles that show the entity at all; hidden where one denies the field."""
        key = (slug, name)
        if key not in self._modes:
            self._modes[key] = self._resolve_mode(slug, name)
        return self._modes[key]

    def may(self, right: str) -> bool:
        return any(held.rules.may(right) for held in self._holdings)

    def scopes(self, slug: str, action: str) -> list[Scope]:
        """The scope each role gives, in the order of the roles, for the page that explains rights in words."""
        return [held.rules.scope(slug, action) for held in self._holdings]

    def _resolve(self, slug: str, action: str) -> Reach | None:
        if any(held.rules.denies(slug, action) for held in self._holdings):
            return None
        reach: Reach | None = None
        for held in self._holdings:
            scope = held.rules.scope(slug, action)
            if scope is Scope.NONE:
                continue
            if scope is Scope.ALL:
                return EVERYTHING
            more = self._reach_of(scope, held)
            reach = more if reach is None else reach | more
        return reach

    def _reach_of(self, scope: Scope, held: Holding) -> Reach:
        owners = frozenset({self.user_id})
        if scope is Scope.OWN_AND_SUBORDINATES:
            return Reach(owners=owners | self.subordinate_ids)
        if scope is Scope.DEPARTMENT:
            return Reach(owners=owners, departments=self.department_ids)
        if scope is Scope.DEPARTMENT_AND_BELOW:
            return Reach(owners=owners, departments=self._departments_below)
        if scope is Scope.CHOSEN_DEPARTMENTS:
            return Reach(owners=owners, departments=held.chosen_departments)
        return Reach(owners=owners)

    def _resolve_mode(self, slug: str, name: str) -> FieldMode:
        if any(name in held.rules.denied_fields.get(slug, ()) for held in self._holdings):
            return FieldMode.HIDDEN
        modes = {
            held.rules.fields.get(slug, {}).get(name, FieldMode.OPEN)
            for held in self._holdings
            if held.rules.scope(slug, "view") is not Scope.NONE
        }
        return next((mode for mode in _OPENNESS if mode in modes), FieldMode.HIDDEN)


def access_of(user_id: int) -> Access:
    """The access of the person with this id; nothing when he is not an active employee or service account."""
    from zhike.identity.organisation import current  # the organisation holds `RoleRules`

    organisation = current()
    person = organisation.people.get(user_id)
    if person is None or not person.acts:
        return NOTHING
    own = frozenset(() if person.department_id is None else (person.department_id,))
    return PersonAccess(
        user_id,
        department_ids=own,
        departments_below=organisation.departments_below(own),
        subordinate_ids=organisation.subordinates(user_id),
        holdings=person.holdings,
    )
