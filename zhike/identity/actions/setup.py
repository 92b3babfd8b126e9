"""The first start: the company and its administrator; later, an administrator made or let back in from the shell."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from zhike.core import company, overlay, shipped_texts
from zhike.core.actors import Actor, Via
from zhike.core.company import Company
from zhike.core.writes import RuleBroken, create, save
from zhike.identity.access import ANY
from zhike.identity.actions.own_account import locked
from zhike.identity.actions.passwords import give_one_time_password
from zhike.identity.models import Department, LegalEntity, Role, User, UserRole
from zhike.identity.naming import username_from, username_key

ADMINISTRATOR = "administrator"


def is_set_up() -> bool:
    """Whether anybody is here; then the set-up page is closed for good."""
    return User.objects.exists()


def set_up(
    *,
    company_name: str,
    full_name: str,
    password: str,
    username: str = "",
    currency: str = "CNY",
    time_zone: str = "Asia/Shanghai",
    language: str = "zh-hans",
    legal_name: str = "",
    fiscal_year_start: int = 1,
) -> User:
    """Name the company, its headquarters and its first administrator, who chose `password` himself.

    Raises `RuleBroken` when somebody is here already, `ValidationError` on a weak password or a wrong zone.
    """
    system = Actor.system(Via.PAGE)
    with transaction.atomic():
        overlay.bump()  # its row is the lock: two browsers cannot both be first
        if is_set_up():
            raise RuleBroken(_("Zhike is set up already. Sign in."))
        _name_company(company_name, currency, time_zone, language, fiscal_year_start)
        shipped_texts.reword(system, language)
        headquarters = Department(name=company_name[:120], kind=Department.Kind.HEADQUARTERS)
        create(system, headquarters)
        LegalEntity.objects.create(name=(legal_name or company_name), is_default=True)
        user = User(full_name=full_name, username=username, department=headquarters, state=User.State.ACTIVE)
        validate_password(password, user)
        user.set_password(password)
        create(system, user)
        _make_administrator(user)
    return user


def ensure_administrator(name: str) -> tuple[User, str]:
    """Create or let back in the administrator with this username; returns him and a one-time password. Asks nothing."""
    system = Actor.system()
    # A name with blanks is a full name; its username is made from it, the same one each time.
    username = username_from(name) if any(character.isspace() for character in name.strip()) else username_key(name)
    with transaction.atomic():
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(full_name=name, username=username, state=User.State.INVITED)
            user.set_unusable_password()
            create(system, user)
        user = locked(user)
        User.objects.filter(pk=user.pk).update(kind=User.Kind.STAFF)
        user.kind = User.Kind.STAFF
        password = give_one_time_password(system, user, verb="reset_password", state=User.State.ACTIVE)
        _make_administrator(user)
    return user, password


def _make_administrator(user: User) -> None:
    """Give the shipped role, and see that it still opens everything, whatever was made of it."""
    role = Role.objects.get(code=ADMINISTRATOR)
    if ANY not in role.settings:
        role.settings = [ANY]
        save(Actor.system(), role, verb="edit")
    UserRole.objects.get_or_create(user=user, role=role)
    overlay.bump()


def _name_company(name: str, currency: str, time_zone: str, language: str, fiscal_year_start: int) -> None:
    row = Company.objects.filter(pk=1).first() or Company(pk=1)
    row.name, row.currency, row.time_zone = name, currency, time_zone
    row.language, row.fiscal_year_start = language, fiscal_year_start
    row.full_clean(validate_unique=False)
    row.save()
    company.current()
