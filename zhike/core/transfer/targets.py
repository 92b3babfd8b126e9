"""What an app adds to the import of one of its entities: columns that are no fields, people put at the head."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhike.core.actors import Actor
from zhike.core.entities import Contribution, Label, registry


@dataclass(frozen=True, kw_only=True)
class ImportColumn:
    """A column beyond the entity's fields (the roles of a person).

    `read` turns its text into a value and raises `NotUnderstood`; `apply` writes it after the row, in its transaction, and
    says whether anything changed. `labels` lists the texts it knows, for suggestions.
    """

    name: str
    label: Label
    read: Callable[[Actor, str], Any]
    apply: Callable[[Actor, Any, Any], bool]
    labels: Callable[[Actor], list[str]] = lambda _actor: []
    # What other programmes call it, in any language.
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportTarget(Contribution):
    """Additions to the import of the entity `slug`.

    `words`: field name to headings by which other programmes name it, for guessing.
    `appoint(actor, record, person)` puts a person at the head of a record; it serves `[heads]` in plans.
    """

    slug: str
    columns: tuple[ImportColumn, ...] = ()
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    appoint: Callable[[Actor, Any, Any], bool] | None = None
    # What a new row gets before its columns are read.
    begin: Callable[[Any], None] | None = None
    # State field to what finds the id of the state that records begin in, for files that say when they began.
    first_states: tuple[tuple[str, Callable[[], int | None]], ...] = ()
    # Field to what finds the label that a text of other programmes means ("Closed Won"); blank when it knows none.
    meanings: tuple[tuple[str, Callable[[str], str]], ...] = ()
    # The entity whose records are appointed.
    appoints: str = ""


@dataclass(frozen=True)
class Guess:
    """What a text means in an option list: a code that is sure, else codes that may be meant."""

    code: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChoiceFinder(Contribution):
    """How the option list `list_name` reads texts that are none of its codes and labels (USA, 广东省广州市)."""

    list_name: str
    find: Callable[[str], Guess]


def finder_of(list_name: str) -> Callable[[str], Guess] | None:
    """The contributed finder of an option list."""
    found = (each.find for each in registry.contributions(ChoiceFinder) if each.list_name == list_name)
    return next(found, None)


def columns_of(slug: str) -> dict[str, ImportColumn]:
    """The further columns of an entity, by name."""
    return {column.name: column for target in _of(slug) for column in target.columns}


def beginnings(slug: str) -> tuple[Callable[[Any], None], ...]:
    """What new rows of an entity get first."""
    return tuple(target.begin for target in _of(slug) if target.begin is not None)


def first_states(slug: str) -> dict[str, Callable[[], int | None]]:
    """What finds the id of the state in which records begin, by field."""
    return {name: find for target in _of(slug) for name, find in target.first_states}


def meaning_of(slug: str, name: str, text: str) -> str:
    """The label that a text of another programme means in a field; blank when nobody knows it."""
    found = (find(text) for target in _of(slug) for each, find in target.meanings if each == name)
    return next(filter(None, found), "")


def words_of(slug: str) -> dict[str, tuple[str, ...]]:
    """Further headings by field name."""
    found: dict[str, tuple[str, ...]] = {}
    for target in _of(slug):
        for name, words in target.words:
            found[name] = (*found.get(name, ()), *words)
        for column in target.columns:
            found[column.name] = (*found.get(column.name, ()), *column.words)
    return found


def appointing() -> ImportTarget | None:
    """The one target that appoints heads, when an app contributes it."""
    return next((target for target in registry.contributions(ImportTarget) if target.appoint is not None), None)


def _of(slug: str) -> list[ImportTarget]:
    return [target for target in registry.contributions(ImportTarget) if target.slug == slug]
