"""Cells into the values of an entity's fields: by kind, and for choices by code or by label in any language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhike.core import company, options, tags
from zhike.core.entities import Field, FieldKind
from zhike.core.entities.fields import TAGS
from zhike.core.record_choices import words_of
from zhike.core.transfer import targets, values
from zhike.core.transfer.suggest import folded, nearest
from zhike.core.transfer.tables import Cell
from zhike.core.transfer.targets import Guess
from zhike.core.transfer.values import NotUnderstood

Reader: TypeAlias = Callable[[Cell], Any]


class NotKnown(NotUnderstood):
    """A value that its field does not know; the report groups such values and suggests what was meant."""

    def __init__(self, value: str) -> None:
        super().__init__(_("“%(value)s” is not known.") % {"value": values.shown(value)})
        self.value = value


@dataclass(frozen=True)
class Choices:
    """The codes of a field by what they are called, in all languages; a label that two codes share is left out."""

    codes: dict[str, str]
    labels: tuple[str, ...]
    find: Callable[[str], Guess] | None = None
    label_of: Callable[[str], str] = str

    def read(self, cell: Cell) -> str:
        """The code for a code or label, or what the list's own finder is sure of. Raises `NotKnown`."""
        text = str(cell).strip()
        code = self.codes.get(folded(text)) or (self.find(text).code if self.find else "")
        if not code:
            raise NotKnown(text)
        return code

    def suggest(self, text: str) -> str:
        """The label that was probably meant, blank when nothing is near or several are."""
        guessed = self.find(text).suggestions if self.find else ()
        return self.label_of(guessed[0]) if len(guessed) == 1 else "" if guessed else nearest(text, self.labels)


def choices_of(field: Field) -> Choices:
    """The choices of a CHOICE or OPTION field as they are now."""
    named = _fixed(field) if field.kind is FieldKind.CHOICE else _listed(field)
    found: dict[str, set[str]] = {}
    codes = {code for code, _label in named}
    for code, label in named:
        found.setdefault(folded(label), set()).add(code)
    by_label = {label: next(iter(known)) for label, known in found.items() if len(known) == 1 and label}
    # A code always means itself, whatever else is called so.
    return Choices(
        by_label | {folded(code): code for code in codes},
        tuple(dict.fromkeys(text for _code, text in named)),
        find=targets.finder_of(field.option_list) if field.option_list else None,
        label_of=lambda code: options.label(field.option_list, code),
    )


def _fixed(field: Field) -> list[tuple[str, str]]:
    return [(code, str(label)) for _language in _each_language() for code, label in field.choices]


def _listed(field: Field) -> list[tuple[str, str]]:
    entries = options.entries(field.option_list)
    is_tree = options.get_list(field.option_list).is_tree
    named: list[tuple[str, str]] = []
    for _language in _each_language():
        for code, entry in entries.items():
            named.append((code, entry.text()))
            if is_tree and entry.parent:
                path = [entries[each].text() for each in reversed(options.ancestors(field.option_list, code))]
                named.append((code, "".join(path)))
    return named


def _each_language() -> Iterable[str]:
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield language


def reader_of(field: Field) -> Reader:
    """What reads a cell of that field, except relations. It returns None or the empty text for a blank cell."""
    kind = field.kind
    if kind in (FieldKind.CHOICE, FieldKind.OPTION):
        return choices_of(field).read
    if kind in (FieldKind.MONEY, FieldKind.DECIMAL):
        digits = getattr(field.model_field, "max_digits", None) or 18
        return partial(values.to_decimal, places=field.decimal_places or 0, max_digits=digits)
    if kind is FieldKind.DATE:
        return partial(values.to_date, zone=company.zone())
    if kind is FieldKind.MOMENT:
        return partial(values.to_moment, zone=company.zone())
    if kind in (FieldKind.LIST, FieldKind.RECORDS):
        return _to_list  # which records are meant by the names is known to the app whose field it is
    if field.option_list == TAGS and company.current().has_free_tags:
        return _to_tags
    if kind is FieldKind.MULTI_CHOICE:
        known = choices_of(field)
        return lambda cell: [known.read(word) for word in _to_list(cell)]
    simple = {
        FieldKind.INTEGER: values.to_integer,
        FieldKind.PERCENT: values.to_percent,
        FieldKind.BOOLEAN: values.to_boolean,
    }.get(kind)
    if simple is not None:
        return simple
    return partial(values.to_text, max_length=field.max_length, lines=kind is FieldKind.LONG_TEXT)


def _to_list(cell: Cell) -> list[str]:
    return words_of(str(cell))


def _to_tags(cell: Cell) -> list[str]:
    """Tags by code or name; those that are new are made as their records are written."""
    words = _to_list(cell)
    for word in words:
        wrong = "" if tags.code_of(word) else tags.mistake(word)
        if wrong:
            raise NotUnderstood(wrong)
    return words


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()
