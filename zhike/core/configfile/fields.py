"""Fields, forms and names of records in a configuration file."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import layouts
from zhike.core.actors import Actor
from zhike.core.configfile.rows import columns_of, read_rows
from zhike.core.configfile.sections import ConfigSection, Keys, Property, Refusal
from zhike.core.configuration.rights import FIELDS
from zhike.core.customfields import actions
from zhike.core.customfields.checking import Draft
from zhike.core.customfields.models import CustomField, CustomKind, EntityName, FieldSetting, LayoutSection
from zhike.core.entities import contribute, registry
from zhike.core.entities.fields import TAGS

_TEXT = Property(kind=str, default="")
_NO = Property(kind=bool, default=False)
_WORDS = dict.fromkeys(("label_zh", "label_en", "help_zh", "help_en"), _TEXT)
_NAMED = dict.fromkeys(("one_zh", "many_zh", "one_en", "many_en"), _TEXT)
_FIELD = {
    "kind": Property(kind=str, required=True),
    **_WORDS,
    "required": _NO,
    "unique": _NO,
    "filterable": Property(kind=bool, default=False, column="is_indexed"),
    "decimals": Property(kind=int, default=2, column="places"),
    "several": _NO,
    "links_to": Property(kind=str, default="", column="target"),
    "shown_if": Property(kind=dict, default={}),
    "default": Property(kind=object),
    "in_use": Property(kind=bool, default=True, column="is_active"),
}
_SETTING = {
    **_WORDS,
    "required": _NO,
    "hidden": Property(kind=bool, default=False, column="is_hidden"),
    "default": Property(kind=object),
}


def _read_names() -> Mapping[Keys, Any]:
    return read_rows(EntityName.objects.order_by("entity"), ("entity",), _NAMED)


def _write_names(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    actions.rename_entity(actor, keys[0], **thing)


def _remove_names(actor: Actor, keys: Keys) -> None:
    actions.rename_entity(actor, keys[0])


def _read_fields() -> Mapping[Keys, Any]:
    rows = (row for row in CustomField.objects.order_by("entity", "id") if not _is_as_shipped(row))
    return read_rows(rows, ("entity", "key"), _FIELD)


def _is_as_shipped(row: CustomField) -> bool:
    """Of a field that Zhike brings along, only what the company changed stands in the file."""
    changed = any(getattr(row, name) for name in (*_WORDS, "required", "shown_if")) or row.default is not None
    return row.key == TAGS and row.is_active and not changed


def _draft(thing: Mapping[str, Any], *, whole: bool) -> Draft:
    """The field as its action takes it; till every part is there, without what may name other fields."""
    wanted = columns_of(thing, _FIELD)
    del wanted["is_active"]
    return Draft(**(wanted if whole else wanted | {"shown_if": {}, "default": None}))


def _write_field(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    if not CustomField.objects.filter(entity=keys[0], key=keys[1]).exists():
        actions.create_field(actor, keys[0], _draft(thing, whole=False), key=keys[1])


def _finish_field(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    """When every field and option is there that its condition and its first value may name."""
    slug, key = keys
    actions.restore_field(actor, slug, key)
    actions.change_field(actor, slug, key, _draft(thing, whole=True))
    if not thing["in_use"]:
        actions.retire_field(actor, slug, key)


def _retire(actor: Actor, keys: Keys) -> None:
    """A shipped field is as shipped again."""
    if keys[1] == TAGS:
        actions.restore_field(actor, *keys)
        actions.change_field(actor, keys[0], keys[1], Draft(kind=CustomKind.MULTI_CHOICE))
    else:
        actions.retire_field(actor, *keys)


def _read_settings() -> Mapping[Keys, Any]:
    """What says nothing (a row that only places the field in its form) is left out."""
    found = read_rows(FieldSetting.objects.order_by("entity", "name"), ("entity", "name"), _SETTING)
    blank = {name: each.default for name, each in _SETTING.items()}
    return {keys: thing for keys, thing in found.items() if thing != blank}


def _write_setting(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    actions.set_field(actor, keys[0], keys[1], actions.Setting(**columns_of(thing, _SETTING)))


def _remove_setting(actor: Actor, keys: Keys) -> None:
    actions.set_field(actor, keys[0], keys[1], actions.Setting())


def arranged_parts(slug: str) -> list[dict[str, Any]]:
    """The sections of an entity's form with the names of their fields, titles in both languages."""
    titles = {row.key: row for row in LayoutSection.objects.filter(entity=slug)}
    found = []
    for section in layouts.sections(registry.get(slug)):
        row = titles.get(section.key)
        found.append(
            {
                "title_zh": row.title_zh if row else "",
                "title_en": row.title_en if row else "",
                "fields": list(section.names),
            }
        )
    return found


def _read_forms() -> Mapping[Keys, Any]:
    arranged = set(LayoutSection.objects.values_list("entity", flat=True))
    for model in (CustomField, FieldSetting):
        arranged |= set(model._default_manager.exclude(position=None).values_list("entity", flat=True))
    known = {each.slug for each in registry.all()}
    return {(slug,): {"sections": arranged_parts(slug)} for slug in sorted(arranged & known)}


def _write_form(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    """Fields of this installation that the file does not know follow at the end."""
    if keys[0] not in {each.slug for each in registry.all()}:
        raise Refusal(_("There is no such kind of record."))
    parts = [_part(each) for each in thing["sections"]]
    named = {name for part in parts for name in part.names}
    left = [name for name in layouts.form_names(registry.get(keys[0])) if name not in named]
    if left:
        last = parts.pop() if parts else actions.Part(names=())
        parts.append(actions.Part(names=(*last.names, *left), title_zh=last.title_zh, title_en=last.title_en))
    actions.arrange(actor, keys[0], parts)


def _part(raw: Any) -> actions.Part:
    if not isinstance(raw, Mapping) or set(raw) - {"title_zh", "title_en", "fields"} or not _texts(raw.get("fields")):
        raise Refusal(_("A section has fields, and may have title_zh and title_en."), "sections")
    return actions.Part(
        names=tuple(raw["fields"]), title_zh=str(raw.get("title_zh", "")), title_en=str(raw.get("title_en", ""))
    )


def _texts(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str) and all(isinstance(each, str) for each in value)


contribute(
    ConfigSection(
        name="names",
        label=gettext_lazy("Names of records"),
        right=FIELDS,
        depth=1,
        read=_read_names,
        write=_write_names,
        remove=_remove_names,
        properties=_NAMED,
        weight=100,
    ),
    ConfigSection(
        name="fields",
        label=gettext_lazy("Fields of your own"),
        right=FIELDS,
        depth=2,
        read=_read_fields,
        write=_write_field,
        finish=_finish_field,
        remove=_retire,
        properties=_FIELD,
        weight=200,
    ),
    ConfigSection(
        name="built_in_fields",
        label=gettext_lazy("Built-in fields"),
        right=FIELDS,
        depth=2,
        read=_read_settings,
        write=_write_setting,
        remove=_remove_setting,
        properties=_SETTING,
        weight=320,
    ),
    ConfigSection(
        name="forms",
        label=gettext_lazy("Forms"),
        right=FIELDS,
        depth=1,
        read=_read_forms,
        write=_write_form,
        properties={"sections": Property(kind=list, required=True)},
        weight=340,
    ),
)
