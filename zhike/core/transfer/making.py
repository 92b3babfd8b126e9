"""What an import makes of the company's settings before its first row: options its values need, fields for its columns.

The import makes them by the actions that settings pages use, in a transaction of its own. A trial makes nothing and goes on as
if they were there.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from zhike.core import options, overlay
from zhike.core.actors import Actor
from zhike.core.configuration.option_actions import Words, add_option
from zhike.core.configuration.rights import FIELDS, OPTIONS
from zhike.core.customfields.actions import Draft, create_field, is_configurable, restore_field
from zhike.core.customfields.checking import MAX_LABEL
from zhike.core.customfields.keys import free_key
from zhike.core.customfields.models import CustomField, CustomKind
from zhike.core.entities import Entity, FieldKind
from zhike.core.pages.words import join_words
from zhike.core.transfer import offers
from zhike.core.transfer.runs import Run
from zhike.core.transfer.suggest import folded
from zhike.core.writes.errors import RuleBroken

# An option list is for choosing from; a column with more different values is no list.
MOST_OPTIONS = 200
MOST_CHOICES = 100
LONGEST_LABEL = 100
_NAMED = 20
_SETTINGS = ("custom_option_lists", "fields", "options")


@dataclass(frozen=True, kw_only=True)
class NewField:
    """A field made from a column: `choices` are what a choice offers."""

    key: str
    label: str
    kind: str
    places: int = 2
    choices: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class NewOptions:
    """Options that a list gets, by what they say."""

    list_name: str
    labels: list[str]


def may_make_fields(actor: Actor, entity: Entity) -> bool:
    """Whether this person may give the entity a field of its own."""
    return actor.access.may(FIELDS) and is_configurable(entity)


def extendable_list(actor: Actor, entity: Entity, target: str) -> str:
    """The option list of the field a target means, when this person may add to it; blank otherwise."""
    name = option_list_of(entity, target)
    if not name:
        return ""
    listed = options.get_list(name)
    may = actor.access.may(OPTIONS) or (listed.is_custom and actor.access.may(FIELDS))
    return name if may else ""


def option_list_of(entity: Entity, target: str) -> str:
    """The option list a company can add to behind the field a target means; blank for official code tables and other fields."""
    owner, name = offers.place_of(entity, target)
    if "@" in target or not owner.has_field(name) or owner.field(name).kind is not FieldKind.OPTION:
        return ""
    listed = owner.field(name).option_list
    return "" if options.get_list(listed).is_table else listed


def key_for(entity: Entity, heading: str, kind: str, taken: Collection[str]) -> str:
    """The key of a field made from a column: that of a retired field just like it, else a free one."""
    draft = _draft(NewField(key="", label=heading, kind=kind))
    alike = CustomField.objects.filter(
        entity=entity.slug, is_active=False, kind=kind, label_zh=draft.label_zh, label_en=draft.label_en
    )
    for key in alike.order_by("id").values_list("key", flat=True):
        if key not in taken:
            return key
    key = base = free_key(entity.slug, "", draft)
    number = 1
    known = set(CustomField.objects.filter(entity=entity.slug).values_list("key", flat=True))
    while key in taken or key in known:
        number += 1
        key = f"{base}_{number}"
    return key


@contextmanager
def in_place(run: Run, slug: str, fields: Sequence[NewField], lists: Sequence[NewOptions]) -> Iterator[None]:
    """Have fields and options there for the rows. Raises what the actions raise (`Refused`)."""
    if not fields and not lists:
        yield
    elif run.is_trial:
        with overlay.pretending(lambda: _make(run.actor, slug, fields, lists), *_SETTINGS):
            yield
    else:
        if not run.place():
            with run.batch():
                _make(run.actor, slug, fields, lists)
                # A run that is killed afterwards goes on behind this.
                run.reached({"step": 1})
        yield


def _make(actor: Actor, slug: str, fields: Sequence[NewField], lists: Sequence[NewOptions]) -> None:
    for each in fields:
        _make_field(actor, slug, each)
    for listed in lists:
        _make_options(actor, listed.list_name, listed.labels)


def _make_field(actor: Actor, slug: str, wanted: NewField) -> None:
    row = CustomField.objects.filter(entity=slug, key=wanted.key).first()
    if row is None:
        row = create_field(actor, slug, _draft(wanted), key=wanted.key)
    elif row.is_active or row.kind != wanted.kind:
        raise RuleBroken(
            _("Somebody made a field “%(field)s” meanwhile. Go back to the columns and choose it.")
            % {"field": wanted.label}
        )
    else:
        restore_field(actor, slug, wanted.key)
    if wanted.kind == CustomKind.CHOICE:
        _make_options(actor, row.option_list, wanted.choices)


def _make_options(actor: Actor, list_name: str, labels: Iterable[str]) -> None:
    known = _known(list_name)
    for label in labels:
        if folded(label) not in known:
            known.add(folded(label))
            add_option(actor, list_name, _worded(label))


def _known(list_name: str) -> set[str]:
    entries = options.entries(list_name)
    known = {folded(code) for code in entries}
    for language, _name in settings.LANGUAGES:
        with override(language):
            known |= {folded(entry.text()) for entry in entries.values()}
    return known


def _draft(wanted: NewField) -> Draft:
    words = _worded(wanted.label[:MAX_LABEL])
    return Draft(kind=wanted.kind, places=wanted.places, label_zh=words.label_zh, label_en=words.label_en)


def _worded(text: str) -> Words:
    """A label in the language it is written in; the other language shows it too as long as it has none of its own."""
    is_chinese = any("\u2e80" <= letter <= "\u9fff" for letter in text)
    return Words(label_zh=text) if is_chinese else Words(label_zh="", label_en=text)


def told(fields: Sequence[NewField], lists: Sequence[NewOptions]) -> list[str]:
    """What is made, in sentences."""
    kinds = dict(CustomKind.choices)
    sentences: list[str] = []
    for each in fields:
        sentences.append(
            _("A new field “%(field)s” (%(kind)s).") % {"field": each.label, "kind": kinds.get(each.kind, each.kind)}
        )
        if each.choices:
            sentences[-1] += " " + _("Its choices: %(words)s.") % {"words": _few(each.choices)}
    for listed in lists:
        sentence = ngettext(
            "A new option of the list “%(list)s”: %(words)s.",
            "%(count)d new options of the list “%(list)s”: %(words)s.",
            len(listed.labels),
        )
        label = options.get_list(listed.list_name).label
        sentences.append(sentence % {"count": len(listed.labels), "list": label, "words": _few(listed.labels)})
    return sentences


def _few(words: Sequence[str]) -> str:
    return join_words([*words[:_NAMED], *(["…"] if len(words) > _NAMED else [])])
