"""People who edit at the same time: nothing is overwritten unseen."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from zhike.catalog.models import Product
from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.events.models import Event
from zhike.core.writes import record, uniqueness
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast
from zhike.identity.models import User

pytestmark = pytest.mark.django_db
REAL_CHECK = uniqueness.check


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def ana(people: Cast) -> Actor:
    return people.actor("ana")


@pytest.fixture
def customer(people: Cast, ana: Actor) -> Customer:
    return writes.create(ana, Customer(name="中国移动通信集团", address="北京", owner=people.ana))


def test_different_fields_merge_and_the_second_is_told(ana: Actor, people: Cast, customer: Customer) -> None:
    writes.merge_edit(people.actor("dan"), Customer, customer.pk, 1, {"address": "北京金融大街"})
    row, kept = writes.merge_edit(ana, Customer, customer.pk, 1, {"level": "key", "address": "北京"})
    assert (row.address, row.level, row.version) == ("北京金融大街", "key", 3)
    assert kept == {"address"}


def test_the_same_field_asks_with_both_values(ana: Actor, people: Cast, customer: Customer) -> None:
    writes.merge_edit(people.actor("dan"), Customer, customer.pk, 1, {"address": "上海"})
    with pytest.raises(writes.Conflict) as clash:
        writes.merge_edit(ana, Customer, customer.pk, 1, {"address": "广州", "level": "key"})
    assert clash.value.version == 2
    assert (clash.value.differences["address"].theirs, clash.value.differences["address"].mine) == ("上海", "广州")
    customer.refresh_from_db()
    assert (customer.address, customer.level) == ("上海", "")


def test_both_wanting_the_same_is_no_conflict(ana: Actor, people: Cast, customer: Customer) -> None:
    writes.merge_edit(people.actor("dan"), Customer, customer.pk, 1, {"address": "上海"})
    row, _kept = writes.merge_edit(ana, Customer, customer.pk, 1, {"address": "上海"})
    assert row.version == 2


def test_saving_what_is_there_already_writes_nothing(ana: Actor, customer: Customer) -> None:
    events = Event.objects.count()
    writes.save(ana, customer)
    customer.refresh_from_db()
    assert customer.version == 1
    assert Event.objects.count() == events


def test_a_row_read_before_a_change_is_refused(ana: Actor, people: Cast, customer: Customer) -> None:
    stale = Customer.objects.get(pk=customer.pk)
    writes.merge_edit(people.actor("dan"), Customer, customer.pk, 1, {"address": "上海"})
    stale.level = "key"
    with pytest.raises(writes.Conflict):
        writes.save(ana, stale, verb="edit")


def test_a_stranger_is_told_nothing(people: Cast, customer: Customer) -> None:
    customer.level = "key"
    with pytest.raises(writes.NotReachable):
        writes.save(people.actor("cyd"), customer)


def test_a_change_that_would_hide_the_row_from_its_writer_is_rolled_back(
    ana: Actor, people: Cast, customer: Customer
) -> None:
    customer.owner = people.cyd
    with pytest.raises(writes.NotAllowed):
        writes.save(ana, customer)
    customer.refresh_from_db()
    assert (customer.owner_id, customer.version) == (people.ana.pk, 1)


def test_control_characters_and_stray_blanks_do_not_get_in(ana: Actor, people: Cast) -> None:
    row = writes.create(ana, Customer(name="  浦发\u0000 银行\u202e \u3000上海 ", owner=people.ana))
    row.refresh_from_db()
    assert row.name == "浦发 银行 上海"


def test_an_event_holds_old_and_new_in_stable_values(ana: Actor, customer: Customer) -> None:
    customer.level = "key"
    writes.save(ana, customer)
    event = Event.objects.filter(entity="customers", record_id=customer.pk).latest("id")
    assert event.changes == {"level": ["", "key"]}
    assert (event.version, event.via, event.party_id) == (2, "page", customer.pk)


@pytest.mark.parametrize("code", ["made-up", "KEY"])
def test_an_unknown_option_is_refused_by_name(ana: Actor, customer: Customer, code: str) -> None:
    customer.level = code
    with pytest.raises(ValidationError) as refused:
        writes.save(ana, customer)
    assert "level" in refused.value.message_dict


def test_whoever_comes_second_to_a_value_is_told_as_if_he_had_asked_later(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question before the write is answered “free”, as in a race; the database then is the first to know."""
    admin = people.actor("admin")
    writes.create(admin, Product(name="GTX Pro", number="P-1"))
    other = writes.create(admin, Product(name="GTX Basic", number="P-2"))
    for write, field in (
        (lambda: writes.create(admin, Product(name="GTX Plus", number="P-1")), "number"),
        (lambda: writes.save(admin, _with(Product.objects.get(pk=other.pk), number="P-1")), "number"),
        (lambda: writes.save(admin, _with(User.objects.get(pk=people.ben.pk), username="ana")), "username"),
    ):
        with pytest.raises(ValidationError) as later:
            write()
        before = Event.objects.count()
        with monkeypatch.context() as race:
            asked = _deaf_at_first(race)
            with pytest.raises(ValidationError) as taken:
                write()
        assert asked == [False, True]
        assert taken.value.message_dict == later.value.message_dict
        assert field in taken.value.message_dict
        assert Event.objects.count() == before


def _with(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _deaf_at_first(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let the first question go unasked; the answer says how often it came, and whether it was put."""
    asked: list[bool] = []

    def check(batch: Any) -> None:
        asked.append(bool(asked))
        if len(asked) > 1:
            real(batch)

    real = REAL_CHECK
    monkeypatch.setattr(uniqueness, "check", check)
    return asked


def test_a_violation_that_is_nobodys_value_goes_on_as_it_is(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: Any) -> None:
        raise IntegrityError("another constraint")

    monkeypatch.setattr(record, "insert", fail)
    with pytest.raises(IntegrityError):
        writes.create(people.actor("admin"), Product(name="GTX Pro", number="P-1"))
