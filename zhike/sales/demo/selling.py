"""A year and a half of selling: opportunities that move through the stages at a salesperson's pace."""

from datetime import date, timedelta
from decimal import Decimal

from zhike.catalog.models import Product
from zhike.core import company, writes
from zhike.customers.models import Customer
from zhike.identity.models import User
from zhike.sales import actions, rules
from zhike.sales.demo import names
from zhike.sales.demo.story import Story, as_seller
from zhike.sales.models import Opportunity, OpportunityLine, Pipeline, Stage, Status

OPPORTUNITIES = 500
_LOST = ("price", "product", "competitor", "relationship", "timing", "no_contact")
_Line = tuple[Product, int]


def products(story: Story) -> list[Product]:
    """What the demo company sells."""
    seller = as_seller(story.people["lin.zhiyuan"])
    rows = [
        Product(name=name, series=series, unit=unit, price=Decimal(price))
        for name, series, unit, price in names.PRODUCTS
    ]
    writes.create_many(seller, rows)
    for row in rows:
        story.happened(row, story.moment(story.day(least=530)))
    return rows


def tell(story: Story, customers: list[Customer], offered: list[Product]) -> list[Opportunity]:
    """Opportunities of all salespeople: each with its lines, from a day of the past on, as far as chance takes it."""
    stage = rules.first_stage(Pipeline.objects.order_by("position", "pk")[0].pk)
    found: list[Opportunity] = []
    for username in names.SELLERS:
        seller = story.people[username]
        mine = [customer for customer in customers if customer.owner_id == seller.pk]
        share = story.number(OPPORTUNITIES) // len(names.SELLERS)
        begun = [_begun(story, story.chance.choice(mine), offered, stage) for _number in range(share)]
        rows = [row for row, _lines, _day in begun]
        writes.create_many(as_seller(seller), rows, steps=[(("stage", stage.pk, day),) for _row, _lines, day in begun])
        lines = [_line(row, place, line) for row, chosen, _day in begun for place, line in enumerate(chosen, start=1)]
        writes.create_many(as_seller(seller), lines)
        for row, _lines, day in begun:
            story.happened(row, story.moment(day))
            _advance(story, seller, row, day)
        for line in lines:
            story.happened(line, story.created["opportunities"][line.opportunity_id])
        found += rows
    return found


def _begun(
    story: Story, customer: Customer, offered: list[Product], stage: Stage
) -> tuple[Opportunity, list[_Line], date]:
    chance = story.chance
    began = story.day(least=3)
    chosen = [(product, chance.randint(1, 12)) for product in chance.sample(offered, chance.randint(1, 3))]
    opportunity = Opportunity(
        name=f"{customer.short_name} · {chance.choice(names.AIMS)}",
        customer=customer,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        amount=sum((Decimal(product.price or 0) * quantity for product, quantity in chosen), Decimal(0)),
        closes_on=began + timedelta(days=chance.randint(60, 150)),
        source=customer.source,
        approach=chance.choice(names.APPROACHES),
        owner=customer.owner,
        custom=story.tags(names.DEAL_TAGS),
    )
    return opportunity, chosen, began


def _line(opportunity: Opportunity, position: int, line: _Line) -> OpportunityLine:
    product, quantity = line
    return OpportunityLine(
        opportunity=opportunity, product=product, quantity=Decimal(quantity), price=product.price, position=position
    )


def _advance(story: Story, seller: User, opportunity: Opportunity, began: date) -> None:
    """Through the stages; in the end won or lost, or still open today."""
    chance, day = story.chance, began
    actor = as_seller(seller)
    opportunity.refresh_from_db()
    for stage in [each for each in rules.stages_of(opportunity.pipeline_id) if each.status == Status.OPEN][1:]:
        day += timedelta(days=chance.randint(8, 30))
        if day > company.today() or chance.random() < 0.12:
            break
        actions.move_opportunity(actor, opportunity, stage=stage, effective_on=day)
    day += timedelta(days=chance.randint(6, 30))
    if day > company.today():
        return
    if chance.random() < 0.52:
        actions.win_opportunity(actor, opportunity, closed_on=day)
    else:
        actions.lose_opportunity(actor, opportunity, lost_reason=chance.choice(_LOST), closed_on=day)
