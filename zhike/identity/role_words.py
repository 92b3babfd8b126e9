"""Rights in words: what a role, or all roles of a person, lets somebody do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.core import modules
from zhike.core.actors import REVEAL
from zhike.core.entities import Entity, Label, RecordKind, SettingsPage, registry
from zhike.core.pages.words import join_words, sentence_start
from zhike.identity.access import ANY, KEEPING, SCOPE_LABELS, PersonAccess, RoleRules, Scope
from zhike.identity.models import User

ACTION_LABELS: dict[str, Label] = {
    "view": pgettext_lazy("right", "view"),
    "create": pgettext_lazy("right", "create"),
    "edit": pgettext_lazy("right", "edit"),
    "delete": pgettext_lazy("right", "delete"),
    "transfer": pgettext_lazy("right", "transfer"),
    "import": pgettext_lazy("right", "import"),
    "export": pgettext_lazy("right", "export"),
    REVEAL: _("reveal masked fields"),
    "approve": pgettext_lazy("right", "approve"),
}
# Rights outside entities that no settings page names.
OTHER_RIGHTS: dict[str, Label] = {
    "settings.people": _("people and departments"),
    "settings.roles": _("roles"),
    "settings.fields": _("fields, forms and names"),
    "settings.views": _("views shared with everyone"),
    "recycle.purge": _("empty the recycle bin for good, and forget a person"),
}
_BY_WIDTH = (
    Scope.ALL,
    Scope.DEPARTMENT_AND_BELOW,
    Scope.DEPARTMENT,
    Scope.CHOSEN_DEPARTMENTS,
    Scope.OWN_AND_SUBORDINATES,
    Scope.OWN,
)


@dataclass(frozen=True)
class Phrase:
    """Actions that reach equally far: “view, edit” and “own and subordinates'”."""

    actions: str
    scope: str


@dataclass(frozen=True)
class EntityRights:
    """What is allowed for one kind of record."""

    label: str
    icon: str
    phrases: list[Phrase]


@dataclass(frozen=True)
class Rights:
    """All of it: kinds of records, kinds that stay closed, and settings."""

    entities: list[EntityRights]
    closed: str
    settings: list[str]


def describe_role(rules: RoleRules) -> Rights:
    """One role alone, denies included."""
    return _describe(
        lambda slug, action: [] if rules.denies(slug, action) else [rules.scope(slug, action)],
        rules.may,
    )


def describe_access(user: User) -> Rights:
    """Everything the roles of a person add up to now."""
    access = user.access()
    if not isinstance(access, PersonAccess):
        return Rights([], "", [])
    return _describe(
        lambda slug, action: [] if access.reach(slug, action) is None else access.scopes(slug, action), access.may
    )


def settings_rights() -> dict[str, Label]:
    """Every right outside entities, with its label: those that settings pages ask for, and a few more."""
    named: dict[str, Label] = {}
    for page in registry.contributions(SettingsPage):
        if page.right and ":" not in page.right:
            named.setdefault(page.right, page.label)
    for right in (*KEEPING, *OTHER_RIGHTS):
        named.setdefault(right, OTHER_RIGHTS.get(right, right))
    return named


def actions_of(entity: Entity) -> dict[str, Label]:
    """The actions that make sense for an entity, verbs included, with their labels."""
    left_out = entity.without - ({"create"} if entity.is_uploaded else set()) | {"approve"}
    standard = {name: label for name, label in ACTION_LABELS.items() if name not in left_out}
    if entity.kind is RecordKind.SHARED:
        standard.pop("transfer", None)
    return standard | {verb.action: verb.label for verb in entity.verbs if verb.action not in standard}


def _describe(scopes_of: Callable[[str, str], Iterable[Scope]], may: Callable[[str], bool]) -> Rights:
    described: list[EntityRights] = []
    closed: list[str] = []
    for entity in registry.all():
        if not modules.is_on(entity.module):
            continue
        phrases = _phrases(entity, scopes_of)
        if phrases:
            described.append(EntityRights(sentence_start(entity.label_plural), entity.icon, phrases))
        else:
            closed.append(str(entity.label_plural))
    everything = may(ANY)
    rights = (
        [str(_("all settings"))]
        if everything
        else [str(label) for right, label in settings_rights().items() if may(right)]
    )
    return Rights(described, join_words(closed), rights)


def _phrases(entity: Entity, scopes_of: Callable[[str, str], Iterable[Scope]]) -> list[Phrase]:
    by_scope: dict[tuple[Scope, ...], list[Label]] = {}
    for action, label in actions_of(entity).items():
        given = _widest(set(scopes_of(entity.slug, action)), shared=entity.kind is RecordKind.SHARED)
        if given:
            by_scope.setdefault(given, []).append(label)
    return [
        Phrase(join_words(labels), " + ".join(str(SCOPE_LABELS[scope]) for scope in given))
        for given, labels in by_scope.items()
    ]


def _widest(scopes: set[Scope], *, shared: bool) -> tuple[Scope, ...]:
    """The scopes worth naming: those that no other one includes. Shared rows are seen whole or not at all."""
    scopes = scopes - {Scope.NONE}
    if scopes and (shared or Scope.ALL in scopes):
        return (Scope.ALL,)
    included = {
        Scope.DEPARTMENT_AND_BELOW: {Scope.DEPARTMENT, Scope.OWN},
        Scope.DEPARTMENT: {Scope.OWN},
        Scope.CHOSEN_DEPARTMENTS: {Scope.OWN},
        Scope.OWN_AND_SUBORDINATES: {Scope.OWN},
    }
    covered = {narrow for wide in scopes for narrow in included.get(wide, set())}
    return tuple(scope for scope in _BY_WIDTH if scope in scopes - covered)
