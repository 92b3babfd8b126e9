"""System checks: a misspelt declaration fails at start, not in front of a customer."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, register

from zhike.core.entities.declarations import Entity, RelatedList
from zhike.core.entities.kinds import FieldKind, RecordKind
from zhike.core.entities.registry import registry
from zhike.core.entities.views import Board

RESERVED_SLUGS = frozenset(
    {"api", "accounts", "settings", "setup", "search", "jobs", "dev", "static", "files"}
    | {
        "healthz",
        "readyz",
        "metrics",
        "language",
        "theme",
        "notifications",
        "watching",
        "home",
        "viewed",
        "help",
        "offline",
        "calendar",
    }
)
RESERVED_VERBS = frozenset(
    {"new", "edit", "delete", "restore", "import", "export", "history", "access", "purge", "inline"}
    | {"bulk", "filters", "columns", "count", "choices", "views", "condition", "batch", "query", "by"}
)


@register()
def check_declarations(**_kwargs: Any) -> list[CheckMessage]:
    """Every entity's slug, fields, verbs, panels and anchor."""
    errors = [Error(text, id="zhike.E001") for text in registry.mistakes]
    for entity in registry.all():
        errors += [Error(text, obj=entity.model, id="zhike.E002") for text in _mistakes(entity)]
    return list(errors)


def _mistakes(entity: Entity) -> Iterable[str]:
    if entity.slug in RESERVED_SLUGS:
        yield f"The slug {entity.slug} is reserved."
    named: dict[str, tuple[str, ...]] = {
        "fields": entity.fields,
        "columns": entity.columns,
        "filters": entity.filters,
        "search": tuple(entity.search),
        "history": entity.history,
        "derived": entity.derived,
        "header_facts": entity.header_facts,
        "title": (entity.title,),
        "number": (entity.number,) if entity.number else (),
    }
    for slot, names in named.items():
        for name in names:
            if not (entity.has_column(name) if slot == "derived" else entity.has_field(name)):
                yield f"Entity {entity.slug}: {slot} names “{name}”, which {entity.model.__name__} does not have."
    yield from _verb_mistakes(entity)
    for panel in entity.panels:
        if isinstance(panel, RelatedList):
            yield from _panel_mistakes(entity, panel)
    yield from _view_mistakes(entity)
    if (entity.kind is RecordKind.PART) != bool(entity.part_of):
        yield f"Entity {entity.slug}: a part names its anchor in part_of, and only a part does."


def _verb_mistakes(entity: Entity) -> Iterable[str]:
    for verb in entity.verbs:
        if verb.name in RESERVED_VERBS:
            yield f"Entity {entity.slug}: the verb {verb.name} is a name of the platform."
        if verb.confirm and verb.form_class is None:
            yield f"Entity {entity.slug}: the verb {verb.name} is confirmed by its form, and it has none."


def _panel_mistakes(entity: Entity, panel: RelatedList) -> Iterable[str]:
    try:
        other = registry.get(panel.slug)
    except KeyError:
        yield f"Entity {entity.slug}: panel {panel.name} shows the unknown entity {panel.slug}."
        return
    for name in (panel.via, *panel.columns):
        if not other.has_field(name):
            yield f"Entity {entity.slug}: panel {panel.name} names “{name}”, which {other.slug} does not have."


def _view_mistakes(entity: Entity) -> Iterable[str]:
    """A board's columns and a calendar's days are filters of the list; what they name is there."""
    if len({type(each) for each in entity.views}) < len(entity.views):
        yield f"Entity {entity.slug}: one board and one calendar at most."
    board, calendar = entity.board, entity.calendar
    shown = () if board is None else (board.by, board.sum, board.within, board.since, board.due, *board.card)
    days = () if calendar is None else (calendar.start, calendar.end, calendar.at)
    told = () if calendar is None else (calendar.state, *calendar.notes)
    for name in (*shown, *days, *told):
        if name and not entity.has_field(name):
            yield f"Entity {entity.slug}: views name “{name}”, which {entity.model.__name__} does not have."
    filtered = (*(() if board is None else (board.by, board.within)), *days)
    for name in filtered:
        if name and name not in entity.filters:
            yield f"Entity {entity.slug}: “{name}” of its views is not among its filters."
    if board is not None and entity.has_field(board.by):
        yield from _board_mistakes(entity, board)


def _board_mistakes(entity: Entity, board: Board) -> Iterable[str]:
    if entity.field(board.by).kind not in (FieldKind.CHOICE, FieldKind.OPTION, FieldKind.RELATION):
        yield f"Entity {entity.slug}: the columns of a board come from a choice, an option list or configured rows."
    known = {verb.name for verb in entity.verbs}
    for state in board.moves:
        for name in board.verbs_into(state):
            if name not in known:
                yield f"Entity {entity.slug}: the board names the verb “{name}”, which is not there."
