"""The cast, with a folder of its own for files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from zhike.identity.factories import Cast, cast
from zhike.identity.models import User


@pytest.fixture
def people(settings: Any, tmp_path: Path) -> Iterator[Cast]:
    settings.DATA_DIR = tmp_path
    with translation.override("en"):
        made = cast()
        User.objects.update(language="en")
        yield made
