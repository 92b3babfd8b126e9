"""The demo company: the same every time, whole, and told as if it had happened over a year and a half."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from zhike.activities.models import Activity, Task
from zhike.core import company
from zhike.core.events.models import Event
from zhike.core.history.models import StateChange
from zhike.customers.models import Contact, Customer, Lead
from zhike.identity.models import Department, User
from zhike.sales import demo
from zhike.sales.models import Opportunity, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    demo.fill(scale=0.06)


@pytest.mark.usefixtures("small")
def test_it_has_people_in_departments_of_two_branches_and_records_of_every_kind() -> None:
    assert User.objects.filter(state=User.State.ACTIVE).count() == 12
    assert Department.objects.filter(kind=Department.Kind.DEPARTMENT).count() == 5
    assert Department.objects.filter(kind=Department.Kind.BRANCH).count() == 2
    assert Contact.objects.count() > Customer.objects.count() > 0
    assert Lead.objects.filter(owner=None).exists()
    assert {Status.OPEN, Status.WON, Status.LOST} == set(Opportunity.objects.values_list("status", flat=True))
    assert Activity.objects.filter(is_done=False).exists()
    assert Task.objects.filter(status=Task.Status.OPEN, due_on__gte=company.today()).exists()


@pytest.mark.usefixtures("small")
def test_nothing_is_said_to_have_been_made_or_done_in_the_future() -> None:
    now = timezone.now()
    for model in (Customer, Contact, Lead, Opportunity, Activity, Task):
        assert not model.objects.filter(created_at__gt=now).exists(), model
        assert not model.objects.filter(updated_at__gt=now).exists(), model
    assert not Event.objects.filter(at__gt=now).exists()
    assert not Activity.objects.filter(is_done=True, starts_at__gt=now).exists()


@pytest.mark.usefixtures("small")
def test_its_past_lies_in_the_past() -> None:
    half_a_year_ago = timezone.now() - timedelta(days=180)
    assert Event.objects.filter(entity="opportunities", verb="create", at__lt=half_a_year_ago).exists()
    for won in Opportunity.objects.filter(status=Status.WON):
        assert company.day_of(won.updated_at) <= won.closed_on + timedelta(days=1)
        assert won.created_at <= won.updated_at


def test_the_same_seed_makes_the_same_company(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    demo.fill(scale=0.02)
    first = list(Customer.objects.order_by("pk").values_list("name", "region", "level"))
    Event.objects.all().delete()
    with pytest.raises(demo.NotEmpty):
        demo.fill(scale=0.02)
    assert first == list(Customer.objects.order_by("pk").values_list("name", "region", "level"))


@pytest.mark.usefixtures("small")
def test_its_log_stands_in_the_order_of_the_story_and_the_states_point_into_it() -> None:
    moments = list(
        Event.objects.exclude(entity__in=("users", "departments")).order_by("pk").values_list("at", flat=True)
    )
    assert moments == sorted(moments)
    for state in StateChange.objects.filter(entity="opportunities"):
        event = Event.objects.get(pk=state.event or 0)
        assert (event.entity, event.record_id) == ("opportunities", state.record_id)
