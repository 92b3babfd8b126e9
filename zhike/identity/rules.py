"""Rules of people, departments and roles, called by the write path around every single, bulk or imported change."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.writes import NotAllowed, RuleBroken, Written
from zhike.identity import organisation
from zhike.identity.access import ANY, KEEPING, RoleRules
from zhike.identity.models import Department, Role, User
from zhike.identity.naming import email_key, mobile_key, username_from, username_key

MAX_SKILLS = 30
MAX_SKILL_LENGTH = 40


def prepare_user(actor: Actor, written: Written) -> None:
    """Bring names into their stored form; refuse rings, taken sign-in names, and the loss of the last administrator."""
    user: User = written.row
    if written.is_new:
        _begin(user)
    user.username = username_key(user.username) or (free_username(user.full_name) if written.is_new else "")
    user.email = email_key(user.email)
    _read_mobile(user)
    errors = _mistakes(user)
    if errors:
        raise ValidationError(errors)
    if not written.is_new:
        must_govern(actor, user)
    if any(written.changed_or_new(name) for name in ("username", "email", "mobile")):
        _refuse_borrowed_names(user)
    if written.changed_or_new("superior") and user.superior_id is not None:
        _refuse_cycle(
            User, "superior", user, _("Nobody can be above himself in the line of superiors. Choose somebody else.")
        )
    leaving = not written.is_new and not written.touched.isdisjoint({"state", "kind"}) and not _may_administrate(user)
    if leaving and administrator_ids() == {user.pk}:
        raise RuleBroken(last_administrator())


def prepare_department(_actor: Actor, written: Written) -> None:
    """Refuse a department below itself, and closing one where people still work."""
    department: Department = written.row
    if written.changed_or_new("parent") and department.parent_id is not None:
        _refuse_cycle(
            Department,
            "parent",
            department,
            _("A department cannot stand below itself. Choose another parent department."),
        )
    if not written.is_new and "active" in written.touched and not department.active:
        staying = User.objects.filter(department=department).exclude(state=User.State.LEFT).count()
        if staying:
            raise RuleBroken(
                _("%(count)s people still belong to this department. Move them to another one first.")
                % {"count": staying},
                field="active",
            )


def prepare_role(_actor: Actor, written: Written) -> None:
    """Refuse malformed rights; the page and the importers send them as JSON."""
    role: Role = written.row
    try:
        organisation.rules_of(role.grants, role.denies, role.fields, role.settings)
    except (ValueError, TypeError, AttributeError) as malformed:
        raise ValidationError(
            {"grants": _("These rights are not well-formed: %(why)s") % {"why": malformed}}
        ) from malformed


def organisation_changed(_actor: Actor, _batch: Sequence[Written]) -> None:
    """Every process re-reads who stands where before its next request."""
    overlay.bump()


def free_username(full_name: str) -> str:
    """A username made from the name that nobody has yet: `moses.frase`, then `moses.frase2`."""
    stem = username_from(full_name) or "user"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    if stem not in taken:
        return stem
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}{number}") not in taken)


def administrator_ids() -> frozenset[int]:
    """Active employees who may keep both people and roles, read from the database, not from the cache."""
    fresh = organisation.load()
    staff = set(User.objects.filter(kind=User.Kind.STAFF).values_list("pk", flat=True))
    return frozenset(
        pk
        for pk, person in fresh.people.items()
        if person.acts
        and pk in staff
        and all(any(held.rules.may(right) for held in person.holdings) for right in KEEPING)
    )


def last_administrator() -> str:
    """The sentence that refuses to leave the house without a key."""
    return _("This would leave nobody who keeps people and roles. Give somebody else the administrator role first.")


def must_govern(actor: Actor, user: User) -> None:
    """Refuse to touch a person whose settings rights go beyond the actor's own: his password would open them."""
    if actor.is_system:
        return
    person = organisation.current().people.get(user.pk)
    for held in () if person is None else person.holdings:
        must_cover(actor, held.rules)


def must_cover(actor: Actor, rules: RoleRules) -> None:
    """Refuse to give, take or change settings rights that the actor does not have himself."""
    if actor.is_system:
        return
    beyond = [right for right in rules.settings if not actor.access.may(right if right != ANY else "settings.roles")]
    if beyond:
        raise NotAllowed(_("This concerns administrators. Only somebody with the same rights may change it."))


def _begin(user: User) -> None:
    """Through whatever door he comes: without a password until invited; a service account, never invited, acts at once."""
    if not user.password:
        user.set_unusable_password()
    if user.kind == User.Kind.SERVICE and user.state == User.State.INVITED:
        user.state = User.State.ACTIVE


def _may_administrate(user: User) -> bool:
    return user.is_active and user.kind == User.Kind.STAFF


def _read_mobile(user: User) -> None:
    if not user.mobile:
        return
    read = mobile_key(user.mobile)
    if not read:
        raise ValidationError({"mobile": _("“%(value)s” is not a telephone number.") % {"value": user.mobile}})
    user.mobile = read


def _mistakes(user: User) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not user.username:
        errors["username"] = _("Type a username.")
    elif any(character.isspace() for character in user.username):
        errors["username"] = _("A username has no blanks. Join the parts by a dot.")
    if not _are_skills(user.skills):
        errors["skills"] = _("Skills are at most %(count)s short words.") % {"count": MAX_SKILLS}
    return errors


def _are_skills(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MAX_SKILLS
        and all(isinstance(each, str) and 0 < len(each) <= MAX_SKILL_LENGTH for each in value)
    )


def _refuse_borrowed_names(user: User) -> None:
    """One box serves three kinds of names, so none may be somebody else's of another kind."""
    others = User.objects.exclude(pk=user.pk)
    as_mobile = mobile_key(user.username)
    borrowed = models.Q(email=user.username)
    if as_mobile:
        borrowed |= models.Q(mobile=as_mobile)
    if others.filter(borrowed).exists():
        raise ValidationError({"username": _("Another person signs in by this name. Choose another one.")})
    for name in ("email", "mobile"):
        value = getattr(user, name)
        if value and others.filter(username=value).exists():
            raise ValidationError({name: _("Another person signs in by this name. Choose another one.")})


def _refuse_cycle(model: type[models.Model], field: str, row: Any, sentence: str) -> None:
    # The epoch's row is the lock: changes of the trees wait for one another, so that two cannot close a ring together.
    overlay.bump()
    above: dict[int, int | None] = dict(model._default_manager.values_list("pk", f"{field}_id"))
    step: int | None = getattr(row, f"{field}_id")
    seen: set[int] = set()
    while step is not None and step not in seen:
        if step == row.pk:
            raise RuleBroken(sentence, field=field)
        seen.add(step)
        step = above.get(step)
