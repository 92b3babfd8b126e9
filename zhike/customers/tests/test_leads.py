"""What people do with leads before they become customers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from zhike.activities.models import Task
from zhike.core import company, writes
from zhike.core.actors import Actor
from zhike.core.events.models import Event
from zhike.core.record_keys import key_of
from zhike.customers.leads import actions
from zhike.customers.models import Customer, Lead
from zhike.identity.factories import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def ana(people: Cast) -> Actor:
    return people.actor("ana")


@pytest.fixture
def lead(people: Cast, ana: Actor) -> Lead:
    return writes.create(ana, Lead(name="王小明", company_name="浦江机械", mobile="13800138000", owner=people.ana))


def test_a_new_lead_gets_a_number_of_its_year_and_stands_among_the_new_ones(lead: Lead) -> None:
    lead.refresh_from_db()
    assert lead.number == f"XS{company.today():%Y}000001"
    assert (lead.status, lead.mobile) == ("new", "138 0013 8000")


def test_a_lead_without_a_person_is_called_by_its_company_and_without_both_refused(ana: Actor) -> None:
    found = writes.create(ana, Lead(company_name="浦江机械", owner_id=ana.user_id))
    assert (found.name, found.has_person) == ("浦江机械", False)
    with pytest.raises(ValidationError) as refused:
        writes.create(ana, Lead(mobile="13800138000", owner_id=ana.user_id))
    assert "name" in refused.value.message_dict


def test_who_takes_a_free_lead_owns_it_and_the_next_one_is_told_who_was_quicker(people: Cast, ana: Actor) -> None:
    free = writes.create(Actor.system(), Lead(name="李四"))
    assert free.owner_id is None
    again = Lead.objects.get(pk=free.pk)
    taken = actions.take_lead(ana, free)
    assert (taken.owner_id, taken.department_id) == (people.ana.pk, people.team.pk)
    with pytest.raises(writes.RuleBroken) as refused:
        actions.take_lead(people.actor("admin"), again)
    assert str(people.ana) in refused.value.sentence
    with pytest.raises(writes.RuleBroken):
        actions.take_lead(people.actor("cyd"), again)


def test_work_begins_once(ana: Actor, lead: Lead) -> None:
    actions.work_lead(ana, lead)
    lead.refresh_from_db()
    assert lead.status == "working"
    with pytest.raises(writes.RuleBroken):
        actions.work_lead(ana, lead)


def test_disqualifying_keeps_the_reason_and_reopening_takes_it_away(ana: Actor, lead: Lead) -> None:
    actions.disqualify_lead(ana, lead, disqualified_reason="no_budget", disqualified_note="明年再说")
    lead.refresh_from_db()
    assert (lead.status, lead.disqualified_reason) == ("disqualified", "no_budget")
    event = Event.objects.get(entity="leads", verb="disqualify")
    assert event.changes["disqualified_note"] == ["", "明年再说"]
    actions.reopen_lead(ana, lead)
    lead.refresh_from_db()
    assert (lead.status, lead.disqualified_reason, lead.disqualified_note) == ("working", "", "")


def test_an_unknown_reason_is_refused(ana: Actor, lead: Lead) -> None:
    with pytest.raises(ValidationError):
        actions.disqualify_lead(ana, lead, disqualified_reason="whim")


def test_only_a_disqualified_lead_is_reopened(ana: Actor, lead: Lead) -> None:
    with pytest.raises(writes.RuleBroken):
        actions.reopen_lead(ana, lead)
    Lead.objects.filter(pk=lead.pk).update(status="converted")
    lead.refresh_from_db()
    with pytest.raises(writes.RuleBroken) as refused:
        actions.reopen_lead(ana, lead)
    assert "cannot be reopened" in refused.value.sentence or "不能重新打开" in refused.value.sentence


def test_a_lead_that_is_not_ripe_goes_back_with_a_task_for_its_day(people: Cast, ana: Actor, lead: Lead) -> None:
    actions.work_lead(ana, lead)
    day = company.today() + timedelta(days=40)
    actions.nurture_lead(ana, lead, again_on=day, note="等新预算")
    lead.refresh_from_db()
    task = Task.objects.get(about=key_of(lead))
    assert (lead.status, task.due_on, task.owner_id) == ("new", day, people.ana.pk)
    actions.nurture_lead(ana, lead, again_on=day)
    assert Event.objects.filter(entity="leads", verb="nurture").count() == 2
    with pytest.raises(writes.RuleBroken):
        actions.nurture_lead(ana, lead, again_on=date(2020, 1, 1))


def test_a_converted_lead_stays_as_it_was_but_may_change_hands(people: Cast, ana: Actor, lead: Lead) -> None:
    customer = writes.create(ana, Customer(name="浦江机械", owner=people.ana))
    Lead.objects.filter(pk=lead.pk).update(status="converted", customer=customer)
    lead.refresh_from_db()
    lead.need = "改一改"
    with pytest.raises(writes.RuleBroken) as refused:
        writes.save(ana, lead)
    assert "浦江机械" in refused.value.sentence
    lead.refresh_from_db()
    lead.owner = people.ben
    writes.save(people.actor("admin"), lead, verb="transfer")


def test_strangers_neither_see_nor_change_a_lead_and_the_team_does(people: Cast, ana: Actor, lead: Lead) -> None:
    assert not Lead.objects.visible_to(people.actor("cyd")).filter(pk=lead.pk).exists()
    assert not Lead.objects.visible_to(people.actor("eve")).filter(pk=lead.pk).exists()
    assert Lead.objects.visible_to(people.actor("dan")).filter(pk=lead.pk).exists()
    with pytest.raises(writes.NotReachable):
        actions.work_lead(people.actor("cyd"), lead)


def test_judging_again_brings_the_points_up_to_date_and_is_logged(ana: Actor, lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(score=-5, score_reasons=[])
    lead.refresh_from_db()
    found = actions.rescore_lead(ana, lead)
    assert found.score == 15  # a mobile and a company
    assert Event.objects.get(entity="leads", verb="rescore").changes["score"] == [-5, 15]


def test_money_of_a_lead_is_valued_in_company_currency(ana: Actor) -> None:
    found = writes.create(ana, Lead(name="赵六", budget=Decimal(5000), owner_id=ana.user_id))
    assert (found.budget_currency, found.budget_base) == ("CNY", Decimal(5000))
