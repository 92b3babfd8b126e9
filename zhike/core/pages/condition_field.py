"""A condition as a field of any form: a text box with its JSON, which a script turns into a builder."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhike.core import conditions
from zhike.core.actors import Actor
from zhike.core.conditions import ConditionError
from zhike.core.entities import Entity
from zhike.core.pages.titles import list_address


class ConditionInput(forms.Textarea):
    """The box, with what the builder needs: where it asks for fields, and where for words and number of rows."""

    template_name = "core/condition_builder.html"

    def __init__(self, entity: Entity) -> None:
        super().__init__(attrs={"rows": 4, "spellcheck": "false", "class": "form-control z-conditions__text"})
        self.entity = entity

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        base = f"{list_address(self.entity)}condition/"
        context["widget"] |= {
            "fields_url": f"{base}fields/",
            "check_url": f"{base}check/",
            "records": str(self.entity.label_plural),
        }
        return context


class ConditionField(forms.Field):
    """A condition on rows of `entity`; cleaned to its JSON as a mapping, {} for none.

    With `actor`, only what this person may filter by is accepted.
    """

    def __init__(self, entity: Entity, *, actor: Actor | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=ConditionInput(entity), **kwargs)
        self.entity = entity
        self.actor = actor

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False, indent=1, default=str) if value else ""

    def to_python(self, value: Any) -> dict[str, object]:
        text = (value or "").strip()
        if not text or text == "{}":
            return {}
        try:
            condition = conditions.parse(self.entity, text)
            if self.actor is not None:
                conditions.check_rights(condition, self.actor)
        except ConditionError as error:
            raise ValidationError(f"{error} ({error.path})" if error.path else str(error), code="condition") from error
        return dict(condition.raw)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or {})
        except ValidationError:
            return True
