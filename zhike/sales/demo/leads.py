"""The leads of the demo company: from the website, exhibitions and advertisements; worked on, given up, or nobody's yet."""

from decimal import Decimal

from zhike.activities.models import Activity
from zhike.core import writes
from zhike.core.record_keys import key_of
from zhike.customers.leads import actions
from zhike.customers.models import Lead
from zhike.identity.models import User
from zhike.sales.actions import convert_lead
from zhike.sales.conversion.wanted import NEW
from zhike.sales.demo import names
from zhike.sales.demo.parties import branch_of
from zhike.sales.demo.story import Story, as_seller
from zhike.sales.models import Opportunity

LEADS = 300
_REASONS = ("no_need", "no_budget", "unreachable", "not_our_field", "bought_elsewhere")


def tell(story: Story) -> None:
    """Every salesperson's leads of the last months, and those that the marketer brought in and nobody has taken."""
    share = story.number(LEADS) // (len(names.SELLERS) + 1)
    for username in names.SELLERS:
        seller = story.people[username]
        mine = [_lead(story, branch_of(username), seller) for _number in range(share)]
        _made(story, seller, mine)
        _work(story, seller, mine)
    marketer = story.people["tang.yutong"]
    branches = list(names.PLACES)
    _made(story, marketer, [_lead(story, branches[number % 2], None) for number in range(share)])


def _made(story: Story, maker: User, leads: list[Lead]) -> None:
    writes.create_many(as_seller(maker), leads)
    for lead in leads:
        story.happened(lead, story.moment(story.day(within=120)))


def _lead(story: Story, branch: str, owner: User | None) -> Lead:
    chance = story.chance
    region, place, _street, _area = chance.choice(names.PLACES[branch])
    trade, industry = chance.choice(names.TRADES)
    name, title, _called = story.person_name()
    lead = Lead(
        name=name,
        company_name=f"{place}{chance.choice(names.BRANDS)}{chance.choice(('', '新', '华', '中'))}{trade}",
        job_title=title if chance.random() < 0.7 else "",
        mobile=story.mobile() if chance.random() < 0.85 else "",
        source=chance.choice(("website", "exhibition", "advertisement", "referral", "partner")),
        region=region,
        industry=industry if chance.random() < 0.6 else "",
        need=chance.choice(names.NEEDS).format(count=chance.randint(2, 30)),
        owner=owner,
    )
    if chance.random() < 0.4:
        lead.budget = Decimal(chance.choice((20_000, 50_000, 120_000, 300_000)))
    return lead


def _work(story: Story, seller: User, leads: list[Lead]) -> None:
    """Half are worked on, with a call or two; some of those come to nothing."""
    chance, actor = story.chance, as_seller(seller)
    worked = [lead for lead in leads if chance.random() < 0.55]
    for lead in worked:
        lead.refresh_from_db()
        actions.work_lead(actor, lead)
    calls = [_call(story, lead) for lead in worked if chance.random() < 0.8]
    writes.create_many(actor, calls)
    for call in calls:
        story.happened(call, call.starts_at)
    for lead in worked:
        lead.refresh_from_db()
        if chance.random() < 0.3:
            actions.disqualify_lead(actor, lead, disqualified_reason=chance.choice(_REASONS))
        elif chance.random() < 0.2 and lead.mobile:
            _convert(story, seller, lead)


def _convert(story: Story, seller: User, lead: Lead) -> None:
    """It became a customer and an opportunity, a few days after it came in."""
    convert_lead(as_seller(seller), lead, customer_mode=NEW, contact_mode=NEW, opportunity_mode=NEW)
    at = max(story.created["leads"][lead.pk], story.moment(story.day(within=12)))
    opportunity = Opportunity.objects.get(lead=lead)
    for made in (lead.customer, lead.contact, opportunity):
        if made is not None:
            story.happened(made, at)


def _call(story: Story, lead: Lead) -> Activity:
    kind, outcome, words = story.chance.choice(names.TALKS[:4])
    made = story.created["leads"][lead.pk]
    return Activity(
        about=key_of(lead),
        kind=kind,
        outcome=outcome,
        content=words.format(called=lead.name),
        starts_at=max(made, story.moment(story.day(within=30))),
        owner=lead.owner,
    )
