"""The party table and the people in it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

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


class Customer(OwnedRecord):
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
        ]

    def __str__(self) -> str:
        return self.name
