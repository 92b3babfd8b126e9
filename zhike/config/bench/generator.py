"""A large, seeded company for measuring: customers, contacts and opportunities in bulk, with events, history and search index.

Rows are written past the actions, with what the actions would have written beside them, since half a million actions take hours.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from zhike.config.bench import workplace
from zhike.core import company, overlay
from zhike.core.events.models import CurrentTransaction, Event
from zhike.core.history.models import StateChange
from zhike.core.scoping.team import TeamMember
from zhike.core.search import index, pinyin
from zhike.customers.models import Contact, Customer
from zhike.identity.models import Department, Role, User, UserRole
from zhike.sales.models import Opportunity, Stage

SEED = 5
USERS, DEPARTMENTS = 200, 40
CUSTOMERS, CONTACTS, OPPORTUNITIES = 100_000, 200_000, 100_000
BATCH = 2_000
PASSWORD = "bench-password"  # noqa: S105  (a database of invented rows on this machine)
_CITIES = (
    "上海",
    "北京",
    "广州",
    "深圳",
    "杭州",
    "南京",
    "成都",
    "武汉",
    "西安",
    "苏州",
    "厦门",
    "青岛",
    "宁波",
    "长沙",
    "重庆",
)
_FIRST = "瑞恒安海启明众锦星信达华泰新宏远盛丰博联创科源"
_SECOND = "丰纳禾程河联和通达元利康佳宇辉凯航腾飞跃峰"
_TRADES = (
    "科技",
    "机械",
    "电子",
    "贸易",
    "物流",
    "医药",
    "建材",
    "食品",
    "软件",
    "化工",
    "能源",
    "传媒",
    "服装",
    "汽车",
)
_FORMS = ("有限公司", "股份有限公司", "集团有限公司", "有限责任公司")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
_GIVEN = "建国晓燕志强丽华海涛静怡文博雪梅俊杰婷国栋思琪宏伟梦洁子涵浩然"

_M = TypeVar("_M", bound=models.Model)
Say = Callable[[str], None]


def fill(say: Say, scale: float = 1.0) -> None:
    """Fill an empty database. `scale` multiplies the rows, not the people."""
    chance = random.Random(SEED)  # noqa: S311  (invented rows)
    people = _people()
    customers = _customers(chance, people, int(CUSTOMERS * scale), say)
    _contacts(chance, customers, int(CONTACTS * scale), say)
    _opportunities(chance, customers, int(OPPORTUNITIES * scale), say)
    _index(say)
    # Searched by what they are about; a million more entries would only make the filling long.
    workplace.fill(chance, customers, scale, say)
    tidy()


def tidy() -> None:
    """What PostgreSQL does by itself at night. SQLite has no statistics in real installations, so it gets none here."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _people() -> list[User]:
    top = Department.objects.create(name="总部", name_key=pinyin.sort_key("总部"), kind=Department.Kind.HEADQUARTERS)
    departments = [
        Department.objects.create(name=f"销售{number}部", name_key=f"xiao shou {number:02} bu", parent=top)
        for number in range(DEPARTMENTS)
    ]
    roles = {role.code: role for role in Role.objects.all()}
    hashed = User(username="bench")
    hashed.set_password(PASSWORD)
    admin = User.objects.create(
        username="bench-admin", full_name="管理员", state=User.State.ACTIVE, password=hashed.password
    )
    UserRole.objects.create(user=admin, role=roles["administrator"])
    people: list[User] = []
    for number in range(USERS):
        name = f"{_SURNAMES[number % len(_SURNAMES)]}{_GIVEN[number % len(_GIVEN)]}{number}"
        department = departments[number % DEPARTMENTS]
        user = User(
            username=f"bench-{number}",
            full_name=name,
            full_name_key=pinyin.sort_key(name, person=True),
            department=department,
        )
        user.state, user.password = User.State.ACTIVE, hashed.password
        user.save()
        people.append(user)
    heads = people[:DEPARTMENTS]
    for user in people:
        code = "branch_manager" if user in heads else "salesperson"
        UserRole.objects.create(user=user, role=roles[code])
    for department, head in zip(departments, heads, strict=True):
        Department.objects.filter(pk=department.pk).update(head=head)
    overlay.bump()
    return people


def _moment(chance: random.Random) -> datetime:
    return timezone.now() - timedelta(minutes=chance.randint(1, 700_000))


def _customers(chance: random.Random, people: list[User], count: int, say: Say) -> list[tuple[int, int, int]]:
    made: list[tuple[int, int, int]] = []

    def row(number: int) -> Customer:
        owner = people[chance.randrange(len(people))]
        name = (
            f"{chance.choice(_CITIES)}{chance.choice(_FIRST)}{chance.choice(_SECOND)}{number % 977}"
            f"{chance.choice(_TRADES)}{chance.choice(_FORMS)}"
        )
        at = _moment(chance)
        return Customer(
            name=name,
            name_key=pinyin.sort_key(name)[:255],
            number=f"KH{number:08}",
            level=chance.choice(("key", "important", "ordinary", "ordinary", "small", "")),
            state=chance.choice(("potential", "tracked", "current", "lost")),
            industry=chance.choice(("C", "F", "I", "J", "L", "")),
            region=chance.choice(("310115", "440106", "330106", "110105", "")),
            phone=f"021 {chance.randint(50000000, 89999999)}" if number % 3 else "",
            employees=chance.choice((None, 20, 80, 300, 1200)),
            owner_id=owner.pk,
            department_id=owner.department_id,
            created_at=at,
            updated_at=at,
        )

    for batch in _made(Customer, row, count, say, "customers"):
        made += [(each.pk, each.owner_id or 0, each.department_id or 0) for each in batch]
        _note("customers", batch, [each.pk for each in batch])
    return made


def _contacts(chance: random.Random, customers: list[tuple[int, int, int]], count: int, say: Say) -> None:
    def row(number: int) -> Contact:
        customer, owner, department = customers[number % len(customers)]
        name = f"{chance.choice(_SURNAMES)}{chance.choice(_GIVEN)}{chance.choice(_GIVEN)}"
        at = _moment(chance)
        return Contact(
            customer_id=customer,
            name=name,
            name_key=pinyin.sort_key(name, person=True),
            job_title=chance.choice(("经理", "总监", "工程师", "")),
            mobile=f"138 {chance.randint(1000, 9999)} {chance.randint(1000, 9999)}",
            reach_owner_id=owner,
            reach_department_id=department,
            created_at=at,
            updated_at=at,
        )

    for batch in _made(Contact, row, count, say, "contacts"):
        _note("contacts", batch, [each.customer_id for each in batch])


def _opportunities(chance: random.Random, customers: list[tuple[int, int, int]], count: int, say: Say) -> None:
    stages = list(Stage.objects.filter(deleted_at__isnull=True).order_by("position"))

    def row(number: int) -> Opportunity:
        customer, owner, department = customers[chance.randrange(len(customers))]
        name = f"{chance.choice(_CITIES)}{chance.choice(_TRADES)}项目{number % 9973}"
        stage, at = chance.choice(stages), _moment(chance)
        amount: Any = Decimal(chance.randint(10, 5000) * 100) if number % 10 else None
        return Opportunity(
            name=name,
            name_key=pinyin.sort_key(name),
            number=f"SJ{number:09}",
            customer_id=customer,
            pipeline_id=stage.pipeline_id,
            stage=stage,
            status=stage.status,
            probability=stage.probability,
            amount=amount,
            amount_currency="CNY",
            amount_base=amount,
            closes_on=at.date() + timedelta(days=90) if number % 7 else None,
            closed_on=None if stage.status == "open" else at.date(),
            stage_since=at.date(),
            owner_id=owner,
            department_id=department,
            created_at=at,
            updated_at=at,
        )

    for batch in _made(Opportunity, row, count, say, "opportunities"):
        _note("opportunities", batch, [each.customer_id for each in batch])
        _states(chance, batch, stages)
        TeamMember.objects.bulk_create(
            [
                TeamMember(entity="customers", record_id=each.customer_id, user_id=each.owner_id, reason="opportunity")
                for each in batch
                if each.customer_id is not None and each.owner_id is not None
            ],
            ignore_conflicts=True,
        )


def _made(model: type[_M], row: Callable[[int], _M], count: int, say: Say, name: str) -> Iterator[list[_M]]:
    """Rows in batches, each batch with what its caller adds in one transaction."""
    for start in range(0, count, BATCH):
        with transaction.atomic():
            yield model._default_manager.bulk_create(
                [row(number) for number in range(start, min(start + BATCH, count))]
            )
        if start // BATCH % 10 == 0:
            say(f"{name}: {min(start + BATCH, count):,} of {count:,}")


def _note(entity: str, rows: list[Any], parties: list[int | None]) -> None:
    Event.objects.bulk_create(
        [
            Event(
                tx=CurrentTransaction(),
                at=row.created_at,
                verb="create",
                entity=entity,
                record_id=row.pk,
                version=1,
                party_id=party,
                changes={"name": ["", row.name]},
                via="import",
                batch_id="bench",
            )
            for row, party in zip(rows, parties, strict=True)
        ]
    )


def _states(chance: random.Random, rows: list[Opportunity], stages: list[Stage]) -> None:
    """Each opportunity went through the stages before its own."""
    changes: list[StateChange] = []
    for row in rows:
        if row.stage_since is None:
            continue
        passed = [each for each in stages if each.position < row.stage.position and each.status == "open"]
        day: date = row.stage_since - timedelta(days=20 * len(passed))
        old = ""
        for stage in [*passed, row.stage]:
            changes.append(_state(row.pk, old, str(stage.pk), min(day, row.stage_since)))
            old = str(stage.pk)
            day += timedelta(days=chance.randint(5, 20))
    StateChange.objects.bulk_create(changes)


def _state(record_id: int, old: str, new: str, day: date) -> StateChange:
    at = datetime.combine(day, time(9), tzinfo=company.zone())
    return StateChange(
        entity="opportunities", record_id=record_id, field="stage", old=old, new=new, effective_on=day, recorded_at=at
    )


def _index(say: Say) -> None:
    def progress(slug: str, done: int, total: int) -> None:
        if done % 20_000 < 500:
            say(f"search index of {slug}: {done:,} of {total:,}")

    index.rebuild(progress=progress)
