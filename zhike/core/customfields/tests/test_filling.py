"""Filters that are switched on later: a job gathers the values, and what is written meanwhile is not lost."""

import pytest

from zhike.core import writes
from zhike.core.customfields.models import CustomField, CustomKind, CustomValue
from zhike.core.customfields.tests.world import SYSTEM, change, field
from zhike.core.entities import registry
from zhike.core.jobs.worker import work_once
from zhike.customers.models import Customer

pytestmark = pytest.mark.django_db


def is_ready() -> bool:
    custom = registry.get("customers").field("cf_text").custom
    return custom is not None and custom.is_ready


def test_the_job_gathers_values_and_only_then_lists_are_filtered_by_them() -> None:
    made = field(CustomKind.TEXT, is_indexed=False)
    for number in range(1100):
        Customer.objects.create(
            name=f"客户{number}", number=f"K{number}", custom={"cf_text": str(number % 3)} if number % 2 else {},
            created_at="2026-01-01T00:00:00Z", updated_at="2026-01-01T00:00:00Z",
        )  # fmt: skip
    change(made, is_indexed=True)
    assert not is_ready()
    writes.create(SYSTEM, Customer(name="meanwhile", custom={"cf_text": "9"}))
    assert work_once(["quick"])
    assert is_ready()
    assert CustomValue.objects.filter(field=made).count() == 551
    assert CustomValue.objects.filter(field=made, text="9").count() == 1


def test_values_follow_edits_the_recycle_bin_and_the_end_of_a_record() -> None:
    field(CustomKind.MULTI_CHOICE)
    row = writes.create(SYSTEM, Customer(name="浦发银行", custom={"cf_multi_choice": ["silver", "gold", "gold"]}))
    kept = CustomValue.objects.filter(record_id=row.pk)
    assert row.custom == {"cf_multi_choice": ["gold", "silver"]}
    assert set(kept.values_list("text", flat=True)) == {"gold", "silver"}
    row.custom = {"cf_multi_choice": ["silver"]}
    writes.save(SYSTEM, row, verb="edit")
    assert list(kept.values_list("text", "live")) == [("silver", True)]
    writes.delete(SYSTEM, row)
    assert list(kept.values_list("live", flat=True)) == [False]
    writes.restore(SYSTEM, row)
    assert list(kept.values_list("live", flat=True)) == [True]
    writes.delete(SYSTEM, row)
    writes.purge(SYSTEM, Customer.objects.get(pk=row.pk))
    assert not kept.exists()


def test_a_batch_keeps_each_rows_own_values() -> None:
    field(CustomKind.TEXT)
    field(CustomKind.INTEGER)
    rows = [Customer(name=f"客户{n}", custom={"cf_text": str(n), "cf_integer": n}) for n in range(30)]
    writes.create_many(SYSTEM, rows)
    for number, row in enumerate(rows):
        row.custom = {"cf_text": f"x{number}", "cf_integer": number} if number % 2 else {"cf_integer": 100 + number}
    writes.save_many(SYSTEM, rows, verb="edit")
    for row in Customer.objects.all():
        stored = {
            ("cf_text" if text is not None else "cf_integer"): text if text is not None else int(number or 0)
            for text, number in CustomValue.objects.filter(record_id=row.pk).values_list("text", "number")
        }
        assert stored == row.custom


def test_switching_it_off_again_throws_the_copies_away() -> None:
    made = field(CustomKind.TEXT)
    writes.create(SYSTEM, Customer(name="浦发银行", custom={"cf_text": "x"}))
    change(made, is_indexed=False)
    assert work_once(["quick"])
    assert not CustomValue.objects.filter(field=made).exists()
    assert not CustomField.objects.get(pk=made.pk).is_filled
