"""Activities: what always holds, completing, rescheduling, and the task that a next step becomes."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from zhike.activities import actions
from zhike.activities.models import Activity, Task
from zhike.core import company, writes
from zhike.core.events.models import Event
from zhike.core.record_keys import key_of
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


def planned(people: Cast, customer: Customer, **given: object) -> Activity:
    starts_at = timezone.now() + timedelta(days=2)
    row = Activity(about=key_of(customer), kind="visit", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    for name, value in given.items():
        setattr(row, name, value)
    return writes.create(people.actor("ana"), row)


def test_what_lies_ahead_is_planned_and_what_is_over_is_done(people: Cast, customer: Customer) -> None:
    assert not planned(people, customer).is_done
    past = timezone.now() - timedelta(days=1)
    assert planned(people, customer, starts_at=past, ends_at=None).is_done


def test_what_lies_ahead_cannot_be_ticked_as_done(people: Cast, customer: Customer) -> None:
    visit = planned(people, customer)
    visit.is_done = True
    with pytest.raises(ValidationError) as refused:
        writes.save(people.actor("ana"), visit)
    assert "is_done" in refused.value.message_dict


def test_it_cannot_end_before_it_starts(people: Cast, customer: Customer) -> None:
    with pytest.raises(ValidationError):
        planned(people, customer, ends_at=timezone.now())


def test_completing_takes_place_now_keeps_the_length_and_makes_the_next_task(people: Cast, customer: Customer) -> None:
    visit = planned(people, customer)
    day = company.today() + timedelta(days=5)
    actions.complete_activity(
        people.actor("ana"), visit, outcome="agreed", content="signed", next_step="send papers", next_step_on=day
    )
    visit.refresh_from_db()
    assert visit.is_done
    assert visit.starts_at <= timezone.now()
    assert visit.ends_at is not None
    assert visit.ends_at - visit.starts_at == timedelta(hours=1)
    task = Task.objects.get()
    assert (task.name, task.due_on, task.owner_id, task.pk) == ("send papers", day, people.ana.pk, visit.follow_up_id)
    assert Event.objects.filter(entity="activities", verb="complete").count() == 1


def test_it_is_completed_once(people: Cast, customer: Customer) -> None:
    visit = planned(people, customer)
    actions.complete_activity(people.actor("ana"), visit)
    with pytest.raises(writes.RuleBroken):
        actions.complete_activity(people.actor("ana"), visit)


def test_changing_the_next_step_moves_its_open_task_and_leaves_a_done_one(people: Cast, customer: Customer) -> None:
    ana, today = people.actor("ana"), company.today()
    call = writes.create(ana, Activity(about=key_of(customer), next_step="write", next_step_on=today))
    call.next_step_on = today + timedelta(days=1)
    writes.save(ana, call)
    assert Task.objects.get().due_on == today + timedelta(days=1)
    actions.complete_task(ana, Task.objects.get())
    call.refresh_from_db()
    call.next_step = "call again"
    writes.save(ana, call)
    assert Task.objects.get().name == "write"


def test_a_step_of_a_day_gone_by_makes_no_task(people: Cast, customer: Customer) -> None:
    yesterday = company.today() - timedelta(days=1)
    writes.create(people.actor("ana"), Activity(about=key_of(customer), next_step="old", next_step_on=yesterday))
    assert not Task.objects.exists()


def test_rescheduling_keeps_the_length(people: Cast, customer: Customer) -> None:
    visit = planned(people, customer)
    later = visit.starts_at + timedelta(days=3)
    actions.reschedule_activity(people.actor("ana"), visit, starts_at=later)
    visit.refresh_from_db()
    assert visit.starts_at == later
    assert visit.ends_at == later + timedelta(hours=1)


def test_activities_and_tasks_are_not_about_each_other(people: Cast, customer: Customer) -> None:
    visit = planned(people, customer)
    with pytest.raises(ValidationError):
        writes.create(people.actor("ana"), Task(name="t", about=key_of(visit)))
