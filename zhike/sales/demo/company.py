"""Filling an empty database with the demo company: two branches, twelve people, a year and a half of selling."""

import os
import random
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import translation

from zhike.core import overlay, writes
from zhike.core.actors import Actor, Via
from zhike.core.company import Company
from zhike.customers.models import Customer
from zhike.identity.models import Department, Role, User, UserRole
from zhike.sales.demo import followups, leads, names, parties, past, selling
from zhike.sales.demo.story import Story

SEED = 20261122
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


def fill(seed: int = SEED, *, scale: float = 1.0) -> None:
    """Make the demo company in one transaction. Raises `NotEmpty`. The same seed on the same day makes the same company.

    `scale` makes fewer customers and opportunities, for tests.
    """
    if not is_empty():
        raise NotEmpty
    story = Story(random.Random(seed), scale=scale)  # noqa: S311  (a story, not a secret)
    with transaction.atomic(), translation.override("zh-hans"):
        Company.objects.update_or_create(pk=1, defaults={"name": "知远办公设备（演示）"})
        overlay.bump()
        story.people = _people(Actor.system(Via.SHELL))
        offered = selling.products(story)
        customers = parties.tell(story)
        opportunities = selling.tell(story, customers, offered)
        followups.tell(story, customers, opportunities)
        leads.tell(story)
        past.tell(story)


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
    for department, branch in names.DEPARTMENTS:
        above = places[branch]
        places[department] = writes.create(
            system, Department(name=department, kind=Department.Kind.DEPARTMENT, parent=above)
        )
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
