"""What can be done to several records: one of the entity's verbs, changing one field, deletion. Each record stands for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from zhike.core import modules, options, writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field, FieldKind, Verb
from zhike.core.entities.fields import TAGS
from zhike.core.fieldvalues import set_value, value_of
from zhike.core.pages.forms import RecordForm, inline_fields
from zhike.core.pages.guards import rows_of
from zhike.core.pages.titles import title_of
from zhike.core.pages.verb_page import verb_form
from zhike.core.pages.words import sentence_start

EDIT, DELETE = "edit", "delete"
# To fields of several choices: what is chosen joins what is there, or leaves it.
ADD, REMOVE = "add-choices", "remove-choices"
_OF_CHOICES = (ADD, REMOVE)
# In the answers of an edit: which field is meant.
FIELD = "field"
# Newer than any version: what was read a moment ago is what is changed.
_NEWEST = 2**31 - 1
Answers = MultiValueDict[str, Any]


@dataclass(frozen=True)
class Left:
    """A record that was left as it was, and why."""

    id: int
    title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step on many records of an entity. `action` is the right it needs."""

    entity: Entity
    name: str
    action: str
    verb: Verb | None = None

    @property
    def asks_field(self) -> bool:
        """It is about one field, which has to be chosen first."""
        return self.name in (EDIT, *_OF_CHOICES)

    def form(self, actor: Actor, answers: Answers | None) -> forms.Form | None:
        """What the step asks, filled with `answers`; None where it asks nothing, or not yet."""
        if self.asks_field:
            return edit_form(self, actor, answers)
        return None if self.verb is None else verb_form(self.verb, None, actor, answers=answers)

    def wanted(self, form: forms.Form | None) -> dict[str, Any]:
        """The answers of a form that is valid, as `run` takes them."""
        if form is None:
            return {}
        return form.wanted if isinstance(form, RecordForm) else dict(form.cleaned_data)

    def run(self, actor: Actor, row: Any, wanted: Mapping[str, Any]) -> str:
        """Do it to one record, whole or not at all; a refusal comes back as its sentence, success as a blank."""
        if self.verb is not None and not self.verb.fits(row):
            return _("This step does not fit its present state.")
        try:
            with transaction.atomic():
                if self.verb is not None:
                    self.verb.run(actor, row, **wanted)
                elif self.name == DELETE:
                    writes.delete(actor, row)
                elif self.name in _OF_CHOICES:
                    self._change_choices(actor, row.pk, wanted)
                else:
                    writes.merge_edit(actor, self.entity.model, row.pk, _NEWEST, wanted)
        except writes.Refused as refusal:
            return refusal.sentence
        except ValidationError as malformed:
            return " ".join(malformed.messages)
        return ""

    def _change_choices(self, actor: Actor, pk: int, wanted: Mapping[str, Any]) -> None:
        """Judged of the record as it is when it is written, so that nobody else's choices are lost."""
        row = writes.lock(actor, self.entity, [pk], EDIT)[pk]
        for name, given in wanted.items():
            field = self.entity.field(name)
            there = value_of(row, field)
            left = [each for each in there if each not in given]
            set_value(row, field, left if self.name == REMOVE else [*there, *given])
        writes.save(actor, row, verb=EDIT, action=EDIT)

    def run_all(self, actor: Actor, ids: list[int], wanted: Mapping[str, Any]) -> list[Left]:
        """Do it to these records in order; answers with those that were left as they were."""
        reached = {row.pk: row for row in rows_of(actor, self.entity, self.action).filter(pk__in=ids)}
        left: list[tuple[int, str]] = []
        for pk in ids:
            row = reached.get(pk)
            reason = self.run(actor, row, wanted) if row is not None else _unreached()
            if reason:
                left.append((pk, reason))
        return self._named(actor, left)

    def _named(self, actor: Actor, left: list[tuple[int, str]]) -> list[Left]:
        if not left:
            return []
        rows = rows_of(actor, self.entity).filter(pk__in=[pk for pk, _reason in left])
        titles = {row.pk: title_of(self.entity, row) for row in rows}
        return [Left(pk, titles.get(pk, f"#{pk}"), reason) for pk, reason in left]


def _unreached() -> str:
    return _("You may not do this to it, or it is gone.")


def step_of(entity: Entity, name: str) -> Step | None:
    """The step of that name, when its module is on; None where there is none."""
    if name in (EDIT, *_OF_CHOICES) and EDIT not in entity.without:
        return Step(entity=entity, name=name, action=EDIT)
    if name == DELETE and entity.has_column("deleted_at") and DELETE not in entity.without:
        return Step(entity=entity, name=name, action=DELETE)
    verb = next((each for each in entity.verbs if each.name == name and each.bulk), None)
    if verb is None or not modules.is_on(verb.module):
        return None
    return Step(entity=entity, name=name, action=verb.action, verb=verb)


def changeable(entity: Entity, actor: Actor) -> list[tuple[str, str]]:
    """The fields that can be given one value in many records, with their labels.

    What tells records apart, and whose they are (that is what transferring is for), is not among them.
    """
    apart = {entity.title, entity.number, entity.part_of, "owner", "department"}
    found = []
    for name in inline_fields(entity, actor):
        field = entity.field(name)
        if name not in apart and not field.unique:
            found.append((name, sentence_start(field.label)))
    return found


def of_choices(entity: Entity, actor: Actor) -> list[tuple[str, str]]:
    """Those of them that take several choices, tags first."""
    found = [each for each in changeable(entity, actor) if entity.field(each[0]).kind is FieldKind.MULTI_CHOICE]
    return sorted(found, key=lambda each: each[0] != TAGS)


def fields_of(step: Step, actor: Actor) -> list[tuple[str, str]]:
    """The fields among which a step asks to choose."""
    return of_choices(step.entity, actor) if step.name in _OF_CHOICES else changeable(step.entity, actor)


def chosen_field(step: Step, actor: Actor, answers: Answers | None) -> str:
    """The field that is meant; blank until one is chosen. Choices are mostly tags, so that these are meant at first."""
    offered = [name for name, _label in fields_of(step, actor)]
    named = "" if answers is None else str(answers.get(FIELD, ""))
    if named in offered:
        return named
    return offered[0] if offered and step.name in _OF_CHOICES else ""


def edit_form(step: Step, actor: Actor, answers: Answers | None) -> RecordForm | None:
    """The control of the chosen field alone, with its currency; None until one is chosen."""
    entity, name = step.entity, chosen_field(step, actor, answers)
    if not name:
        return None
    form = RecordForm(entity, actor, posted=answers if answers is not None and "go" in answers else None)
    kept = {name, entity.field(name).currency_name}
    for other in [each for each in form.fields if each not in kept]:
        del form.fields[other]
    if step.name == REMOVE:
        form.fields[name] = _any_choice(entity.field(name))
    if step.name in _OF_CHOICES:
        form.initial.pop(name, None)  # what new records begin with is not meant here
        form.fields[name].required = True
    return form


def _any_choice(field: Field) -> forms.Field:
    """Any choice of the list can be taken away, those that are no longer offered as well."""
    listed = [(code, entry.text()) for code, entry in options.entries(field.option_list).items()]
    widget = forms.SelectMultiple(attrs={"class": "form-select"})
    return forms.MultipleChoiceField(choices=listed, widget=widget, label=sentence_start(field.label))
