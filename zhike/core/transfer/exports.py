"""What a person may see of an entity as a table: streamed as CSV, or written into a workbook; each export is logged."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core import company, options, writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field, FieldKind, registry
from zhike.core.events.models import CurrentTransaction, Event
from zhike.core.fieldvalues import from_stored
from zhike.core.lists.labels import related_by_key, title_path
from zhike.core.lists.rows import keys_of
from zhike.core.masking import mask
from zhike.core.record_choices import as_keys
from zhike.core.scoping.scope import scope
from zhike.core.transfer.writers import ExportValue, write_csv, write_workbook

_CHUNK = 2_000
_NAMED_AT_ONCE = 200
Formatter = Callable[[Any], ExportValue]


class ExportColumn(Protocol):
    """What an export asks of a column; `core.lists.Column` has it."""

    @property
    def name(self) -> str: ...

    @property
    def field(self) -> Field: ...

    @property
    def masked(self) -> bool: ...


@dataclass(frozen=True)
class _Written:
    """One column of the file: its heading, the path that is read, and how a value is written.

    `looked_up` is what has to stand beside the row under that path: the title behind a link that an administrator made.
    `keys` takes from the value the keys of records, whose names are written in its place.
    """

    heading: str
    path: str
    write: Formatter
    looked_up: Subquery | None = None
    keys: Callable[[Any], list[str]] | None = None


def export_csv(
    actor: Actor, entity: Entity, columns: Sequence[ExportColumn], rows: models.QuerySet[Any]
) -> Iterator[bytes]:
    """The rows the actor may export as pieces of a CSV file, read while it is sent.

    Money has a second column with its currency. Raises `NotAllowed` before the first piece.
    """
    writes.require(actor, entity, "export")
    written = _columns(entity, columns)
    counted = _Counted(_values(actor, entity, written, rows))
    return _logged(actor, entity, columns, "csv", counted, write_csv(_headings(written), counted, zone=company.zone()))


def export_workbook(
    actor: Actor,
    entity: Entity,
    columns: Sequence[ExportColumn],
    rows: models.QuerySet[Any],
    target: Path,
    beat: Callable[[], None] = lambda: None,
) -> int:
    """Write the rows the actor may export into a new .xlsx file; returns their number. `beat` is called now and then.

    Raises `NotAllowed`, and `TableError` where Excel cannot hold so many rows.
    """
    writes.require(actor, entity, "export")
    written = _columns(entity, columns)
    counted = _Counted(_values(actor, entity, written, rows), beat)
    count = write_workbook(target, _headings(written), counted, zone=company.zone(), sheet=str(entity.label_plural))
    _log(actor, entity, columns, "xlsx", count)
    return count


class _Counted:
    """Rows on their way out, counted."""

    def __init__(self, rows: Iterable[Sequence[ExportValue]], beat: Callable[[], None] = lambda: None) -> None:
        self._rows = rows
        self._beat = beat
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[ExportValue]]:
        for row in self._rows:
            self.count += 1
            if self.count % _CHUNK == 0:
                self._beat()
            yield row


def _logged(
    actor: Actor, entity: Entity, columns: Sequence[ExportColumn], kind: str, counted: _Counted, pieces: Iterator[bytes]
) -> Iterator[bytes]:
    try:
        yield from pieces
    finally:
        # Also when the reader hangs up half-way: what has been read has been read.
        _log(actor, entity, columns, kind, counted.count)


def _log(actor: Actor, entity: Entity, columns: Sequence[ExportColumn], kind: str, count: int) -> None:
    """One event for the whole export; it is about no single record."""
    Event.objects.create(
        tx=CurrentTransaction(),
        at=timezone.now(),
        actor_id=actor.user_id,
        on_behalf_of_id=None if actor.on_behalf_of is None else actor.on_behalf_of.pk,
        verb="export",
        entity=entity.slug,
        record_id=0,
        changes={"count": [None, count], "format": [None, kind], "columns": [None, [each.name for each in columns]]},
        via=actor.via,
        token_id=actor.token_id,
        batch_id=actor.batch_id,
        request_id=actor.request_id,
    )


def _values(
    actor: Actor, entity: Entity, written: Sequence[_Written], rows: models.QuerySet[Any]
) -> Iterator[list[ExportValue]]:
    allowed = rows.filter(scope(actor, entity, "export")).annotate(
        **{column.path: column.looked_up for column in written if column.looked_up is not None}
    )
    writers = [column.write for column in written]
    found = allowed.values_list(*(column.path for column in written)).iterator(chunk_size=_CHUNK)
    keyed = [(position, column.keys) for position, column in enumerate(written) if column.keys is not None]
    for values in _named(actor, found, keyed) if keyed else found:
        yield [write(value) for write, value in zip(writers, values, strict=True)]


def _named(
    actor: Actor, rows: Iterator[tuple[Any, ...]], keyed: Sequence[tuple[int, Callable[[Any], list[str]]]]
) -> Iterator[Sequence[Any]]:
    """The rows with names instead of keys, looked up for many rows at once."""
    while chunk := [list(row) for row in islice(rows, _NAMED_AT_ONCE)]:
        names = related_by_key(actor, {key for row in chunk for place, keys in keyed for key in keys(row[place])})
        for row in chunk:
            for place, keys in keyed:
                row[place] = [names[key].label for key in keys(row[place]) if key in names]
            yield row


def _headings(written: Sequence[_Written]) -> list[str]:
    return [column.heading for column in written]


def _columns(entity: Entity, columns: Sequence[ExportColumn]) -> list[_Written]:
    found: list[_Written] = []
    for column in columns:
        field = column.field
        heading = str(field.label)
        if field.custom is not None:
            found.append(_custom(heading, column))
            continue
        if column.masked:
            blank = field.kind in (FieldKind.RELATION, FieldKind.RECORDS)
            found.append(_Written(heading, field.name, _nothing if blank else mask))
            continue
        if field.kind is FieldKind.RECORDS:
            found.append(_Written(heading, field.name, ", ".join, keys=as_keys))
            continue
        found.append(_Written(heading, _path(field), _formatter(field)))
        if field.currency_name and entity.has_field(field.currency_name):
            found.append(_Written(currency_heading(field), field.currency_name, _as_it_is))
    return found


def _custom(heading: str, column: ExportColumn) -> _Written:
    """A custom value stands in `custom` among the others; of a link the title is looked up beside it."""
    field = column.field
    if field.kind is FieldKind.RELATION and field.related is not None:
        if column.masked:
            return _Written(heading, "custom", _nothing)
        linked = Cast(KeyTextTransform(field.name, OuterRef("custom")), models.BigIntegerField())
        titles = field.related._default_manager.filter(pk=linked).values(title_path(registry.of(field.related)))
        return _Written(heading, f"title_of_{field.name}", _as_it_is, Subquery(titles[:1]))
    if field.kind is FieldKind.FILE:
        if column.masked:
            return _Written(heading, "custom", _nothing)
        return _Written(heading, "custom", ", ".join, keys=lambda custom: keys_of(field, custom.get(field.name)))
    write: Formatter = mask if column.masked else _formatter(field)
    return _Written(heading, "custom", lambda custom: write(from_stored(field, custom.get(field.name))))


def currency_heading(field: Field) -> str:
    """The heading of the column that holds an amount's currency."""
    return _("%(field)s: currency") % {"field": field.label}


def _path(field: Field) -> str:
    if field.kind is FieldKind.RELATION and field.related is not None and registry.has(field.related):
        return f"{field.name}__{title_path(registry.of(field.related))}"
    return field.name


def _formatter(field: Field) -> Formatter:
    if field.kind is FieldKind.CHOICE:
        return _from({code: str(label) for code, label in field.choices})
    if field.kind is FieldKind.OPTION:
        return _from(_option_texts(field.option_list))
    if field.kind is FieldKind.PERCENT:
        return lambda value: "" if value is None else f"{value}%"
    if field.kind is FieldKind.MULTI_CHOICE:
        texts = _option_texts(field.option_list)
        return lambda codes: ", ".join(texts.get(code, code) for code in codes)
    if field.kind is FieldKind.LIST:
        return lambda value: ", ".join(map(str, value or ()))
    return _as_it_is


def _as_it_is(value: Any) -> ExportValue:
    found: ExportValue = value
    return found


def _nothing(_value: Any) -> ExportValue:
    return ""


def _from(texts: dict[str, str]) -> Formatter:
    return lambda code: texts.get(code, code)


def _option_texts(list_name: str) -> dict[str, str]:
    """What each code is written as, so that an import reads it back: its label, or its whole path in a tree."""
    entries = options.entries(list_name)
    if options.get_list(list_name).is_tree:
        return {
            code: "/".join(entries[each].text() for each in reversed(options.ancestors(list_name, code)))
            for code in entries
        }
    texts = {code: entry.text() for code, entry in entries.items()}
    repeated = {text for text in texts.values() if list(texts.values()).count(text) > 1}
    return {code: code if text in repeated else text for code, text in texts.items()}
