"""A field whose values must differ: by one at a time, by two at once, and out of the recycle bin."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections

from zhike.core import writes
from zhike.core.customfields.models import CustomKind, CustomValue
from zhike.core.customfields.tests.world import SYSTEM, change, field
from zhike.core.writes import RuleBroken
from zhike.customers.models import Customer


def taken(name: str = "浦发银行") -> Customer:
    return writes.create(SYSTEM, Customer(name=name, custom={"cf_text": "A-1"}))


@pytest.mark.django_db
def test_a_value_that_another_record_has_is_refused_beside_its_field() -> None:
    field(CustomKind.TEXT, unique=True)
    taken()
    with pytest.raises(ValidationError) as refused:
        taken("中国移动")
    assert list(refused.value.message_dict) == ["cf_text"]
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_a_deleted_record_lets_go_of_its_value_and_cannot_come_back_once_it_is_taken() -> None:
    field(CustomKind.TEXT, unique=True)
    first = taken()
    writes.delete(SYSTEM, first)
    second = taken("中国移动")
    with pytest.raises(RuleBroken):
        writes.restore(SYSTEM, first)
    writes.delete(SYSTEM, second)
    writes.restore(SYSTEM, first)
    assert CustomValue.objects.get(record_id=first.pk).live


@pytest.mark.django_db
def test_uniqueness_asked_for_later_names_the_value_that_stands_in_its_way() -> None:
    row = field(CustomKind.TEXT)
    first, _second = taken(), taken("中国移动")
    with pytest.raises(RuleBroken, match="A-1"):
        change(row, unique=True)
    first.custom = {"cf_text": "A-2"}
    writes.save(SYSTEM, first, verb="edit")
    change(row, unique=True)
    with pytest.raises(ValidationError):
        taken("农业银行")


@pytest.mark.file
@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_the_same_value_at_once_one_does() -> None:
    field(CustomKind.TEXT, unique=True)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def write(number: int) -> None:
        try:
            start.wait(timeout=30)
            taken(f"客户{number}")
            outcomes.append("written")
        except (ValidationError, IntegrityError):
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["refused", "written"]
    assert Customer.objects.count() == 1
