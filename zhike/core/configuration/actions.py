"""Changing the company, its modules, its exchange rates and its numbering rules."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhike.core import modules, money, numbering, overlay
from zhike.core.actors import Actor
from zhike.core.company import Company
from zhike.core.configuration.log import log
from zhike.core.configuration.rights import COMPANY, MODULES, OPTIONS, require
from zhike.core.entities import registry
from zhike.core.money.models import ExchangeRate
from zhike.core.numbering.models import NumberRule
from zhike.core.writes.errors import RuleBroken


def has_stored_money() -> bool:
    """Whether any record holds an amount; from then on the company's currency stands."""
    return any(
        entity.model._default_manager.filter(**{f"{field.name}__isnull": False}).exists()
        for entity in registry.all()
        for field in entity.money_fields
    )


def change_company(
    actor: Actor, *, name: str, currency: str, time_zone: str, language: str, fiscal_year_start: int
) -> Company:
    """Change the company. Raises `RuleBroken` for another currency once amounts are stored, `ValidationError` by field."""
    require(actor, COMPANY)
    wanted = {
        "name": name,
        "currency": currency,
        "time_zone": time_zone,
        "language": language,
        "fiscal_year_start": fiscal_year_start,
    }
    with transaction.atomic():
        overlay.bump()
        stored, _made = Company.objects.get_or_create(pk=1)
        if currency != stored.currency and has_stored_money():
            raise RuleBroken(
                _("The currency stands, since amounts are stored in it. It can only be chosen while there are none."),
                "currency",
            )
        before = {field: getattr(stored, field) for field in wanted}
        for field, value in wanted.items():
            setattr(stored, field, value)
        stored.full_clean()
        stored.save(update_fields=list(wanted))
        log(actor, "change_company", {field: (before[field], value) for field, value in wanted.items()}, record_id=1)
    return stored


def switch_free_tags(actor: Actor, *, on: bool) -> None:
    """Let whoever may change a record give it new tags, or leave new tags to those who keep the lists of choices."""
    require(actor, OPTIONS)
    with transaction.atomic():
        overlay.bump()
        stored, _made = Company.objects.get_or_create(pk=1)
        before, stored.has_free_tags = stored.has_free_tags, on
        stored.save(update_fields=["has_free_tags"])
        overlay.forget()
        log(actor, "switch_free_tags", {"has_free_tags": (before, on)}, record_id=1)


def switch_module(actor: Actor, name: str, *, on: bool) -> None:
    """Switch a module on or off; its data stay. Raises `RuleBroken` for one that others stand on."""
    require(actor, MODULES)
    with transaction.atomic():
        before = modules.is_on(name)
        try:
            modules.switch(name, on=on)
        except ValueError as refusal:
            raise RuleBroken(str(refusal)) from refusal
        log(actor, "switch_module", {name: (before, on)})


def add_rate(actor: Actor, *, currency: str, valid_from: date, rate: Decimal) -> ExchangeRate:
    """Set what one unit of `currency` is worth in company currency from a day on. A rate of that day is replaced."""
    require(actor, COMPANY)
    if currency not in money.CURRENCIES:
        raise RuleBroken(_("“%(code)s” is not one of the currencies.") % {"code": currency}, "currency")
    if rate <= 0:
        raise RuleBroken(_("A rate is more than zero."), "rate")
    with transaction.atomic():
        overlay.bump()
        if currency == Company.objects.values_list("currency", flat=True).get(pk=1):
            raise RuleBroken(_("This is the company's own currency; its rate is always 1."), "currency")
        before = (
            ExchangeRate.objects.filter(currency=currency, valid_from=valid_from).values_list("rate", flat=True).first()
        )
        row, _made = ExchangeRate.objects.update_or_create(
            currency=currency, valid_from=valid_from, defaults={"rate": rate}
        )
        log(actor, "set_rate", {"rate": (before, rate)}, record_id=row.pk, note=f"{currency} {valid_from.isoformat()}")
    return row


def remove_rate(actor: Actor, rate_id: int) -> None:
    """Take a rate away; amounts stored with it stay as they are."""
    require(actor, COMPANY)
    with transaction.atomic():
        overlay.bump()
        row = ExchangeRate.objects.filter(pk=rate_id).first()
        if row is None:
            raise RuleBroken(_("This rate is gone already."))
        log(
            actor,
            "remove_rate",
            {"rate": (row.rate, None)},
            record_id=row.pk,
            note=f"{row.currency} {row.valid_from.isoformat()}",
        )
        row.delete()


def change_number_rule(actor: Actor, name: str, *, pattern: str, reset: str) -> None:
    """Change how new numbers of a rule look; numbers given stay. Raises `RuleBroken` on a pattern that cannot work."""
    require(actor, COMPANY)
    if name not in {rule.name for rule in numbering.declared()}:
        raise RuleBroken(_("There is no such numbering rule."))
    try:
        numbering.check_pattern(pattern)
    except ValueError as faulty:
        raise RuleBroken(str(faulty), "pattern") from faulty
    if reset not in NumberRule.Reset.values:
        raise RuleBroken(_("Choose when the numbers begin anew."), "reset")
    _check_distinct(pattern, reset)
    with transaction.atomic():
        before = numbering.current(name)
        try:
            NumberRule.objects.update_or_create(name=name, defaults={"pattern": pattern, "reset": reset})
        except IntegrityError as again:  # two administrators at once
            raise RuleBroken(_("Somebody else is changing this rule. Try again.")) from again
        overlay.bump()
        log(actor, "change_number_rule", {"pattern": (before[0], pattern), "reset": (before[1], reset)}, note=name)


def _check_distinct(pattern: str, reset: str) -> None:
    """A sequence that begins anew each day needs the day in its numbers, else they would repeat."""
    has_year = "{yyyy}" in pattern or "{yy}" in pattern
    needed = {
        NumberRule.Reset.YEAR.value: has_year,
        NumberRule.Reset.MONTH.value: has_year and "{mm}" in pattern,
        NumberRule.Reset.DAY.value: has_year and "{mm}" in pattern and "{dd}" in pattern,
    }
    if not needed.get(reset, True):
        raise RuleBroken(
            _("Numbers would repeat: what begins anew must show its year, month or day in the pattern."), "pattern"
        )
