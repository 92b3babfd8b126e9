"""Lists over the world of the conditions: whoever asks, the rows are known."""

import pytest

from tests.condition_world import World, build
from zhike.core.actors import Actor


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actors[0]
