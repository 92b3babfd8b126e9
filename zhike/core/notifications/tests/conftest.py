"""People who can be told, at a moment that stands still."""

from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from zhike.core.notifications.tests.world import MONDAY, FakeClock
from zhike.identity.factories import Cast, cast


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock(MONDAY)
    monkeypatch.setattr(timezone, "now", fake)
    return fake


@pytest.fixture
def people(clock: FakeClock) -> Iterator[Cast]:
    with translation.override("en"):
        made = cast()
        for name in ("ana", "ben", "cyd", "dan"):
            person = getattr(made, name)
            person.email, person.language = f"{name}@example.com", "en"
            person.save()
        yield made
