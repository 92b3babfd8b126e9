"""What the settings ask of a field in one step: made with its choices and put in its place, or moved to another section."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhike.core import layouts, options
from zhike.core.actors import Actor
from zhike.core.configuration import option_actions
from zhike.core.configuration.option_actions import Words
from zhike.core.customfields import actions
from zhike.core.customfields.actions import Part
from zhike.core.customfields.checking import Draft
from zhike.core.customfields.models import CustomField, CustomKind, LayoutSection
from zhike.core.entities import Entity, Field, FieldKind, registry
from zhike.core.text import tidy
from zhike.core.writes.errors import RuleBroken

_CHOSEN = (CustomKind.CHOICE, CustomKind.MULTI_CHOICE)
# The two languages of a choice, on one line.
_BETWEEN = "|"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A field as the page asks for it: `default` as typed, `choices` as lines "词 | word", `section` by its key."""

    draft: Draft
    default: str = ""
    choices: tuple[str, ...] = ()
    section: str = ""


def add_field(actor: Actor, slug: str, wish: Wish) -> CustomField:
    """Make a field with its choices, its first value and its place in the form: all of it or nothing. Raises `RuleBroken`."""
    with transaction.atomic():
        row = actions.create_field(actor, slug, replace(wish.draft, default=None))
        if row.kind in _CHOSEN:
            _add_choices(actor, row.option_list, wish.choices)
        if wish.default.strip():
            default = read_default(registry.get(slug).field(row.key), wish.default)
            row = actions.change_field(actor, slug, row.key, replace(wish.draft, default=default))
        if wish.section:
            move_to_section(actor, registry.get(slug), row.key, wish.section)
    return row


def change_field(actor: Actor, slug: str, key: str, wish: Wish) -> None:
    """Change a custom field, add choices to it, move it to another section. Raises `RuleBroken`."""
    entity = registry.get(slug)
    with transaction.atomic():
        row = CustomField.objects.filter(entity=slug, key=key).first()
        if row is not None and row.kind in _CHOSEN and wish.choices:
            _add_choices(actor, row.option_list, wish.choices)
        default = read_default(entity.field(key), wish.default)
        actions.change_field(actor, slug, key, replace(wish.draft, default=default))
        move_to_section(actor, entity, key, wish.section)


def _add_choices(actor: Actor, list_name: str, lines: Sequence[str]) -> None:
    for line in lines:
        chinese, _bar, english = line.partition(_BETWEEN)
        if tidy(line):
            try:
                option_actions.add_option(actor, list_name, Words(label_zh=chinese, label_en=english))
            except RuleBroken as refused:
                raise RuleBroken(f"{tidy(line)}: {refused.sentence}", "choices") from refused
    if not options.entries(list_name):
        raise RuleBroken(_("Name at least one choice, each on a line of its own."), "choices")


def read_default(field: Field, typed: str) -> Any:
    """A first value as typed, as JSON holds it; choices by their word or code. Raises `RuleBroken`."""
    text = tidy(typed, lines=True)
    if not text:
        return None
    if field.kind is FieldKind.BOOLEAN:
        return text.casefold() in ("1", "true", "yes", "on", "是")
    if field.kind is FieldKind.MULTI_CHOICE:
        return [_code(field, each) for each in text.replace("、", "\n").replace(",", "\n").splitlines() if tidy(each)]
    if field.kind is FieldKind.OPTION:
        return _code(field, text)
    if field.kind in (FieldKind.INTEGER, FieldKind.RELATION):
        try:
            return int(text)
        except ValueError:
            raise RuleBroken(_("Write a whole number."), "default") from None
    return text


def _code(field: Field, word: str) -> str:
    wanted = tidy(word).casefold()
    for entry in options.entries(field.option_list).values():
        if wanted in {entry.code, entry.label_zh.casefold(), entry.label_en.casefold(), entry.text().casefold()}:
            return entry.code
    raise RuleBroken(_("“%(value)s” is not one of the choices.") % {"value": tidy(word)[:60]}, "default")


def parts_of(entity: Entity) -> list[tuple[str, Part]]:
    """The form as it is arranged: key and section, sections without fields as well."""
    names = {each.key: each.names for each in layouts.sections(entity)}
    found = [("", Part(names=names.get("", ())))]
    for row in LayoutSection.objects.filter(entity=entity.slug).order_by("position", "id"):
        part = Part(names=names.get(row.key, ()), title_zh=row.title_zh, title_en=row.title_en)
        found.append((row.key, part))
    if not found[0][1].names and len(found) > 1:
        found.pop(0)  # everything stands under a title
    return found


def move_to_section(actor: Actor, entity: Entity, name: str, section: str) -> None:
    """Let a field stand last in that section; nothing happens where it stands there already."""
    parts = parts_of(entity)
    if section not in {key for key, _part in parts} or name in dict(parts)[section].names:
        return
    moved = []
    for key, part in parts:
        left = tuple(each for each in part.names if each != name)
        moved.append(replace(part, names=(*left, name) if key == section else left))
    actions.arrange(actor, entity.slug, moved)
