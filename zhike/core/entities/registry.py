"""Everything the apps declared, frozen after start. Pages, API, import and tests are made from it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from django.apps import apps
from django.db import models

from zhike.core.entities.declarations import (
    Contribution,
    Entity,
    Panel,
    PanelEverywhere,
    RelatedList,
    Relation,
    Verb,
)

_C = TypeVar("_C", bound=Contribution)


class Registry:
    """The store behind `register`, `extend` and `contribute`."""

    def __init__(self) -> None:
        self._entities: dict[str, Entity] = {}
        self._by_model: dict[type[models.Model], str] = {}
        self._contributions: list[Contribution] = []
        self._frozen = False
        self.mistakes: list[str] = []

    def register(self, entity: Entity) -> Entity:
        """Add an entity. A slug or model declared twice is reported by the system checks."""
        self._must_be_open()
        if entity.slug in self._entities or entity.model in self._by_model:
            self.mistakes.append(f"The entity {entity.slug} is registered twice.")
            return entity
        self._entities[entity.slug] = entity
        self._by_model[entity.model] = entity.slug
        return entity

    def extend(
        self,
        model: type[models.Model],
        *,
        verbs: tuple[Verb, ...] = (),
        panels: tuple[Panel | RelatedList, ...] = (),
        relations: tuple[Relation, ...] = (),
        columns: tuple[str, ...] = (),
        filters: tuple[str, ...] = (),
        header_facts: tuple[str, ...] = (),
    ) -> None:
        """Add to an entity of an app below. Order is weight, then layer, then declaration; a name given twice is a mistake."""
        self._must_be_open()
        entity = self.of(model)
        for kind, old, new in (("verb", entity.verbs, verbs), ("panel", entity.panels, panels)):
            for name in {each.name for each in old} & {each.name for each in new}:
                self.mistakes.append(f"The {kind} {name} of {entity.slug} is declared twice.")
        self._entities[entity.slug] = replace(
            entity,
            verbs=tuple(sorted((*entity.verbs, *verbs), key=lambda verb: verb.weight)),
            panels=tuple(sorted((*entity.panels, *panels), key=lambda panel: panel.weight)),
            relations=(*entity.relations, *relations),
            columns=(*entity.columns, *columns),
            filters=(*entity.filters, *filters),
            header_facts=(*entity.header_facts, *header_facts),
        )

    def contribute(self, *contributions: Contribution) -> None:
        """Add menu entries, settings pages, modules, kinds of jobs, subscribers and schedules."""
        self._must_be_open()
        self._contributions.extend(contributions)

    def freeze(self) -> None:
        """Give every entity the panels meant for all that fit, and take no more declarations."""
        for everywhere in self.contributions(PanelEverywhere):
            for slug, entity in self._entities.items():
                if everywhere.fits(entity):
                    panels = sorted((*entity.panels, everywhere.panel), key=lambda panel: panel.weight)
                    self._entities[slug] = replace(entity, panels=tuple(panels))
        self._frozen = True

    def _must_be_open(self) -> None:
        if self._frozen:
            raise RuntimeError("The registry is frozen after start; declare entities in an app's entities.py.")

    def get(self, slug: str) -> Entity:
        """The entity with that slug. Raises `KeyError`."""
        return self._entities[slug]

    def of(self, model: type[models.Model] | models.Model) -> Entity:
        """The entity of a model class or row. Raises `KeyError` when it is not registered."""
        model_class = model if isinstance(model, type) else type(model)
        return self._entities[self._by_model[model_class]]

    def has(self, model: type[models.Model]) -> bool:
        return model in self._by_model

    def all(self) -> Iterator[Entity]:
        """Entities in the order of the layers, then of declaration."""
        return iter(self._entities.values())

    def contributions(self, kind: type[_C]) -> list[_C]:
        """All contributions of one class by weight, then layer, then declaration."""
        return sorted((each for each in self._contributions if isinstance(each, kind)), key=lambda each: each.weight)

    def parts_of(self, entity: Entity) -> list[Entity]:
        """Entities whose anchor is this one."""
        return [
            each
            for each in self.all()
            if each.part_of and each.model._meta.get_field(each.part_of).related_model is entity.model
        ]


registry = Registry()
register = registry.register
extend = registry.extend
contribute = registry.contribute


# Where an app declares: its entities, its kinds of jobs with their schedules, what it does when others' events come, and what
# it shows on the home page, its chapters of the handbook, its parts of a configuration file, and the names it ships as rows.
DECLARING_MODULES = ("entities", "imports", "jobs", "subscribers", "tiles", "chapters", "config_parts", "shipped_texts")


def load_entities(layers: tuple[str, ...]) -> None:
    """Import what every app declares, from the lowest layer up, then freeze. Called once, by `core`'s app config."""
    from importlib import import_module
    from importlib.util import find_spec

    by_name: dict[str, Any] = {config.name: config for config in apps.get_app_configs()}
    for name in layers:
        for part in DECLARING_MODULES:
            if name in by_name and find_spec(f"{name}.{part}") is not None:
                import_module(f"{name}.{part}")
    registry.freeze()
