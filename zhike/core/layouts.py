"""The fields of an entity as the company arranged them: custom ones among the built-in, in sections, renamed, hidden, required.

`Entity` says what code declares; whatever lists fields for a person asks here. Nothing here asks the database once the
configuration was read (`core.overlay`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language

from zhike.core import fieldvalues
from zhike.core.customfields.config import LAST, EntityConfig, Placed, config_of
from zhike.core.customfields.describing import worded
from zhike.core.entities import Entity, Field, Label

_STEP = 10


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a form and of a record's page; the first one has no title and no key."""

    key: str
    title: Label
    names: tuple[str, ...]


def custom(entity: Entity) -> Mapping[str, Field]:
    """The custom fields in use, by key."""
    return config_of(entity.slug).custom


def is_hidden(entity: Entity, name: str) -> bool:
    """Whether the company does not use that built-in field."""
    placed = config_of(entity.slug).settings.get(name)
    return placed is not None and placed.is_hidden


def form_names(entity: Entity) -> tuple[str, ...]:
    """The fields of the form, in order, section by section."""
    return tuple(name for section in sections(entity) for name in section.names)


def form_fields(entity: Entity) -> tuple[Field, ...]:
    """The same as fields, required as the company has it."""
    return tuple(form_field(entity, name) for name in form_names(entity))


def form_field(entity: Entity, name: str) -> Field:
    """One field as a form asks for it."""
    found = entity.field(name)
    placed = config_of(entity.slug).settings.get(name)
    return replace(found, required=True) if placed is not None and placed.required else found


def sections(entity: Entity) -> tuple[Section, ...]:
    """The parts of the form with the names of their fields; parts without fields are left out."""
    config = config_of(entity.slug)
    parts: dict[str, list[str]] = {"": [], **{each.key: [] for each in config.sections}}
    last = next(reversed(parts))  # what nobody has placed yet
    for name in _ordered(entity, config):
        place = config.placed.get(name)
        is_placed = place is not None and place.position is not None and place.position < LAST
        key = place.section if place is not None and is_placed and place.section in parts else last
        parts[key].append(name)
    titles: dict[str, Label] = {"": "", **{each.key: each.title for each in config.sections}}
    return tuple(Section(key=key, title=titles[key], names=tuple(names)) for key, names in parts.items() if names)


def is_arranged(entity: Entity) -> bool:
    """Whether the company gave the form an order of its own."""
    placed = config_of(entity.slug).placed.values()
    return any(each.position is not None and each.position < LAST for each in placed)


def shown_by(field: Field) -> tuple[str, tuple[str, ...]]:
    """The field whose value decides whether this one is asked for, and those values: what a page can follow by itself.

    Blank where it is always asked for, or where only the server can tell.
    """
    rule = field.custom.shown_if if field.custom is not None else {}
    name, value = rule.get("field"), rule.get("value")
    if not isinstance(name, str) or "." in name or rule.get("op") not in ("eq", "in"):
        return "", ()
    values = value if isinstance(value, list) else [value]
    return name, tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _ordered(entity: Entity, config: EntityConfig) -> list[str]:
    declared = {name: (place + 1) * _STEP for place, name in enumerate(entity.fields)}
    names = [name for name in (*entity.fields, *config.custom) if not _hides(config, name)]

    def position(name: str) -> tuple[int, int]:
        usual = declared.get(name, LAST)
        placed = config.placed.get(name)
        return (usual if placed is None or placed.position is None else placed.position), usual

    return sorted(names, key=position)


def _hides(config: EntityConfig, name: str) -> bool:
    placed = config.settings.get(name)
    return placed is not None and placed.is_hidden


def readable(entity: Entity) -> tuple[str, ...]:
    """All fields a reader may be shown: what code declares without what the company hides, then the custom ones."""
    config = config_of(entity.slug)
    if not config.settings and not config.custom:
        return entity.readable
    return (*(name for name in entity.readable if not _hides(config, name)), *config.custom)


def filters(entity: Entity) -> tuple[str, ...]:
    """The fields that lists offer as filters."""
    config = config_of(entity.slug)
    own = (name for name in entity.filters if not _hides(config, name))
    return (
        *own,
        *(name for name, field in config.custom.items() if field.custom is not None and field.custom.is_ready),
    )


def label(entity: Entity, name: str) -> Label:
    """What a field is called; a retired custom field keeps its label."""
    found = known(entity, name)
    return name if found is None else found.label


def known(entity: Entity, name: str) -> Field | None:
    """A field that is there, or a custom one that was: for what the log says of it."""
    if entity.has_field(name):
        return entity.field(name)
    return config_of(entity.slug).retired.get(name)


def entity_label(entity: Entity) -> Label:
    """What one record is called."""
    return entity.label


def entity_label_plural(entity: Entity) -> Label:
    """What the records are called."""
    return entity.label_plural


def renamed(slug: str, shipped: Label, *, many: bool) -> Label:
    """The company's word for an entity, else the shipped one; looked up when it is read."""
    name = config_of(slug).name
    if name is None:
        return shipped
    return worded(name.many_zh, name.many_en, shipped) if many else worded(name.one_zh, name.one_en, shipped)


def relabelled(slug: str, name: str, shipped: Label, *, is_help: bool = False) -> str:
    """What a built-in field is called here and now, or the help beside it."""
    placed: Placed | None = config_of(slug).settings.get(name)
    if placed is None:
        return str(shipped)
    chinese, english = (placed.help_zh, placed.help_en) if is_help else (placed.label_zh, placed.label_en)
    wanted = chinese if (get_language() or "zh").startswith("zh") else english
    return wanted or str(shipped)


def required(entity: Entity) -> Iterator[Field]:
    """The fields that the company demands beyond what code does."""
    config = config_of(entity.slug)
    for name, placed in config.settings.items():
        if placed.required and entity.has_field(name):
            yield entity.field(name)
    for field in config.custom.values():
        if field.required:
            yield field


def defaults(entity: Entity) -> dict[str, Any]:
    """What new records begin with, by field name, in Python values."""
    config = config_of(entity.slug)
    found: dict[str, Any] = {}
    for name, placed in config.settings.items():
        if placed.default is not None and entity.has_field(name):
            found[name] = entity.field(name).model_field.to_python(placed.default)
    for name, field in config.custom.items():
        if field.custom is not None and field.custom.default is not None:
            found[name] = fieldvalues.from_stored(field, field.custom.default)
    return found


def make_row(entity: Entity, wanted: Mapping[str, Any]) -> Any:
    """A new row with these values over what new records begin with; currencies may stand among them."""
    row = new_row(entity)
    for name, value in wanted.items():
        if entity.has_field(name):
            fieldvalues.set_value(row, entity.field(name), value)
        else:
            setattr(row, name, value)
    return row


def new_row(entity: Entity) -> Any:
    """A row to be filled in: the model's defaults, then the company's."""
    row = entity.model()
    for name, value in defaults(entity).items():
        fieldvalues.set_value(row, entity.field(name), value)
    return row
