"""Opportunities through their pipeline: what moves them, what a stage demands, what is remembered."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from zhike.core import company, writes
from zhike.core.actors import Actor, Via
from zhike.core.events.models import Event
from zhike.core.history.models import StateChange
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast
from zhike.sales import actions
from zhike.sales.models import Opportunity, OpportunityLine, Stage, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def ana(people: Cast) -> Actor:
    return Actor.of(people.ana, Via.PAGE)


@pytest.fixture
def customer(people: Cast, ana: Actor) -> Customer:
    return writes.create(ana, Customer(name="浦发银行", owner=people.ana))


@pytest.fixture
def opportunity(people: Cast, ana: Actor, customer: Customer) -> Opportunity:
    return writes.create(ana, Opportunity(name="网点改造", customer=customer, amount=Decimal(120000), owner=people.ana))


def stage(name: str) -> Stage:
    return Stage.objects.get(name=name)


def test_a_new_opportunity_stands_in_the_first_stage_with_a_number(people: Cast, opportunity: Opportunity) -> None:
    opportunity.refresh_from_db()
    assert opportunity.stage.name == "初步接洽"
    assert opportunity.probability == 10
    assert opportunity.amount_base == Decimal("120000.00")
    assert opportunity.number == f"SJ{company.today():%Y%m%d}-0001"
    assert opportunity.department_id == people.team.pk
    assert opportunity.name_key


def test_winning_closes_it_on_the_given_day_and_remembers_the_stage(ana: Actor, opportunity: Opportunity) -> None:
    actions.win_opportunity(ana, opportunity, closed_on=date(2026, 3, 1))
    opportunity.refresh_from_db()
    assert (opportunity.status, opportunity.closed_on, opportunity.probability) == (Status.WON, date(2026, 3, 1), 100)
    change = StateChange.objects.get(entity="opportunities", field="stage", new=str(opportunity.stage_id))
    assert change.effective_on == date(2026, 3, 1)
    event = Event.objects.get(entity="opportunities", verb="win")
    assert event.changes["status"] == ["open", "won"]
    assert event.party_id == opportunity.customer_id
    assert opportunity.version == 2


def test_a_closed_opportunity_is_not_won_again(ana: Actor, opportunity: Opportunity) -> None:
    actions.win_opportunity(ana, opportunity)
    with pytest.raises(writes.RuleBroken):
        actions.win_opportunity(ana, opportunity)
    assert Event.objects.filter(verb="win").count() == 1


def test_a_stage_demands_its_fields(ana: Actor, people: Cast) -> None:
    bare = writes.create(ana, Opportunity(name="线索转来", owner=people.ana))
    with pytest.raises(ValidationError) as refused:
        actions.move_opportunity(ana, bare, stage=stage("方案报价"))
    assert set(refused.value.message_dict) == {"customer", "amount"}
    bare.refresh_from_db()
    assert bare.stage.name == "初步接洽"


def test_losing_keeps_the_reason_and_reopening_forgets_it(ana: Actor, opportunity: Opportunity) -> None:
    actions.lose_opportunity(ana, opportunity, lost_reason="price", lost_note="贵了两成")
    opportunity.refresh_from_db()
    assert (opportunity.status, opportunity.lost_reason) == (Status.LOST, "price")
    actions.reopen_opportunity(ana, opportunity)
    opportunity.refresh_from_db()
    assert (opportunity.status, opportunity.lost_reason, opportunity.closed_on) == (Status.OPEN, "", None)


def test_an_unknown_reason_is_refused(ana: Actor, opportunity: Opportunity) -> None:
    with pytest.raises(ValidationError):
        actions.lose_opportunity(ana, opportunity, lost_reason="made_up")


def test_who_owns_an_opportunity_may_read_its_customer_until_it_is_gone(
    people: Cast, ana: Actor, customer: Customer
) -> None:
    cyd = Actor.of(people.cyd, Via.PAGE)
    contact = writes.create(ana, Contact(name="王建国", customer=customer))
    assert not Customer.objects.visible_to(cyd).exists()
    theirs = writes.create(Actor.system(), Opportunity(name="分行项目", customer=customer, owner=people.cyd))
    assert list(Customer.objects.visible_to(cyd)) == [customer]
    assert list(Contact.objects.visible_to(cyd)) == [contact]
    assert not Customer.objects.visible_to(cyd, "edit").exists()
    writes.delete(Actor.system(), theirs)
    assert not Customer.objects.visible_to(cyd).exists()
    writes.restore(Actor.system(), theirs)
    assert list(Customer.objects.visible_to(cyd)) == [customer]


def test_lines_take_the_list_price_and_round_half_up(ana: Actor, opportunity: Opportunity) -> None:
    from zhike.catalog.models import Product

    product = writes.create(Actor.system(), Product(name="GTX Pro", price=Decimal("10.005")))
    line = writes.create(
        ana, OpportunityLine(opportunity=opportunity, product=product, quantity=Decimal(3), discount=10)
    )
    line.refresh_from_db()
    assert line.price == Decimal("10.005000")
    assert line.total == Decimal("27.01")
    assert line.reach_owner_id == opportunity.owner_id


def test_moving_to_another_owner_moves_the_lines_reach(people: Cast, ana: Actor, opportunity: Opportunity) -> None:
    from zhike.catalog.models import Product
    from zhike.identity.ownership import transfer_record

    product = writes.create(Actor.system(), Product(name="MG", price=Decimal(55)))
    line = writes.create(ana, OpportunityLine(opportunity=opportunity, product=product))
    transfer_record(Actor.of(people.admin, Via.PAGE), opportunity, owner=people.cyd)
    line.refresh_from_db()
    assert (line.reach_owner_id, line.reach_department_id) == (people.cyd.pk, people.cyd.department_id)
