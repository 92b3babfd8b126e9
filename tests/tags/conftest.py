"""The cast, and a tag that is there."""

from typing import Any

import pytest
from django.utils import translation

from tests.tags.world import SYSTEM
from zhike.core import overlay
from zhike.core.configuration import option_actions
from zhike.core.configuration.option_actions import Words
from zhike.identity.factories import Cast, cast


@pytest.fixture
def people() -> Any:
    overlay.forget()
    with translation.override("en"):
        yield cast()
    overlay.forget()


@pytest.fixture
def vip(people: Cast) -> str:
    """The code of a tag that is there."""
    return option_actions.add_option(SYSTEM, "tags", Words(label_zh="重要", label_en="VIP", colour="red")).code
