"""Changing lists of options: words, colours, order, in use or not, two codes made one."""

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from zhike.core import options, overlay, tags, writes
from zhike.core.actors import Actor
from zhike.core.configuration.log import log
from zhike.core.configuration.rights import FIELDS, OPTIONS, require
from zhike.core.customfields import choices
from zhike.core.entities import Entity, FieldKind, registry
from zhike.core.entities.fields import TAGS
from zhike.core.options.models import Option
from zhike.core.search.pinyin import sort_key
from zhike.core.text import tidy
from zhike.core.writes.errors import RuleBroken

COLOURS = ("grey", "blue", "green", "amber", "red", "violet", "brand")
_BATCH = 200
_CODE = re.compile(r"[a-z0-9_-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What an option says: a label per language (one is enough) and a colour, which may be blank."""

    label_zh: str
    label_en: str = ""
    colour: str = ""


def add_option(actor: Actor, list_name: str, words: Words) -> Option:
    """Add an option at the end of a list; its code is made from its words. Raises `RuleBroken`."""
    _editable(actor, list_name)
    return put_option(actor, list_name, words)


def put_option(actor: Actor, list_name: str, words: Words) -> Option:
    """The same for whoever may add options by using them: the caller has judged that. Raises `RuleBroken`."""
    known = options.entries(list_name)
    words = _checked(list_name, words, known.values())
    with transaction.atomic():
        code = _free_code(words, tags.taken() if list_name == TAGS else set(known))
        overlay.bump()
        position = max((row.position for row in Option.objects.filter(list_name=list_name)), default=0)
        row = Option.objects.create(
            list_name=list_name,
            code=code,
            label_zh=words.label_zh,
            label_en=words.label_en,
            colour=words.colour,
            position=max(position, len(known) * 10) + 10,
        )
        log(
            actor,
            "add_option",
            {"label_zh": ("", words.label_zh), "label_en": ("", words.label_en)},
            record_id=row.pk,
            note=list_name,
        )
        overlay.forget()
    return row


def change_option(actor: Actor, list_name: str, code: str, words: Words) -> None:
    """Give an option other words or another colour; the code, and so every record, stays. Raises `RuleBroken`."""
    known = _editable(actor, list_name)
    entry = _entry(known, code)
    words = _checked(list_name, words, (each for each in known.values() if each.code != code))
    with transaction.atomic():
        row = _row(list_name, entry, known)
        changes: dict[str, tuple[Any, Any]] = {}
        for name in ("label_zh", "label_en", "colour"):
            changes[name] = (getattr(row, name), getattr(words, name))
            setattr(row, name, getattr(words, name))
        _save(actor, row, "change_option", changes)


def switch_option(actor: Actor, list_name: str, code: str, *, on: bool) -> None:
    """Offer an option again, or no longer; records that carry it keep it."""
    known = _editable(actor, list_name)
    entry = _entry(known, code)
    with transaction.atomic():
        row = _row(list_name, entry, known)
        before, row.is_active = row.is_active, on
        _save(actor, row, "switch_option", {"is_active": (before, on)})


def order_options(actor: Actor, list_name: str, codes: list[str]) -> None:
    """Put the options of a list into this order. Raises `RuleBroken` unless each is named once."""
    known = _editable(actor, list_name)
    if sorted(codes) != sorted(known):
        raise RuleBroken(_("The list was changed meanwhile. Reload the page and order it again."))
    with transaction.atomic():
        for index, code in enumerate(codes):
            row = _row(list_name, known[code], known)
            row.position = index * 10
            row.save()
        overlay.bump()
        log(actor, "order_options", {"order": (list(known), codes)}, note=list_name)


def merge_options(actor: Actor, list_name: str, code: str, into: str) -> int:
    """Give every record that carries `code` the code `into`, and switch `code` off. Returns how many records changed.

    Each change is an event of its own under one batch id. Raises `RuleBroken` when the actor may not edit some of the records.
    """
    known = _editable(actor, list_name)
    entry, target = _entry(known, code), _entry(known, into)
    if code == into:
        raise RuleBroken(_("Choose another option to merge into."), "into")
    batch = actor.in_batch(uuid4().hex)
    changed = 0
    with transaction.atomic():
        for entity, name in _users_of(list_name):
            changed += _recode(batch, entity, _rows_with(entity, name, code), partial(_set, name=name, into=into))
        for entity, field in choices.users_of(list_name):
            rows = _living(entity, choices.carriers(entity, field, code))
            changed += _recode(batch, entity, rows, partial(choices.replace_choice, field=field, code=code, into=into))
        row = _row(list_name, entry, known)
        row.is_active = False
        _save(batch, row, "merge_option", {"code": (code, target.code)})
    return changed


def _set(row: Any, name: str, into: str) -> None:
    setattr(row, name, into)


def _rows_with(entity: Entity, name: str, code: str) -> list[Any]:
    return _living(entity, entity.model._default_manager.filter(**{name: code}).order_by("pk"))


def _living(entity: Entity, found: Any) -> list[Any]:
    return list(found.filter(deleted_at__isnull=True) if entity.has_column("deleted_at") else found)


def _recode(actor: Actor, entity: Entity, rows: list[Any], change: Callable[[Any], None]) -> int:
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        for row in part:
            change(row)
        try:
            writes.save_many(actor, part, action="edit")
        except writes.NotReachable as missing:
            raise RuleBroken(
                _(
                    "Some %(records)s carry this option and are not yours to change. Let an administrator who sees all do it."
                )
                % {"records": entity.label_plural}
            ) from missing
    return len(rows)


def set_option(
    actor: Actor, list_name: str, code: str, words: Words, *, parent: str, position: int, is_active: bool
) -> None:
    """Make an option of this code exactly so, new or known: how a configuration file says it. Raises `RuleBroken`."""
    known = _editable(actor, list_name)
    if not _CODE.fullmatch(code):
        raise RuleBroken(_("A code has small letters, digits and underscores, at most 40."))
    if words.label_zh or words.label_en or code not in known:
        words = _checked(list_name, words, (each for each in known.values() if each.code != code))
    if parent and parent not in known:
        raise RuleBroken(_("There is no such option in this list."), "parent")
    wanted = {
        "label_zh": words.label_zh, "label_en": words.label_en, "colour": words.colour, "parent": parent,
        "position": position, "is_active": is_active,
    }  # fmt: skip
    with transaction.atomic():
        row = Option.objects.filter(list_name=list_name, code=code).first() or Option(list_name=list_name, code=code)
        changes = {name: (getattr(row, name) if row.pk else "", value) for name, value in wanted.items()}
        for name, value in wanted.items():
            setattr(row, name, value)
        _save(actor, row, "set_option", changes)


def remove_option(actor: Actor, list_name: str, code: str) -> None:
    """Take away what was set for an option: a shipped one is as shipped again, another one is gone. Raises `RuleBroken` in use."""
    entry = _entry(_editable(actor, list_name), code)
    uses = 0 if entry.is_shipped else count_uses(list_name).get(code, 0)
    if uses:
        sentence = ngettext(
            "%(count)s record carries this option. Merge it into another one instead.",
            "%(count)s records carry this option. Merge it into another one instead.",
            uses,
        )
        raise RuleBroken(sentence % {"count": f"{uses:,}"})
    with transaction.atomic():
        Option.objects.filter(list_name=list_name, code=code).delete()
        overlay.bump()
        log(actor, "remove_option", {"code": (code, None)}, note=list_name)


def count_uses(list_name: str) -> dict[str, int]:
    """How many live records carry each code of a list."""
    counts: dict[str, int] = {}
    for _entity, field in choices.users_of(list_name):
        for code, count in choices.count_uses(field).items():
            counts[code] = counts.get(code, 0) + count
    for entity, name in _users_of(list_name):
        rows = entity.model._default_manager.exclude(**{name: ""})
        if entity.has_column("deleted_at"):
            rows = rows.filter(deleted_at__isnull=True)
        for code, count in rows.order_by().values_list(name).annotate(Count("pk")):
            counts[code] = counts.get(code, 0) + count
    return counts


def _users_of(list_name: str) -> Iterable[tuple[Entity, str]]:
    for entity in registry.all():
        for each in entity.model._meta.concrete_fields:
            if entity.has_field(each.name):
                field = entity.field(each.name)
                if field.kind is FieldKind.OPTION and field.option_list == list_name:
                    yield entity, each.name


def _editable(actor: Actor, list_name: str) -> dict[str, options.Entry]:
    try:
        listed = options.get_list(list_name)
    except KeyError as unknown:
        require(actor, OPTIONS)
        raise RuleBroken(_("There is no such list.")) from unknown
    # The choices of a custom field belong to whoever keeps the fields.
    if not (listed.is_custom and actor.access.may(FIELDS)):
        require(actor, OPTIONS)
    if listed.is_table:
        raise RuleBroken(_("This list is an official code table and cannot be changed."))
    return options.entries(list_name)


def _entry(known: dict[str, options.Entry], code: str) -> options.Entry:
    if code not in known:
        raise RuleBroken(_("There is no such option in this list."))
    return known[code]


def _checked(list_name: str, words: Words, others: Iterable[options.Entry]) -> Words:
    words = Words(label_zh=tidy(words.label_zh), label_en=tidy(words.label_en), colour=words.colour)
    if not words.label_zh and not words.label_en:
        raise RuleBroken(_("An option needs a word, in Chinese or in English."), "label_zh")
    if max(len(words.label_zh), len(words.label_en)) > 100:
        raise RuleBroken(_("At most 100 characters."), "label_zh")
    if words.colour and words.colour not in COLOURS:
        raise RuleBroken(_("Choose one of the colours."), "colour")
    others = list(others)
    said = {text.casefold() for entry in others for text in _texts(entry)}
    if list_name == TAGS:
        said |= {entry.code for entry in others}
    for field, text in (("label_zh", words.label_zh), ("label_en", words.label_en)):
        if list_name == TAGS and text and tags.mistake(text):
            raise RuleBroken(tags.mistake(text), field)
        if text and text.casefold() in said:
            raise RuleBroken(_("There is already an option called “%(text)s”.") % {"text": text}, field)
    return words


def _texts(entry: options.Entry) -> list[str]:
    """What an option says, in every language."""
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append(entry.text())
    return found


def _free_code(words: Words, taken: Container[str]) -> str:
    base = sort_key(words.label_en or words.label_zh)
    base = (
        "_".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in base).split())[:30]
        or "option"
    )
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}_{number}"
    return code


def _row(list_name: str, entry: options.Entry, known: dict[str, Any]) -> Option:
    """The stored row of an option, or a new one that says what is shipped."""
    found = Option.objects.filter(list_name=list_name, code=entry.code).first()
    if found is not None:
        return found
    return Option(
        list_name=list_name, code=entry.code, colour=entry.colour, position=list(known).index(entry.code) * 10
    )


def _save(actor: Actor, row: Option, verb: str, changes: dict[str, tuple[Any, Any]]) -> None:
    row.save()
    overlay.bump()
    log(actor, verb, changes, record_id=row.pk, note=f"{row.list_name}: {row.code}")
