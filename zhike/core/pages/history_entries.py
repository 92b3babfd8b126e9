"""What happened to a record, as its reader may know it: who, when, through which door, and which values changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import layouts
from zhike.core.actors import REVEAL, FieldMode, Via
from zhike.core.entities import Entity, Field, FieldKind, Label
from zhike.core.events.models import Event
from zhike.core.fieldvalues import from_stored
from zhike.core.lists.rows import keys_of
from zhike.core.masking import mask
from zhike.core.pages import moments
from zhike.core.pages.display import Link, Value, plain
from zhike.core.pages.reading import Reader
from zhike.core.pages.words import sentence_start

VIA_LABELS: dict[str, Label] = {
    Via.API: gettext_lazy("through the API"),
    Via.IMPORT: gettext_lazy("by import"),
    Via.WORKFLOW: gettext_lazy("by a workflow"),
    Via.CHANNEL: gettext_lazy("by a message"),
    Via.JOB: gettext_lazy("by a background job"),
    Via.SHELL: gettext_lazy("by a command"),
}
_PLATFORM_VERBS: dict[str, tuple[Label, str, str]] = {
    "create": (gettext_lazy("created this"), "plus", "green"),
    "edit": (gettext_lazy("changed this"), "pencil", ""),
    "delete": (gettext_lazy("moved this to the recycle bin"), "trash", "red"),
    "restore": (gettext_lazy("restored this"), "restore", "green"),
    "unshare": (gettext_lazy("ended the sharing of this"), "user-off", ""),
    "purge": (gettext_lazy("removed this for good"), "trash", "red"),
    "erase": (gettext_lazy("erased this"), "trash", "red"),
    REVEAL: (gettext_lazy("looked at a masked field"), "eye", ""),
    "sign_in": (gettext_lazy("signed in"), "login", ""),
}


@dataclass(frozen=True)
class Change:
    """One field: what it was and what it became, as text; blank means there was nothing."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One event. `who` is blank where the system acted."""

    who: str
    what: str
    icon: str
    tone: str
    when: str
    exact: str
    via: str
    note: str
    effective_on: date | None
    changes: list[Change]


def history_of(reader: Reader, entity: Entity, row: Any, *, limit: int, before: int | None = None) -> list[Entry]:
    """The newest events of a record the reader reaches, newest first; `before` continues below an event id."""
    events = Event.objects.filter(entity=entity.slug, record_id=row.pk)
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events.select_related("actor", "on_behalf_of").order_by("-pk")[:limit])
    for event in found:
        if event.verb == "create":
            event.changes = {}  # what a record began with stands on its page already
    return describe(reader, entity, found)


def describe(reader: Reader, entity: Entity, events: Sequence[Event]) -> list[Entry]:
    """Events of one entity in words. Related records are named with one statement per entity."""
    names = _Names(reader, entity, events)
    return [_entry(reader, entity, event, names) for event in events]


def _entry(reader: Reader, entity: Entity, event: Event, names: "_Names") -> Entry:
    what, icon, tone = verb_words(entity, event.verb)
    note = event.note
    if event.verb == REVEAL:
        what, note = _revealed(reader, entity, event) or what, ""
    who = "" if event.actor is None else str(event.actor)
    if event.on_behalf_of is not None:
        who = _("%(person)s for %(other)s") % {"person": who, "other": event.on_behalf_of}
    return Entry(
        who=who or _("Zhike"),
        what=what,
        icon=icon,
        tone=tone,
        when=moments.in_words(event.at),
        exact=moments.exactly(event.at),
        via=str(VIA_LABELS.get(event.via, "")),
        note=note,
        effective_on=event.effective_on,
        changes=list(_changes(reader, entity, event, names)),
    )


def _revealed(reader: Reader, entity: Entity, event: Event) -> str:
    """Which field somebody looked at; blank where the reader must not know that it is there."""
    field = layouts.known(entity, event.note)
    if field is None or reader.mode(entity, event.note) is FieldMode.HIDDEN:
        return ""
    return _("looked at the masked field “%(field)s”") % {"field": sentence_start(field.label)}


def verb_words(entity: Entity, name: str) -> tuple[str, str, str]:
    """What a verb of the log is called in the past ("moved this"), its icon and its tone."""
    if name in _PLATFORM_VERBS:
        label, icon, tone = _PLATFORM_VERBS[name]
        return str(label), icon, tone
    verb = next((each for each in entity.verbs if each.name == name), None)
    if verb is None:
        return _("did “%(step)s”") % {"step": name}, "point", ""
    return _("did “%(step)s”") % {"step": sentence_start(verb.label)}, verb.icon or "point", "brand"


def _changes(reader: Reader, entity: Entity, event: Event, names: "_Names") -> Iterable[Change]:
    for name, pair in event.changes.items():
        field = layouts.known(entity, name)
        if field is None or not isinstance(pair, list) or len(pair) != 2:
            continue
        mode = reader.mode(entity, name)
        if mode is FieldMode.HIDDEN or name.endswith("_currency"):
            continue
        currency = _currency(event, field)
        old, new = (names.text(field, value, currency) for value in pair)
        if mode is FieldMode.MASKED:
            old, new = mask(old), mask(new)
        if event.verb != "create" or new:
            yield Change(sentence_start(field.label), old, new)


def _currency(event: Event, field: Field) -> str:
    changed = event.changes.get(field.currency_name) if field.currency_name else None
    return str(changed[1] or "") if isinstance(changed, list) and len(changed) == 2 else ""


class _Names:
    """Texts of stored values; related records by one look-up per entity, without the names of those the reader does not reach."""

    def __init__(self, reader: Reader, entity: Entity, events: Sequence[Event]) -> None:
        self._reader = reader
        wanted: dict[type[models.Model], set[int]] = {}
        for event in events:
            for name, pair in event.changes.items():
                field = layouts.known(entity, name)
                related = None if field is None else field.related
                if related is not None and isinstance(pair, list):
                    wanted.setdefault(related, set()).update(value for value in pair if isinstance(value, int))
        for model, ids in wanted.items():
            reader.links(model, ids)
        reader.key_links({key for event in events for key in _keys_named(entity, event)})

    def text(self, field: Field, value: Any, currency: str) -> str:
        """A stable value of the log as a reader reads it."""
        if value in (None, "", []):
            return ""
        if field.related is not None:
            link = self._reader.links(field.related, {value}).get(value) if isinstance(value, int) else None
            return link.label if link is not None and link.url else _("a record you do not see")
        if field.kind in (FieldKind.RECORDS, FieldKind.FILE):
            keys = keys_of(field, value)
            links = self._reader.key_links(set(keys))
            gone = Link(_("a record you do not see") if field.kind is FieldKind.RECORDS else _("a file that is gone"))
            return plain(Value(field=field, value=value, links=tuple(links.get(key, gone) for key in keys)))
        return plain(Value(field=field, value=_from_stable(field, value), currency=currency))


def _keys_named(entity: Entity, event: Event) -> Iterable[str]:
    """The keys of the records that a change of a field with several names, before and after."""
    for name, pair in event.changes.items():
        field = layouts.known(entity, name)
        if field is not None and field.kind in (FieldKind.RECORDS, FieldKind.FILE) and isinstance(pair, list):
            for value in pair:
                yield from keys_of(field, value)


def _from_stable(field: Field, value: Any) -> Any:
    """The Python value of what the log keeps as text; what cannot be read stays as it is."""
    if field.custom is not None:
        return from_stored(field, value)
    try:
        if field.kind is FieldKind.MOMENT:
            return datetime.fromisoformat(value)
        if field.kind is FieldKind.DATE:
            return date.fromisoformat(value)
        if field.kind in (FieldKind.MONEY, FieldKind.DECIMAL):
            return Decimal(value)
    except (ValueError, TypeError, InvalidOperation):
        return value
    return value
