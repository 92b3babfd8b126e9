"""What the demo people talked about with their customers, and what they still have to do."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from zhike.activities.models import Activity, Comment, Task
from zhike.core import company, writes
from zhike.core.record_keys import key_of
from zhike.customers.models import Contact, Customer
from zhike.identity.models import User
from zhike.sales.demo import names
from zhike.sales.demo.story import Story, as_seller
from zhike.sales.models import Opportunity


def tell(story: Story, customers: list[Customer], opportunities: list[Opportunity]) -> None:
    """Calls and visits with every customer and along every opportunity, next steps around today, tasks and remarks."""
    mains = {each.customer_id: each for each in Contact.objects.filter(is_main=True)}
    for username in names.SELLERS:
        seller = story.people[username]
        mine = [each for each in customers if each.owner_id == seller.pk]
        chances = [each for each in opportunities if each.owner_id == seller.pk]
        talks = [talk for each in mine for talk in _talks(story, each, mains[each.pk], most=4)]
        for each in chances:
            talks += _talks(story, each, mains[each.customer_id or 0], most=3)
        talks += [_planned(story, each, mains[each.pk]) for each in story.chance.sample(mine, min(4, len(mine)))]
        writes.create_many(as_seller(seller), talks)
        for talk in talks:
            made = min(talk.starts_at, story.moment(company.today()))
            story.happened(talk, made)
            if talk.follow_up is not None:
                story.happened(talk.follow_up, made)
        _tasks(story, seller, [*mine, *chances])
        _comments(story, seller, chances)


def _talks(story: Story, about: Any, contact: Contact, *, most: int) -> Iterable[Activity]:
    """Some contacts from the record's beginning on; the last of a living one may name the next step."""
    chance = story.chance
    began = story.created["opportunities" if isinstance(about, Opportunity) else "customers"][about.pk].date()
    ends = about.closed_on if isinstance(about, Opportunity) and about.closed_on else company.today()
    days = sorted(
        began + timedelta(days=chance.randint(0, max(0, (ends - began).days))) for _ in range(chance.randint(1, most))
    )
    for place, day in enumerate(days):
        kind, outcome, words = chance.choice(names.TALKS)
        is_last = place == len(days) - 1
        step = is_last and not getattr(about, "closed_on", None) and chance.random() < 0.3
        yield Activity(
            about=key_of(about),
            kind=kind,
            outcome=outcome,
            content=words.format(called=contact.called),
            starts_at=story.moment(day),
            met_decision_maker=chance.random() < 0.25,
            next_step=chance.choice(names.NEXT_STEPS) if step else "",
            next_step_on=_soon(story) if step else None,
            people=_present(kind, contact, about.owner if place == 0 else None),
            owner=about.owner,
        )


def _present(kind: str, contact: Contact, seller: User | None) -> list[str] | None:
    """Who was there: whom one visits; on a first visit one's superior comes along."""
    if kind not in ("visit", "meeting"):
        return None
    superior = None if seller is None else seller.superior
    return [key_of(contact), *([key_of(superior)] if superior is not None else [])]


def _soon(story: Story) -> date:
    """A working day from a little before today to three weeks ahead."""
    found = company.today() + timedelta(days=story.chance.randint(-6, 20))
    return found + timedelta(days=max(0, 7 - found.isoweekday()) if found.isoweekday() > 5 else 0)


def _planned(story: Story, customer: Customer, contact: Contact) -> Activity:
    """A visit or a call of the coming days."""
    starts_at = story.hour(company.today() + timedelta(days=story.chance.randint(1, 9)))
    kind = story.chance.choice(("visit", "call", "meeting"))
    return Activity(
        about=key_of(customer),
        kind=kind,
        people=_present(kind, contact, customer.owner if kind == "meeting" else None),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        is_done=False,
        place=customer.address,
        owner=customer.owner,
    )


def _tasks(story: Story, seller: User, records: list[Any]) -> None:
    chance = story.chance
    tasks = [
        Task(
            name=chance.choice(names.TASKS),
            about=key_of(record),
            due_on=_soon(story),
            priority=chance.choices(("2_normal", "3_high", "4_urgent"), (70, 22, 8))[0],
            status=chance.choices((Task.Status.OPEN, Task.Status.DOING, Task.Status.DONE), (45, 20, 35))[0],
            owner=seller,
        )
        for record in chance.sample(records, min(24, len(records)))
    ]
    writes.create_many(as_seller(seller), tasks)
    for task in tasks:
        story.happened(task, story.moment(story.day(within=30)))


def _comments(story: Story, seller: User, opportunities: list[Opportunity]) -> None:
    """What the superior wrote beside the opportunities of his people."""
    above = seller.superior or seller
    chosen = story.chance.sample(opportunities, min(6, len(opportunities)))
    comments = [Comment(about=key_of(each), text=story.chance.choice(names.COMMENTS)) for each in chosen]
    writes.create_many(as_seller(above), comments)
    for comment in comments:
        story.happened(comment, story.moment(story.day(within=60)))
