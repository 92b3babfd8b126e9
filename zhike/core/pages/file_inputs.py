"""The control for files in a form: those that stand there, each with a box to take it out, and the place to choose others.

What was chosen is kept at once (it waits for the form to be saved), so that a fault elsewhere loses nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy

from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field
from zhike.core.fieldvalues import most_files
from zhike.core.files import actions, held, limits
from zhike.core.files.panels import ShownFile
from zhike.core.pages.display import held_file
from zhike.core.writes import Refused

# Beside the ids of what stands there, under the field's own name: what is to be taken out, and what is new.
OUT, NEW = "__out", "__new"


class FilesWidget(forms.Widget):
    """Works without script. Its value is the ids kept and the files that were chosen."""

    template_name = "core/widgets/held_files.html"
    needs_multipart_form = True

    def __init__(self, *, several: bool) -> None:
        super().__init__()
        self.several = several
        self.offered: list[ShownFile] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "held": [{"id": each.row.pk, "name": each.name, "html": held_file(each)} for each in self.offered],
            "out": f"{name}{OUT}",
            "new": f"{name}{NEW}",
            "several": self.several,
            "largest": filesizeformat(limits.largest()),
        }
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> tuple[list[int], list[Any]]:
        given, out = _ids(data, name), set(_ids(data, f"{name}{OUT}"))
        chosen = files.getlist(f"{name}{NEW}") if isinstance(files, MultiValueDict) else []
        return [pk for pk in given if pk not in out], chosen

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}{NEW}" not in (files or ())


def _ids(data: Mapping[str, Any], name: str) -> list[int]:
    given = data.getlist(name) if isinstance(data, MultiValueDict) else [data.get(name, "")]
    return [int(each) for each in given if str(each).isascii() and str(each).isdecimal() and len(str(each)) < 19]


class FilesInput(forms.Field):
    """The files of one field of a record. Cleaned to their ids; a single file that is chosen takes the place of the old one."""

    default_error_messages = {
        "unknown": gettext_lazy("A file was no longer there. Choose it again."),
    }
    widget: FilesWidget

    def __init__(self, *, actor: Actor, entity: Entity, field: Field, required: bool, keep: Sequence[int]) -> None:
        self.several = most_files(field) > 1
        super().__init__(required=required, widget=FilesWidget(several=self.several))
        self.actor = actor
        self.place = held.place_of(entity, field.name)
        self.keep = list(keep)
        # What stands in the form after it was judged, faulty or not.
        self.judged: list[int] | None = None

    def prepare_value(self, value: Any) -> list[int]:
        ids = value[0] if isinstance(value, tuple) else list(value or ())
        ids = ids if self.judged is None else self.judged
        found = held.known(self.actor, ids)
        self.widget.offered = [ShownFile(found[pk]) for pk in ids if pk in found]
        return ids

    def clean(self, value: Any) -> list[int]:
        kept, chosen = value if isinstance(value, tuple) else (list(value or ()), [])
        known = self._known(kept)
        sentences = [str(self.error_messages["unknown"])] if len(known) < len(kept) else []
        added, refused = self._added(chosen)
        self.judged = added if added and not self.several else [*known, *added]
        if sentences + refused:
            raise ValidationError(sentences + refused)
        if self.required and not self.judged:
            raise ValidationError(self.error_messages["required"], code="required")
        return self.judged

    def _known(self, ids: Iterable[int]) -> list[int]:
        """What stood in the field before, and what this person chose for it just now."""
        asked = [pk for pk in ids if pk not in self.keep]
        own = {
            pk
            for pk, row in held.known(self.actor, asked).items()
            if not row.about and row.created_by_id == self.actor.user_id
        }
        return [pk for pk in dict.fromkeys(ids) if pk in self.keep or pk in own]

    def _added(self, chosen: "Iterable[UploadedFile[Any]]") -> tuple[list[int], list[str]]:
        added: list[int] = []
        refused: list[str] = []
        for each in chosen:
            try:
                added.append(actions.add_waiting(self.actor, self.place, each.name or "", each.chunks()).pk)
            except Refused as refusal:
                refused.append(refusal.sentence)
            except ValidationError as malformed:
                refused += malformed.messages
        return added, refused

    def has_changed(self, initial: Any, data: Any) -> bool:
        kept, chosen = data if isinstance(data, tuple) else (data, ())
        return bool(chosen) or list(kept or ()) != list(initial or ())
