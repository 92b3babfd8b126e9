"""The cast, and a fresh view of the configuration, for tests of custom fields."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from zhike.core import overlay
from zhike.identity.factories import Cast, cast


@pytest.fixture
def people(db: None) -> Cast:
    """ana owns, ben is on her team, cyd is a stranger, dan heads the department, admin keeps the house."""
    return cast()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    overlay.forget()
    with translation.override("en"):
        yield
    overlay.forget()
