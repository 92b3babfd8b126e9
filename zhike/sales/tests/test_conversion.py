"""A lead becomes a customer, a contact and an opportunity: all of it or nothing, and nothing known of it is lost."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client

from zhike.activities.models import Activity, Comment, Task
from zhike.core import attachment, fieldvalues, options, overlay, writes
from zhike.core.actors import Actor
from zhike.core.configuration.option_actions import Words, add_option
from zhike.core.customfields.actions import create_field
from zhike.core.customfields.checking import Draft
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.files.models import File
from zhike.core.record_keys import key_of
from zhike.core.scoping.team import TeamMember
from zhike.core.testing.battery import Visitor, fingerprint
from zhike.customers.models import Contact, Customer, Lead
from zhike.identity.factories import Cast, RoleFactory, cast, give_role, give_token
from zhike.identity.models import Role, UserRole
from zhike.identity.ownership import share_record
from zhike.sales import actions
from zhike.sales.conversion import carrying, preview, steps
from zhike.sales.models import Opportunity, Stage

pytestmark = pytest.mark.django_db
ALL = {"customer_mode": "new", "contact_mode": "new", "opportunity_mode": "new"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def ana(people: Cast) -> Actor:
    return people.actor("ana")


def make_lead(people: Cast, **more: Any) -> Lead:
    values: dict[str, Any] = {
        "name": "王小明",
        "company_name": "浦江机械",
        "job_title": "采购经理",
        "mobile": "13800138000",
        "phone": "021-61618888",
        "email": "wang@pujiang.example",
        "wechat": "wangxm",
        "website": "https://pujiang.example",
        "industry": "C",
        "region": "310000",
        "address": "浦东大道 1 号",
        "source": "referral",
        "need": "两条装配线\n三月前报价",
        "budget": Decimal(250000),
        "description": "展会上认识",
        "owner": people.ana,
    }
    lead: Lead = writes.create(people.actor("ana"), Lead(**(values | more)))
    return lead


@pytest.fixture
def lead(people: Cast) -> Lead:
    return make_lead(people)


def test_everything_known_of_the_lead_arrives(people: Cast, ana: Actor, lead: Lead) -> None:
    done = actions.convert_lead(ana, lead, **ALL, closes_on=date(2027, 3, 1))
    done.refresh_from_db()
    customer, contact = Customer.objects.get(), Contact.objects.get()
    opportunity = Opportunity.objects.get()
    assert (done.status, done.customer, done.contact) == ("converted", customer, contact)
    assert done.converted_at is not None
    assert (customer.name, customer.kind, customer.owner) == ("浦江机械", "organisation", people.ana)
    assert (customer.industry, customer.region, customer.source) == ("C", "310000", "referral")
    assert (customer.address, customer.website) == ("浦东大道 1 号", "https://pujiang.example")
    assert (customer.phone, customer.description) == (lead.phone, "展会上认识")
    assert (contact.name, contact.customer, contact.job_title) == ("王小明", customer, "采购经理")
    assert (contact.mobile, contact.email, contact.wechat) == ("138 0013 8000", "wang@pujiang.example", "wangxm")
    assert (opportunity.customer, opportunity.contact, opportunity.lead) == (customer, contact, done)
    assert (opportunity.amount, opportunity.amount_currency) == (Decimal(250000), "CNY")
    assert (opportunity.source, opportunity.description) == ("referral", lead.need)
    assert opportunity.name.startswith("浦江机械")
    assert "两条装配线" in opportunity.name
    assert opportunity.closes_on == date(2027, 3, 1)
    assert Event.objects.get(entity="leads", verb="convert").party_id == customer.pk


def attach_one_of_each(people: Cast, row: Any) -> dict[str, int]:
    """A row of every attached kind about this record, by the slug of the kind."""
    ana, about = people.actor("ana"), key_of(row)
    made = [
        writes.create(
            ana, Activity(about=about, kind="call", subject="来电", starts_at=datetime(2026, 11, 2, 2, tzinfo=UTC))
        ),
        writes.create(ana, Task(about=about, name="寄样品", due_on=date(2027, 1, 5))),
        writes.create(ana, Comment(about=about, text="他很急")),
        writes.create(
            Actor.system(),
            File(about=about, name="a.txt", content_type="text/plain", size=1, sha256="0" * 64, stored_name="a" * 8),
        ),
    ]
    found = {registry.of(each).slug: each.pk for each in made}
    assert set(found) == {each.slug for each in attachment.attached_entities()}
    return found


@pytest.mark.parametrize("mode", ["new", "none"])
def test_all_that_is_attached_goes_to_the_opportunity_or_else_the_customer(
    people: Cast, ana: Actor, lead: Lead, mode: str
) -> None:
    made = attach_one_of_each(people, lead)
    actions.convert_lead(ana, lead, customer_mode="new", opportunity_mode=mode)
    customer = Customer.objects.get()
    goal = Opportunity.objects.get() if mode == "new" else customer
    for slug, pk in made.items():
        row: Any = registry.get(slug).model._default_manager.get(pk=pk)
        assert (row.about, row.party_id, row.reach_owner_id) == (key_of(goal), customer.pk, people.ana.pk), slug
    goal.refresh_from_db()
    assert goal.next_step_on == date(2027, 1, 5)
    assert goal.last_contact_at is not None


def _field(slug: str, kind: str, label: str, **more: Any) -> str:
    return create_field(Actor.system(), slug, Draft(kind=kind, label_zh=label, **more)).key


def test_custom_values_go_to_the_field_of_the_same_label_and_kind(people: Cast, ana: Actor) -> None:
    number = _field("leads", "integer", "机床台数")
    note = _field("leads", "text", "展位号")
    twin = _field("opportunities", "integer", "机床台数")
    other_kind = _field("customers", "text", "机床台数")
    entity = registry.get("leads")
    row = Lead(name="王小明", company_name="浦江机械", owner=people.ana)
    fieldvalues.set_value(row, entity.field(number), 12)
    fieldvalues.set_value(row, entity.field(note), "A12")
    lead = writes.create(ana, row)
    ways = {way.label: way.goes_to for way in preview.ways(ana, lead)}
    assert ways["机床台数"] != ways["展位号"]
    actions.convert_lead(ana, lead, **ALL)
    assert Opportunity.objects.get().custom == {twin: 12}
    assert other_kind not in Customer.objects.get().custom
    lead.refresh_from_db()
    assert lead.custom[note] == "A12"


def test_a_choice_arrives_as_the_choice_of_the_same_words(people: Cast, ana: Actor) -> None:
    keys = {slug: _field(slug, "choice", "设备类型") for slug in ("leads", "customers")}
    for slug, key in keys.items():
        listed = registry.get(slug).field(key).option_list
        if slug == "customers":
            add_option(Actor.system(), listed, Words(label_zh="别的"))
        add_option(Actor.system(), listed, Words(label_zh="车床"))
    entity = registry.get("leads")
    code = next(each.code for each in options.entries(entity.field(keys["leads"]).option_list).values())
    row = Lead(name="王小明", owner=people.ana)
    fieldvalues.set_value(row, entity.field(keys["leads"]), code)
    lead = writes.create(ana, row)
    actions.convert_lead(ana, lead, customer_mode="new")
    customer = Customer.objects.get()
    listed = registry.get("customers").field(keys["customers"]).option_list
    assert options.label(listed, customer.custom[keys["customers"]]) == "车床"


def test_an_existing_customer_keeps_what_it_has_and_gets_its_blanks_filled(
    people: Cast, ana: Actor, lead: Lead
) -> None:
    customer = writes.create(ana, Customer(name="浦江机械集团", source="website", owner=people.ana))
    actions.convert_lead(ana, lead, customer_mode="existing", customer=customer, opportunity_mode="none")
    customer.refresh_from_db()
    assert (customer.name, customer.source, customer.industry) == ("浦江机械集团", "website", "C")
    assert Customer.objects.count() == 1
    assert Contact.objects.get().customer == customer


def test_a_customer_one_may_only_read_is_left_as_it_is(people: Cast, ana: Actor, lead: Lead) -> None:
    customer = writes.create(people.actor("cyd"), Customer(name="浦江机械", owner=people.cyd))
    share_record(people.actor("cyd"), customer, person=people.ana)
    unseen = writes.create(people.actor("cyd"), Customer(name="别人的", owner=people.cyd))
    with pytest.raises(writes.RuleBroken):
        actions.convert_lead(ana, lead, customer_mode="existing", customer=unseen)
    actions.convert_lead(
        ana, lead, customer_mode="existing", customer=customer, contact_mode="none", opportunity_mode="new"
    )
    customer.refresh_from_db()
    assert (customer.industry, customer.version) == ("", 1)
    assert Opportunity.objects.get().customer == customer


def test_an_existing_contact_must_be_of_that_customer(people: Cast, ana: Actor, lead: Lead) -> None:
    one = writes.create(ana, Customer(name="甲", owner=people.ana))
    two = writes.create(ana, Customer(name="乙", owner=people.ana))
    contact = writes.create(ana, Contact(customer=two, name="王小明"))
    with pytest.raises(writes.RuleBroken) as refused:
        actions.convert_lead(
            ana, lead, customer_mode="existing", customer=one, contact_mode="existing", contact=contact
        )
    assert refused.value.field == "contact"
    actions.convert_lead(ana, lead, customer_mode="existing", contact_mode="existing", contact=contact)
    lead.refresh_from_db()
    contact.refresh_from_db()
    assert (lead.customer, lead.contact, contact.mobile) == (two, contact, "138 0013 8000")


def test_a_company_without_a_person_gets_no_contact_and_keeps_its_number(people: Cast, ana: Actor) -> None:
    bare = make_lead(people, name="", phone="")
    actions.convert_lead(ana, bare)
    customer = Customer.objects.get()
    assert not Contact.objects.exists()
    assert (customer.phone, customer.email) == ("138 0013 8000", "wang@pujiang.example")


def test_a_person_without_a_company_becomes_a_private_customer(people: Cast, ana: Actor) -> None:
    person = make_lead(people, company_name="")
    actions.convert_lead(ana, person)
    assert (Customer.objects.get().name, Customer.objects.get().kind) == ("王小明", "person")


def test_who_worked_on_the_lead_works_on(people: Cast, ana: Actor, lead: Lead) -> None:
    share_record(ana, lead, person=people.cyd, level="write")
    actions.convert_lead(ana, lead, **ALL)
    levels = {
        (member.entity, member.level) for member in TeamMember.objects.filter(user=people.cyd).exclude(entity="leads")
    }
    assert levels == {("customers", "write"), ("opportunities", "write")}
    assert Opportunity.objects.visible_to(people.actor("cyd"), "edit").exists()


def test_a_lead_is_converted_once_and_the_second_is_told_into_what(ana: Actor, lead: Lead) -> None:
    stale = Lead.objects.get(pk=lead.pk)
    actions.convert_lead(ana, lead, **ALL)
    with pytest.raises(writes.RuleBroken) as refused:
        actions.convert_lead(ana, stale, **ALL)
    assert "浦江机械" in refused.value.sentence
    assert (Customer.objects.count(), Opportunity.objects.count()) == (1, 1)


def test_a_disqualified_lead_is_reopened_first(ana: Actor, lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(status="disqualified")
    with pytest.raises(writes.RuleBroken):
        actions.convert_lead(ana, lead)


@pytest.mark.parametrize("slug", ["customers", "contacts", "opportunities"])
def test_without_the_right_to_create_one_of_them_nothing_is_made(people: Cast, lead: Lead, slug: str) -> None:
    grants = {"*": {"view": "all", "create": "own", "edit": "own", "verbs": "own"}, slug: {"create": "none"}}
    _only_role(people, grants)
    before = fingerprint()
    with pytest.raises(writes.NotAllowed) as refused:
        actions.convert_lead(people.actor("ana"), lead, **ALL)
    assert str(registry.get(slug).label_plural) in refused.value.sentence
    assert fingerprint() == before


def _only_role(people: Cast, grants: dict[str, dict[str, str]]) -> None:
    UserRole.objects.filter(user=people.ana).delete()
    give_role(people.ana, RoleFactory.create(grants=grants))
    people.ana.refresh_from_db()


def test_a_conversion_uncovers_nothing(people: Cast, lead: Lead) -> None:
    role = Role.objects.get(code="salesperson")
    role.fields = {"leads": {"mobile": "masked"}}
    role.save()
    overlay.bump()
    actor = people.actor("ana")
    actions.convert_lead(actor, lead, **ALL)
    assert Contact.objects.get().mobile == ""
    lead.refresh_from_db()
    assert lead.mobile == "138 0013 8000"


STEPS: tuple[tuple[Any, str], ...] = (
    (steps, "customer_for"),
    (steps, "contact_for"),
    (steps, "opportunity_for"),
    (carrying, "hand_over"),
    (steps, "close_lead"),
)


@pytest.mark.parametrize("place", range(len(STEPS)))
@pytest.mark.parametrize("after", [False, True])
def test_a_conversion_that_breaks_off_leaves_nothing_behind(
    people: Cast, ana: Actor, lead: Lead, monkeypatch: pytest.MonkeyPatch, place: int, *, after: bool
) -> None:
    attach_one_of_each(people, lead)
    module, name = STEPS[place]
    original: Callable[..., Any] = getattr(module, name)

    def broken(*args: Any, **kwargs: Any) -> Any:
        if after:
            original(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, name, broken)
    before = fingerprint()
    with pytest.raises(KeyboardInterrupt):
        actions.convert_lead(ana, lead, **ALL)
    assert fingerprint() == before
    monkeypatch.undo()
    actions.convert_lead(ana, Lead.objects.get(pk=lead.pk), **ALL)
    assert Opportunity.objects.count() == 1


def test_what_a_stage_demands_is_asked_by_field(ana: Actor, people: Cast) -> None:
    poor = make_lead(people, budget=None)
    with pytest.raises(ValidationError) as refused:
        actions.convert_lead(ana, poor, **ALL, stage=Stage.objects.get(name="方案报价"))
    assert set(refused.value.message_dict) == {"amount"}
    assert not Customer.objects.exists()


def test_the_page_suggests_who_may_be_meant_and_converts_without_script(
    people: Cast, ana: Actor, lead: Lead, client: Client
) -> None:
    writes.create(ana, Customer(name="浦江机械", owner=people.ana))
    client.force_login(people.ana)
    page = client.get(f"/leads/{lead.pk}/convert/").text
    known = Customer.objects.get()
    assert f"?customer={known.pk}" in page
    assert "两条装配线" in page
    posted = {
        "customer_mode": "existing", "customer": str(known.pk), "contact_mode": "new", "contact_name": "王小明",
        "opportunity_mode": "new", "opportunity_name": "装配线", "amount": "260000", "closes_on": "2027-02-01",
        "stage": str(Stage.objects.get(name="需求确认").pk), "owner": str(people.ana.pk),
    }  # fmt: skip
    assert client.post(f"/leads/{lead.pk}/convert/", posted).status_code == 302
    again = client.post(f"/leads/{lead.pk}/convert/", posted)
    assert again.status_code == 409
    assert "浦江机械" in again.text
    opportunity = Opportunity.objects.get()
    assert (opportunity.name, opportunity.amount, opportunity.stage.name) == ("装配线", Decimal(260000), "需求确认")
    shown = client.get(f"/leads/{lead.pk}/").text
    assert f"/opportunities/{opportunity.pk}/" in shown
    assert f"/customers/{known.pk}/" in shown
    assert f"/leads/{lead.pk}/" in client.get(f"/customers/{known.pk}/").text
    assert f"/leads/{lead.pk}/" in client.get(f"/opportunities/{opportunity.pk}/").text


def test_a_programme_converts_and_gets_the_ids(people: Cast, lead: Lead) -> None:
    visitor = Visitor(people.ana, give_token(people.ana).text)
    answer = visitor.api("POST", f"leads/{lead.pk}/convert", {"opportunity_mode": "new", "opportunity_name": "装配线"})
    assert answer.status == 200, answer.text
    made = answer.json()["made"]
    assert made == {
        "customer": Customer.objects.get().pk,
        "contact": Contact.objects.get().pk,
        "opportunity": Opportunity.objects.get().pk,
    }
    assert visitor.api("POST", f"leads/{lead.pk}/convert", {}).status == 409
    assert Visitor(people.cyd, give_token(people.cyd).text).api("POST", f"leads/{lead.pk}/convert", {}).status == 404


@pytest.mark.file
@pytest.mark.django_db(transaction=True)
@pytest.mark.serial("crash")
def test_two_people_who_convert_at_once_make_one_customer(people: Cast) -> None:
    lead = make_lead(people)
    start = threading.Barrier(4)
    refused: list[str] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            start.wait(timeout=30)
            actions.convert_lead(people.actor("admin"), Lead.objects.get(pk=lead.pk), **ALL)
        except writes.RuleBroken as refusal:
            refused.append(refusal.sentence)
        except BaseException as error:  # noqa: BLE001  (raised again below)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not errors
    assert len(refused) == 3
    assert (Customer.objects.count(), Contact.objects.count(), Opportunity.objects.count()) == (1, 1, 1)
