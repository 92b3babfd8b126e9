"""Making, changing and retiring fields; arranging forms; renaming fields and records. Each is logged and takes effect at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import models, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from zhike.core import modules, overlay
from zhike.core.actors import Actor
from zhike.core.configuration.log import log
from zhike.core.configuration.rights import FIELDS, require
from zhike.core.customfields import filling
from zhike.core.customfields.checking import Draft, check_default, check_draft, check_words
from zhike.core.customfields.describing import describe
from zhike.core.customfields.keys import free_key
from zhike.core.customfields.models import CustomField, CustomKind, CustomValue, EntityName, FieldSetting, LayoutSection
from zhike.core.entities import Entity, registry
from zhike.core.entities.fields import TAGS, is_custom
from zhike.core.text import tidy
from zhike.core.writes.errors import RuleBroken

# Choices are few and always looked for: their lists can be filtered from the beginning.
_ALWAYS_INDEXED = frozenset(
    {CustomKind.CHOICE, CustomKind.MULTI_CHOICE, CustomKind.REGION, CustomKind.BOOLEAN, CustomKind.FILE}
)
_WORDS = ("label_zh", "label_en", "help_zh", "help_en")
MAX_FIELDS = 200


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What may be set of a built-in field. Blank words keep the shipped ones; `default` as JSON holds it."""

    label_zh: str = ""
    label_en: str = ""
    help_zh: str = ""
    help_en: str = ""
    required: bool = False
    default: Any = None
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section of the form, in order: its titles, and the names of its fields. The first one needs no title."""

    names: tuple[str, ...]
    title_zh: str = ""
    title_en: str = ""


def create_field(actor: Actor, slug: str, draft: Draft, *, key: str = "") -> CustomField:
    """Add a field to an entity; it is at once in forms, lists, import, export and API. `key` is made from the label by default.

    Raises `RuleBroken` with the field of the form, `NotAllowed`.
    """
    entity = _configurable(actor, slug)
    draft = check_draft(entity, draft)
    indexed = draft.is_indexed or draft.unique or draft.kind in _ALWAYS_INDEXED
    with transaction.atomic():
        overlay.bump()
        known = CustomField.objects.filter(entity=slug)
        if known.filter(is_active=True).count() >= MAX_FIELDS:
            raise RuleBroken(_("An entity takes at most 200 fields of your own. Retire one first."))
        row = CustomField(entity=slug, key=free_key(slug, key, draft), is_indexed=indexed, is_filled=indexed)
        for each in fields(Draft):
            if each.name != "is_indexed":
                setattr(row, each.name, getattr(draft, each.name))
        row.option_list = _option_list(entity, row)
        row.default = None  # checked below, once its list of options is there
        row.save()
        overlay.forget()
        row.default = check_default(described(row), draft.default)
        row.save(update_fields=["default"])
        overlay.forget()
        log(actor, "create_field", _changes({}, row), record_id=row.pk, note=f"{slug}.{row.key}")
    return row


def change_field(actor: Actor, slug: str, key: str, draft: Draft) -> CustomField:
    """Change all of a field but its kind and its key. Raises `RuleBroken`."""
    entity = _configurable(actor, slug)
    draft = check_draft(entity, draft, is_shipped=key == TAGS)
    with transaction.atomic():
        overlay.bump()
        row = _row(slug, key)
        before = _stored(row)
        if draft.kind != row.kind or draft.target != row.target:
            raise RuleBroken(_("The kind of a field stands. Make a new field, and retire this one."), "kind")
        for each in fields(Draft):
            if each.name not in ("kind", "target", "is_indexed", "unique", "default", "places", "several"):
                setattr(row, each.name, getattr(draft, each.name))
        if draft.places < row.places:
            raise RuleBroken(_("The number of decimals can only grow, since values are stored with them."), "places")
        row.places = draft.places
        if row.several and not draft.several:
            _must_hold_one_each(row)
        row.several = draft.several
        row.default = check_default(described(row), draft.default)
        _index(actor, row, draft)
        row.save()
        overlay.forget()  # what was read under the new token before the row was written
        log(actor, "change_field", _changes(before, row), record_id=row.pk, note=f"{slug}.{key}")
    return row


def _must_hold_one_each(row: CustomField) -> None:
    held = CustomValue.objects.filter(field=row).values("record_id").annotate(found=Count("pk"))
    count = held.filter(found__gt=1).count()
    if count:
        raise RuleBroken(
            _("Records that hold several files in this field: %(count)d. Leave one file in each of them first.")
            % {"count": count},
            "several",
        )


def _index(actor: Actor, row: CustomField, draft: Draft) -> None:
    """Begin or stop keeping the values where lists find them."""
    wanted = draft.is_indexed or draft.unique or row.kind in _ALWAYS_INDEXED
    if draft.unique != row.unique:
        if draft.unique and not (row.is_indexed and row.is_filled):
            raise RuleBroken(
                _("Let lists be filtered by this field first. Once that is done, its values can be held apart."),
                "unique",
            )
        filling.set_unique(row, on=draft.unique)
    if wanted and not row.is_indexed:
        row.is_indexed, row.is_filled = True, False
        filling.start(actor, row)
    elif not wanted and row.is_indexed:
        row.is_indexed = row.is_filled = False
        filling.start(actor, row)


def retire_field(actor: Actor, slug: str, key: str) -> None:
    """Take a field out of use: it is gone from every page, its values stay."""
    _switch(actor, slug, key, on=False)


def restore_field(actor: Actor, slug: str, key: str) -> None:
    """Use a retired field again, with the values it had. Raises `RuleBroken` where its entity is full."""
    _switch(actor, slug, key, on=True)


def _switch(actor: Actor, slug: str, key: str, *, on: bool) -> None:
    _configurable(actor, slug)
    with transaction.atomic():
        overlay.bump()
        row = _row(slug, key)
        if row.is_active is on:
            return
        if on and CustomField.objects.filter(entity=slug, is_active=True).count() >= MAX_FIELDS:
            raise RuleBroken(_("An entity takes at most 200 fields of your own. Retire one first."))
        row.is_active = on
        row.save(update_fields=["is_active"])
        log(
            actor,
            "restore_field" if on else "retire_field",
            {"is_active": (not on, on)},
            record_id=row.pk,
            note=f"{slug}.{key}",
        )


def set_field(actor: Actor, slug: str, name: str, setting: Setting) -> FieldSetting:
    """Change a built-in field: its words, its help, whether it is required or hidden, what new records begin with."""
    entity = _configurable(actor, slug)
    if name not in (*entity.fields, *entity.readable) or is_custom(name):
        raise RuleBroken(_("There is no such field."))
    field = entity.field(name)
    check_words(setting, needs_label=False)
    if setting.is_hidden and (field.required or setting.required or name == entity.title):
        raise RuleBroken(_("A field that must be filled in cannot be hidden."), "is_hidden")
    if setting.required and (name not in entity.fields or not field.editable):
        raise RuleBroken(_("Nobody fills in this field by hand, so it cannot be required."), "required")
    with transaction.atomic():
        overlay.bump()
        row, _made = FieldSetting.objects.get_or_create(entity=slug, name=name)
        before = _stored(row)
        for each in fields(Setting):
            value = getattr(setting, each.name)
            setattr(row, each.name, tidy(value) if each.name in _WORDS else value)
        row.default = check_default(field, setting.default)
        row.save()
        overlay.forget()
        log(actor, "set_field", _changes(before, row), record_id=row.pk, note=f"{slug}.{name}")
    return row


def arrange(actor: Actor, slug: str, parts: Sequence[Part]) -> None:
    """Put the fields of a form into this order and these sections. Raises `RuleBroken` unless each is named once."""
    from zhike.core import layouts

    entity = _configurable(actor, slug)
    named = [name for part in parts for name in part.names]
    hidden = {name for name in entity.fields if layouts.is_hidden(entity, name)}
    if sorted(set(named) - hidden) != sorted(layouts.form_names(entity)) or len(named) != len(set(named)):
        raise RuleBroken(_("The form was changed meanwhile. Reload the page and arrange it again."))
    for part in parts[1:]:
        if not tidy(part.title_zh) and not tidy(part.title_en):
            raise RuleBroken(_("Give each section a title, in Chinese or in English."), "title_zh")
        if max(len(part.title_zh), len(part.title_en)) > 60:
            raise RuleBroken(_("At most 60 characters."), "title_zh")
    with transaction.atomic():
        overlay.bump()
        before = {each.key or "-": list(each.names) for each in layouts.sections(entity)}
        _place(slug, parts)
        overlay.forget()
        after = {each.key or "-": list(each.names) for each in layouts.sections(entity)}
        log(actor, "arrange", {"order": (before, after)}, note=slug)


def _place(slug: str, parts: Sequence[Part]) -> None:
    LayoutSection.objects.filter(entity=slug).delete()
    custom = {row.key: row for row in CustomField.objects.filter(entity=slug)}
    position = 0
    for number, part in enumerate(parts):
        key = ""
        if number or tidy(part.title_zh) or tidy(part.title_en):
            key = f"s{number}"
            LayoutSection.objects.create(
                entity=slug,
                key=key,
                title_zh=tidy(part.title_zh),
                title_en=tidy(part.title_en),
                position=number,
            )
        for name in part.names:
            position += 10
            row: Any = custom.get(name) or FieldSetting.objects.get_or_create(entity=slug, name=name)[0]
            row.section, row.position = key, position
            row.save(update_fields=["section", "position"])


def rename_entity(
    actor: Actor, slug: str, *, one_zh: str = "", many_zh: str = "", one_en: str = "", many_en: str = ""
) -> None:
    """Call an entity something else (商机 → 项目). Blanks keep the shipped words; Chinese has one word for one and many."""
    _configurable(actor, slug)
    words = {"one_zh": one_zh, "many_zh": many_zh or one_zh, "one_en": one_en, "many_en": many_en}
    words = {name: tidy(text) for name, text in words.items()}
    if max(map(len, words.values())) > 40:
        raise RuleBroken(_("At most 40 characters."), "one_zh")
    if bool(words["one_en"]) != bool(words["many_en"]):
        raise RuleBroken(_("Give both English words, for one and for many."), "many_en")
    with transaction.atomic():
        overlay.bump()
        row, _made = EntityName.objects.get_or_create(entity=slug)
        changes = {name: (getattr(row, name), text) for name, text in words.items()}
        for name, text in words.items():
            setattr(row, name, text)
        row.save()
        log(actor, "rename_entity", changes, record_id=row.pk, note=slug)


def _configurable(actor: Actor, slug: str) -> Entity:
    require(actor, FIELDS)
    try:
        entity = registry.get(slug)
    except KeyError:
        raise RuleBroken(_("There is no such kind of record.")) from None
    if not modules.is_on(entity.module) or not is_configurable(entity):
        raise RuleBroken(_("The fields of %(records)s cannot be changed.") % {"records": entity.label_plural})
    return entity


def is_configurable(entity: Entity) -> bool:
    """Whether administrators may give it fields of their own: it has a form, and a place for their values."""
    return entity.has_column("custom") and bool(entity.fields) and "edit" not in entity.without


def _row(slug: str, key: str) -> CustomField:
    row = CustomField.objects.select_for_update().filter(entity=slug, key=key).first()
    if row is None:
        raise RuleBroken(_("There is no such field."))
    return row


def _option_list(entity: Entity, row: CustomField) -> str:
    if row.kind == CustomKind.REGION:
        return "region"
    return f"{entity.slug}-{row.key}" if row.kind in (CustomKind.CHOICE, CustomKind.MULTI_CHOICE) else ""


def described(row: CustomField) -> Any:
    """The field as the platform sees it. Raises `RuleBroken` where what it links to is not there."""
    found = describe(row)
    if found is None:
        raise RuleBroken(_("The records that this field links to are not installed."), "target")
    return found


_LOGGED = (
    *_WORDS, "required", "unique", "is_indexed", "default", "shown_if", "places", "several", "kind", "target", "is_hidden",
)  # fmt: skip


def _stored(row: models.Model) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _LOGGED if hasattr(row, name)}


def _changes(before: Mapping[str, Any], row: models.Model) -> dict[str, tuple[Any, Any]]:
    return {name: (before.get(name), value) for name, value in _stored(row).items()}


__all__ = [
    "Draft",
    "Part",
    "Setting",
    "arrange",
    "change_field",
    "create_field",
    "is_configurable",
    "rename_entity",
    "restore_field",
    "retire_field",
    "set_field",
]
