"""Pipelines with their stages, and the opportunities that go through them."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.activities.models import FollowedUp
from zhike.catalog.models import Product
from zhike.core import company
from zhike.core.fields import (
    BaseAmountField,
    CurrencyField,
    MoneyField,
    NumberField,
    OptionField,
    PercentField,
    PinyinKeyField,
    UnitPriceField,
)
from zhike.core.records import OwnedRecord, PartRecord, SharedRecord
from zhike.customers.models import Contact, Customer, Lead


class Status(models.TextChoices):
    """What logic tests; a company's stages are each mapped to one."""

    OPEN = "open", _("open")
    WON = "won", _("won")
    LOST = "lost", _("lost")


# Colours that mean the same everywhere: under way, won, lost.
TONES = {Status.OPEN.value: "blue", Status.WON.value: "green", Status.LOST.value: "red"}


class Pipeline(SharedRecord):
    """A way of selling, as an ordered set of stages."""

    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    # With it on, lines decide the amount; else people do.
    amount_from_lines = models.BooleanField(_("amount is the sum of the lines"), default=False)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(deleted_at__isnull=True),
                name="pipeline_name_once",
                violation_error_message=_("There is already a pipeline of that name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Stage(SharedRecord):
    """One step of a pipeline. `requires` names the fields an opportunity must have filled to stand in it (exit criteria)."""

    tones: ClassVar = {"status": TONES}

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+", verbose_name=_("pipeline"))
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    probability = PercentField(_("probability"), default=0, null=False)
    requires = models.JSONField(_("fields to be filled"), default=list, blank=True)
    guidance = models.TextField(_("what to do in this stage"), blank=True, default="")
    days_allowed = models.PositiveSmallIntegerField(_("days allowed"), null=True, blank=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline", "name"],
                condition=models.Q(deleted_at__isnull=True),
                name="stage_name_once",
                violation_error_message=_("This pipeline already has a stage of that name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        return TONES[self.status]


class Opportunity(OwnedRecord, FollowedUp):
    """A chance to sell. Customer and amount may be blank until a stage demands them; `status` is a copy of the stage's."""

    tones: ClassVar = {"status": TONES}

    name = models.CharField(_("name"), max_length=200)
    name_key = PinyinKeyField(of="name")
    number = NumberField(_("opportunity number"), rule="opportunity")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    # What it came from; set by conversion.
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("lead")
    )
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+", blank=True, verbose_name=_("pipeline"))
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", blank=True, verbose_name=_("stage"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN, editable=False)
    amount = MoneyField(_("amount"), validators=[MinValueValidator(Decimal(0))])
    amount_currency = CurrencyField()
    amount_base = BaseAmountField(of="amount")
    probability = PercentField(_("probability"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    closes_on = models.DateField(_("expected close"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    stage_since = models.DateField(_("in this stage since"), null=True, blank=True, editable=False)
    source = OptionField(_("source"), list_name="source")
    approach = models.TextField(_("planned approach"), blank=True, default="")
    lost_reason = OptionField(_("reason lost"), list_name="lost_reason", editable=False)
    lost_note = models.CharField(_("note on the loss"), max_length=500, blank=True, default="", editable=False)
    description = models.TextField(_("description"), blank=True, default="")

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        indexes = [
            models.Index(
                fields=["-updated_at", "-id"], name="opportunity_newest", condition=models.Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["name_key", "id"], name="opportunity_by_name", condition=models.Q(deleted_at__isnull=True)
            ),
            models.Index(fields=["stage", "-updated_at"], name="opportunity_of_stage"),
            models.Index(fields=["owner", "-updated_at"], name="opportunity_of_owner"),
            models.Index(fields=["department", "-updated_at"], name="opportunity_of_department"),
            models.Index(fields=["closes_on"], name="opportunity_by_close"),
            # What was won this month, last month, last year, for whoever looks.
            models.Index(
                fields=["closed_on", "status", "owner", "department", "amount_base"],
                name="opportunity_by_closing",
                condition=models.Q(deleted_at__isnull=True, closed_on__isnull=False),
            ),
            # All that the heads of the board add up, for whoever looks: one pass over the index alone.
            models.Index(
                fields=["pipeline", "stage", "owner", "department", "amount_base"],
                name="opportunity_board",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN

    def money_day(self) -> date:
        """The day whose exchange rate counts: that of closing, or today while it is open."""
        return self.closed_on or company.today()


class OpportunityLine(PartRecord):
    """A product in an opportunity. Its total is rounded; the opportunity's total is the sum of the rounded lines."""

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="+", verbose_name=_("opportunity"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=14,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    price = UnitPriceField(_("unit price"), validators=[MinValueValidator(Decimal(0))])
    price_currency = CurrencyField()
    price_base = BaseAmountField(of="price")
    discount = PercentField(_("discount in per cent"))
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2, null=True, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("opportunity line")
        verbose_name_plural = _("opportunity lines")

    def __str__(self) -> str:
        return f"{self.product_id}"
