"""Document numbers: counted per period, as the pattern says, never twice."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhike.core import numbering, overlay
from zhike.core.numbering.models import NumberCounter

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _rule() -> Iterator[None]:
    numbering.declare(numbering.Rule(name="gift", label="gift", pattern="G-{yy}{mm}{dd}/{seq:3}x"))
    overlay.forget()
    yield
    del numbering._shipped["gift"]
    overlay.forget()


def test_numbers_go_on_from_the_last_one_and_begin_anew_with_the_period() -> None:
    assert numbering.draw("gift", NEW_YEAR, 2) == ["G-270101/001x", "G-270101/002x"]
    assert numbering.draw("gift", NEW_YEAR) == ["G-270101/003x"]
    assert numbering.draw("gift", date(2027, 1, 2)) == ["G-270102/001x"]


def test_a_number_longer_than_its_places_is_whole() -> None:
    numbering.draw("gift", NEW_YEAR)
    NumberCounter.objects.filter(rule="gift").update(last=998)
    assert numbering.draw("gift", NEW_YEAR, 2) == ["G-270101/999x", "G-270101/1000x"]


def test_a_sequence_without_places_stands_as_it_is() -> None:
    assert numbering._dated("{seq}-{yyyy}", NEW_YEAR) == ("", 1, "-2027")


def test_drawing_is_one_statement() -> None:
    numbering.current("gift")
    with CaptureQueriesContext(connection) as asked:
        numbering.draw("gift", NEW_YEAR, 50)
    assert len(asked) == 1
