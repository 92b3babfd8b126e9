"""What the pages of people and roles show beside their fields, to readers who have business with it."""

from collections.abc import Mapping

from zhike.core.actors import Actor
from zhike.identity.access import RoleRules
from zhike.identity.models import Role, Token, User, UserRole
from zhike.identity.organisation import rules_of
from zhike.identity.role_words import describe_access, describe_role


def account(actor: Actor, user: User) -> Mapping[str, object]:
    """A person's roles, rights in words and tokens, for who keeps people."""
    if not actor.access.may("settings.people"):
        return {}
    return {
        "held": UserRole.objects.filter(user=user)
        .select_related("role")
        .prefetch_related("departments")
        .order_by("role__name_key"),
        "rights": describe_access(user),
        "tokens": Token.objects.filter(user=user).in_force().order_by("-id"),
        "may_reset": user.may_sign_in,
        "is_service": user.kind == User.Kind.SERVICE,
        "may_set_roles": actor.access.reach("users", "set_roles") is not None,
    }


def rights(actor: Actor, role: Role) -> Mapping[str, object]:
    """What a role lets its holders do, in words."""
    return {"rights": describe_role(role_rules(role)), "may_edit": actor.access.may("settings.roles")}


def holders(actor: Actor, role: Role) -> Mapping[str, object]:
    """Who holds a role, as far as the reader sees people."""
    people = User.objects.visible_to(actor).filter(user_roles__role=role).order_by("full_name_key", "id")
    return {"holders": people}


def role_rules(role: Role) -> RoleRules:
    return rules_of(role.grants, role.denies, role.fields, role.settings)
