"""What holds for custom values whatever door they come through, and what the company demands of forms."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhike.core import fieldvalues, layouts, tags
from zhike.core.actors import Actor, Via
from zhike.core.entities import Entity, Field, FieldKind
from zhike.core.entities.fields import TAGS
from zhike.core.writes.results import Written


def clean(actor: Actor, entity: Entity, row: Any, before: dict[str, Any]) -> None:
    """Bring custom values that differ from `before` into their stored form. Raises `ValidationError` by field.

    Values of retired fields stay as they are, and take no others.
    """
    given = getattr(row, "custom", None)
    if not given or all(before.get(name) == value for name, value in given.items()):
        return
    fields = layouts.custom(entity)
    kept: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, value in given.items():
        if _is_same(before.get(name), value):
            kept[name] = before[name]
            continue
        try:
            stored = _clean(actor, fields.get(name), value)
        except ValidationError as error:
            errors[name] = error.messages
            continue
        if stored is not None:
            kept[name] = stored
    if errors:
        raise ValidationError(errors)
    row.custom = kept


def _is_same(old: Any, new: Any) -> bool:
    """Several choices mean the same in any order."""
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(each in old for each in new)
    return bool(old == new)


def _clean(actor: Actor, field: Field | None, value: Any) -> Any:
    if field is None:
        raise ValidationError(_("There is no such field."))
    if field.name == TAGS:
        value = tags.put_in_list(actor, value)
    # What a page or file brought is in Python's form, what the API brought in JSON's.
    return fieldvalues.clean(field, value)


def check_links(entity: Entity, batch: Sequence[Written]) -> None:
    """Refuse links to records that are not there: one question per field for the whole batch."""
    for name, field in layouts.custom(entity).items():
        if field.kind is not FieldKind.RELATION or field.related is None:
            continue
        wanted = {each.row.custom[name] for each in batch if name in each.changes and name in each.row.custom}
        if wanted:
            found = set(field.related._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
            if wanted - found:
                raise ValidationError({name: _("There is no such record, or you cannot see it.")})


def check_required(actor: Actor, entity: Entity, each: Written) -> None:
    """Refuse blanks where the company demands a value: in new records, and where one was taken away.

    Not of the system, which moves old records about; nor of a field that the writer may not fill in, or that is not shown.
    """
    if actor.is_system:
        return
    missing = [
        field.name
        for field in layouts.required(entity)
        if (each.is_new or field.name in each.changes)
        and not (field.kind is FieldKind.FILE and actor.via is Via.IMPORT)  # no table can bring a file
        and _is_blank(each.row, field)
        and actor.access.field_mode(entity.slug, field.name).is_writable
        and is_shown(actor, entity, each.row, field)
    ]
    if missing:
        raise ValidationError({name: _("This field is required.") for name in missing})


def _is_blank(row: Any, field: Field) -> bool:
    value = fieldvalues.value_of(row, field)
    return value is None or value in ("", [])


def is_shown(actor: Actor, entity: Entity, row: Any, field: Field) -> bool:
    """Whether the field is asked for in a record like this one."""
    from zhike.core.conditions import ConditionError, holds, parse

    if field.custom is None or not field.custom.shown_if:
        return True
    try:
        return holds(parse(entity, field.custom.shown_if), row, actor)
    except ConditionError:
        return True  # a field that the condition names has gone: better asked for than lost
