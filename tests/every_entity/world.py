"""The world of the battery: the cast before their browsers, and rows of every entity that carry the name of their owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tests.every_entity.matrix import PERSONAS, group_of
from zhike.core import overlay, writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity, registry
from zhike.core.external_keys import ExternalKey
from zhike.core.testing import samples
from zhike.core.testing.battery import Visitor
from zhike.identity.factories import Cast, UserFactory, cast, give_role, give_token
from zhike.identity.models import User

MISSING = 987_654_321
SYSTEM = "erp"


@dataclass(frozen=True)
class Rows:
    """Of one entity: a row of ana's, one of hers in the recycle bin, one of cyd's."""

    target: Any
    binned: Any | None
    cyds: Any


@dataclass(frozen=True)
class World:
    people: Cast
    visitors: dict[str, Visitor]
    rows: dict[str, Rows]

    def visitor(self, persona: str) -> Visitor:
        return self.visitors[persona]


def mark_of(entity: Entity, owner: str) -> str:
    """`canary-ana-7` in a row that only some may see, `canary-shared-8` where everybody with the right may."""
    group = group_of(entity)
    return f"canary-{owner if group in ('owned', 'part') else group}-{samples.serial()}"


def is_deletable(entity: Entity) -> bool:
    return "delete" not in entity.without and entity.has_column("deleted_at")


@contextmanager
def built() -> Iterator[World]:
    """Build it in a transaction that is rolled back at the end."""
    with transaction.atomic():
        overlay.forget()
        yield build()
        transaction.set_rollback(True)
    overlay.forget()


def build() -> World:
    people = cast()
    reader = UserFactory.create(username="reader", department=people.elsewhere)
    gone = UserFactory.create(username="gone", department=people.team)
    give_role(reader, "read_only")
    give_role(gone, "administrator")
    users = {
        "ana": people.ana,
        "ben": people.ben,
        "cyd": people.cyd,
        "dan": people.dan,
        "admin": people.admin,
        "reader": reader,
        "eve": people.eve,
        "gone": gone,
    }
    visitors = {name: Visitor(user, give_token(user).text) for name, user in users.items()}
    visitors["nobody"] = Visitor()
    assert set(visitors) == set(PERSONAS)
    User.objects.filter(pk=gone.pk).update(state=User.State.LEFT)
    overlay.bump()
    return World(people, visitors, {entity.slug: _rows(people, entity) for entity in registry.all()})


def _rows(people: Cast, entity: Entity) -> Rows:
    target = samples.make(entity.slug, people.ana, mark_of(entity, "ana"))
    ExternalKey.objects.create(entity=entity.slug, record_id=target.pk, system=SYSTEM, key="K1")
    binned = None
    if is_deletable(entity):
        binned = writes.delete(Actor.system(), samples.make(entity.slug, people.ana, mark_of(entity, "ana")))
    return Rows(target, binned, samples.make(entity.slug, people.cyd, mark_of(entity, "cyd")))
