"""Which column goes to which field: what may be chosen, what is guessed, what was chosen before, and a person's choice checked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhike.core import options
from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind
from zhike.core.jobs.models import Job
from zhike.core.transfer import targets
from zhike.core.transfer.checks import importable_names
from zhike.core.transfer.exports import currency_heading
from zhike.core.transfer.suggest import Target, guess_columns
from zhike.core.transfer.tables import Table

_SAMPLES = 3
_LOOKED_AT = 30
_OFFERED = 300


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One field a column may go to."""

    name: str
    label: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class MappedColumn:
    """One column of the file: its heading, its first values, and the field chosen for it, blank for none."""

    place: int
    heading: str
    samples: tuple[str, ...]
    chosen: str


def choices(actor: Actor, entity: Entity) -> list[Choice]:
    """The fields this person may fill by import, in form order."""
    found: list[Choice] = []
    for name in importable_names(entity):
        if actor.access.field_mode(entity.slug, name).is_writable:
            required = entity.has_field(name) and entity.field(name).required
            found.append(Choice(name=name, label=_label(entity, name), required=required))
    return found


def _label(entity: Entity, name: str) -> str:
    further = targets.columns_of(entity.slug).get(name)
    if further is not None:
        return str(further.label)
    for field in entity.money_fields:
        if field.currency_name == name:
            return currency_heading(field)
    return str(entity.field(name).label)


def columns_of(table: Table, chosen: Mapping[str, str]) -> list[MappedColumn]:
    """The file's columns with samples; `chosen` is field → heading."""
    by_heading = {heading: name for name, heading in chosen.items()}
    rows = list(islice(table.rows(), _SAMPLES))
    return [
        MappedColumn(
            place=place,
            heading=heading,
            samples=tuple(text for row in rows if (text := str(row.cells[place]).strip()[:60])),
            chosen=by_heading.get(heading, ""),
        )
        for place, heading in enumerate(table.columns)
    ]


def proposal(actor: Actor, entity: Entity, headings: Sequence[str]) -> dict[str, str]:
    """Field → heading: as this person mapped the same headings the last time, else as they are probably meant."""
    return _remembered(actor, entity, headings) or _guessed(actor, entity, headings)


def _remembered(actor: Actor, entity: Entity, headings: Sequence[str]) -> dict[str, str]:
    if actor.user_id is None:
        return {}
    earlier = Job.objects.filter(kind="import", asked_by_id=actor.user_id, arguments__slug=entity.slug).order_by("-id")
    allowed = {choice.name for choice in choices(actor, entity)}
    for arguments in earlier.values_list("arguments", flat=True)[:_LOOKED_AT]:
        columns: dict[str, Any] = arguments.get("columns", {})
        if columns and set(columns.values()) <= set(headings) and set(columns) <= allowed:
            return dict(columns)
    return {}


def _guessed(actor: Actor, entity: Entity, headings: Sequence[str]) -> dict[str, str]:
    words = targets.words_of(entity.slug)
    labels: dict[str, list[str]] = {}
    own: list[str] = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            own += [str(entity.label), str(entity.label_plural)]
            for choice in choices(actor, entity):
                labels.setdefault(choice.name, []).append(choice.label)
    fields = [
        Target(name=name, labels=tuple(texts), words=tuple(words.get(name, ()))) for name, texts in labels.items()
    ]
    return guess_columns(headings, fields, own)


def recognising(entity: Entity, columns: Mapping[str, str], heading: str) -> str:
    """The field by which records that nobody imported are recognised, when the key column goes to one that can serve."""
    for name, column in columns.items():
        if column == heading and entity.has_field(name):
            field = entity.field(name)
            serves = name in (entity.title, entity.number) or field.unique or field.kind.is_personal
            return name if serves and field.kind.is_text else ""
    return ""


def likely_key(entity: Entity, columns: Mapping[str, str], headings: Iterable[str]) -> str:
    """The heading by which rows are most probably told apart: the number, else the name, else the first column."""
    for name in (entity.number, entity.title):
        if name and name in columns:
            return columns[name]
    return next(iter(headings), "")


def known_labels(entity: Entity, columns: Mapping[str, str], wanted: Iterable[str]) -> list[tuple[str, list[str]]]:
    """For columns that go to a choice: what may be chosen, in the reader's language, to be offered beside unknown values."""
    found: list[tuple[str, list[str]]] = []
    for name, column in columns.items():
        if column not in wanted or not entity.has_field(name):
            continue
        field = entity.field(name)
        if field.kind is FieldKind.CHOICE:
            found.append((column, [str(label) for _code, label in field.choices]))
        elif field.kind is FieldKind.OPTION:
            found.append((column, [label for _code, label in options.choices(field.option_list)[:_OFFERED]]))
    return found


def mistake(entity: Entity, posted: Sequence[tuple[str, str]], headings: Sequence[str], key: str) -> str:
    """What is wrong with a person's choice of (heading, field), as a sentence; blank when nothing is."""
    chosen = [name for _heading, name in posted if name]
    if not chosen:
        return _("Choose a field for at least one column.")
    for name in chosen:
        if chosen.count(name) > 1:
            return _("Two columns go to “%(field)s”. Choose one of them.") % {"field": _label(entity, name)}
    if key not in headings:
        return _("Choose the column by which rows are told apart.")
    return ""
