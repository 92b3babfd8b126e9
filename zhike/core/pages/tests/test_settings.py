"""The platform's own settings."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from zhike.core import company, modules, money, numbering, options
from zhike.core.company import Company
from zhike.core.configuration import actions, option_actions
from zhike.core.configuration.option_actions import Words
from zhike.core.events.models import Event
from zhike.core.money.models import ExchangeRate
from zhike.core.pages.tests.world import client_of, customer, opportunity, text_of
from zhike.core.writes import NotAllowed, RuleBroken
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db

COMPANY = {
    "name": "华信科技",
    "currency": "CNY",
    "time_zone": "Asia/Shanghai",
    "language": "zh-hans",
    "fiscal_year_start": "4",
}
PAGES = ("company/", "currencies/", "numbering/", "modules/", "options/", "options/source/", "options/source/website/")


@pytest.mark.parametrize("page", PAGES)
def test_settings_are_for_those_with_the_right(people: Cast, page: str) -> None:
    assert client_of(people.admin).get(f"/settings/{page}").status_code == 200
    answer = client_of(people.ana).get(f"/settings/{page}")
    assert answer.status_code == 403
    assert client_of(people.ana).post(f"/settings/{page}", {}).status_code == 403


def test_the_index_shows_only_what_one_may_set(people: Cast) -> None:
    assert 'href="/settings/company/"' in text_of(client_of(people.admin).get("/settings/"))
    assert 'href="/settings/company/"' not in text_of(client_of(people.ana).get("/settings/"))


def test_the_company_is_saved_and_noted(people: Cast) -> None:
    answer = client_of(people.admin).post("/settings/company/", COMPANY)
    assert answer.status_code == 302, text_of(answer)
    assert (company.current().name, company.current().fiscal_year_start) == ("华信科技", 4)
    event = Event.objects.get(entity="settings", verb="change_company")
    assert event.actor_id == people.admin.pk
    assert event.changes["name"][1] == "华信科技"


def test_the_currency_stands_once_amounts_are_stored(people: Cast) -> None:
    client = client_of(people.admin)
    assert client.post("/settings/company/", COMPANY | {"currency": "USD"}).status_code == 302
    client.post("/settings/company/", COMPANY)
    opportunity(customer(people.ana))
    answer = client.post("/settings/company/", COMPANY | {"currency": "USD"})
    assert answer.status_code == 422
    with override("en"), pytest.raises(RuleBroken, match="currency stands"):
        actions.change_company(
            people.actor("admin"),
            name="x",
            currency="USD",
            time_zone="Asia/Shanghai",
            language="en",
            fiscal_year_start=1,
        )
    assert Company.objects.get(pk=1).currency == "CNY"


def test_a_wrong_time_zone_is_refused(people: Cast) -> None:
    answer = client_of(people.admin).post("/settings/company/", COMPANY | {"time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert Company.objects.get(pk=1).time_zone == "Asia/Shanghai"


def test_a_rate_is_added_replaced_and_removed(people: Cast) -> None:
    client = client_of(people.admin)
    client.post("/settings/currencies/", {"currency": "USD", "valid_from": "2026-01-01", "rate": "7.1"})
    client.post("/settings/currencies/", {"currency": "USD", "valid_from": "2026-01-01", "rate": "7.2"})
    assert money.rate("USD", date(2026, 6, 1)) == Decimal("7.2")
    client.post(f"/settings/currencies/{ExchangeRate.objects.get().pk}/remove/")
    assert ExchangeRate.objects.count() == 0
    with pytest.raises(money.NoRate):
        money.rate("USD", date(2026, 6, 1))


def test_a_rate_of_nothing_or_of_the_own_currency_is_refused(people: Cast) -> None:
    client = client_of(people.admin)
    assert (
        client.post("/settings/currencies/", {"currency": "USD", "valid_from": "2026-01-01", "rate": "0"}).status_code
        == 409
    )
    assert (
        client.post("/settings/currencies/", {"currency": "CNY", "valid_from": "2026-01-01", "rate": "1"}).status_code
        == 422
    )


def test_a_numbering_rule_that_would_repeat_is_refused(people: Cast) -> None:
    client = client_of(people.admin)
    answer = client.post("/settings/numbering/opportunity/", {"pattern": "SJ-{seq:4}", "reset": "day"})
    assert answer.status_code == 409
    assert "would repeat" in text_of(answer)
    assert (
        client.post("/settings/numbering/opportunity/", {"pattern": "SJ-{seq:4}{seq}", "reset": "never"}).status_code
        == 409
    )
    assert (
        client.post("/settings/numbering/opportunity/", {"pattern": "D{yyyy}-{seq:5}", "reset": "year"}).status_code
        == 302
    )
    assert numbering.current("opportunity") == ("D{yyyy}-{seq:5}", "year")


def test_a_module_is_switched_off_and_a_required_one_is_not(people: Cast) -> None:
    client = client_of(people.admin)
    client.post("/settings/modules/", {"module": "sales", "on": "0"})
    assert not modules.is_on("sales")
    assert client.post("/settings/modules/", {"module": "customers", "on": "0"}).status_code == 409
    assert modules.is_on("customers")
    client.post("/settings/modules/", {"module": "sales", "on": "1"})
    assert modules.is_on("sales")


def test_an_option_is_added_relabelled_ordered_and_switched_off(people: Cast) -> None:
    client = client_of(people.admin)
    client.post("/settings/options/source/", {"label_zh": "朋友圈", "label_en": "Moments", "colour": "green"})
    assert options.label("source", "moments") in ("朋友圈", "Moments")
    client.post("/settings/options/source/moments/", {"label_zh": "微信朋友圈", "label_en": "WeChat Moments"})
    assert options.entries("source")["moments"].label_zh == "微信朋友圈"
    before = list(options.entries("source"))
    client.post("/settings/options/source/moments/up/")
    after = list(options.entries("source"))
    assert after.index("moments") == before.index("moments") - 1
    assert sorted(after) == sorted(before)
    client.post("/settings/options/source/moments/off/")
    assert "moments" not in dict(options.choices("source"))
    assert Event.objects.filter(entity="settings").count() == 4


def test_two_options_never_have_the_same_words(people: Cast) -> None:
    with override("en"), pytest.raises(RuleBroken, match="already an option"):
        option_actions.add_option(people.actor("admin"), "source", Words(label_zh="", label_en="Our website"))


def test_merging_moves_the_records_and_keeps_the_code_readable(people: Cast) -> None:
    row = customer(people.ana, source="website")
    answer = client_of(people.admin).post("/settings/options/source/website/merge/", {"into": "referral"})
    assert answer.status_code == 302, text_of(answer)
    assert Customer.objects.get(pk=row.pk).source == "referral"
    assert Event.objects.filter(entity="customers", record_id=row.pk, verb="edit").count() == 1
    assert "website" in options.entries("source")
    assert "website" not in dict(options.choices("source"))


def test_a_code_table_cannot_be_edited(people: Cast) -> None:
    assert client_of(people.admin).get("/settings/options/region/").status_code == 404
    with pytest.raises(RuleBroken):
        option_actions.switch_option(people.actor("admin"), "region", "310000", on=False)


def test_actions_ask_for_the_right_themselves(people: Cast) -> None:
    ana = people.actor("ana")
    with pytest.raises(NotAllowed):
        option_actions.switch_option(ana, "source", "website", on=False)
    with pytest.raises(NotAllowed):
        actions.switch_module(ana, "sales", on=False)
    with pytest.raises(NotAllowed):
        actions.add_rate(ana, currency="USD", valid_from=date(2026, 1, 1), rate=Decimal(7))
    assert modules.is_on("sales")
