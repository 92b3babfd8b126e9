"""The schedule: one's own activities and tasks on their days and hours, and what is overdue."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhike.activities.forms import PostponeForm
from zhike.activities.models import Activity, Task
from zhike.core import company, overlay, writes
from zhike.core.record_keys import key_of
from zhike.customers.models import Customer
from zhike.identity.factories import Cast
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 2, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def schedule(people: Cast, scale: str = "week", name: str = "ana") -> str:
    client = Client()
    client.force_login(getattr(people, name))
    answer = client.get(f"/calendar/?scale={scale}&day=2026-02-10")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("scale", ["month", "week", "day"])
def test_my_activities_and_tasks_stand_on_their_days_and_nobody_elses(
    people: Cast, customer: Customer, scale: str
) -> None:
    for name in ("ana", "ben"):
        owner, about = getattr(people, name), key_of(customer)
        actor = people.actor("admin")
        writes.create(actor, Activity(subject=f"visit of {name}", starts_at=NINE, owner=owner, about=about))
        writes.create(actor, Task(name=f"task of {name}", due_on=NINE.date(), owner=owner, about=about))
    writes.create(people.actor("ana"), Task(name="cancelled", due_on=NINE.date(), status="cancelled"))
    page = schedule(people, scale)
    assert "visit of ana" in page
    assert "task of ana" in page
    assert "of ben" not in page
    assert "cancelled" not in page


def test_a_task_with_a_time_stands_at_its_hour_and_each_kind_is_moved_as_what_it_is(people: Cast) -> None:
    visit = writes.create(people.actor("ana"), Activity(subject="visit", starts_at=NINE))
    task = writes.create(people.actor("ana"), Task(name="task", due_at=NINE))
    track = schedule(people).split('data-day="2026-02-10"', 1)[1].split("data-track", 1)[1].split("data-day=", 1)[0]
    assert f'data-move="/activities/calendar/{visit.pk}/" data-timed="always"' in track
    assert f'data-move="/tasks/calendar/{task.pk}/" data-timed="free"' in track


def test_who_may_see_no_tasks_has_the_rest_of_the_schedule(people: Cast) -> None:
    Role.objects.update(grants={"activities": {"view": "all", "create": "all"}})
    overlay.bump()
    page = schedule(people)
    assert "/activities/new/?" in page
    Role.objects.update(grants={"tasks": {"view": "all", "create": "all"}})
    overlay.bump()
    assert "/tasks/new/?due_on=2026-02-10" in schedule(people)


def test_a_schedule_takes_as_many_statements_however_full_it_is(people: Cast, customer: Customer) -> None:
    def count(rows: int) -> int:
        for number in range(rows):
            writes.create(
                people.actor("ana"),
                Activity(subject="v", starts_at=NINE + timedelta(hours=number % 30), about=key_of(customer)),
            )
            writes.create(people.actor("ana"), Task(name="t", due_on=NINE.date(), about=key_of(customer)))
        schedule(people)
        with CaptureQueriesContext(connection) as caught:
            schedule(people)
        return len(caught)

    assert count(1) == count(12)


def test_postponing_offers_days_ahead_but_not_the_one_on_which_it_is_due(people: Cast) -> None:
    today = company.today()
    tomorrow = today + timedelta(days=1)
    task = writes.create(people.actor("ana"), Task(name="t", due_on=tomorrow))
    form = PostponeForm(record=task, actor=people.actor("ana"))
    days = [day for _label, day in form.days]
    assert days == sorted(set(days))
    assert tomorrow not in days
    assert min(days) > tomorrow
    assert tomorrow + timedelta(days=7) in days
    assert form["due_on"].value() == tomorrow + timedelta(days=1)
    late = PostponeForm(record=Task(name="t", due_on=date(2026, 1, 1)), actor=people.actor("ana"))
    assert {tomorrow, today + timedelta(days=7)} <= {day for _label, day in late.days}
    assert late["due_on"].value() == tomorrow
    client = Client()
    client.force_login(people.ana)
    page = client.get(f"/tasks/{task.pk}/postpone/").content.decode()
    assert f'data-fill="due_on" value="{(tomorrow + timedelta(days=7)).isoformat()}"' in page
