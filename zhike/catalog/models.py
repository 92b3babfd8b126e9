"""What the company sells."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.core.fields import BaseAmountField, CurrencyField, NumberField, OptionField, PinyinKeyField, UnitPriceField
from zhike.core.records import SharedRecord


class Product(SharedRecord):
    """A product or service with its list price. Products no longer sold are switched off, so that old lines keep theirs."""

    name = models.CharField(_("name"), max_length=200)
    name_key = PinyinKeyField(of="name")
    number = NumberField(_("product number"), rule="product")
    series = models.CharField(_("series"), max_length=100, blank=True, default="")
    unit = OptionField(_("unit"), list_name="unit")
    price = UnitPriceField(_("list price"))
    price_currency = CurrencyField()
    price_base = BaseAmountField(of="price")
    is_sold = models.BooleanField(_("on sale"), default=True)
    description = models.TextField(_("description"), blank=True, default="")

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(deleted_at__isnull=True),
                name="product_name_once",
                violation_error_message=_("There is already a product of that name."),
            ),
            models.CheckConstraint(
                condition=models.Q(price__isnull=True) | models.Q(price__gte=0),
                name="product_price_not_negative",
                violation_error_message=_("A price is zero or more."),
            ),
        ]
        indexes = [models.Index(fields=["name_key", "id"], name="product_by_name")]

    def __str__(self) -> str:
        return self.name
