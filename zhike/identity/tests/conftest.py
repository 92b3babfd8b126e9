"""The cast, for every test of this app."""

import pytest

from zhike.identity.factories import Cast, cast


@pytest.fixture
def people(db: None) -> Cast:
    """The cast of `factories.cast`."""
    return cast()
