"""What tests across apps share."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.every_entity.world import World, built
from tests.import_plans import bring, in_english  # noqa: F401  (fixtures of the import engine)
from zhike.core import overlay


@pytest.fixture(scope="module")
def built_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world of the battery, built once per module; take `world`."""
    with django_db_blocker.unblock(), built() as made:
        yield made


@pytest.fixture
def world(built_world: World, db: None) -> Iterator[World]:
    """The cast before their browsers and rows of every entity; what the test changes is taken back."""
    overlay.forget()
    yield built_world
    overlay.forget()
    for visitor in built_world.visitors.values():
        visitor.browser.cookies.pop("messages", None)  # what the next page would have told of this test's steps
