"""What a record is called, and where it lives."""

from typing import Any

from zhike.core.entities import Entity, FieldKind, registry


def title_of(entity: Entity, row: Any) -> str:
    """The field that stands for the record, as text; a line is called by its product."""
    if entity.field(entity.title).kind is FieldKind.RELATION:
        return str(getattr(row, entity.title))
    return str(getattr(row, entity.title)) or str(row)


def title_lookup(entity: Entity) -> str:
    """The Django path of the title, through the related record where the title is one."""
    field = entity.field(entity.title)
    if field.kind is not FieldKind.RELATION or field.related is None:
        return entity.title
    return f"{entity.title}__{title_lookup(registry.of(field.related))}"


def list_address(entity: Entity) -> str:
    """`/customers/`. Written without `reverse`, since a page makes hundreds; the routes of `pages.urls` are as regular."""
    return f"/{entity.slug}/"


def record_address(entity: Entity, pk: int, page: str = "") -> str:
    """`/customers/42/`, `/customers/42/edit/`."""
    return f"/{entity.slug}/{pk}/{page}/" if page else f"/{entity.slug}/{pk}/"
