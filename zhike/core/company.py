"""The company that this installation belongs to: its name, money, language and days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhike.core import overlay


def check_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Choose one such as Asia/Shanghai."), params={"name": name}
        )


class Company(models.Model):
    """One row, made by the first migration. Business days are counted in `time_zone`; base amounts stand in `currency`."""

    name = models.CharField(_("company name"), max_length=200, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai", validators=[check_time_zone])
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    fiscal_year_start = models.PositiveSmallIntegerField(_("first month of the fiscal year"), default=1)
    # Whoever may change a record may give it a tag that is not there yet; else only those who keep the lists of choices.
    has_free_tags = models.BooleanField(_("people may make new tags"), default=True)
    # Which database cluster wrote the last events; see core.events.
    cluster = models.CharField(max_length=40, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("company")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="company_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start__gte=1, fiscal_year_start__lte=12), name="company_fiscal_month"
            ),
        ]

    def __str__(self) -> str:
        return self.name


def _load() -> Company:
    return Company.objects.filter(pk=1).first() or Company(pk=1)


_company = overlay.Setting("company", _load)


def current() -> Company:
    """The company. Change it through `settings` actions, which bump the overlay."""
    return _company.get()


def zone() -> ZoneInfo:
    return ZoneInfo(current().time_zone)


def today() -> date:
    """The business day now, in the company's time zone."""
    return timezone.localdate(timezone=zone())


def day_of(moment: datetime) -> date:
    """The business day of an aware moment."""
    return moment.astimezone(zone()).date()
