"""Form fields that read what people type: amounts with commas, words in a list, codes of a tree, records by search or by name."""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import options
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.pages.candidates import Candidate, any_candidates, candidates, exact_match
from zhike.core.record_choices import MOST, RecordChoices, as_keys, tidy_keys
from zhike.core.record_keys import find, titles
from zhike.core.writes.errors import NotReachable

_WORD_ENDS = str.maketrans({"，": ",", "、": ",", "；": ",", ";": ",", "\n": ","})


def plain_number(text: str) -> str:
    """What a person typed as digits: full-width forms made plain, thousands separators and blanks taken out."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter not in ", _\u00a0")


class NumberInput(forms.TextInput):
    """A box for figures that leaves commas alone and brings up the number keys on a phone."""

    def __init__(self, inputmode: str) -> None:
        super().__init__(attrs={"inputmode": inputmode, "autocomplete": "off", "class": "form-control z-number"})


class AmountInput(forms.DecimalField):
    """A decimal as people type it: 12,500.00 and １２５００ alike."""

    def __init__(self, *, places: int, required: bool) -> None:
        super().__init__(required=required, decimal_places=places, max_digits=18, widget=NumberInput("decimal"))

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_number(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return format(value, "f") if isinstance(value, Decimal) else value


class WholeNumberInput(forms.IntegerField):
    """A whole number as people type it."""

    def __init__(self, *, required: bool, least: int | None = None, most: int | None = None) -> None:
        super().__init__(required=required, min_value=least, max_value=most, widget=NumberInput("numeric"))

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_number(value) if isinstance(value, str) else value)


class WordsInput(forms.CharField):
    """Words with commas between them, Chinese or Latin ones; cleaned to a list without doubles."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        words = (word.strip() for word in text.translate(_WORD_ENDS).split(","))
        return list(dict.fromkeys(word for word in words if word))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(word) for word in value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class TreeSelect(forms.Widget):
    """One select per level of a code tree (province, city, district), all of one name; the deepest fitting choice counts.

    Without JavaScript the next level appears after saving; with it as soon as a level is chosen (`choices_url`).
    """

    template_name = "core/widgets/tree_select.html"

    def __init__(self, list_name: str, choices_url: str) -> None:
        super().__init__()
        self.list_name = list_name
        self.choices_url = choices_url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chain = list(reversed(options.ancestors(self.list_name, value or "")))
        levels = []
        for depth, parent in enumerate(["", *chain]):
            chosen = chain[depth] if depth < len(chain) else ""
            entries = options.choices(self.list_name, keep=chosen, parent=parent)
            if entries:
                levels.append({"choices": entries, "chosen": chosen})
        context["widget"] |= {"levels": levels, "url": self.choices_url}
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:  # noqa: ARG002 - Django's signature
        given = data.getlist(name) if isinstance(data, MultiValueDict) else [data.get(name, "")]
        return deepest(self.list_name, [str(code) for code in given if code])

    def id_for_label(self, id_: str, index: Any = None) -> str:  # noqa: ARG002 - Django's signature
        return f"{id_}_0" if id_ else id_


def deepest(list_name: str, codes: list[str]) -> str:
    """The last code of a row of selects that lies under the one before it; what follows a changed province is dropped."""
    chosen = ""
    for code in codes:
        if chosen and chosen not in options.ancestors(list_name, code):
            break
        chosen = code
    return chosen


class TreeInput(forms.ChoiceField):
    """A code of a tree of options."""

    def __init__(self, *, list_name: str, url: str, required: bool, keep: str) -> None:
        super().__init__(required=required, widget=TreeSelect(list_name, url))
        self.list_name = list_name
        self.keep = keep

    def valid_value(self, value: Any) -> bool:
        entry = options.entries(self.list_name).get(str(value))
        return entry is not None and (entry.is_active or entry.code == self.keep)


class Select(forms.Select):
    """Django's select, written in one go: a country list would else cost 250 templates."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - Django's signature
        chosen = "" if value is None else str(value)
        shown = [
            f'<option value="{escape(str(code))}"{" selected" if str(code) == chosen else ""}>{escape(str(label))}</option>'
            for code, label in self.choices
        ]
        given = self.build_attrs(self.attrs, attrs or {})
        written = "".join(
            f" {key}" if text is True else f' {key}="{escape(str(text))}"'
            for key, text in given.items()
            if text is not False
        )
        return SafeString(f'<select name="{escape(name)}"{written}>{"".join(shown)}</select>')


class RecordSelect(forms.Select):
    """A select that a script turns into a search box (`data-options-url`). Without script one may type the name beside it."""

    template_name = "core/widgets/record_select.html"

    def __init__(self, choices_url: str) -> None:
        super().__init__(attrs={"class": "form-select", "data-combobox": "", "data-options-url": choices_url})
        self.offered: list[Candidate] = []
        self.is_complete = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"offered": self.offered, "chosen": str(value or ""), "is_complete": self.is_complete}
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> tuple[str, str]:  # noqa: ARG002 - Django's signature
        return str(data.get(name, "") or ""), str(data.get(f"{name}__typed", "") or "")

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:  # noqa: ARG002 - Django's signature
        return name not in data and f"{name}__typed" not in data


class RecordInput(forms.Field):
    """A related record, chosen among those the actor sees. Cleaned to the row, or None."""

    default_error_messages = {
        "unknown": gettext_lazy("This record does not exist, or you cannot see it. Choose another one."),
        "none": gettext_lazy("No record is called “%(text)s”. Check the spelling, or choose one from the list."),
        "several": gettext_lazy("Several records are called “%(text)s”. Choose one of them from the list."),
    }
    widget: RecordSelect

    def __init__(
        self, *, actor: Actor, related: type[models.Model], url: str, required: bool, keep: Any = None
    ) -> None:
        super().__init__(required=required, widget=RecordSelect(url))
        self.actor = actor
        self.related = related
        # The row chosen before stays choosable, even where the actor cannot see it (any more).
        self.keep = keep

    def offer(self, chosen_id: str) -> None:
        """Fill the select: everything when it is little, else what was chosen and the first few."""
        is_id = chosen_id.isdecimal() and len(chosen_id) < 19
        found = candidates(self.actor, registry.of(self.related), "", chosen=int(chosen_id) if is_id else None)
        self.widget.offered, self.widget.is_complete = found.rows, not found.has_more
        if self.keep is not None and all(each.id != self.keep.pk for each in self.widget.offered):
            self.widget.offered.insert(0, Candidate(id=self.keep.pk, label=str(self.keep), note=""))

    def prepare_value(self, value: Any) -> Any:
        chosen = value[0] if isinstance(value, tuple) else getattr(value, "pk", value)
        text = "" if chosen is None else str(chosen)
        self.offer(text)
        return text

    def clean(self, value: Any) -> Any:
        chosen, typed = value if isinstance(value, tuple) else (str(value or ""), "")
        if chosen:
            return self._by_id(chosen)
        if typed.strip():
            return self._by_name(typed.strip())
        if self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return None

    def _by_id(self, chosen: str) -> Any:
        if self.keep is not None and chosen == str(self.keep.pk):
            return self.keep
        if not chosen.isdecimal() or len(chosen) > 18:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        row = self.related._default_manager.all().visible_to(self.actor).filter(pk=int(chosen)).first()  # type: ignore[attr-defined]  # RecordQuerySet
        if row is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return row

    def _by_name(self, typed: str) -> Any:
        found = exact_match(self.actor, registry.of(self.related), typed)
        if len(found) != 1:
            code = "several" if found else "none"
            raise ValidationError(self.error_messages[code], code=code, params={"text": typed})
        return found[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        chosen, typed = data if isinstance(data, tuple) else (data, "")
        return bool(typed) or str(chosen or "") != str(getattr(initial, "pk", initial) or "")


class AnyRecordInput(forms.Field):
    """A record of any kind that may carry what is attached, found by search; cleaned to its key ("customers:42") or ""."""

    default_error_messages = RecordInput.default_error_messages
    widget: RecordSelect

    def __init__(self, *, actor: Actor, url: str, required: bool, keep: str = "") -> None:
        super().__init__(required=required, widget=RecordSelect(url))
        self.actor = actor
        self.keep = keep

    def prepare_value(self, value: Any) -> Any:
        key = value[0] if isinstance(value, tuple) else str(value or "")
        titled = titles(self.actor, [key]).get(key) if key else None
        # The name of what is out of reach is told only where a record that is reached names it already.
        is_told = titled is not None and (titled.url or key == self.keep)
        self.widget.offered = [Candidate(id=key, label=titled.label, note="")] if titled is not None and is_told else []
        self.widget.is_complete = False
        return key if is_told else ""

    def clean(self, value: Any) -> str:
        chosen, typed = value if isinstance(value, tuple) else (str(value or ""), "")
        if chosen and (chosen == self.keep or self._is_reached(chosen)):
            return str(chosen)
        if chosen:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        if typed.strip():
            return self._by_name(typed.strip())
        if self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return ""

    def _is_reached(self, key: str) -> bool:
        try:
            find(self.actor, key)
        except NotReachable:
            return False
        return True

    def _by_name(self, typed: str) -> str:
        hits = [each for each in any_candidates(self.actor, typed) if each.label == typed or each.note == typed]
        if len(hits) != 1:
            code = "several" if hits else "none"
            raise ValidationError(self.error_messages[code], code=code, params={"text": typed})
        return str(hits[0].id)

    def has_changed(self, initial: Any, data: Any) -> bool:
        chosen, typed = data if isinstance(data, tuple) else (data, "")
        return bool(typed) or str(chosen or "") != str(initial or "")


class RecordsSelect(forms.SelectMultiple):
    """A select of several records that a script turns into a search box with chips (`data-options-url`).

    `beside` names the field of the same form whose value decides what is offered first. What is posted as blank is nothing chosen.
    """

    template_name = "core/widgets/records_select.html"

    def __init__(self, choices_url: str, beside: str) -> None:
        super().__init__(
            attrs={
                "class": "form-select",
                "data-combobox": "",
                "data-options-url": choices_url,
                "data-options-beside": beside,
                "size": 5,
            }
        )
        self.offered: list[Candidate] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"offered": self.offered, "chosen": value or []}
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:  # noqa: ARG002 - Django's signature
        given = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
        return [str(key) for key in given if key]


class RecordsInput(forms.Field):
    """Several records, chosen among those that the app of the field offers; cleaned to their keys.

    Which of them may be named is judged by the rule of the record. `around` is the value of the field beside.
    """

    default_error_messages = {
        "unknown": gettext_lazy("This record does not exist, or you cannot see it. Choose another one."),
        "many": gettext_lazy("Choose at most %(most)d."),
    }
    widget: RecordsSelect

    def __init__(self, *, actor: Actor, choices: RecordChoices, keep: list[str], around: str = "") -> None:
        url = f"/{choices.slug}/choices/{choices.field}/"
        super().__init__(required=False, widget=RecordsSelect(url, choices.beside))
        self.actor = actor
        self.choices = choices
        self.around = around
        # What was chosen before is told by its name, whoever may open it.
        self.keep = keep

    def prepare_value(self, value: Any) -> Any:
        keys = as_keys(value)
        told = titles(self.actor, keys)
        shown = [key for key in keys if key in told and (told[key].url or key in self.keep)]
        offered = [each for each in self.choices.offer(self.actor, self.around, "") if each.id not in shown]
        self.widget.offered = [*(Candidate(id=key, label=told[key].label, note="") for key in shown), *offered]
        return shown

    def clean(self, value: Any) -> list[str]:
        keys, others = tidy_keys(value or [])
        if others:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        if len(keys) > MOST:
            raise ValidationError(self.error_messages["many"], code="many", params={"most": MOST})
        return keys

    def has_changed(self, initial: Any, data: Any) -> bool:
        return as_keys(initial) != as_keys(data)


def blank_choice(choices: list[tuple[str, str]], *, required: bool, value: str = "") -> list[tuple[str, str]]:
    """Choices with an empty one before them, unless one must be chosen and one is."""
    return choices if required and value else [("", "—" if not required else _("Choose…")), *choices]
