"""Values of single records as one reader may be shown them: field rights, masks, labels of records he does not reach."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.safestring import SafeString

from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Entity, Field, FieldKind
from zhike.core.fieldvalues import value_of
from zhike.core.files import held
from zhike.core.files.panels import ShownFile
from zhike.core.lists import related_labels
from zhike.core.lists.rows import keys_in, keys_of
from zhike.core.masking import mask
from zhike.core.pages.display import PAGE, Link, Style, Value, plain, show, tone_of
from zhike.core.pages.words import sentence_start
from zhike.core.record_keys import titles


@dataclass(frozen=True)
class Fact:
    """One field of a record, ready to be shown."""

    name: str
    label: str
    html: SafeString
    wide: bool = False
    masked: bool = False


class Reader:
    """What one actor may be shown on one page. Related records are looked up together, one statement per entity."""

    def __init__(self, actor: Actor, *, revealed: Collection[tuple[str, str]] = ()) -> None:
        self.actor = actor
        # Slug and name of the masked fields that this page shows as they are; see `core.revealing`.
        self._revealed = revealed
        self._links: dict[type[models.Model], dict[int, Link]] = {}
        self._key_links: dict[str, Link] = {}

    def mode(self, entity: Entity, name: str) -> FieldMode:
        mode = self.actor.access.field_mode(entity.slug, name)
        is_revealed = mode is FieldMode.MASKED and (entity.slug, name) in self._revealed
        return FieldMode.READ_ONLY if is_revealed else mode

    def visible(self, entity: Entity, names: Iterable[str]) -> list[Field]:
        """Those fields of `names` that the reader may be shown at all, masked ones included."""
        return [entity.field(name) for name in names if self.mode(entity, name) is not FieldMode.HIDDEN]

    def facts(self, entity: Entity, row: Any, names: Sequence[str], style: Style = PAGE) -> list[Fact]:
        """Label and value of each field; blank values are kept, since a blank says something on a record's page."""
        fields = self.visible(entity, names)
        self.look_up(fields, [row])
        return [
            Fact(
                name=field.name,
                label=sentence_start(field.label),
                html=show(value, style),
                wide=field.kind is FieldKind.LONG_TEXT,
                masked=value.masked,
            )
            for field in fields
            for value in (self.value(entity, field, row),)
        ]

    def look_up(self, fields: Sequence[Field], rows: Sequence[Any]) -> None:
        """Read the names of the related records of these rows, and which of them the reader reaches."""
        wanted: dict[type[models.Model], set[int]] = {}
        for field in fields:
            if field.kind is FieldKind.RELATION and field.related is not None:
                wanted.setdefault(field.related, set()).update({value_of(row, field) for row in rows} - {None})
        for model, ids in wanted.items():
            self.links(model, ids)
        self.key_links({key for row in rows for key in keys_in(row, fields)})

    def links(self, model: type[models.Model], ids: set[int]) -> dict[int, Link]:
        """The records of a model with these ids as this reader may be shown them, from memory where they were asked for before."""
        known = self._links.setdefault(model, {})
        unknown = ids - known.keys()
        if unknown:
            tones = (
                {row.pk: tone_of(row) for row in model._default_manager.filter(pk__in=unknown)}
                if hasattr(model, "tone")
                else {}
            )
            for pk, related in related_labels(self.actor, model, unknown).items():
                url = f"/{related.slug}/{pk}/" if related.reachable and related.slug else ""
                known[pk] = Link(related.label, url, tones.get(pk, ""))
        return known

    def key_links(self, keys: set[str]) -> dict[str, Link]:
        """Records of any kind, by their keys, as this reader may be shown them."""
        unknown = keys - self._key_links.keys() - {""}
        if unknown:
            found = titles(self.actor, unknown)
            self._key_links |= {key: Link(titled.label, titled.url) for key, titled in found.items()}
        return self._key_links

    def value(self, entity: Entity, field: Field, row: Any) -> Value:
        """One field of one row. Of many, `look_up` reads the related ones together first."""
        mode = self.mode(entity, field.name)
        if mode is FieldMode.HIDDEN:
            return Value(field=field, value=None)
        if field.kind is FieldKind.RELATION:
            link = self._link(field, row)
            if mode is FieldMode.MASKED and link is not None:
                return Value(field=field, value=mask(link.label), masked=True)
            # Of a record that was removed for good nothing is left to show.
            return Value(field=field, value=None if link is None else value_of(row, field), link=link)
        value = value_of(row, field)
        if field.kind is FieldKind.RECORD and mode is not FieldMode.MASKED:
            return Value(field=field, value=value, link=self.key_links({value}).get(value))
        if field.kind in (FieldKind.RECORDS, FieldKind.FILE) and mode is not FieldMode.MASKED:
            return self._several(field, value)
        if field.kind is FieldKind.FILE:
            return Value(field=field, value=None)  # a file is opened or not; there is nothing between
        if mode is FieldMode.MASKED:
            return Value(field=field, value=mask(value), masked=True)
        currency = getattr(row, field.currency_name, "") if field.currency_name else ""
        return Value(field=field, value=value, currency=currency)

    def text(self, entity: Entity, name: str, row: Any) -> str:
        """The value as plain text."""
        return plain(self.value(entity, entity.field(name), row))

    def _several(self, field: Field, value: Any) -> Value:
        """Of records that were removed for good nothing is left to show."""
        keys = keys_of(field, value)
        links = self.key_links(set(keys))
        known = [key for key in keys if key in links]
        files = self._files(value) if field.kind is FieldKind.FILE else ()
        return Value(field=field, value=known, links=tuple(links[key] for key in known), files=files)

    def _files(self, ids: Sequence[int]) -> tuple[ShownFile, ...]:
        found = held.known(self.actor, ids)
        return tuple(ShownFile(found[pk]) for pk in ids if pk in found)

    def _link(self, field: Field, row: Any) -> Link | None:
        pk = value_of(row, field)
        if pk is None or field.related is None:
            return None
        return self.links(field.related, {pk}).get(pk)
