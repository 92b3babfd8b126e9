"""Tasks: completing, postponing, assigning, subtasks, days and reminders."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from zhike.activities import actions, jobs
from zhike.activities.models import Task
from zhike.core import company, writes
from zhike.core.notifications.models import Notification
from zhike.core.record_keys import key_of
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


def task_of(people: Cast, **given: object) -> Task:
    return writes.create(people.actor("ana"), Task(**{"name": "write", **given}))


def test_completing_fills_progress_and_moment_and_reopening_empties_them(people: Cast) -> None:
    task = actions.complete_task(people.actor("ana"), task_of(people))
    assert (task.status, task.progress) == ("done", 100)
    assert task.done_at is not None
    task = actions.reopen_task(people.actor("ana"), task)
    assert (task.status, task.progress, task.done_at) == ("open", 0, None)


def test_a_task_is_not_completed_while_its_parts_are_open(people: Cast) -> None:
    task = task_of(people)
    part = task_of(people, parent=task)
    with pytest.raises(writes.RuleBroken):
        actions.complete_task(people.actor("ana"), task)
    actions.complete_task(people.actor("ana"), part)
    task.refresh_from_db()
    assert actions.complete_task(people.actor("ana"), task).status == "done"


def test_a_task_is_as_far_as_its_parts_without_a_version_or_an_event(people: Cast) -> None:
    top = task_of(people)
    middle = task_of(people, parent=top)
    leaves = [task_of(people, parent=middle, progress=progress) for progress in (20, 60)]
    top.refresh_from_db()
    middle.refresh_from_db()
    assert (middle.progress, top.progress) == (40, 40)
    assert (middle.version, top.version) == (1, 1)
    actions.complete_task(people.actor("ana"), leaves[0])
    top.refresh_from_db()
    assert top.progress == 80
    writes.delete(people.actor("admin"), leaves[1])
    top.refresh_from_db()
    assert top.progress == 100


def test_a_task_is_no_part_of_itself_not_even_through_others(people: Cast) -> None:
    top = task_of(people)
    part = task_of(people, parent=top)
    top.parent = part
    with pytest.raises(ValidationError) as refused:
        writes.save(people.actor("ana"), top)
    assert "parent" in refused.value.message_dict


def test_the_moment_decides_the_day_and_a_new_day_takes_the_moment_along(people: Cast) -> None:
    task = task_of(people, due_at=datetime(2027, 3, 31, 23, 30, tzinfo=UTC))
    assert task.due_on == date(2027, 4, 1)  # in the company's zone
    actions.postpone_task(people.actor("ana"), task, due_on=date(2027, 4, 9))
    task.refresh_from_db()
    assert task.due_at is not None
    assert company.day_of(task.due_at) == date(2027, 4, 9)
    assert task.due_at.astimezone(company.zone()).hour == 7


def test_postponing_moves_the_reminder_too(people: Cast) -> None:
    task = task_of(people, due_on=date(2027, 4, 1), remind_at=datetime(2027, 3, 31, 1, tzinfo=UTC))
    actions.postpone_task(people.actor("ana"), task, due_on=date(2027, 4, 3))
    assert task.remind_at == datetime(2027, 4, 2, 1, tzinfo=UTC)


def test_assigning_gives_it_away(people: Cast) -> None:
    task = task_of(people)
    actions.assign_task(people.actor("ana"), task, owner=people.cyd)
    assert not Task.objects.visible_to(people.actor("ana")).exists()
    assert Task.objects.visible_to(people.actor("cyd")).get().department_id == people.elsewhere.pk


def test_its_owner_is_told_once_a_day_and_once_a_reminder(people: Cast) -> None:
    today = company.today()
    late = task_of(people, name="late", due_on=today - timedelta(days=1))
    assert jobs.tell(late) == 1
    late.refresh_from_db()
    assert late.told_on == today
    assert not jobs._waiting().exists()
    assert Notification.objects.get().kind == "overdue"
    reminded = task_of(people, name="soon", due_on=today + timedelta(days=2), remind_at=timezone.now())
    assert [each.pk for each in jobs._waiting()] == [reminded.pk]
    assert jobs.tell(reminded) == 1
    assert jobs.tell(reminded) == 0
    assert not jobs._waiting().exists()
    late.refresh_from_db()
    assert late.version == 1


def test_the_menu_counts_my_overdue_and_todays_tasks(people: Cast, customer: Customer) -> None:
    today = company.today()
    for days, owner in ((-3, people.ana), (0, people.ana), (1, people.ana), (-1, people.ben)):
        writes.create(
            people.actor("admin"),
            Task(name="t", due_on=today + timedelta(days=days), owner=owner, about=key_of(customer)),
        )
    assert actions.due_count(people.actor("ana")) == 2
    assert actions.due_count(people.actor("ben")) == 1
    client = Client()
    client.force_login(people.ana)
    assert client.get("/tasks/?view=overdue").status_code == 200
