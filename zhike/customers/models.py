"""The party table, the people in it, and leads: those of whom we do not know yet whether they will buy."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.activities.models import FollowedUp
from zhike.core.fields import (
    BaseAmountField,
    CurrencyField,
    MoneyField,
    NumberField,
    OptionField,
    PhoneField,
    PinyinKeyField,
)
from zhike.core.records import OwnedRecord, PartRecord
from zhike.core.scoring.columns import Scored


class Customer(OwnedRecord, FollowedUp):
    """An organisation, government body or person that we deal with or want to."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("company")
        GOVERNMENT = "government", _("government or public institution")
        PERSON = "person", _("private person")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.ORGANISATION)
    name = models.CharField(_("name"), max_length=200)
    name_key = PinyinKeyField(of="name")
    short_name = models.CharField(_("short name"), max_length=100, blank=True, default="")
    number = NumberField(_("customer number"), rule="customer")
    credit_code = models.CharField(
        _("unified social credit code"),
        max_length=18,
        blank=True,
        default="",
        help_text=_("18 characters; a wrong check digit is marked, not refused."),
    )
    # Set by the write path: the code is there and its check digit does not fit.
    credit_code_doubtful = models.BooleanField(_("credit code doubtful"), default=False, editable=False)
    state = OptionField(_("state"), list_name="customer_state", default="potential")
    level = OptionField(_("level"), list_name="customer_level")
    industry = OptionField(_("industry"), list_name="industry")
    source = OptionField(_("source"), list_name="source")
    phone = PhoneField(_("phone"))
    fax = PhoneField(_("fax"))
    email = models.EmailField(_("e-mail"), blank=True, default="")
    website = models.URLField(_("website"), blank=True, default="")
    country = OptionField(_("country"), list_name="country", default="CN")
    region = OptionField(_("region"), list_name="region")
    address = models.CharField(_("address"), max_length=300, blank=True, default="")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("parent company")
    )
    annual_revenue = MoneyField(_("annual revenue"))
    annual_revenue_currency = CurrencyField()
    annual_revenue_base = BaseAmountField(of="annual_revenue")
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    founded_in = models.PositiveSmallIntegerField(
        _("founded in"), null=True, blank=True, validators=[MinValueValidator(1000), MaxValueValidator(2200)]
    )
    description = models.TextField(_("description"), blank=True, default="")

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=models.Q(deleted_at__isnull=True) & ~models.Q(credit_code=""),
                name="customer_credit_code_once",
                violation_error_message=_("Another customer already has this credit code."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-updated_at", "-id"], name="customer_newest", condition=models.Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["name_key", "id"], name="customer_by_name", condition=models.Q(deleted_at__isnull=True)
            ),
            models.Index(fields=["owner", "-updated_at"], name="customer_of_owner"),
            models.Index(fields=["department", "-updated_at"], name="customer_of_department"),
            # Who is already known: asked with every lead that is typed in.
            models.Index(fields=["phone"], name="customer_by_phone", condition=~models.Q(phone="")),
            models.Index(fields=["email"], name="customer_by_email", condition=~models.Q(email="")),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(PartRecord):
    """A person at a customer. One name field, as Chinese names are written."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    name = models.CharField(_("name"), max_length=100)
    name_key = PinyinKeyField(of="name", person=True)
    called = models.CharField(
        _("form of address"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("How you address this person, such as 王总."),
    )
    job_title = models.CharField(_("job title"), max_length=100, blank=True, default="")
    unit = models.CharField(_("their department"), max_length=100, blank=True, default="")
    role = OptionField(_("role in the decision"), list_name="contact_role")
    mobile = PhoneField(_("mobile"))
    phone = PhoneField(_("landline"))
    email = models.EmailField(_("e-mail"), blank=True, default="")
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True, default="")
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    is_main = models.BooleanField(_("main contact"), default=False)
    address = models.CharField(_("address"), max_length=300, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="")

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(
                fields=["-updated_at", "-id"], name="contact_newest", condition=models.Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["name_key", "id"], name="contact_by_name", condition=models.Q(deleted_at__isnull=True)
            ),
            models.Index(fields=["reach_owner", "-updated_at"], name="contact_of_owner"),
            models.Index(fields=["reach_department", "-updated_at"], name="contact_of_department"),
            models.Index(fields=["mobile"], name="contact_by_mobile", condition=~models.Q(mobile="")),
            models.Index(fields=["email"], name="contact_by_email", condition=~models.Q(email="")),
        ]

    def __str__(self) -> str:
        return self.name


class Lead(OwnedRecord, Scored, FollowedUp):
    """Somebody who might buy: a person, a company, or both. Conversion makes it a customer, a contact and an opportunity.

    `status` is changed by verbs alone; what a converted lead became stands in `customer` and `contact`.
    """

    class Status(models.TextChoices):
        NEW = "new", _("untouched")
        WORKING = "working", _("being worked on")
        CONVERTED = "converted", _("converted")
        DISQUALIFIED = "disqualified", _("disqualified")

    tones: ClassVar = {
        "status": {
            Status.NEW.value: "blue",
            Status.WORKING.value: "amber",
            Status.CONVERTED.value: "green",
            Status.DISQUALIFIED.value: "grey",
        }
    }

    name = models.CharField(
        _("full name"),
        max_length=100,
        blank=True,
        default="",
        help_text=_("The person; blank: the company's name stands here."),
    )
    name_key = PinyinKeyField(of="name", person=True)
    number = NumberField(_("lead number"), rule="lead")
    company_name = models.CharField(_("company"), max_length=200, blank=True, default="")
    job_title = models.CharField(_("job title"), max_length=100, blank=True, default="")
    mobile = PhoneField(_("mobile"))
    phone = PhoneField(_("landline"))
    email = models.EmailField(_("e-mail"), blank=True, default="")
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True, default="")
    website = models.URLField(_("website"), blank=True, default="")
    industry = OptionField(_("industry"), list_name="industry")
    region = OptionField(_("region"), list_name="region")
    address = models.CharField(_("address"), max_length=300, blank=True, default="")
    source = OptionField(_("source"), list_name="source")
    need = models.TextField(_("what they want"), blank=True, default="")
    budget = MoneyField(_("budget"), validators=[MinValueValidator(Decimal(0))])
    budget_currency = CurrencyField()
    budget_base = BaseAmountField(of="budget")
    description = models.TextField(_("description"), blank=True, default="")
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.NEW, editable=False)
    disqualified_reason = OptionField(_("reason disqualified"), list_name="disqualified_reason", editable=False)
    disqualified_note = models.CharField(
        _("note on the disqualification"), max_length=500, blank=True, default="", editable=False
    )
    converted_at = models.DateTimeField(_("converted at"), null=True, blank=True, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("contact")
    )

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes = [
            models.Index(
                fields=["-updated_at", "-id"], name="lead_newest", condition=models.Q(deleted_at__isnull=True)
            ),
            models.Index(fields=["name_key", "id"], name="lead_by_name", condition=models.Q(deleted_at__isnull=True)),
            models.Index(fields=["owner", "-updated_at"], name="lead_of_owner"),
            models.Index(fields=["department", "-updated_at"], name="lead_of_department"),
            models.Index(fields=["-score", "-id"], name="lead_by_score", condition=models.Q(deleted_at__isnull=True)),
            models.Index(fields=["status", "-updated_at"], name="lead_of_status"),
            # Who is already known: asked with every lead that is typed in.
            models.Index(fields=["mobile"], name="lead_by_mobile", condition=~models.Q(mobile="")),
            models.Index(fields=["email"], name="lead_by_email", condition=~models.Q(email="")),
            models.Index(fields=["company_name"], name="lead_by_company", condition=~models.Q(company_name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.NEW, self.Status.WORKING)

    @property
    def has_person(self) -> bool:
        """Whether a person's name is known, not only the company's."""
        return self.name != self.company_name
