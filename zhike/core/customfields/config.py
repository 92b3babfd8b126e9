"""All that administrators changed of fields, forms and names, as the running process sees it: read whole, cached by epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from zhike.core import overlay
from zhike.core.customfields.describing import describe, worded
from zhike.core.customfields.models import CustomField, CustomKind, EntityName, FieldSetting, LayoutSection
from zhike.core.entities.fields import TAGS, Field, Label

# A custom field that nobody has put in its place stands behind all others.
LAST = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Placed:
    """What was changed of one built-in field, or where one of either sort stands."""

    section: str = ""
    position: int | None = None
    label_zh: str = ""
    label_en: str = ""
    help_zh: str = ""
    help_en: str = ""
    required: bool = False
    default: Any = None
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class SectionTitle:
    """A titled part of a form."""

    key: str
    title: Label


@dataclass
class EntityConfig:
    """What was changed of one entity."""

    custom: dict[str, Field] = field(default_factory=dict)
    # Fields no longer in use: their values stay, and stand in the history of records by their label.
    retired: dict[str, Field] = field(default_factory=dict)
    placed: dict[str, Placed] = field(default_factory=dict)
    settings: dict[str, Placed] = field(default_factory=dict)
    sections: list[SectionTitle] = field(default_factory=list)
    name: EntityName | None = None

    @cached_property
    def kept(self) -> tuple[Field, ...]:
        """Custom fields whose values are repeated in `CustomValue`, retired ones included."""
        known = (*self.custom.values(), *self.retired.values())
        return tuple(each for each in known if each.custom is not None and each.custom.is_indexed)

    @property
    def choices(self) -> tuple[Field, ...]:
        """Custom fields with a list of options of their own, retired ones included; the one of tags is declared by `core.tags`."""
        known = (*self.custom.values(), *self.retired.values())
        own = (CustomKind.CHOICE, CustomKind.MULTI_CHOICE)
        return tuple(
            each for each in known if each.custom is not None and each.custom.kind in own and each.name != TAGS
        )


def _load() -> Mapping[str, EntityConfig]:
    found: dict[str, EntityConfig] = {}

    def of(slug: str) -> EntityConfig:
        return found.setdefault(slug, EntityConfig())

    for row in CustomField.objects.order_by("id"):
        described = describe(row)
        if described is None:
            continue
        config = of(row.entity)
        (config.custom if row.is_active else config.retired)[row.key] = described
        position = row.position if row.position is not None else LAST + row.pk
        config.placed[row.key] = Placed(section=row.section, position=position)
    for setting in FieldSetting.objects.order_by("id"):
        placed = Placed(**{each.name: getattr(setting, each.name) for each in fields(Placed)})
        config = of(setting.entity)
        config.placed[setting.name] = config.settings[setting.name] = placed
    for section in LayoutSection.objects.order_by("position", "id"):
        title = worded(section.title_zh, section.title_en, "")
        of(section.entity).sections.append(SectionTitle(key=section.key, title=title))
    for name in EntityName.objects.all():
        of(name.entity).name = name
    return found


_config = overlay.Setting("fields", _load)
_NOTHING = EntityConfig()


def config_of(slug: str) -> EntityConfig:
    """What was changed of this entity; an empty one where nothing was. Not to be changed."""
    return _config.get().get(slug, _NOTHING)


def everything() -> Mapping[str, EntityConfig]:
    """What was changed, by the slug of the entity."""
    return _config.get()


def custom_fields(slug: str) -> Mapping[str, Field]:
    """The custom fields in use, by key."""
    return config_of(slug).custom


def known_custom_field(slug: str, key: str) -> Field | None:
    """A custom field in use or retired."""
    config = config_of(slug)
    return config.custom.get(key) or config.retired.get(key)
