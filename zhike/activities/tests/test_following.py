"""Last contact and next step, after whatever order of changes, are what the rows say."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from zhike.activities import actions
from zhike.activities.models import Activity, Task
from zhike.core import company, writes
from zhike.core.record_keys import key_of
from zhike.core.testing import samples
from zhike.customers.models import Customer
from zhike.identity.factories import cast
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("call", "note", "visit", "task", "complete", "delete", "restore", "private", "elsewhere", "day")
        ),
        st.integers(min_value=-5, max_value=5),
        st.integers(min_value=0, max_value=20),
    ),
    min_size=1,
    max_size=12,
)


def expected(condition: dict[str, Any]) -> tuple[Any, Any]:
    """From the rows, without the module that is tested."""
    live = list(Activity.objects.filter(deleted_at__isnull=True, is_private=False, **condition))
    tasks = Task.objects.filter(
        deleted_at__isnull=True, is_private=False, status__in=("open", "doing"), due_on__isnull=False, **condition
    )
    contacts = [row.starts_at for row in live if row.is_done and row.kind != "note"]
    steps = [company.day_of(row.starts_at) for row in live if not row.is_done] + [task.due_on for task in tasks]
    return max(contacts, default=None), min(filter(None, steps), default=None)


class TestFollowing(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_STEPS)
    def test_they_are_what_the_rows_say(self, steps: list[tuple[str, int, int]]) -> None:
        people = cast()
        customer = samples.make("customers", people.ana, "pufa")
        opportunity = writes.create(people.actor("ana"), Opportunity(name="deal", customer=customer, owner=people.ana))
        rows: list[Any] = []
        for step, days, which in steps:
            self.take(people.actor("admin"), rows, (customer, opportunity), step, days, which)
            for record, condition in (
                (Customer.objects.get(pk=customer.pk), {"party_id": customer.pk}),
                (Opportunity.objects.get(pk=opportunity.pk), {"about": key_of(opportunity)}),
            ):
                assert (record.last_contact_at, record.next_step_on) == expected(condition), (step, days)
                assert record.version == 1

    def take(self, admin: Any, rows: list[Any], records: Any, step: str, days: int, which: int) -> None:
        at: datetime = timezone.now() + timedelta(days=days)
        about = key_of(records[which % 2])
        if step in ("call", "note", "visit"):
            rows.append(writes.create(admin, Activity(about=about, kind=step, starts_at=at)))
        elif step == "task":
            rows.append(writes.create(admin, Task(about=about, name="t", due_on=company.day_of(at))))
        elif rows:
            self.change(admin, rows[which % len(rows)], step, about, at)

    def change(self, admin: Any, row: Any, step: str, about: str, at: datetime) -> None:
        row.refresh_from_db()
        if step == "restore" and row.deleted_at is not None:
            writes.restore(admin, row)
        if row.deleted_at is not None:
            return
        if step == "complete" and isinstance(row, Activity) and not row.is_done:
            actions.complete_activity(admin, row)
        elif step == "complete" and isinstance(row, Task) and row.is_open:
            actions.complete_task(admin, row)
        elif step == "delete":
            writes.delete(admin, row)
        elif step == "private":
            row.is_private = True
            writes.save(admin, row, verb="edit")
        elif step == "elsewhere":
            row.about = about
            writes.save(admin, row, verb="edit")
        elif step == "day" and isinstance(row, Task):
            row.due_on = company.day_of(at)
            writes.save(admin, row, verb="edit")
