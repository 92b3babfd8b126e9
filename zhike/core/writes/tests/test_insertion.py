"""Many rows at once are stored exactly as one by one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhike.core.events.models import Event, current_transaction
from zhike.core.external_keys import ExternalKey
from zhike.core.writes.insertion import insert_many, insert_values
from zhike.customers.models import Customer

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 1, 31, 16, 0, 5, 123456, tzinfo=UTC)


def customer(number: int, **values: Any) -> Customer:
    return Customer(
        name=f"公司 “{number}”\n\t\\N", created_at=NOW, updated_at=NOW, number=f"K{number}", custom={"a": [1, "二", None]},
        annual_revenue=Decimal("1234.50"), employees=number or None, **values,
    )  # fmt: skip


def stored(rows: list[Any]) -> list[dict[str, Any]]:
    found = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in ("id", "number", "name")} for row in found]


def test_rows_are_stored_as_bulk_create_stores_them() -> None:
    many, others = [customer(number) for number in range(50)], [customer(number + 100) for number in range(50)]
    insert_many(many)
    Customer.objects.bulk_create(others)
    for row, other in zip(stored(many), stored(others), strict=True):
        assert row | {"employees": 0} == other | {"employees": 0}
    assert [Customer.objects.get(pk=row.pk).name for row in many] == [row.name for row in many]
    assert Customer.objects.get(pk=many[3].pk).annual_revenue == Decimal("1234.50")
    assert len({row.pk for row in (*many, *others)}) == 100
    assert not any(row._state.adding for row in many)


def test_ids_go_on_where_they_were_and_are_never_used_twice() -> None:
    first = [customer(number) for number in range(30)]
    insert_many(first)
    Customer.objects.filter(pk=first[-1].pk).delete()
    single = customer(99)
    single.save()
    second = [customer(number + 200) for number in range(30)]
    insert_many(second)
    assert single.pk > first[-1].pk
    assert min(row.pk for row in second) > single.pk


def test_days_moments_and_json_of_events_come_back() -> None:
    events = [
        Event(
            tx=7, at=NOW, effective_on=date(2017, 3, 4), verb="x", entity="y", record_id=number,
            changes={"a": [None, "值"]}, via="page",
        )
        for number in range(40)
    ]  # fmt: skip
    insert_many(events)
    found = Event.objects.get(pk=events[5].pk)
    assert (found.at, found.effective_on, found.changes, found.record_id, found.tx) == (
        NOW, date(2017, 3, 4), {"a": [None, "值"]}, 5, 7,
    )  # fmt: skip


def test_a_refused_row_raises_django_s_own_error_and_leaves_nothing() -> None:
    rows = [ExternalKey(entity="x", record_id=number, system="s", key=str(number % 39)) for number in range(40)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(rows)
    assert not ExternalKey.objects.filter(entity="x").exists()


def test_the_number_of_the_transaction_is_that_of_single_events() -> None:
    single = Event(at=timezone.now(), verb="x", entity="y", record_id=1, via="page")
    from zhike.core.events.models import CurrentTransaction

    single.tx = CurrentTransaction()
    single.save(force_insert=True)
    assert Event.objects.values_list("tx", flat=True).get(pk=single.pk) == current_transaction()


def test_rows_without_need_of_an_id_are_stored_from_tuples() -> None:
    names = ("entity", "record_id", "system", "key", "fingerprint", "batch_id")
    insert_values(ExternalKey, names, [("x", number, "s", f"键 {number}", "", "") for number in range(60)])
    single = ExternalKey.objects.create(entity="x", record_id=99, system="s", key="one more")
    found = ExternalKey.objects.filter(entity="x").order_by("pk")
    assert list(found.values_list("record_id", flat=True)) == [*range(60), 99]
    assert single.pk == max(found.values_list("pk", flat=True))
    insert_values(ExternalKey, names, [])
    assert found.count() == 61
