"""Records to JSON and back: what a caller may see of a row, and what he may set."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from zhike.core import layouts, tags
from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Entity, FieldKind
from zhike.core.entities.fields import CUSTOM, TAGS
from zhike.core.lists import ListPage, ListQuery
from zhike.core.lists.rows import Cell, build_rows, columns_to_load
from zhike.core.writes import NotReachable

_CUSTOM = "custom"


def visible_fields(actor: Actor, entity: Entity) -> list[str]:
    """The names of the fields that this caller may see at all."""
    names = (*entity.readable, *layouts.custom(entity))
    return [name for name in names if actor.access.field_mode(entity.slug, name) is not FieldMode.HIDDEN]


def plain_names(names: str) -> str:
    """Names as the platform has them: callers write `custom.cf_x`."""
    return names.replace(f"{_CUSTOM}.{CUSTOM}", CUSTOM)


def page_json(page: ListPage) -> dict[str, Any]:
    """A list's page as the API answers it."""
    return {
        "items": [row_json(row) for row in page.rows],
        "total": None if page.total is None else {"value": page.total.value, "exact": page.total.exact},
        "next": page.next_cursor or None,
    }


def row_json(row: Any) -> dict[str, Any]:
    """One row of a list: its id, version and cells."""
    answer: dict[str, Any] = {"id": row.id, "version": getattr(row.record, "version", None)}
    for cell in row.cells:
        if cell.column.name == TAGS:
            answer[TAGS] = cell.value if cell.masked else tags.labels(cell.value)
        elif cell.column.field.custom is not None:
            answer.setdefault(_CUSTOM, {})[cell.column.name] = _value(cell)
        else:
            answer[cell.column.name] = _value(cell)
        if cell.column.field.currency_name:
            answer[cell.column.field.currency_name] = cell.currency or None
    return answer


def _value(cell: Cell) -> Any:
    if cell.related is not None:
        if cell.column.kind is FieldKind.RECORD:
            return {"key": str(cell.value), "label": cell.related.label, "reachable": cell.related.reachable}
        return {"id": cell.related.id, "label": cell.related.label, "reachable": cell.related.reachable}
    if cell.column.kind is FieldKind.FILE:
        return [{"id": each.id, "label": each.label, "reachable": each.reachable} for each in cell.several.values()]
    if cell.several:
        return [{"key": key, "label": each.label, "reachable": each.reachable} for key, each in cell.several.items()]
    value = cell.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, (str, int, bool, list, float)):
        return value
    return str(value)


def one_json(actor: Actor, entity: Entity, pk: int, fields: str = "") -> dict[str, Any]:
    """One reachable record. Raises `NotReachable`, and `ListError` for a field that is not there."""
    columns = ListQuery.make(
        entity, actor, columns=plain_names(fields) or ",".join(visible_fields(actor, entity))
    ).columns
    rows: Any = entity.model._default_manager
    record = rows.visible_to(actor).filter(pk=pk).only(*columns_to_load(entity, columns)).first()
    if record is None:
        raise NotReachable
    return row_json(build_rows(actor, entity, columns, [record])[0])


def revealed_json(actor: Actor, entity: Entity, pk: int, name: str) -> dict[str, Any]:
    """One record with this field alone, without its mask: for who was just allowed to look behind it."""
    columns = [replace(each, masked=False) for each in ListQuery.make(entity, actor, columns=name).columns]
    rows: Any = entity.model._default_manager
    return row_json(build_rows(actor, entity, columns, [rows.visible_to(actor).get(pk=pk)])[0])


def assign(actor: Actor, entity: Entity, row: models.Model, sent: Mapping[str, Any]) -> None:
    """Set what was sent on a row; blank texts for null. Raises `ValidationError` for records the caller does not reach."""
    own = dict(sent.get(_CUSTOM) or {}) | ({TAGS: sent[TAGS] or None} if TAGS in sent else {})
    mistakes = _assign_custom(actor, entity, row, own)
    for name, value in sent.items():
        if name == TAGS or not entity.has_field(name):
            continue
        field = entity.field(name)
        if field.kind is FieldKind.RELATION:
            if value is not None and not _reaches(actor, field.related, value):
                mistakes[name] = _("There is no such record, or you cannot see it.")
                continue
            setattr(row, field.attname, value)
        elif value is None and not field.model_field.null:
            setattr(row, name, field.model_field.get_default())
        else:
            setattr(row, name, value)
    if mistakes:
        raise ValidationError(mistakes)


def _assign_custom(actor: Actor, entity: Entity, row: Any, sent: Mapping[str, Any]) -> dict[str, str]:
    """Merge the custom values sent into those of the row; what is wrong, by name. `writes` checks their form."""
    fields, mistakes = layouts.custom(entity), {}
    values = dict(row.custom) if sent else {}
    for name, value in sent.items():
        field = fields.get(name)
        if field is None or actor.access.field_mode(entity.slug, name) is FieldMode.HIDDEN:
            mistakes[name] = _("There is no such field.")
        elif value is None:
            values.pop(name, None)
        elif field.kind is FieldKind.RELATION and not (_is_id(value) and _reaches(actor, field.related, value)):
            mistakes[name] = _("There is no such record, or you cannot see it.")
        else:
            values[name] = value
    if sent and not mistakes:
        row.custom = values
    return mistakes


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _reaches(actor: Actor, model: type[models.Model] | None, pk: int) -> bool:
    rows: Any = None if model is None else model._default_manager
    return rows is not None and rows.visible_to(actor).filter(pk=pk).exists()


def name_outside(name: str) -> str:
    """A field's name as callers write it."""
    return f"{_CUSTOM}.{name}" if name.startswith(CUSTOM) else name


def errors_of(error: ValidationError) -> list[dict[str, str]]:
    """A validation error as a list of field and sentence."""
    by_field: Mapping[str, Sequence[str]] = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return [
        {"field": "" if name == "__all__" else name_outside(name), "message": message}
        for name, messages in by_field.items()
        for message in messages
    ]
