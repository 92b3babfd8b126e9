"""The form of a record, made from its entity: what the actor may fill in, checked as far as a form can.

Rules of the business and what is stored stay with `writes`; their refusals are put beside the fields (`refuse`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from zhike.core import company, layouts, money, options
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field, FieldKind, RecordKind, registry
from zhike.core.entities.fields import TAGS, is_custom
from zhike.core.fieldvalues import related_of, value_of
from zhike.core.pages.file_inputs import FilesInput
from zhike.core.pages.inputs import (
    AmountInput,
    AnyRecordInput,
    RecordInput,
    RecordsInput,
    Select,
    TreeInput,
    WholeNumberInput,
    WordsInput,
    blank_choice,
)
from zhike.core.pages.tags_input import TagsInput
from zhike.core.pages.words import sentence_start
from zhike.core.record_choices import as_keys, choices_of
from zhike.core.writes import Refused

_CONTROL = {"class": "form-control"}
_SELECT = {"class": "form-select"}
# Selects with more choices than this become search boxes when scripts run.
_SEARCHED_FROM = 12


@dataclass(frozen=True)
class Shown:
    """One field of the page's form: its control, and the currency that stands beside an amount."""

    field: forms.BoundField
    currency: forms.BoundField | None = None
    wide: bool = False
    # Where the field is asked for by the value of another one: that one's input, and the values, with blanks between.
    shown_by: str = ""
    shown_for: str = ""


@dataclass(frozen=True)
class FormPart:
    """A section of a form that the company arranged; the first may have no title."""

    title: str
    fields: list[Shown]


class RecordForm(forms.Form):
    """Fields of one entity for one actor. `row` None makes a form for a new record; `presets` are its first values.

    An entity may declare a subclass (`Entity.form_class`) that adds checks; it is made with the same arguments.
    """

    def __init__(
        self,
        entity: Entity,
        actor: Actor,
        row: Any = None,
        *,
        posted: MultiValueDict[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        presets: Mapping[str, str] | None = None,
    ) -> None:
        self.entity = entity
        self.actor = actor
        self.row = row
        initial = first_values(entity, actor) if row is None else stored_values(entity, row)
        names = set(layouts.form_names(entity))
        self.preset = {name: value for name, value in (presets or {}).items() if value and name in names}
        initial |= self.preset
        super().__init__(posted, files, initial=initial, prefix=None)
        for name in editable_fields(entity, actor):
            field = layouts.form_field(entity, name)
            # A record that only the address names is not yet one that this record names.
            is_only_asked = field.kind is FieldKind.RECORD and name in self.preset
            self.fields[name] = make_input(entity, actor, field, None if is_only_asked else initial.get(name))
            self._narrow(self.fields[name], initial)
            if field.currency_name:
                self.fields[field.currency_name] = _currency_input(str(initial.get(field.currency_name) or ""))

    def _narrow(self, made: forms.Field, initial: Mapping[str, Any]) -> None:
        """Records to choose several of are offered by what the field beside them holds."""
        if isinstance(made, RecordsInput):
            beside = made.choices.beside
            made.around = str((self.data.get(beside) if self.is_bound else initial.get(beside)) or "")
            # For a form that has not the field beside (editing where the value stands).
            made.widget.attrs["data-options-around"] = made.around

    @property
    def wanted(self) -> dict[str, Any]:
        """What was typed, by field name, as `writes` takes it; an unbound or faulty form has nothing."""
        return {name: _as_stored(self.entity, name, value) for name, value in self.cleaned_data.items()}

    @property
    def parts(self) -> list[FormPart]:
        """The sections in the order that the company gave them; none where it arranged nothing."""
        if not layouts.is_arranged(self.entity):
            return []
        parts = [
            FormPart(str(section.title), [self._one(name) for name in section.names if name in self.fields])
            for section in layouts.sections(self.entity)
        ]
        return [part for part in parts if part.fields]

    @property
    def first(self) -> list[Shown]:
        """What stands in sight: required fields, then those a list of these records shows."""
        return [*self._shown(required=True), *self._shown(required=False, prominent=True)]

    @property
    def more(self) -> list[Shown]:
        """What is folded away."""
        return self._shown(required=False, prominent=False)

    @property
    def more_is_open(self) -> bool:
        """Folded fields with errors are shown."""
        return any(shown.field.errors for shown in self.more)

    def _shown(self, *, required: bool, prominent: bool = True) -> list[Shown]:
        found: list[Shown] = []
        for name in layouts.form_names(self.entity):
            if name not in self.fields or self.fields[name].required != required:
                continue
            if required or self._is_prominent(name) == prominent:
                found.append(self._one(name))
        return found

    def _one(self, name: str) -> Shown:
        field = self.entity.field(name)
        currency = self[field.currency_name] if field.currency_name else None
        by, values = layouts.shown_by(field)
        has_source = by in self.fields
        return Shown(
            self[name],
            currency,
            wide=field.kind is FieldKind.LONG_TEXT,
            shown_by=f"#{str(self.auto_id) % by}" if has_source else "",
            shown_for=" ".join(values) if has_source else "",
        )

    def _is_prominent(self, name: str) -> bool:
        # Whoever made a field wants it filled in.
        return is_custom(name) or name in self.entity.columns or name in self.entity.header_facts or name in self.preset

    def refuse(self, refusal: Refused | ValidationError) -> None:
        """Put a refusal of `writes` beside the fields it is about, else at the top."""
        if isinstance(refusal, Refused):
            self._say(refusal.field, [refusal.sentence])
        elif hasattr(refusal, "error_dict"):
            for name, sentences in refusal.message_dict.items():
                self._say(name, sentences)
        else:
            self._say(None, refusal.messages)

    def _say(self, name: str | None, sentences: Iterable[str]) -> None:
        for sentence in sentences:
            self.add_error(name if name in self.fields and name != NON_FIELD_ERRORS else None, sentence)


def make_form(
    entity: Entity,
    actor: Actor,
    row: Any = None,
    *,
    posted: MultiValueDict[str, Any] | None = None,
    files: MultiValueDict[str, Any] | None = None,
    presets: Mapping[str, str] | None = None,
) -> RecordForm:
    """The entity's form for this actor."""
    declared = entity.form_class
    form_class = declared if isinstance(declared, type) and issubclass(declared, RecordForm) else RecordForm
    return form_class(entity, actor, row, posted=posted, files=files, presets=presets)


def editable_fields(entity: Entity, actor: Actor) -> list[str]:
    """The names of the fields this actor may fill in; hidden, read-only and masked ones are not among them."""
    may_add = actor.access.reach("attachments", "create") is not None
    return [
        name
        for name in layouts.form_names(entity)
        if entity.field(name).editable
        and actor.access.field_mode(entity.slug, name).is_writable
        and (entity.field(name).kind is not FieldKind.FILE or may_add)
    ]


def inline_fields(entity: Entity, actor: Actor) -> list[str]:
    """Those of them that may be changed where they stand, or in many records at once: files are chosen in the form alone."""
    return [name for name in editable_fields(entity, actor) if entity.field(name).kind is not FieldKind.FILE]


def first_values(entity: Entity, actor: Actor) -> dict[str, Any]:
    """What a new record begins with: the model's defaults and the company's, oneself as owner, the company's currency."""
    values = stored_values(entity, layouts.new_row(entity))
    if entity.kind in (RecordKind.OWNED, RecordKind.ATTACHED) and "owner" in entity.fields and actor.user is not None:
        values["owner"] = actor.user
    return values


def stored_values(entity: Entity, row: Any) -> dict[str, Any]:
    """The values of a row as a form shows them first."""
    values: dict[str, Any] = {}
    for name in layouts.form_names(entity):
        field = entity.field(name)
        values[name] = related_of(row, field) if field.kind is FieldKind.RELATION else value_of(row, field)
        if field.currency_name:
            values[field.currency_name] = getattr(row, field.currency_name) or company.current().currency
    return values


def make_input(entity: Entity, actor: Actor, field: Field, current: Any) -> forms.Field:
    """The control and the checks for one field, by its kind."""
    made = _by_kind(entity, actor, field, current)
    made.label = sentence_start(field.label)
    made.help_text = made.help_text or str(field.help_text)
    return made


def _by_kind(entity: Entity, actor: Actor, field: Field, current: Any) -> forms.Field:
    # What is asked for by the value of another field can only be judged when the record is saved.
    required = field.required and not (field.custom and field.custom.shown_if)
    if field.kind is FieldKind.RELATION and field.related is not None and registry.has(field.related):
        return RecordInput(
            actor=actor,
            related=field.related,
            url=f"/{entity.slug}/choices/{field.name}/",
            required=required,
            keep=current if isinstance(current, field.related) else None,
        )
    if field.kind is FieldKind.RECORD:
        url = f"/{entity.slug}/choices/{field.name}/"
        return AnyRecordInput(actor=actor, url=url, required=required, keep=str(current or ""))
    several = choices_of(entity, field.name) if field.kind is FieldKind.RECORDS else None
    if several is not None:
        return RecordsInput(actor=actor, choices=several, keep=as_keys(current))
    if field.kind is FieldKind.OPTION:
        return _option_input(entity, replace(field, required=required), str(current or ""))
    if field.kind is FieldKind.FILE:
        keep = current if isinstance(current, list) else []
        return FilesInput(actor=actor, entity=entity, field=field, required=required, keep=keep)
    if field.kind is FieldKind.MULTI_CHOICE:
        chosen = current if isinstance(current, list) else []
        if field.name == TAGS:
            return TagsInput(actor=actor, current=chosen, required=required)
        return _options_input(field, chosen, required=required)
    if field.kind is FieldKind.CHOICE:
        choices = blank_choice(
            [(code, str(label)) for code, label in field.choices], required=required, value=str(current or "")
        )
        return forms.ChoiceField(required=required, choices=choices, widget=Select(attrs=_SELECT))
    made = _SIMPLE.get(field.kind, _text_input)(field)
    made.required = required and not isinstance(made, forms.BooleanField)
    return made


def _text_input(field: Field) -> forms.Field:
    return forms.CharField(max_length=field.max_length, widget=forms.TextInput(attrs=_CONTROL))


def _long_text_input(field: Field) -> forms.Field:
    return forms.CharField(max_length=field.max_length, widget=forms.Textarea(attrs=_CONTROL | {"rows": 3}))


def _number_input(field: Field) -> forms.Field:
    return forms.CharField(
        max_length=field.max_length, widget=forms.TextInput(attrs=_CONTROL | {"autocomplete": "off"}), empty_value=None
    )


def _phone_input(field: Field) -> forms.Field:
    return forms.CharField(max_length=field.max_length, widget=forms.TextInput(attrs=_CONTROL | {"type": "tel"}))


def _email_input(field: Field) -> forms.Field:
    return forms.EmailField(max_length=field.max_length, widget=forms.EmailInput(attrs=_CONTROL))


def _url_input(field: Field) -> forms.Field:
    return forms.URLField(max_length=field.max_length, assume_scheme="https", widget=forms.URLInput(attrs=_CONTROL))


def _date_input(_field: Field) -> forms.Field:
    widget = forms.DateInput(
        format="%Y-%m-%d", attrs=_CONTROL | {"type": "date", "min": "1900-01-01", "max": "2199-12-31"}
    )
    return forms.DateField(widget=widget, input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"])


def _moment_input(_field: Field) -> forms.Field:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs=_CONTROL | {"type": "datetime-local"})
    return forms.DateTimeField(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"])


def _places(field: Field) -> int:
    return 2 if field.decimal_places is None else field.decimal_places


_SIMPLE: dict[FieldKind, Callable[[Field], forms.Field]] = {
    FieldKind.LONG_TEXT: _long_text_input,
    FieldKind.NUMBER: _number_input,
    FieldKind.INTEGER: lambda field: WholeNumberInput(required=field.required),
    FieldKind.PERCENT: lambda field: WholeNumberInput(required=field.required, least=0, most=100),
    FieldKind.DECIMAL: lambda field: AmountInput(places=_places(field), required=field.required),
    FieldKind.MONEY: lambda field: AmountInput(places=_places(field), required=field.required),
    FieldKind.DATE: _date_input,
    FieldKind.MOMENT: _moment_input,
    FieldKind.BOOLEAN: lambda _field: forms.BooleanField(required=False, widget=forms.CheckboxInput()),
    FieldKind.PHONE: _phone_input,
    FieldKind.EMAIL: _email_input,
    FieldKind.URL: _url_input,
    FieldKind.LIST: lambda field: WordsInput(required=field.required, widget=forms.TextInput(attrs=_CONTROL)),
}


def _option_input(entity: Entity, field: Field, current: str) -> forms.Field:
    listed = next((each for each in options.declared() if each.name == field.option_list), None)
    if listed is not None and listed.is_tree:
        url = f"/{entity.slug}/choices/{field.name}/"
        return TreeInput(list_name=field.option_list, url=url, required=field.required, keep=current)
    choices = options.choices(field.option_list, keep=current)
    attrs = _SELECT | ({"data-combobox": ""} if len(choices) > _SEARCHED_FROM else {})
    return forms.ChoiceField(
        required=field.required,
        choices=blank_choice(choices, required=field.required, value=current),
        widget=Select(attrs=attrs),
    )


def _options_input(field: Field, current: list[str], *, required: bool) -> forms.Field:
    choices = dict(options.choices(field.option_list))
    choices |= {code: options.label(field.option_list, code) for code in current if code not in choices}
    return forms.MultipleChoiceField(
        required=required, choices=list(choices.items()), widget=forms.SelectMultiple(attrs=_SELECT)
    )


def _currency_input(current: str) -> forms.Field:
    own = company.current().currency
    codes = dict.fromkeys(code for code in (current or own, own, *money.CURRENCIES) if code)
    made = forms.ChoiceField(
        required=False, choices=[(code, code) for code in codes], widget=Select(attrs=_SELECT | {"data-plain": ""})
    )
    made.label = sentence_start(_("currency"))
    return made


def _as_stored(entity: Entity, name: str, value: Any) -> Any:
    """A cleaned value as the model holds it: a blank is NULL, the empty text, or the default of a figure that cannot be blank."""
    if value is not None and value not in ("", []):
        return value
    if not entity.has_field(name) or is_custom(name):
        return value
    column = entity.field(name).model_field
    if entity.field(name).kind is FieldKind.LIST:
        return []
    if column.null:
        return None
    return "" if column.empty_strings_allowed else column.get_default()
