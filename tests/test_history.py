"""As of a day: SQL finds what reading the whole history in order gives, on both databases."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.condition_world import World, build
from zhike.core import company
from zhike.core.entities import registry
from zhike.core.history.asof import as_of, states, to_value, value_as_of, with_state_as_of
from zhike.core.history.models import StateChange
from zhike.core.history.text import as_text
from zhike.sales.models import Opportunity, Stage

pytestmark = pytest.mark.django_db
START = date(2026, 3, 1)
ENTITY = "opportunities"


@pytest.fixture
def world(db: None) -> World:
    return build()


def _change(record: Opportunity, field: str, old: object, new: object, on: date, recorded: datetime) -> StateChange:
    return StateChange.objects.create(
        entity=ENTITY,
        record_id=record.pk,
        field=field,
        old=as_text(old),
        new=as_text(new),
        effective_on=on,
        recorded_at=recorded,
    )


def _random_history(stages: list[Stage]) -> None:
    """Changes in any order of days, several a day, recorded later than they took effect; a third of the rows has none."""
    chance = random.Random(7)
    for record in Opportunity.objects.order_by("id"):
        recorded = datetime(2026, 3, 1, 4, tzinfo=UTC)
        old: int | None = None
        for _turn in range(chance.choice((0, 0, 1, 3, 6))):
            new = chance.choice((None, *(stage.pk for stage in stages)))
            recorded += timedelta(hours=chance.randint(1, 90))
            _change(record, "stage", old, new, START + timedelta(days=chance.randint(0, 12)), recorded)
            old = new


def _read_in_order(record: Any, day: date, known_at: datetime | None = None) -> str | None:
    changes = [
        each
        for each in states(registry.get(ENTITY), record.pk, "stage")
        if not known_at or each.recorded_at <= known_at
    ]
    before = [each for each in changes if each.effective_on <= day]
    if before:
        return before[-1].new
    if changes:
        return changes[0].old
    return str(record.stage_id) if company.day_of(record.created_at) <= day else None


def test_sql_finds_what_the_whole_history_read_in_order_gives(world: World) -> None:
    entity = registry.get(ENTITY)
    _random_history(list(Stage.objects.all()))
    Opportunity.objects.filter(pk__in=Opportunity.objects.values("pk")[:15]).update(
        created_at=datetime(2026, 3, 6, 16, tzinfo=UTC)
    )
    known = datetime(2026, 3, 5, 12, tzinfo=UTC)
    for days in range(-1, 14):
        day = START + timedelta(days=days)
        for known_at in (None, known):
            found = {
                row.pk: row.state_then
                for row in as_of(Opportunity.objects.all(), entity, "stage", day, known_at=known_at)
            }
            expected = {row.pk: _read_in_order(row, day, known_at) for row in Opportunity.objects.all()}
            assert found == expected, (day, known_at)
            had_one = with_state_as_of(Opportunity.objects.all(), entity, "stage", day, known_at=known_at)
            assert {row.pk for row in had_one} == {pk for pk, text in expected.items() if text}


def test_a_state_holds_to_the_end_of_its_day_and_the_last_recorded_of_a_day_counts(world: World) -> None:
    first, second, third = Stage.objects.order_by("id")[:3]
    record = Opportunity.objects.order_by("id")[0]
    noon = datetime(2026, 3, 1, 4, tzinfo=UTC)
    _change(record, "stage", None, first, START, noon)
    _change(record, "stage", first, second, START, noon)
    _change(record, "stage", second, third, START + timedelta(days=2), noon)
    entity = registry.get(ENTITY)
    values = [value_as_of(record, entity, "stage", START + timedelta(days=days)) for days in (-1, 0, 1, 2)]
    assert values == [None, second.pk, second.pk, third.pk]
    _change(record, "stage", second, first, START + timedelta(days=1), noon + timedelta(days=9))
    assert value_as_of(record, entity, "stage", START + timedelta(days=1)) == first.pk
    assert value_as_of(record, entity, "stage", START + timedelta(days=1), known_at=noon) == second.pk


def test_values_come_back_in_their_own_type(world: World) -> None:
    entity = registry.get(ENTITY)
    record = Opportunity.objects.filter(amount=Decimal("1000.50")).first()
    assert record is not None
    today = company.today()
    assert value_as_of(record, entity, "amount", today) == Decimal("1000.50")
    assert value_as_of(record, entity, "closes_on", today) == record.closes_on
    assert value_as_of(record, entity, "owner", today) == record.owner_id
    _change(record, "amount", Decimal("7.00"), Decimal("1000.50"), today, datetime.now(UTC))
    _change(record, "closes_on", date(2026, 1, 31), record.closes_on, today, datetime.now(UTC))
    yesterday = today - timedelta(days=1)
    assert value_as_of(record, entity, "amount", yesterday) == Decimal(7)
    assert value_as_of(record, entity, "closes_on", yesterday) == date(2026, 1, 31)
    assert to_value(entity.field("status"), "won") == "won"


def test_a_field_without_history_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="not kept"):
        as_of(Opportunity.objects.all(), registry.get(ENTITY), "name", START)


def test_the_state_of_all_rows_is_one_statement(world: World) -> None:
    _random_history(list(Stage.objects.all()))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        list(with_state_as_of(Opportunity.objects.all(), registry.get(ENTITY), "stage", START))
    assert len(captured) == 1
