"""The customers of the demo company and the people there."""

from datetime import timedelta

from zhike.core import writes
from zhike.customers.models import Contact, Customer
from zhike.identity.models import User
from zhike.sales.demo import names
from zhike.sales.demo.story import Story, as_seller

CUSTOMERS = 400


def branch_of(username: str) -> str:
    """The branch in which a demo person sells."""
    department = next(place for _name, known, _position, place, *_rest in names.PEOPLE if known == username)
    return dict(names.DEPARTMENTS).get(department, department)


def tell(story: Story) -> list[Customer]:
    """Some four hundred customers with two contacts each, every salesperson's as one batch of his own."""
    taken: set[str] = set()
    customers: list[Customer] = []
    share = story.number(CUSTOMERS) // len(names.SELLERS)
    for username in names.SELLERS:
        seller = story.people[username]
        mine = [_customer(story, seller, taken) for _number in range(share)]
        writes.create_many(as_seller(seller), mine)
        for customer in mine:
            story.happened(customer, story.moment(story.day(least=20)))
        contacts = [_contact(story, customer, is_main=place == 0) for customer in mine for place in range(2)]
        writes.create_many(as_seller(seller), contacts)
        made = story.created["customers"]
        for contact in contacts:
            story.happened(contact, made[contact.customer_id] + timedelta(minutes=story.chance.randint(2, 90)))
        customers += mine
    return customers


def _customer(story: Story, seller: User, taken: set[str]) -> Customer:
    chance = story.chance
    region, place, street, area = chance.choice(names.PLACES[branch_of(seller.username)])
    name, brand, industry = _name(story, place, taken)
    return Customer(
        name=name,
        short_name=f"{place}{brand}",
        state=chance.choices(("potential", "tracked", "current", "lost"), (30, 35, 30, 5))[0],
        level=chance.choices(("key", "important", "ordinary", "small"), (8, 22, 50, 20))[0],
        industry=industry,
        source=chance.choice(("referral", "website", "exhibition", "cold_call", "advertisement", "partner")),
        region=region,
        address=f"{place}市{street}{chance.randint(1, 800)}号",
        phone=f"{area}-{chance.randint(50_000_000, 89_999_999)}",
        employees=chance.choice((30, 80, 150, 320, 600, 1200)),
        founded_in=chance.randint(1992, 2021),
        owner=seller,
        custom=story.tags(names.CUSTOMER_TAGS),
    )


def _name(story: Story, place: str, taken: set[str]) -> tuple[str, str, str]:
    """A company name that no other has; the brand, and the section of its industry."""
    while True:
        brand = story.chance.choice(names.BRANDS)
        trade, industry = story.chance.choice(names.TRADES)
        name = f"{place}{brand}{trade}"
        if name not in taken:
            taken.add(name)
            return name, brand, industry


def _contact(story: Story, customer: Customer, *, is_main: bool) -> Contact:
    chance = story.chance
    name, title, called = story.person_name()
    return Contact(
        customer=customer,
        name=name,
        called=called,
        job_title=title,
        role=chance.choice(("decides", "influences", "uses", "buys")),
        mobile=story.mobile(),
        wechat=f"wx_{chance.randint(100_000, 999_999)}",
        is_main=is_main,
    )
