"""What a verb's form asks, as a schema."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django import forms
from ninja import Schema
from pydantic import Field, StringConstraints, create_model

from zhike.core.api.schemas import Id, Input, camel
from zhike.core.entities import Entity, Verb


def verb_schema(entity: Entity, verb: Verb) -> type[Schema]:
    """The form's fields as input; a verb that asks nothing takes an empty object."""
    fields: dict[str, Any] = {}
    if verb.form_class is not None:
        for name, field in verb.form_class.base_fields.items():
            accepted = _accepted(field)
            fields[name] = (accepted, ...) if field.required else (accepted | None, None)
    return create_model(f"{camel(entity.slug)}{verb.name.capitalize()}", __base__=Input, **fields)


def _accepted(field: forms.Field) -> Any:
    if isinstance(field, forms.ModelMultipleChoiceField):
        return Annotated[list[Id], Field(max_length=1000)]
    if isinstance(field, forms.ModelChoiceField):
        return Id
    if isinstance(field, forms.DateField):
        return date
    if isinstance(field, forms.DecimalField):
        return Annotated[Decimal, Field(max_digits=field.max_digits, decimal_places=field.decimal_places)]
    if isinstance(field, forms.IntegerField):
        return Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
    if isinstance(field, forms.BooleanField):
        return bool
    return Annotated[str, StringConstraints(max_length=getattr(field, "max_length", None) or 10_000)]
