"""The day's work at scale: a million activities, a busy customer, a custom field, and a view with two quantifiers."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhike.activities.models import Activity
from zhike.config.bench.cases import Callers, Case, Make, Person
from zhike.config.bench.load import Request
from zhike.core import overlay
from zhike.core.actors import Actor, Via
from zhike.core.customfields import actions as field_actions
from zhike.core.customfields.checking import Draft
from zhike.core.customfields.models import CustomField, CustomKind, CustomValue
from zhike.core.entities import registry
from zhike.core.events.models import CurrentTransaction, Event
from zhike.core.saved_views.actions import create_view
from zhike.core.saved_views.models import SavedView
from zhike.customers.models import Customer
from zhike.identity.models import User

ACTIVITIES, BUSY = 1_000_000, 10_000
_BATCH = 5_000
_FIELD = "cf_bench"
_GRADES = ("A", "B", "C", "D", "E")
_VIEW = "九十天内拜访过、没有商机"
# Customers somebody visited lately who have no opportunity: two quantifiers, each into another table.
_CONDITION = {
    "all": [
        {
            "some": {
                "path": "activities",
                "where": {
                    "all": [
                        {"field": "kind", "op": "eq", "value": "visit"},
                        {"field": "starts_at", "op": "within", "value": {"ago": "P90D"}},
                    ]
                },
            }
        },
        {"none": {"path": "opportunities"}},
    ]
}
_KINDS = ("call", "call", "visit", "social", "meeting", "email")
_OUTCOMES = ("interested", "undecided", "later", "not_reached", "")

# (id, owner, department)
Rows = list[tuple[int, int, int]]


def fill(chance: random.Random, customers: Rows, scale: float, say: Callable[[str], None]) -> None:
    """Add to a filled database what people write there all day; with `scale` less of it."""
    _activities(chance, customers, int(ACTIVITIES * scale), say)
    _busy(chance, customers[0], int(BUSY * min(scale, 1.0)))
    _custom_values(chance, customers, say)
    admin = Actor.of(User.objects.get(username="bench-admin"), Via.SHELL)
    create_view(admin, registry.of(Customer), name=_VIEW, state={"condition": _CONDITION})
    overlay.bump()


def _activities(chance: random.Random, customers: Rows, count: int, say: Callable[[str], None]) -> None:
    now = timezone.now()

    def row(_number: int) -> Activity:
        customer, owner, department = customers[chance.randrange(len(customers))]
        at = now - timedelta(minutes=chance.randint(1, 700_000))
        kind = chance.choice(_KINDS)
        key = f"customers:{customer}"
        return Activity(
            about=key, anchor=key, party_id=customer, owner_id=owner, department_id=department, reach_owner_id=owner,
            reach_department_id=department, kind=kind, subject=f"{kind} {customer}", content="谈了设备更新的打算。",
            starts_at=at, is_done=True, outcome=chance.choice(_OUTCOMES), created_at=at, updated_at=at,
        )  # fmt: skip

    for start in range(0, count, _BATCH):
        Activity.objects.bulk_create([row(number) for number in range(start, min(start + _BATCH, count))])
        if start % 100_000 == 0:
            say(f"activities: {start:,} of {count:,}")


def _busy(chance: random.Random, customer: tuple[int, int, int], count: int) -> None:
    """One customer to whom something happens all the time."""
    now = timezone.now()
    for start in range(0, count, _BATCH):
        events = [
            Event(
                tx=CurrentTransaction(), at=now - timedelta(minutes=chance.randint(1, 700_000)), verb="edit",
                entity="customers", record_id=customer[0], version=2, party_id=customer[0],
                changes={"level": ["ordinary", "key"]}, actor_id=customer[1], via="page", batch_id="bench",
            )
            for _number in range(start, min(start + _BATCH, count))
        ]  # fmt: skip
        Event.objects.bulk_create(sorted(events, key=lambda event: event.at))


def _custom_values(chance: random.Random, customers: Rows, say: Callable[[str], None]) -> None:
    """A choice for every customer, in the record and in the index beside it."""
    field = field_actions.create_field(
        Actor.system(Via.SHELL), "customers", Draft(kind=CustomKind.TEXT, label_zh="评级", is_indexed=True), key=_FIELD
    )
    say("custom values")
    for start in range(0, len(customers), _BATCH):
        ids = [pk for pk, _owner, _department in customers[start : start + _BATCH]]
        grades = {pk: chance.choice(_GRADES) for pk in ids}
        rows: list[Any] = list(Customer.objects.filter(pk__in=ids).only("pk", "custom"))
        for row in rows:
            row.custom = {_FIELD: grades[row.pk]}
        with transaction.atomic():
            Customer.objects.bulk_update(rows, ["custom"], batch_size=200)
            CustomValue.objects.bulk_create([CustomValue(field=field, record_id=pk, text=grades[pk]) for pk in ids])
    CustomField.objects.filter(pk=field.pk).update(is_filled=True)


def cases(callers: Callers) -> list[Case]:
    """What people open all day, beside the floor; the custom field beside a built-in one."""
    admin, head = callers.admin, callers.head
    busy = Event.objects.filter(batch_id="bench", verb="edit").values_list("record_id", flat=True).first() or 0
    view = SavedView.objects.filter(name=_VIEW).values_list("pk", flat=True).first() or 0
    return [
        Case("home", _get("/", admin.headers, "z-tile"), aim=12),
        Case("home of a department head", _get("/", head.headers, "z-tile"), aim=12),
        Case("drawer", _drawer(callers), aim=8),
        Case("board", _get("/opportunities/?display=board", admin.headers, "z-board__card"), aim=15),
        Case("timeline, 10,000 events", _get(f"/activities/timeline/?about=customers:{busy}", admin.headers, "z-timeline"), aim=8),
        Case("view with two quantifiers", _list(f"/customers/?view={view}", admin), aim=10),
        Case("filter by level", _list("/customers/?level=key", admin)),
        Case("filter by custom field", _list(f"/customers/?{_FIELD}={_GRADES[0]}", admin), against="filter by level", aim=1.2),
        Case("sort by custom field", _list(f"/customers/?sort={_FIELD}", admin), against="list by level", aim=1.2),
        Case("activities, first page", _list("/activities/", admin)),
    ]  # fmt: skip


def _get(path: str, headers: Any, holds: str) -> Make:
    request = Request("GET", path, headers, holds=holds.encode())
    return lambda _number: request


def _list(path: str, person: Person) -> Make:
    return _get(path, person.headers, '<th scope="row"')


def _drawer(callers: Callers) -> Make:
    headers = {**callers.admin.headers, "HX-Request": "true", "X-Zhike-Drawer": "1"}

    def drawer(number: int) -> Request:
        record_id, name = callers.customers[number % len(callers.customers)]
        return Request("GET", f"/customers/{record_id}/", headers, holds=name.encode())

    return drawer
