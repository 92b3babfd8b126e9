"""Finding the record a cell names: by the key it had in the other system, by its number, or by its name."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field, FieldKind, registry
from zhike.core.external_keys import ExternalKey
from zhike.core.fields import PinyinKeyField
from zhike.core.search import pinyin
from zhike.core.transfer.cells import NotKnown
from zhike.core.transfer.values import NotUnderstood, shown

_KEPT = 20_000
# How a person's choice of one record stands among texts: what a file says cannot name a record it may not see either.
_CHOSEN = "#id:"
_SUGGESTED_FROM = 20_000


class Finder:
    """Finds the records of one entity that texts name, within what the actor may see; batch by batch, remembering them.

    `by` names the one field to look at instead of key, number and title.
    """

    def __init__(self, actor: Actor, entity: Entity, system: str, *, by: str = "") -> None:
        self.actor = actor
        self.entity = entity
        self.system = system
        self._found: dict[str, tuple[Any, ...]] = {}
        self._title = by or entity.title
        self._number = "" if by else entity.number
        self._sort_key = _sort_key_of(entity, self._title)
        self._has_title = entity.has_field(self._title) and entity.field(self._title).kind.is_text

    def forget(self) -> None:
        """Look everything up again: what was found may have been rolled back."""
        self._found.clear()

    def load(self, texts: Iterable[str]) -> None:
        """Look up the texts not yet known, all at once."""
        wanted = set(texts) - self._found.keys()
        if len(self._found) > _KEPT:
            self._found.clear()
            wanted = set(texts)
        if wanted:
            self._found |= self._look_up(wanted)

    def forget_unknown(self) -> None:
        """Look again for what was not found: the step itself may have made it meanwhile."""
        self._found = {text: rows for text, rows in self._found.items() if rows}

    def candidates(self, text: str) -> tuple[Any, ...]:
        """The records the text names: by key alone when one is known by it, else by number, else by name."""
        if text not in self._found:
            self.load((text,))
        return self._found[text]

    def labels(self) -> list[str]:
        """Names to suggest from."""
        if not self._has_title:
            return []
        return list(self._visible().values_list(self._title, flat=True)[:_SUGGESTED_FROM])

    def _visible(self) -> Any:
        return self.entity.model._default_manager.all().visible_to(self.actor)  # type: ignore[attr-defined]  # every registered model has it

    def _look_up(self, texts: set[str]) -> dict[str, tuple[Any, ...]]:
        keys = dict(
            ExternalKey.objects.filter(entity=self.entity.slug, system=self.system, key__in=texts).values_list(
                "key", "record_id"
            )
        )
        rows = list(self._visible().filter(self._condition(texts, keys.values())))
        by_id = {row.pk: row for row in rows}
        return {text: self._pick(text, keys, by_id) for text in texts}

    def _condition(self, texts: set[str], ids: Iterable[int]) -> Q:
        condition = Q(pk__in=[*ids, *_chosen(texts)])
        if self._number:
            condition |= Q(**{f"{self._number}__in": texts})
        if self._sort_key is not None:
            # The sort key has an index, the name has none.
            sort_keys = {pinyin.sort_key(text, person=self._sort_key.person)[:255] for text in texts}
            condition |= Q(**{f"{self._sort_key.name}__in": sort_keys})
        elif self._has_title:
            condition |= Q(**{f"{self._title}__in": texts})
        return condition

    def _pick(self, text: str, keys: dict[str, int], by_id: dict[int, Any]) -> tuple[Any, ...]:
        if text.startswith(_CHOSEN):
            return tuple(by_id[pk] for pk in _chosen({text}) if pk in by_id)
        if text in keys:
            # A record known by that key but out of reach is not replaced by a namesake.
            return (by_id[keys[text]],) if keys[text] in by_id else ()
        if self._number:
            numbered = tuple(row for row in by_id.values() if getattr(row, self._number) == text)
            if numbered:
                return numbered
        if not self._has_title:
            return ()
        same = tuple(row for row in by_id.values() if getattr(row, self._title) == text)
        return same or tuple(row for row in by_id.values() if getattr(row, self._title).casefold() == text.casefold())


def chosen_record(pk: int) -> str:
    """The text that names just this record, as a replacement of a value."""
    return f"{_CHOSEN}{pk}"


def _chosen(texts: Iterable[str]) -> list[int]:
    numbers = (text.removeprefix(_CHOSEN) for text in texts if text.startswith(_CHOSEN))
    return [int(number) for number in numbers if number.isdecimal() and len(number) < 19]


def _sort_key_of(entity: Entity, title: str) -> PinyinKeyField | None:
    for each in entity.model._meta.concrete_fields:
        if isinstance(each, PinyinKeyField) and each.of == title:
            return each
    return None


class Relations:
    """The relation fields of one step, each with its finder and the fields by which namesakes are told apart.

    A stage is named like another pipeline's; since both the stage and the record have a pipeline, the record's decides.
    """

    def __init__(self, actor: Actor, entity: Entity, fields: Iterable[Field], system: str) -> None:
        self.fields = {field.name: field for field in fields if field.kind is FieldKind.RELATION}
        self.finders: dict[str, Finder] = {}
        self._narrowed_by: dict[str, list[tuple[str, str]]] = {}
        for name, field in self.fields.items():
            if field.related is None or not registry.has(field.related):
                raise TypeError(f"{entity.slug}.{name} points at a model that is no entity.")
            related = registry.of(field.related)
            self.finders[name] = Finder(actor, related, system)
            self._narrowed_by[name] = _shared_parents(entity, related, name)
        # Those that tell others apart come first.
        self.order = sorted(self.fields, key=lambda name: len(self._narrowed_by[name]))

    def forget(self) -> None:
        """Look everything up again."""
        for finder in self.finders.values():
            finder.forget()

    def narrowed_by(self, name: str) -> tuple[str, ...]:
        """The columns of the record by which namesakes of this relation are told apart."""
        return tuple(ours for _theirs, ours in self._narrowed_by[name])

    def find(self, name: str, text: str, row: Any) -> Any:
        """The record that `text` names for the field, given what is already set on `row`.

        Raises `NotKnown` when there is none the actor may see, `NotUnderstood` when there are several.
        """
        found = self.finders[name].candidates(text)
        for theirs, ours in self._narrowed_by[name]:
            if len(found) > 1 and getattr(row, ours, None) is not None:
                found = tuple(each for each in found if getattr(each, theirs) == getattr(row, ours))
        if not found:
            raise NotKnown(text)
        if len(found) > 1:
            raise NotUnderstood(
                _("“%(value)s” names %(count)d records. Use the number or the key of the one that is meant.")
                % {"value": shown(text), "count": len(found)}
            )
        return found[0]


def _shared_parents(entity: Entity, related: Entity, name: str) -> list[tuple[str, str]]:
    """Pairs of columns (theirs, ours) that point at the same kind of record."""
    ours = {
        each.related_model: each.attname
        for each in entity.model._meta.concrete_fields
        if each.remote_field is not None and each.name != name and each.editable
    }
    return [
        (each.attname, ours[each.related_model])
        for each in related.model._meta.concrete_fields
        if each.remote_field is not None and each.editable and each.related_model in ours
    ]
