"""System checks: a misspelt declaration fails at start, not in front of a customer."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, register

from zhike.core.entities.declarations import Entity, RelatedList
from zhike.core.entities.kinds import RecordKind
from zhike.core.entities.registry import registry

RESERVED_SLUGS = frozenset(
    {"api", "accounts", "settings", "setup", "search", "jobs", "dev", "static", "files"}
    | {"healthz", "readyz", "metrics", "language", "theme"}
)
RESERVED_VERBS = frozenset(
    {"new", "edit", "delete", "restore", "import", "export", "history", "access", "purge"}
    | {"bulk", "filters", "columns", "choices", "batch", "query", "by"}
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
    for verb in entity.verbs:
        if verb.name in RESERVED_VERBS:
            yield f"Entity {entity.slug}: the verb {verb.name} is a name of the platform."
    for panel in entity.panels:
        if isinstance(panel, RelatedList):
            yield from _panel_mistakes(entity, panel)
    if (entity.kind is RecordKind.PART) != bool(entity.part_of):
        yield f"Entity {entity.slug}: a part names its anchor in part_of, and only a part does."


def _panel_mistakes(entity: Entity, panel: RelatedList) -> Iterable[str]:
    try:
        other = registry.get(panel.slug)
    except KeyError:
        yield f"Entity {entity.slug}: panel {panel.name} shows the unknown entity {panel.slug}."
        return
    for name in (panel.via, *panel.columns):
        if not other.has_field(name):
            yield f"Entity {entity.slug}: panel {panel.name} names “{name}”, which {other.slug} does not have."
