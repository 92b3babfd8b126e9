"""Filling an empty database with the demo company: two branches, eight people, a year of selling."""

import os
import random
import secrets
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import translation

from zhike.catalog.models import Product
from zhike.core import company, overlay, writes
from zhike.core.actors import Actor, Via
from zhike.core.company import Company
from zhike.customers.models import Contact, Customer
from zhike.identity.models import Department, Role, User, UserRole
from zhike.sales import actions, rules
from zhike.sales.demo import names
from zhike.sales.models import Opportunity, OpportunityLine, Pipeline, Stage, Status

SEED = 20261122
CUSTOMERS, OPPORTUNITIES, DAYS = 40, 60, 365
_PASSWORD_FILE = "demo_password"  # noqa: S105  (a file name)


class NotEmpty(Exception):
    """The database has records already."""


def is_empty() -> bool:
    """Whether nobody and nothing is in the database yet."""
    return not (User.objects.exists() or Customer.objects.exists())


def accounts() -> tuple[list[tuple[str, str]], str]:
    """(username, name and position) of the demo people that are here, and the password they share; nothing in other companies."""
    path = Path(settings.DATA_DIR) / _PASSWORD_FILE
    if not path.exists():
        return [], ""
    known = {username: f"{name} {position}" for name, username, position, *_rest in names.PEOPLE}
    here = set(User.objects.filter(username__in=known, state=User.State.ACTIVE).values_list("username", flat=True))
    return [(username, text) for username, text in known.items() if username in here], path.read_text(encoding="ascii")


def fill(seed: int = SEED) -> None:
    """Make the demo company in one transaction. Raises `NotEmpty`. The same seed on the same day makes the same company."""
    if not is_empty():
        raise NotEmpty
    chance = random.Random(seed)  # noqa: S311  (a story, not a secret)
    system = Actor.system(Via.SHELL)
    with transaction.atomic(), translation.override("zh-hans"):
        Company.objects.update_or_create(pk=1, defaults={"name": "知远办公设备(演示)"})
        overlay.bump()
        people = _people(system)
        products = [
            writes.create(system, Product(name=name, series=series, unit=unit, price=Decimal(price)))
            for name, series, unit, price in names.PRODUCTS
        ]
        customers = [_customer(chance, people, number) for number in range(CUSTOMERS)]
        for number in range(OPPORTUNITIES):
            _opportunity(chance, customers[(number * 7) % CUSTOMERS], products)


def _password() -> str:
    """One password for all demo people, drawn at random for this installation and kept beside its data (0600)."""
    path = Path(settings.DATA_DIR) / _PASSWORD_FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    password = f"demo-{secrets.token_hex(4)}"
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(password)
    return password


def _people(system: Actor) -> dict[str, User]:
    password = _password()
    top = writes.create(system, Department(name="总部", kind=Department.Kind.HEADQUARTERS))
    places = {"总部": top}
    for branch in names.BRANCHES:
        places[branch] = writes.create(system, Department(name=branch, kind=Department.Kind.BRANCH, parent=top))
    people: dict[str, User] = {}
    roles = {role.code: role for role in Role.objects.all()}
    for name, username, position, place, superior, codes in names.PEOPLE:
        user = User(
            username=username,
            full_name=name,
            position=position,
            department=places[place],
            superior=people.get(superior),
            state=User.State.ACTIVE,
        )
        user.set_password(password)
        people[username] = writes.create(system, user)
        UserRole.objects.bulk_create([UserRole(user=user, role=roles[code]) for code in codes])
        if "branch_manager" in codes:
            places[place].head = user
            writes.save(system, places[place])
    overlay.bump()
    return people


def _customer(chance: random.Random, people: dict[str, User], number: int) -> Customer:
    seller = people[names.SELLERS[number % len(names.SELLERS)]]
    branch = next(place for _name, username, _position, place, *_rest in names.PEOPLE if username == seller.username)
    region, place, street = chance.choice(names.PLACES[branch])
    brand, trade, industry = names.TRADES[number % len(names.TRADES)]
    ordinal = "" if number < len(names.TRADES) else "新恒泰华晟"[number // len(names.TRADES) - 1]
    actor = Actor.of(seller, Via.SHELL)
    customer = writes.create(
        actor,
        Customer(
            name=f"{place}{brand}{ordinal}{trade}",
            short_name=f"{brand}{ordinal}",
            state=chance.choice(("potential", "tracked", "tracked", "current")),
            level=chance.choice(("key", "important", "ordinary", "ordinary", "small")),
            industry=industry,
            source=chance.choice(("referral", "website", "exhibition", "cold_call")),
            region=region,
            address=f"{place}市{street}{chance.randint(1, 800)}号",
            phone=f"{_area_code(place)}-{chance.randint(50_000_000, 89_999_999)}",
            employees=chance.choice((30, 80, 150, 320, 600, 1200)),
            founded_in=chance.randint(1992, 2021),
            owner=seller,
        ),
    )
    for index in range(2):
        _contact(actor, chance, customer, is_main=index == 0)
    return customer


def _area_code(place: str) -> str:
    codes = {"上海": "021", "苏州": "0512", "杭州": "0571", "南京": "025", "宁波": "0574"}
    return (codes | {"广州": "020", "深圳": "0755", "佛山": "0757", "东莞": "0769", "厦门": "0592"})[place]


def _contact(actor: Actor, chance: random.Random, customer: Customer, *, is_main: bool) -> Contact:
    surname = chance.choice(names.SURNAMES)
    title, called = chance.choice(names.TITLES)
    return writes.create(
        actor,
        Contact(
            customer=customer,
            name=f"{surname}{chance.choice(names.GIVEN)}",
            called=f"{surname}{called}",
            job_title=title,
            role=chance.choice(("decides", "influences", "uses", "buys")),
            mobile=f"1{chance.choice(('38', '39', '52', '86', '77'))}{chance.randint(10_000_000, 99_999_999)}",
            wechat=f"wx_{chance.randint(100_000, 999_999)}",
            is_main=is_main,
        ),
    )


def _opportunity(chance: random.Random, customer: Customer, products: list[Product]) -> None:
    """One opportunity with lines, from a day of the past year on, as far as chance takes it."""
    owner = customer.owner
    if owner is None:
        return
    actor = Actor.of(owner, Via.SHELL)
    began = company.today() - timedelta(days=chance.randint(5, chance.choice((90, 180, DAYS))))
    chosen = [(product, chance.randint(1, 12)) for product in chance.sample(products, chance.randint(1, 3))]
    amount = sum((product.price * quantity for product, quantity in chosen if product.price is not None), Decimal(0))
    pipeline = Pipeline.objects.order_by("position", "pk")[0]
    stage = rules.first_stage(pipeline.pk)
    opportunity = writes.create(
        actor,
        Opportunity(
            name=f"{customer.short_name} · {chance.choice(names.AIMS)}",
            customer=customer,
            stage=stage,
            amount=amount,
            closes_on=began + timedelta(days=chance.randint(60, 150)),
            source=customer.source,
            approach=chance.choice(names.APPROACHES),
            owner=owner,
        ),
        steps=(("stage", stage.pk, began),),
    )
    for position, (product, quantity) in enumerate(chosen, start=1):
        writes.create(
            actor,
            OpportunityLine(opportunity=opportunity, product=product, quantity=Decimal(quantity), position=position),
        )
    _advance(actor, chance, opportunity, began)


def _advance(actor: Actor, chance: random.Random, opportunity: Opportunity, began: date) -> None:
    """Through the stages at a salesperson's pace; in the end won or lost, or still open today."""
    day = began
    open_stages: list[Stage] = [each for each in rules.stages_of(opportunity.pipeline_id) if each.status == Status.OPEN]
    for stage in open_stages[1:]:
        day += timedelta(days=chance.randint(10, 35))
        if day > company.today() or chance.random() < 0.15:
            break
        actions.move_opportunity(actor, opportunity, stage=stage, effective_on=day)
    day += timedelta(days=chance.randint(8, 40))
    if day > company.today():
        return
    if chance.random() < 0.58:
        actions.win_opportunity(actor, opportunity, closed_on=day)
    else:
        reason = chance.choice(("price", "competitor", "timing", "product"))
        actions.lose_opportunity(actor, opportunity, lost_reason=reason, closed_on=day)
