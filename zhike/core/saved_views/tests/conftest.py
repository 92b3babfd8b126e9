"""The cast, and sentences in English."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from zhike.identity.factories import Cast, cast


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    with translation.override("en"):
        yield cast()
