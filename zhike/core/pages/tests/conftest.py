"""The cast for tests of pages."""

import pytest

from zhike.identity.factories import Cast, cast


@pytest.fixture
def people(db: None) -> Cast:
    """ana owns, ben is on her team, cyd is a stranger, dan heads the department, eve comes from outside, admin keeps the house."""
    return cast()
