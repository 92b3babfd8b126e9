"""Rows for tests: plain factories, and the cast that every test knows.

ana owns, ben is on her team, cyd is a stranger, dan heads the department, eve is a customer's person; admin keeps the
house.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from factory.declarations import LazyAttribute, Sequence
from factory.django import DjangoModelFactory

from zhike.core import overlay
from zhike.core.actors import Actor, Via
from zhike.core.testing import samples
from zhike.core.testing.samples import Sample
from zhike.identity.models import Department, Role, Token, User, UserRole
from zhike.identity.tokens import Secret, new_secret

PASSWORD = "correct-horse-42"  # noqa: S105 - for tests only


def _numbered(make: Callable[[int], str]) -> Any:
    return Sequence(make)  # type: ignore[no-untyped-call]  # factory-boy types this one not


def _from_row(make: Callable[[Any], str]) -> Any:
    return LazyAttribute(make)  # type: ignore[no-untyped-call]  # as above


class DepartmentFactory(DjangoModelFactory[Department]):
    """A department under no other."""

    class Meta:
        model = Department

    name = _numbered(lambda n: f"Department {n}")
    name_key = _from_row(lambda row: row.name.lower())


class UserFactory(DjangoModelFactory[User]):
    """An active employee without roles; his password is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = _numbered(lambda n: f"person{n}")
    full_name = _from_row(lambda row: row.username.title())
    full_name_key = _from_row(lambda row: row.full_name.lower())
    state = User.State.ACTIVE

    @classmethod
    def _create(cls, model_class: type[User], *_args: Any, **kwargs: Any) -> User:
        user = model_class(**kwargs)
        user.set_password(PASSWORD)
        user.save()
        overlay.bump()
        return user


class RoleFactory(DjangoModelFactory[Role]):
    """A role that grants nothing."""

    class Meta:
        model = Role

    name = _numbered(lambda n: f"Role {n}")


def give_role(user: User, code_or_role: str | Role, *departments: Department) -> UserRole:
    """Give a shipped role by its code, or any role, with the departments chosen for it."""
    role = Role.objects.get(code=code_or_role) if isinstance(code_or_role, str) else code_or_role
    held, _ = UserRole.objects.get_or_create(user=user, role=role)
    if departments:
        held.departments.set(departments)
    overlay.bump()
    return held


def give_token(user: User, *, read_only: bool = False) -> Secret:
    """A token for API tests; `.text` goes behind "Bearer "."""
    secret = new_secret()
    Token.objects.create(user=user, name="test", prefix=secret.prefix, digest=secret.digest, read_only=read_only)
    return secret


@dataclass(frozen=True)
class Cast:
    """The people of every test. `team` is the department of ana, ben and dan; `elsewhere` is cyd's."""

    ana: User
    ben: User
    cyd: User
    dan: User
    eve: User
    admin: User
    team: Department
    elsewhere: Department

    def actor(self, name: str, via: Via = Via.PAGE) -> Actor:
        """`actor("ana")` acts as ana, with her rights as they are now."""
        return Actor.of(getattr(self, name), via)


def cast() -> Cast:
    """Make the cast: ana, ben and cyd sell, dan manages the department and is ana's superior, eve is from outside."""
    headquarters = DepartmentFactory.create(name="Headquarters", kind=Department.Kind.HEADQUARTERS)
    team = DepartmentFactory.create(name="Team", parent=headquarters)
    elsewhere = DepartmentFactory.create(name="Elsewhere", parent=headquarters)
    dan = UserFactory.create(username="dan", department=team)
    ana = UserFactory.create(username="ana", department=team, superior=dan)
    ben = UserFactory.create(username="ben", department=team)
    cyd = UserFactory.create(username="cyd", department=elsewhere)
    eve = UserFactory.create(username="eve", kind=User.Kind.EXTERNAL)
    admin = UserFactory.create(username="admin", department=headquarters)
    Department.objects.filter(pk=team.pk).update(head=dan)
    for person in (ana, ben, cyd):
        give_role(person, "salesperson")
    give_role(dan, "branch_manager")
    give_role(admin, "administrator")
    return Cast(ana=ana, ben=ben, cyd=cyd, dan=dan, eve=eve, admin=admin, team=team, elsewhere=elsewhere)


def _department_values(_owner: Any, _mark: str) -> samples.Values:
    return {"kind": "team", "parent": None, "head": None, "position": 3, "active": True}


def _user_values(_owner: Any, mark: str) -> samples.Values:
    number = samples.serial()
    return {
        "username": f"{mark}.{number}",
        "email": f"{mark}.{number}@example.com",
        "mobile": f"+86138{number:08d}",
        "kind": "staff",
        "skills": [mark],
    }


def _role_values(_owner: Any, _mark: str) -> samples.Values:
    return {}


def _somewhere_else(row: User, _person: Any) -> samples.Values:
    return {"department": Department.objects.exclude(members=row).filter(active=True).order_by("pk")[0]}


def _a_role(_row: Any, _person: Any) -> samples.Values:
    return {"roles": [Role.objects.get(code="read_only").pk]}


samples.register(
    Sample(slug="departments", values=_department_values, change="name", other="position"),
    Sample(
        slug="users",
        values=_user_values,
        change="position",
        other="full_name",
        verbs={"change_department": _somewhere_else, "set_roles": _a_role},
    ),
    Sample(slug="roles", values=_role_values, change="description", other="name"),
)
