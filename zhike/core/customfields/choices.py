"""Which records carry a choice of a custom list, and giving them another one."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from zhike.core import layouts
from zhike.core.customfields.models import CustomValue
from zhike.core.entities import Entity, Field, registry
from zhike.core.fieldvalues import set_value, value_of


def users_of(list_name: str) -> Iterator[tuple[Entity, Field]]:
    """The custom fields whose values are codes of this list."""
    for entity in registry.all():
        for field in layouts.custom(entity).values():
            if field.option_list == list_name:
                yield entity, field


def carriers(entity: Entity, field: Field, code: str) -> Any:
    """The records, live or not, that carry the code."""
    return entity.model._default_manager.filter(pk__in=_values(field).filter(text=code).values("record_id")).order_by(
        "pk"
    )


def replace_choice(row: Any, field: Field, code: str, into: str) -> None:
    """Put one code in the place of another; of several choices each stands once."""
    value = value_of(row, field)
    if isinstance(value, list):
        set_value(row, field, list(dict.fromkeys(into if each == code else each for each in value)))
    elif value == code:
        set_value(row, field, into)


def count_uses(field: Field) -> dict[str, int]:
    """How many live records carry each code."""
    found = _values(field).filter(live=True).order_by().values_list("text").annotate(Count("pk"))
    return {code: count for code, count in found if code}


def _values(field: Field) -> Any:
    if field.custom is None:
        raise TypeError(field.name)
    return CustomValue.objects.filter(field=field.custom.id)
