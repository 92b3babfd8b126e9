"""People come, move, are locked and leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.entities import RecordKind, registry
from zhike.core.writes import NotAllowed, RuleBroken, Written, create, merge_edit, require, save, save_many
from zhike.identity import jobs
from zhike.identity.actions.own_account import entitled, locked, store
from zhike.identity.actions.passwords import give_one_time_password
from zhike.identity.actions.roles import RoleGrant, set_roles
from zhike.identity.models import Department, Token, User
from zhike.identity.rules import administrator_ids, last_administrator, must_govern

# What everyone keeps about himself; the rest is the administrator's.
OWN_FIELDS = ("mobile", "email", "language", "time_zone", "theme", "skills")
_BATCH = 500


@dataclass(frozen=True)
class Invitation:
    """How a person comes in: by a mailed link, or by `password`, shown once to be handed over."""

    user: User
    password: str
    mailed_to: str


def create_user(
    actor: Actor,
    *,
    full_name: str,
    username: str = "",
    mobile: str = "",
    email: str = "",
    kind: str = User.Kind.STAFF,
    superior: User | None = None,
    department: Department | None = None,
    position: str = "",
    language: str = "",
    time_zone: str = "",
    skills: Sequence[str] = (),
    roles: Sequence[RoleGrant] = (),
) -> User:
    """Add a person, who cannot sign in until invited; a service account is active at once, since it is never invited.

    Without `username` one is made from the name (`moses.frase`). Raises `NotAllowed`, `ValidationError` by field.
    """
    user = User(
        full_name=full_name,
        username=username,
        mobile=mobile,
        email=email,
        kind=kind,
        superior=superior,
        department=department,
        position=position,
        language=language,
        time_zone=time_zone,
        skills=list(skills),
        state=User.State.ACTIVE if kind == User.Kind.SERVICE else User.State.INVITED,
    )
    user.set_unusable_password()
    with transaction.atomic():
        create(actor, user)
        if roles:
            set_roles(actor, user, roles)
    return user


def edit_user(actor: Actor, user: User, version: int, wanted: Mapping[str, Any]) -> tuple[User, frozenset[str]]:
    """Change fields of a person as read in `version`. Returns the row and the fields others changed meanwhile.

    Raises `Conflict`, `NotAllowed`, `RuleBroken`, `ValidationError` by field.
    """
    return merge_edit(actor, User, user.pk, version, wanted)


def edit_own_profile(actor: Actor, user: User, wanted: Mapping[str, Any]) -> User:
    """Change what a person keeps about himself (`OWN_FIELDS`). Raises `ValidationError` by field."""
    if actor.user_id != user.pk or not set(wanted) <= set(OWN_FIELDS):
        raise NotAllowed(_("Everybody keeps his own profile, and only the fields on that page."))
    # The rules of the row hold as ever; the right to it is his by being himself.
    with transaction.atomic():
        row = locked(user)
        before = {name: getattr(row, name) for name in wanted}
        for name, value in wanted.items():
            setattr(row, name, value)
        entity = registry.of(row)
        if entity.prepare is not None:
            entity.prepare(entitled(actor), Written(row=row, before=before, touched=frozenset(wanted)))
        row.clean_fields(exclude=[each.name for each in row._meta.fields if each.name not in wanted])
        row.validate_constraints()
        columns = {name: getattr(row, name) for name in wanted if getattr(row, name) != before[name]}
        for name, value in before.items():
            setattr(row, name, value)
        if columns:
            store(actor, row, "edit_own_profile", columns)
    return row


def invite_user(actor: Actor, user: User) -> Invitation:
    """Let a person in: he becomes active and gets a link by mail, or else a one-time password to be handed over.

    Raises `RuleBroken` for programmes and for people who are in already.
    """
    require(actor, registry.of(User), "invite")
    must_govern(actor, user)
    with transaction.atomic():
        user = locked(user)
        if user.kind not in (User.Kind.STAFF, User.Kind.EXTERNAL):
            raise RuleBroken(_("Only people sign in. Give this account an access token instead."))
        if user.state != User.State.INVITED:
            raise RuleBroken(_("This person has been invited before. Reset the password instead."))
        password = give_one_time_password(actor, user, verb="invite", state=User.State.ACTIVE)
        overlay.bump()
        by_mail = bool(settings.MAIL_URL and user.email)
        if by_mail:
            jobs.mail_link(user.email, "invitation")
    return Invitation(user=user, password="" if by_mail else password, mailed_to=user.email if by_mail else "")


def let_in(actor: Actor, user: User) -> User:
    """`invite_user` for callers that cannot be shown a secret: without mail, an administrator sets a password later."""
    return invite_user(actor, user).user


def activate_user(actor: Actor, user: User) -> User:
    """Let a locked or departed person act again, with the password he had; tokens stay revoked."""
    if user.state not in (User.State.LOCKED, User.State.LEFT):
        raise RuleBroken(_("This person is not locked."))
    return _set_state(actor, user, User.State.ACTIVE, verb="activate")


def lock_user(actor: Actor, user: User) -> User:
    """Keep a person out for now: his sessions and tokens answer no more from the next request on."""
    if user.state == User.State.LOCKED:
        raise RuleBroken(_("This person is locked already."))
    return _set_state(actor, user, User.State.LOCKED, verb="lock")


def mark_left(actor: Actor, user: User) -> User:
    """Note that a person has left: sessions and tokens end for good; what he owned stays his until transferred."""
    if user.state == User.State.LEFT:
        raise RuleBroken(_("This person has left already."))
    with transaction.atomic():
        left = _set_state(actor, user, User.State.LEFT, verb="mark_left")
        Token.objects.filter(user=left, revoked_at=None).update(revoked_at=timezone.now())
    return left


def change_department(actor: Actor, user: User, *, department: Department, move_records: bool = False) -> User:
    """Move a person to another department; with `move_records` the records he owns go along, else they stay behind."""
    with transaction.atomic():
        former = user.department_id
        user.department = department
        moved = save(actor, user, verb="change_department")
        if move_records and former != department.pk:
            _move_records(actor, moved, department)
    return moved


def _set_state(actor: Actor, user: User, state: User.State, *, verb: str) -> User:
    require(actor, registry.of(User), verb)
    must_govern(actor, user)
    if actor.user_id == user.pk and state != User.State.ACTIVE:
        raise RuleBroken(_("You cannot shut yourself out. Ask another administrator."))
    with transaction.atomic():
        row = locked(user)
        overlay.bump()
        if state != User.State.ACTIVE and administrator_ids() == {row.pk}:
            raise RuleBroken(last_administrator())
        store(actor, row, verb, {"state": state, "session_generation": row.session_generation + 1})
        overlay.bump()
    return row


def _move_records(actor: Actor, user: User, department: Department) -> None:
    """Give the person's own records to his new department, each with its event.

    Who may move a person may move what is his.
    """
    for entity in registry.all():
        if entity.kind not in (RecordKind.OWNED, RecordKind.ATTACHED):
            continue
        rows = entity.model._default_manager.filter(owner=user.pk, deleted_at=None).exclude(department=department.pk)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), _BATCH):
            batch: list[Any] = list(
                entity.model._default_manager.filter(pk__in=ids[start : start + _BATCH]).order_by("pk")
            )
            for row in batch:
                row.department = department
            save_many(entitled(actor), batch, verb="change_department", note=str(user))
