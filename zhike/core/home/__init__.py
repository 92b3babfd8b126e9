"""The home page: tiles that apps contribute, in the order each person likes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import models

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Contribution, Label, registry


class HomeLayout(models.Model):
    """One person's home page: the names of its tiles in order, and of those he put away. Tiles he never moved follow."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    order = models.JSONField(default=list)
    hidden = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.user_id)


@dataclass(frozen=True, kw_only=True)
class Tile(Contribution):
    """One tile: `template` rendered with what `provide(actor)` returns, which reads through `visible_to`; None: nothing to show.

    It is there for people with `right` ("opportunities:view"; blank: everyone). `wide` takes the main column. What must be done
    stands first (weight below 100), figures second (100), what is good to know last (200).
    """

    name: str
    label: Label
    description: Label
    icon: str
    template: str
    provide: Callable[[Actor], Mapping[str, object] | None]
    module: str
    right: str = ""
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class FirstStep(Contribution):
    """One step of the list that a new company goes through: shown to people with `right` until `is_done(actor)`."""

    name: str
    label: Label
    text: Label
    url: str
    right: str
    is_done: Callable[[Actor], bool]
    module: str = "core"


def tiles_of(actor: Actor) -> list[Tile]:
    """All tiles this person may have, in their usual order."""
    return [tile for tile in registry.contributions(Tile) if modules.may_open(actor, tile.module, tile.right)]


@dataclass(frozen=True)
class Arrangement:
    """A person's tiles in his order: those shown, and those he put away."""

    shown: tuple[Tile, ...]
    hidden: tuple[Tile, ...]


def arrangement_of(actor: Actor) -> Arrangement:
    """The tiles of one person as he arranged them."""
    layout = HomeLayout.objects.filter(user=actor.user_id).first()
    order = {name: place for place, name in enumerate(layout.order if layout else [])}
    hidden = set(layout.hidden if layout else [])
    tiles = sorted(tiles_of(actor), key=lambda tile: order.get(tile.name, len(order)))
    return Arrangement(
        shown=tuple(tile for tile in tiles if tile.name not in hidden),
        hidden=tuple(tile for tile in tiles if tile.name in hidden),
    )


def arrange(actor: Actor, order: Sequence[str], hidden: Sequence[str]) -> None:
    """Keep a person's arrangement; names of tiles he cannot have are left out. A preference of his own, which makes no event."""
    if actor.user_id is None:
        return
    known = {tile.name for tile in tiles_of(actor)}
    HomeLayout.objects.update_or_create(
        user_id=actor.user_id,
        defaults={
            "order": [name for name in dict.fromkeys(order) if name in known],
            "hidden": sorted({name for name in hidden if name in known}),
        },
    )


def first_steps(actor: Actor) -> list[tuple[FirstStep, bool]]:
    """The steps that this person may take, each with whether it is done."""
    steps = [step for step in registry.contributions(FirstStep) if modules.may_open(actor, step.module, step.right)]
    return [(step, step.is_done(actor)) for step in steps]
