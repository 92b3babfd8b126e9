"""Tags in a form: chosen from those there are, or typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from zhike.core import options, tags
from zhike.core.actors import Actor
from zhike.core.entities.fields import TAGS
from zhike.core.fieldvalues import MAX_CHOICES
from zhike.core.record_choices import words_of
from zhike.core.text import tidy


class TagsSelect(forms.SelectMultiple):
    """A select of several that a script turns into a box with chips, where one may type; without script a line stands beside it."""

    template_name = "core/widgets/tags_select.html"

    def __init__(self, *, may_make: bool) -> None:
        super().__init__(attrs={"class": "form-select", "data-combobox": ""} | ({"data-makes": ""} if may_make else {}))
        self.may_make = may_make

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [str(each) for each in value or ()]
        known = dict(self.choices)
        entries = options.entries(TAGS)
        context["widget"] |= {
            "may_make": self.may_make,
            "offered": [
                {
                    "code": code,
                    "label": label,
                    "chosen": code in chosen,
                    "tone": entries[code].colour if code in entries else "",
                }
                for code, label in (*known.items(), *((word, word) for word in chosen if word not in known))
            ],
        }
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:  # noqa: ARG002 - Django's signature
        given = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
        return [*(str(each) for each in given if each), *words_of(str(data.get(f"{name}__new", "")))]


class TagsInput(forms.MultipleChoiceField):
    """Tags of a record; cleaned to codes, and to the names of those that are new, which are made when the record is written."""

    widget: TagsSelect

    def __init__(self, *, actor: Actor, current: list[str], required: bool) -> None:
        known = dict(options.choices(TAGS))
        known |= {code: options.label(TAGS, code) for code in current if code not in known}
        widget = TagsSelect(may_make=tags.may_make(actor))
        super().__init__(required=required, choices=list(known.items()), widget=widget)
        self.actor = actor
        self.known = known

    def to_python(self, value: Any) -> list[str]:
        words = [word for each in value or () for word in ([each] if each in self.known else words_of(tidy(str(each))))]
        return list(dict.fromkeys(tags.code_of(word) or tidy(word) for word in words if tidy(word)))

    def validate(self, value: list[str]) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(value) > MAX_CHOICES:
            raise ValidationError(_("A record carries at most %(most)d tags.") % {"most": MAX_CHOICES})
        for each in value:
            if each in self.known:
                continue
            if tags.code_of(each):
                name = options.label(TAGS, each)
                raise ValidationError(_("The tag “%(name)s” is no longer in use. Choose another one.") % {"name": name})
            tags.check_new(self.actor, each)
