"""What depends on a field, so that nobody retires it unawares."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhike.core import layouts
from zhike.core.customfields.models import CustomField
from zhike.core.entities import Contribution, Entity, contribute, registry
from zhike.core.saved_views.models import SavedView, Sharing
from zhike.core.scoring.models import ScoreRule
from zhike.core.transfer.models import RememberedMapping


@dataclass(frozen=True)
class Dependent:
    """Something that names a field: what it is, its own name, and where it is changed (blank: nowhere)."""

    kind: str
    name: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class DependsOnField(Contribution):
    """How an app finds what of its own names a field: score rules, stages, roles."""

    find: Callable[[Entity, str], Iterator[Dependent]]
    weight: int = 100


def dependents_of(entity: Entity, name: str) -> list[Dependent]:
    """Everything that names the field, as far as the apps know."""
    return [each for source in registry.contributions(DependsOnField) for each in source.find(entity, name)]


def names_field(value: object, name: str) -> bool:
    """Whether a condition, or any other JSON, names that field."""
    return f'"{name}"' in json.dumps(value, ensure_ascii=False) if value else False


def _views(entity: Entity, name: str) -> Iterator[Dependent]:
    for row in SavedView.objects.filter(entity=entity.slug).select_related("owner").order_by("name", "id"):
        listed = name in row.columns.split(",") or name == row.sort.removeprefix("-")
        if listed or names_field(row.condition, name) or names_field(row.display_settings, name):
            # A private view is named by its owner alone: what others keep for themselves is theirs.
            called = row.name if row.shared != Sharing.PRIVATE else str(row.owner)
            yield Dependent(_("view"), called)


def _conditions(entity: Entity, name: str) -> Iterator[Dependent]:
    for row in CustomField.objects.filter(entity=entity.slug, is_active=True).exclude(key=name):
        if names_field(row.shown_if, name):
            yield Dependent(_("condition of a field"), str(layouts.label(entity, row.key)))


def _scores(entity: Entity, name: str) -> Iterator[Dependent]:
    for rule in ScoreRule.objects.filter(model__entity=entity.slug):
        if names_field(rule.condition, name):
            yield Dependent(_("scoring rule"), rule.reason)


def _mappings(entity: Entity, name: str) -> Iterator[Dependent]:
    people = {
        str(row.person)
        for row in RememberedMapping.objects.filter(entity=entity.slug).select_related("person")
        if names_field(row.chosen, name)
    }
    for person in sorted(people):
        yield Dependent(_("remembered import"), person)


def _layout(entity: Entity, name: str) -> Iterator[Dependent]:
    section = next((each for each in layouts.sections(entity) if name in each.names), None)
    if section is not None and section.title:
        yield Dependent(_("section of the form"), str(section.title))


contribute(*(DependsOnField(find=find) for find in (_views, _conditions, _scores, _mappings, _layout)))
