"""The forms that verbs ask with, on pages and through the API alike."""

from typing import Any

from django import forms

from zhike.core.actors import Actor


class VerbForm(forms.Form):
    """A form that may look at the record it is about (None for many at once) and at who acts."""

    def __init__(self, *args: Any, record: Any = None, actor: Actor | None = None, **kwargs: Any) -> None:
        self.record = record
        self.actor = actor
        super().__init__(*args, **kwargs)
