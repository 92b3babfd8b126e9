"""Values of single records as one reader may be shown them: field rights, masks, labels of records he does not reach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.safestring import SafeString

from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Entity, Field, FieldKind
from zhike.core.lists import related_labels
from zhike.core.masking import mask
from zhike.core.pages.display import PAGE, Link, Style, Value, plain, show, tone_of
from zhike.core.pages.words import sentence_start


@dataclass(frozen=True)
class Fact:
    """One field of a record, ready to be shown."""

    name: str
    label: str
    html: SafeString
    wide: bool = False


class Reader:
    """What one actor may be shown on one page. Related records are looked up together, one statement per entity."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._links: dict[type[models.Model], dict[int, Link]] = {}

    def mode(self, entity: Entity, name: str) -> FieldMode:
        return self.actor.access.field_mode(entity.slug, name)

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
                html=show(self.value(entity, field, row), style),
                wide=field.kind is FieldKind.LONG_TEXT,
            )
            for field in fields
        ]

    def look_up(self, fields: Iterable[Field], rows: Sequence[Any]) -> None:
        """Read the names of the related records of these rows, and which of them the reader reaches."""
        wanted: dict[type[models.Model], set[int]] = {}
        for field in fields:
            if field.kind is FieldKind.RELATION and field.related is not None:
                wanted.setdefault(field.related, set()).update({getattr(row, field.attname) for row in rows} - {None})
        for model, ids in wanted.items():
            self.links(model, ids)

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

    def value(self, entity: Entity, field: Field, row: Any) -> Value:
        """One field of one row. Of many, `look_up` reads the related ones together first."""
        mode = self.mode(entity, field.name)
        if mode is FieldMode.HIDDEN:
            return Value(field=field, value=None)
        if field.kind is FieldKind.RELATION:
            link = self._link(field, row)
            if mode is FieldMode.MASKED and link is not None:
                return Value(field=field, value=mask(link.label), masked=True)
            return Value(field=field, value=getattr(row, field.attname), link=link)
        value = getattr(row, field.attname)
        if mode is FieldMode.MASKED:
            return Value(field=field, value=mask(value), masked=True)
        currency = getattr(row, field.currency_name, "") if field.currency_name else ""
        return Value(field=field, value=value, currency=currency)

    def text(self, entity: Entity, name: str, row: Any) -> str:
        """The value as plain text."""
        return plain(self.value(entity, entity.field(name), row))

    def _link(self, field: Field, row: Any) -> Link | None:
        pk = getattr(row, field.attname)
        if pk is None or field.related is None:
            return None
        return self.links(field.related, {pk}).get(pk)
