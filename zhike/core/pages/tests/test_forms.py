"""Creating and changing records by form."""

import re
from decimal import Decimal
from typing import Any

import pytest

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.pages.forms import make_form
from zhike.core.pages.tests.world import client_of, contact, customer, opportunity, text_of
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, RoleFactory, give_role
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db


def filled(page: str) -> dict[str, Any]:
    """The values that a browser would send back for a form it was given: inputs and selected options."""
    form = re.search(r'<form class="z-form".*?</form>', page, re.DOTALL)
    assert form is not None
    values: dict[str, Any] = {}
    for attributes in re.findall(r"<input([^>]*)>", form[0]):
        name = re.search(r'name="([^"]+)"', attributes)
        value = re.search(r'value="([^"]*)"', attributes)
        if name and 'type="checkbox"' not in attributes:
            values[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', body)
        values.setdefault(name, []).append(chosen[1] if chosen else "")
    values |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s?(.*?)</textarea>', form[0], re.DOTALL))
    values.pop("csrfmiddlewaretoken", None)
    return values


def test_a_record_is_created_with_what_was_typed(people: Cast) -> None:
    client = client_of(people.ana)
    page = text_of(client.get("/customers/new/"))
    values = filled(page) | {
        "name": " 浦发银行 ",
        "level": "key",
        "region": ["440000", "440300", ""],
        "annual_revenue": "１,２５０,０００.５",
        "phone": "13800138000",
        "employees": "1,200",
    }
    answer = client.post("/customers/new/", values)
    assert answer.status_code == 302, text_of(answer)
    row = Customer.objects.get()
    assert answer.headers["Location"] == f"/customers/{row.pk}/"
    assert (row.name, row.level, row.region, row.annual_revenue, row.employees) == (
        "浦发银行",
        "key",
        "440300",
        Decimal("1250000.50"),
        1200,
    )
    assert row.owner == people.ana
    assert row.department == people.team
    assert row.number.startswith("KH")


def test_faults_come_back_with_everything_that_was_typed(people: Cast) -> None:
    client = client_of(people.ana)
    answer = client.post(
        "/customers/new/",
        {"name": "", "short_name": "SPDB", "email": "no address", "employees": "many", "description": "long text"},
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert Customer.objects.count() == 0
    assert 'value="SPDB"' in page
    assert 'value="no address"' in page
    assert "long text" in page
    assert "Fields to look at again: 3" in page
    assert 'href="#id_email"' in page


def test_a_rule_of_the_business_is_said_beside_its_field(people: Cast) -> None:
    customer(people.ana, "First", credit_code="91310000132216158X")
    answer = client_of(people.ana).post(
        "/customers/new/", {"name": "Second", "kind": "organisation", "credit_code": "91310000132216158X"}
    )
    assert answer.status_code in (409, 422)
    assert "Another customer already has this credit code." in text_of(answer)
    assert 'value="Second"' in text_of(answer)


def test_the_query_fills_the_form_in_beforehand(people: Cast) -> None:
    row = customer(people.ana)
    page = text_of(client_of(people.ana).get(f"/contacts/new/?customer={row.pk}&name=Wang"))
    assert re.search(rf'<option value="{row.pk}"[^>]* selected>浦发银行</option>', page)
    assert 'value="Wang"' in page


def test_a_foreign_record_cannot_be_chosen(people: Cast) -> None:
    secret = customer(people.cyd, "Canary of cyd")
    client = client_of(people.ana)
    answer = client.post("/contacts/new/", {"name": "Wang", "customer": str(secret.pk)})
    assert answer.status_code == 422
    assert "This record does not exist, or you cannot see it." in text_of(answer)
    assert "Canary" not in text_of(answer)
    assert "Canary" not in text_of(client.get(f"/contacts/new/?customer={secret.pk}"))


def test_without_script_a_record_is_chosen_by_its_name(people: Cast) -> None:
    own = customer(people.ana, "Shanghai Bank")
    client = client_of(people.ana)
    assert (
        client.post("/contacts/new/", {"name": "Wang", "customer": "", "customer__typed": "shanghai bank"}).status_code
        == 302
    )
    assert Contact.objects.get().customer == own
    none = client.post("/contacts/new/", {"name": "Li", "customer__typed": "Nobody"})
    assert "No record is called “Nobody”" in text_of(none)
    customer(people.ana, "Shanghai Bank")
    assert "Several records are called" in text_of(
        client.post("/contacts/new/", {"name": "Li", "customer__typed": "Shanghai Bank"})
    )


def test_save_and_new_keeps_the_presets(people: Cast) -> None:
    row = customer(people.ana)
    answer = client_of(people.ana).post(
        f"/contacts/new/?customer={row.pk}", {"name": "Wang", "customer": row.pk, "another": "1"}
    )
    assert answer.headers["Location"] == f"/contacts/new/?customer={row.pk}"


def test_an_untouched_form_changes_nothing(people: Cast) -> None:
    owner: Any = customer(people.ana, region="440300", annual_revenue=Decimal("12.30"))
    row: Any = opportunity(owner)
    client = client_of(people.ana)
    for slug, record in (("opportunities", row), ("customers", owner)):
        values = filled(text_of(client.get(f"/{slug}/{record.pk}/edit/")))
        before = type(record).objects.get(pk=record.pk).version
        answer = client.post(f"/{slug}/{record.pk}/edit/", values)
        assert answer.status_code == 302, text_of(answer)
        assert type(record).objects.get(pk=record.pk).version == before


def test_different_fields_changed_by_two_people_are_both_kept(people: Cast) -> None:
    row = customer(people.ana, short_name="old")
    client = client_of(people.ana)
    values = filled(text_of(client.get(f"/customers/{row.pk}/edit/")))
    row.description = "from somebody else"
    writes.save(Actor.system(), row)
    answer = client.post(f"/customers/{row.pk}/edit/", values | {"short_name": "new"}, follow=True)
    stored = Customer.objects.get(pk=row.pk)
    assert (stored.short_name, stored.description) == ("new", "from somebody else")
    assert "Meanwhile somebody else changed Description" in text_of(answer)


@pytest.mark.parametrize(("choice", "kept"), [("mine", "mine"), ("theirs", "theirs")])
def test_the_same_field_changed_by_two_people_is_asked_about(people: Cast, choice: str, kept: str) -> None:
    row = customer(people.ana, short_name="old")
    client = client_of(people.ana)
    values = filled(text_of(client.get(f"/customers/{row.pk}/edit/")))
    row.short_name = "theirs"
    writes.save(Actor.system(), row)
    answer = client.post(f"/customers/{row.pk}/edit/", values | {"short_name": "mine", "address": "typed as well"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert Customer.objects.get(pk=row.pk).short_name == "theirs"
    again = filled(page)
    assert again["short_name"] == "mine"
    assert again["address"] == "typed as well"
    settled = client.post(f"/customers/{row.pk}/edit/", again | {"settle__short_name": choice})
    assert settled.status_code == 302, text_of(settled)
    stored = Customer.objects.get(pk=row.pk)
    assert (stored.short_name, stored.address) == (kept, "typed as well")


def test_a_field_that_one_may_only_read_is_shown_and_not_taken(people: Cast) -> None:
    row = customer(people.ana, level="key")
    role = RoleFactory.create(
        grants={"customers": {"view": "all", "edit": "all"}}, fields={"customers": {"level": "read_only"}}
    )
    give_role(people.eve, role)
    people.eve.kind = "staff"
    people.eve.save()
    from zhike.core import overlay

    overlay.bump()
    client = client_of(people.eve)
    page = text_of(client.get(f"/customers/{row.pk}/edit/"))
    assert 'name="level"' not in page
    assert "key account" in page
    answer = client.post(f"/customers/{row.pk}/edit/", filled(page) | {"level": "small", "short_name": "x"})
    assert answer.status_code == 302, text_of(answer)
    stored = Customer.objects.get(pk=row.pk)
    assert (stored.level, stored.short_name) == ("key", "x")


def test_fields_that_no_form_has_are_not_taken(people: Cast) -> None:
    client = client_of(people.ana)
    client.post(
        "/customers/new/",
        {
            "name": "A",
            "kind": "organisation",
            "created_by": people.cyd.pk,
            "version": 99,
            "deleted_at": "2020-01-01",
            "id": 4711,
            "number": "",
        },
    )
    row = Customer.objects.get()
    assert (row.pk != 4711, row.version, row.deleted_at, row.created_by) == (True, 1, None, people.ana)


def test_required_fields_come_first_and_optional_ones_are_folded(people: Cast) -> None:
    form = make_form(registry.get("customers"), people.actor("ana"))
    assert next(shown.field.name for shown in form.first) == "name"
    folded = {shown.field.name for shown in form.more}
    assert {"fax", "description", "credit_code"} <= folded
    assert "level" not in folded


def test_a_switched_off_option_stays_where_it_is_and_is_not_offered_else(people: Cast) -> None:
    from zhike.core.configuration import option_actions

    row = customer(people.ana, level="small")
    option_actions.switch_option(people.actor("admin"), "customer_level", "small", on=False)
    client = client_of(people.ana)
    assert 'value="small"' not in text_of(client.get("/customers/new/"))
    page = text_of(client.get(f"/customers/{row.pk}/edit/"))
    assert 'value="small" selected' in page
    assert client.post(f"/customers/{row.pk}/edit/", filled(page) | {"short_name": "x"}).status_code == 302
    assert client.post("/customers/new/", {"name": "B", "level": "small"}).status_code == 422


def test_a_change_by_htmx_answers_with_a_message_and_no_page(people: Cast) -> None:
    row = customer(people.ana)
    client = client_of(people.ana)
    values = filled(text_of(client.get(f"/customers/{row.pk}/edit/")))
    headers = {"HX-Request": "true", "X-Zhike-Modal": "1"}
    answer = client.post(f"/customers/{row.pk}/edit/", values | {"short_name": "x"}, headers=headers)
    assert answer.status_code == 204
    assert "zhike:changed" in answer.headers["HX-Trigger"]
    faulty = client.post(f"/customers/{row.pk}/edit/", values | {"name": ""}, headers=headers)
    assert faulty.status_code == 422
    assert "<html" not in text_of(faulty)


def test_every_post_needs_its_token(people: Cast) -> None:
    from django.test import Client

    row = customer(people.ana)
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.admin)
    for page in (
        "new/",
        f"{row.pk}/edit/",
        f"{row.pk}/delete/",
        f"{row.pk}/transfer/",
        "bulk/delete/",
        "columns/",
        "export/",
    ):
        answer = client.post(f"/customers/{page}", {"name": "x", "row": row.pk, "go": "1"})
        assert answer.status_code == 403, page
        assert "z-empty is-error" in text_of(answer), "a page of ours, not Django's"
    assert Customer.objects.get(pk=row.pk).deleted_at is None


def test_money_of_an_opportunity_takes_its_currency_along(people: Cast) -> None:
    from datetime import date

    from zhike.core.configuration import actions

    actions.add_rate(people.actor("admin"), currency="USD", valid_from=date(2020, 1, 1), rate=Decimal("7.1"))
    row = opportunity(customer(people.ana))
    client = client_of(people.ana)
    values = filled(text_of(client.get(f"/opportunities/{row.pk}/edit/")))
    answer = client.post(f"/opportunities/{row.pk}/edit/", values | {"amount": "100", "amount_currency": "USD"})
    assert answer.status_code == 302, text_of(answer)
    stored = Opportunity.objects.get(pk=row.pk)
    assert (stored.amount, stored.amount_currency, stored.amount_base) == (Decimal(100), "USD", Decimal("710.00"))


def test_levels_of_a_region_follow_the_level_above(people: Cast) -> None:
    client = client_of(people.ana)
    page = text_of(client.get("/customers/choices/region/?region=440000"))
    assert page.count("<select") == 2
    assert 'value="440300"' in page
    changed = text_of(client.get("/customers/choices/region/?region=310000&region=440300"))
    assert 'value="440300"' not in changed


def test_contact_of_a_customer_one_may_not_change_is_refused(people: Cast) -> None:
    row = contact(customer(people.cyd, "Canary"))
    assert client_of(people.ana).get(f"/contacts/{row.pk}/edit/").status_code == 404
