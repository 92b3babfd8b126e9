"""Who works here and what they may do: departments, users, roles, tokens.

Departments form one tree, superiors another; neither follows from the other. Rows change through `actions.py` only.
"""

from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from zhike.core.actors import NOTHING, Access
from zhike.core.fields import PhoneField, PinyinKeyField
from zhike.identity.querysets import DepartmentQuerySet, RoleQuerySet, TokenQuerySet, UserQuerySet

# Offered first; the rest of the world follows in alphabetical order.
_COMMON_ZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo",
    "Europe/London", "America/New_York",
)  # fmt: skip


def languages() -> list[tuple[str, Any]]:
    """The languages a person may choose."""
    return list(settings.LANGUAGES)


@cache
def time_zones() -> list[tuple[str, str]]:
    """The time zones a person may choose, by region and city, the common ones first."""
    rest = sorted(available_timezones() - set(_COMMON_ZONES))
    return [
        (name, name.replace("_", " "))
        for name in (*_COMMON_ZONES, *rest)
        if "/" in name and not name.startswith("Etc/")
    ]


class Department(models.Model):
    """A node of the organisation: headquarters, branch, department or team. One head at most; no cycles."""

    class Kind(models.TextChoices):
        HEADQUARTERS = "headquarters", _("headquarters")
        BRANCH = "branch", _("branch")
        DEPARTMENT = "department", _("department")
        TEAM = "team", _("team")

    name = models.CharField(_("name"), max_length=120)
    name_key = PinyinKeyField(of="name")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.DEPARTMENT)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent department")
    )
    code = models.CharField(_("code"), max_length=40, blank=True, default="")
    active = models.BooleanField(_("active"), default=True)
    # Order among siblings; equal positions fall back to the name.
    position = models.PositiveIntegerField(_("order"), default=0)
    head = models.ForeignKey(
        "User", models.PROTECT, null=True, blank=True, related_name="heads", verbose_name=_("head")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], condition=models.Q(parent__isnull=False),
                name="department_name_unique_in_parent",
                violation_error_message=_("There is already a department of this name here. Choose another name."),
            ),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(parent__isnull=True), name="department_name_unique_at_top",
                violation_error_message=_("There is already a department of this name here. Choose another name."),
            ),
            models.UniqueConstraint(
                fields=["code"], condition=~models.Q(code=""), name="department_code_unique",
                violation_error_message=_("Another department has this code. Choose another code or leave it blank."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """A person (or a programme) that acts in Zhike. Rights come from roles only; there is no superuser flag."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("employee")
        EXTERNAL = "external", _("external person")
        SERVICE = "service", _("service account")
        SYSTEM = "system", _("system")

    class State(models.TextChoices):
        # Has a place here and may own records; cannot sign in until the invitation is given.
        INVITED = "invited", _("to be invited")
        ACTIVE = "active", _("active")
        LOCKED = "locked", _("locked")
        LEFT = "left", _("left")

    class Theme(models.TextChoices):
        SYSTEM = "", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    # Stored case-folded (`naming.username_key`); Chinese is allowed; the rule makes one when it is blank.
    username = models.CharField(
        _("username"),
        max_length=150,
        unique=True,
        blank=True,
        help_text=_("For signing in. Left blank, it is made from the name."),
        error_messages={"unique": _("Another person has this username. Choose another one.")},
    )
    full_name = models.CharField(_("full name"), max_length=120)
    full_name_key = PinyinKeyField(of="full_name", person=True)
    mobile = PhoneField(_("mobile"))
    email = models.EmailField(_("e-mail"), blank=True, default="")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.STAFF)
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates", verbose_name=_("superior")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("department")
    )
    position = models.CharField(_("position"), max_length=80, blank=True, default="")
    # Blank: the company's.
    language = models.CharField(_("language"), max_length=10, choices=languages, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=60, choices=time_zones, blank=True, default="")
    theme = models.CharField(_("appearance"), max_length=10, choices=Theme.choices, blank=True, default="")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.INVITED, editable=False)
    skills = models.JSONField(_("skills"), default=list, blank=True)
    password_change_due = models.BooleanField(default=False, editable=False)
    # Set while the password is one that an administrator handed over; after this moment it opens nothing.
    one_time_password_until = models.DateTimeField(null=True, editable=False)
    # Part of the session hash: raising it signs the person out everywhere.
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    objects = UserQuerySet.as_manager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=~models.Q(email=""), name="user_email_unique",
                violation_error_message=_("Another person has this e-mail address."),
            ),
            models.UniqueConstraint(
                fields=["mobile"], condition=~models.Q(mobile=""), name="user_mobile_unique",
                violation_error_message=_("Another person has this mobile number."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # here it follows from the state and cannot be set
        """Whether he may act at all; Django's own word for it."""
        return self.state == self.State.ACTIVE

    @property
    def may_sign_in(self) -> bool:
        """Pages are for employees and external people; service accounts use tokens, the system neither."""
        return self.is_active and self.kind in (self.Kind.STAFF, self.Kind.EXTERNAL)

    def access(self) -> Access:
        """What he may do now, from his roles; nothing unless he is an active employee or service account."""
        from zhike.identity.access import access_of  # access reads this module's tables

        if not self.is_active or self.kind not in (self.Kind.STAFF, self.Kind.SERVICE):
            return NOTHING
        return access_of(self.pk)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's method of the same name, with the generation added.
        material = f"{self.password}|{self.session_generation}"
        return salted_hmac("zhike.identity.session", material, secret=secret, algorithm="sha256").hexdigest()


class LegalEntity(models.Model):
    """A legal person of the company, as it stands on contracts and invoices. The default one is made by set-up."""

    name = models.CharField(_("legal name"), max_length=200)
    credit_code = models.CharField(_("credit code"), max_length=30, blank=True, default="")
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="legal_entity_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """Rights under a name. Roles of one person add up; a deny beats every allow.

    `grants`: {entity slug or wildcard: {action or wildcard: scope}}; see `access.Scope` and `access.RoleRules`.
    `denies`: {entity slug or "*": {"actions": [...], "fields": [...]}}.
    `fields`: {entity slug: {field: mode}}. `settings`: rights outside entities ("settings.people"), "*" for all.
    """

    # Set for shipped roles only, so that code and plans can name them.
    code = models.CharField(_("code"), max_length=40, blank=True, default="", editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_key = PinyinKeyField(of="name")
    description = models.CharField(_("description"), max_length=300, blank=True, default="")
    grants = models.JSONField(_("rights"), default=dict, blank=True)
    denies = models.JSONField(_("denied rights"), default=dict, blank=True)
    fields = models.JSONField(_("field rights"), default=dict, blank=True)
    settings = models.JSONField(_("settings rights"), default=list, blank=True)
    shipped = models.BooleanField(_("shipped with Zhike"), default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="role_code_unique")]

    def __str__(self) -> str:
        return self.name


class UserRole(models.Model):
    """One role given to one person, with the departments chosen for its "chosen departments" scopes."""

    user = models.ForeignKey(User, models.CASCADE, related_name="user_roles")
    role = models.ForeignKey(Role, models.PROTECT, related_name="user_roles")
    departments = models.ManyToManyField(Department, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="user_role_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role_id}"


class Token(models.Model):
    """A personal access token: the secret is shown once, only its SHA-256 is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    # The visible beginning, by which people tell their tokens apart.
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    read_only = models.BooleanField(_("may only read"), default=False)
    expires_at = models.DateTimeField(_("expires at"), null=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
