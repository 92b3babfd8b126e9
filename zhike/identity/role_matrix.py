"""The rights editor: a table of entities by actions, and two short lists, as the page shows and sends them.

Pure functions over a role's JSON. What the page does not show (rights of a module that is off, of single verbs) stays.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhike.core import layouts, modules
from zhike.core.actors import REVEAL, FieldMode
from zhike.core.entities import Entity, Label, RecordKind, registry
from zhike.core.pages.words import sentence_start
from zhike.identity.access import ANY, ANY_SHARED, ANY_VERB, KEPT_BY, LOOKING, SCOPE_LABELS, Scope
from zhike.identity.role_words import ACTION_LABELS, actions_of

COLUMNS: dict[str, Label] = {
    ANY: pgettext_lazy("column of the rights table", "everything else"),
    **{name: label for name, label in ACTION_LABELS.items() if name != "approve"},
    ANY_VERB: gettext_lazy("own steps"),
}
ORDER = ("view", "create", "edit", "delete", "transfer", "import", "export", REVEAL, ANY_VERB, ANY)
MODE_LABELS: dict[str, Label] = {
    FieldMode.READ_ONLY: gettext_lazy("may only be read"),
    FieldMode.MASKED: gettext_lazy("is masked (138****8000)"),
    FieldMode.HIDDEN: gettext_lazy("is hidden"),
    "denied": gettext_lazy("is hidden, whatever other roles say"),
}
SPARE_ROWS = 2
Stored = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Cell:
    """One choice. `inherited` says what holds when it is left blank; a cell without `name` is not offered."""

    name: str
    label: str
    value: str
    inherited: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class Row:
    """One entity, or one of the two lines that stand for many."""

    label: str
    icon: str
    note: str
    cells: list[Cell]


@dataclass(frozen=True)
class Line:
    """One line of the short lists: two selects."""

    subject_name: str
    subject: str
    choice_name: str
    choice: str


def headings() -> list[str]:
    return [sentence_start(COLUMNS[action]) for action in ORDER]


def rows(grants: Mapping[str, Mapping[str, str]], settings: Collection[str] = ()) -> list[Row]:
    """The table for these grants; `settings` are the role's rights outside entities."""
    keeps_all = ANY in settings
    general = [
        Row(
            label=str(_("All records")),
            icon="database",
            note=str(_("holds where no line below says otherwise")),
            cells=_cells(grants, ANY, None, keeps_all=keeps_all),
        ),
        Row(
            label=str(_("Catalogue and configuration")),
            icon="books",
            note=str(_("what everyone with the right sees whole: products, stages, departments")),
            cells=_cells(grants, ANY_SHARED, None, keeps_all=keeps_all),
        ),
    ]
    return general + [
        Row(
            sentence_start(entity.label_plural),
            entity.icon,
            "",
            _cells(grants, entity.slug, entity, keeps_all=keeps_all),
        )
        for entity in registry.all()
        if modules.is_on(entity.module)
    ]


def read_grants(old: Mapping[str, Mapping[str, str]], posted: Mapping[str, str]) -> Stored:
    """The grants as the page sent them, over the old ones. Raises `ValidationError` for a scope that is not offered."""
    grants: Stored = deepcopy({slug: dict(entry) for slug, entry in old.items()})
    for row in rows(old):
        for cell in row.cells:
            if not cell.name or cell.name not in posted:
                continue
            _prefix, slug, action = cell.name.split(":")
            given = posted[cell.name]
            if given and given not in dict(cell.choices):
                raise ValidationError(_("“%(value)s” is not one of the choices.") % {"value": given})
            entry = grants.setdefault(slug, {})
            entry.pop(action, None)
            if given:
                entry[action] = given
    return {slug: entry for slug, entry in grants.items() if entry}


def deny_lines(denies: Mapping[str, Mapping[str, list[str]]]) -> list[Line]:
    """What is denied, and spare lines."""
    pairs = [(slug, action) for slug, entry in denies.items() for action in entry.get("actions", ())]
    return _lines("deny", pairs)


def field_lines(fields: Mapping[str, Mapping[str, str]], denies: Mapping[str, Mapping[str, list[str]]]) -> list[Line]:
    """Fields that are not open, and spare lines."""
    pairs = [(f"{slug}.{name}", mode) for slug, entry in fields.items() for name, mode in entry.items()]
    pairs += [(f"{slug}.{name}", "denied") for slug, entry in denies.items() for name in entry.get("fields", ())]
    return _lines("field", pairs)


def read_lines(posted: Mapping[str, str]) -> tuple[Stored, Stored]:
    """Denies and field rights as the page sent them. Raises `ValidationError` for what is not offered."""
    denies: dict[str, dict[str, list[str]]] = {}
    fields: Stored = {}
    for slug, action in _pairs("deny", posted):
        _must_offer(slug, dict(deny_subjects()))
        _must_offer(action, dict(deny_choices()))
        denies.setdefault(slug, {}).setdefault("actions", []).append(action)
    offered = {value for _group, choices in field_subjects() for value, _label in choices}
    for subject, mode in _pairs("field", posted):
        _must_offer(subject, offered)
        _must_offer(mode, MODE_LABELS)
        slug, _dot, name = subject.partition(".")
        if mode == "denied":
            denies.setdefault(slug, {}).setdefault("fields", []).append(name)
        else:
            fields.setdefault(slug, {})[name] = mode
    return denies, fields


def deny_subjects() -> list[tuple[str, str]]:
    return [(ANY, str(_("All records"))), *((entity.slug, sentence_start(entity.label_plural)) for entity in _on())]


def deny_choices() -> list[tuple[str, str]]:
    single = {action: label for entity in _on() for action, label in actions_of(entity).items()}
    return [
        (ANY, str(_("everything"))),
        (ANY_VERB, str(COLUMNS[ANY_VERB])),
        *((name, str(label)) for name, label in single.items()),
    ]


def field_subjects() -> list[tuple[str, list[tuple[str, str]]]]:
    """Fields by entity, for a select with groups."""
    return [
        (
            sentence_start(entity.label_plural),
            [
                (f"{entity.slug}.{name}", sentence_start(entity.field(name).label))
                for name in dict.fromkeys((*entity.readable, *layouts.custom(entity)))
                if name != entity.title
            ],
        )
        for entity in _on()
    ]


def _on() -> list[Entity]:
    return [entity for entity in registry.all() if modules.is_on(entity.module)]


def _cells(grants: Mapping[str, Mapping[str, str]], slug: str, entity: Entity | None, *, keeps_all: bool) -> list[Cell]:
    offered = _offered(slug, entity)
    shared = slug == ANY_SHARED or (entity is not None and entity.kind is RecordKind.SHARED)
    cells: list[Cell] = []
    for action in ORDER:
        label = sentence_start(COLUMNS[action])
        if action not in offered:
            cells.append(Cell("", label, "", "", []))
            continue
        value = grants.get(slug, {}).get(action, "")
        scopes = (Scope.NONE, Scope.ALL) if shared else tuple(Scope)
        choices = [(str(scope), str(SCOPE_LABELS[scope])) for scope in scopes]
        if value and value not in dict(choices):
            choices.append((value, str(SCOPE_LABELS[Scope(value)])))
        above = _inherited(grants, slug, action, shared=shared, keeps_all=keeps_all)
        cells.append(Cell(f"grant:{slug}:{action}", label, value, above, choices))
    return cells


def _offered(slug: str, entity: Entity | None) -> set[str]:
    if slug in KEPT_BY:
        return set(LOOKING)
    if entity is None:
        return set(ORDER) - ({"transfer"} if slug == ANY_SHARED else set())
    found = {action for action in actions_of(entity) if action in ORDER} | {ANY}
    return found | ({ANY_VERB} if entity.verbs else set())


def _inherited(
    grants: Mapping[str, Mapping[str, str]], slug: str, action: str, *, shared: bool, keeps_all: bool
) -> str:
    """What holds for this cell when it is blank, in words. What is masked is revealed by name only (`RoleRules`)."""
    slugs = [slug, *([ANY_SHARED] if shared and slug != ANY_SHARED else []), *([ANY] if slug != ANY else [])]
    actions = [action] if action == ANY or (action == REVEAL and not keeps_all) else [action, ANY]
    for key in slugs:
        for name in actions:
            if (key, name) != (slug, action) and name in grants.get(key, {}):
                scope = Scope(grants[key][name])
                return str(SCOPE_LABELS[Scope.ALL if shared and scope is not Scope.NONE else scope])
    return str(SCOPE_LABELS[Scope.NONE])


def _lines(kind: str, pairs: list[tuple[str, str]]) -> list[Line]:
    filled = [*pairs, *([("", "")] * SPARE_ROWS)]
    return [
        Line(f"{kind}_subject_{number}", subject, f"{kind}_choice_{number}", choice)
        for number, (subject, choice) in enumerate(filled)
    ]


def _pairs(kind: str, posted: Mapping[str, str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for number in range(len(posted)):
        subject, choice = posted.get(f"{kind}_subject_{number}", ""), posted.get(f"{kind}_choice_{number}", "")
        if subject and choice and (subject, choice) not in found:
            found.append((subject, choice))
    return found


def _must_offer(value: str, offered: Any) -> None:
    if value not in offered:
        raise ValidationError(_("“%(value)s” is not one of the choices.") % {"value": value})
