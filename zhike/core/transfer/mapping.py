"""Which column goes to which field: what may be chosen, what is guessed, what was chosen before, and a person's choice checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from zhike.core import layouts
from zhike.core.actors import Actor
from zhike.core.entities import Entity
from zhike.core.transfer import targets
from zhike.core.transfer.checks import importable_names
from zhike.core.transfer.exports import currency_heading
from zhike.core.transfer.tables import Table

_SAMPLES = 3


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
    # New fields it could go to: (value, words); the likeliest kind first. Empty where nobody may make one.
    makes: tuple[tuple[str, str], ...] = ()


def choices(actor: Actor, entity: Entity) -> list[Choice]:
    """The fields this person may fill by import, in form order."""
    found: list[Choice] = []
    for name in importable_names(entity):
        if not layouts.is_hidden(entity, name) and actor.access.field_mode(entity.slug, name).is_writable:
            required = entity.has_field(name) and layouts.form_field(entity, name).required
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
    """The file's columns with samples; `chosen` is target → heading."""
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
