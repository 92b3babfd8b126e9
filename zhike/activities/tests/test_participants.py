"""Contacts and colleagues who take part in an activity: choosing them, where it stands for them, and what they may know."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhike.activities.candidates import offer
from zhike.activities.models import Activity, Participant
from zhike.core import attachment, overlay, writes
from zhike.core.actors import Via
from zhike.core.api.records import one_json
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.lists import available
from zhike.core.notifications.models import Notification
from zhike.core.record_keys import key_of
from zhike.core.scoping import team
from zhike.core.testing import samples
from zhike.core.transfer.exports import export_csv
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, give_token
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db
PLACE = "/activities/"


def get(user: Any, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def post(user: Any, address: str, given: Mapping[str, Any]) -> Any:
    client = Client()
    client.force_login(user)
    return client.post(address, given)


def meeting(people: Cast, about: Any, *named: Any, **given: Any) -> Activity:
    keys = [each if isinstance(each, str) else key_of(each) for each in named]
    return writes.create(people.actor("ana"), Activity(about=key_of(about), kind="meeting", people=keys, **given))


def kept(row: Activity) -> set[tuple[str, Any]]:
    return set(Participant.objects.filter(activity=row).values_list("person", "starts_at"))


def test_those_named_are_kept_once_in_order_and_found_by_their_keys(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    row = meeting(people, customer, people.ben, contact, people.ben, f"contacts:0{contact.pk}")
    assert row.people == [key_of(people.ben), key_of(contact)]
    assert kept(row) == {(key, row.starts_at) for key in row.people}
    row.starts_at += timedelta(hours=-3)
    row.people = [key_of(contact)]
    writes.save(people.actor("ana"), row)
    row.refresh_from_db()
    assert kept(row) == {(key_of(contact), row.starts_at)}
    assert Event.objects.filter(entity="activities", verb="edit").latest("pk").changes["people"] == [
        [key_of(people.ben), key_of(contact)], [key_of(contact)],
    ]  # fmt: skip
    row.people = []
    writes.save(people.actor("ana"), row)
    assert not kept(row)
    assert Activity.objects.get(pk=row.pk).people is None


def test_who_is_out_of_reach_gone_or_no_person_is_refused(people: Cast, customer: Customer) -> None:
    foreign = samples.make("contacts", people.cyd, "foreign")
    wrong = (foreign, customer, people.eve, "contacts:987654321", "nobody", "users:987654321")
    for each in wrong:
        with pytest.raises(ValidationError) as refused:
            meeting(people, customer, each)
        assert set(refused.value.message_dict) == {"people"}
    for value in ("contacts:1", {"contacts": 1}, 7):
        with pytest.raises(ValidationError):
            writes.create(people.actor("ana"), Activity(about=key_of(customer), people=value))
    row = meeting(people, customer)
    Activity.objects.filter(pk=row.pk).update(people=[key_of(foreign)])
    row.refresh_from_db()
    row.people = [key_of(foreign), key_of(people.dan)]
    writes.save(people.actor("ana"), row)  # who stood there before stays
    assert Activity.objects.get(pk=row.pk).people == [key_of(foreign), key_of(people.dan)]


def test_form_composer_and_page_take_and_show_them(people: Cast, customer: Customer, contact: Contact) -> None:
    given = {"kind": "meeting", "people": [key_of(contact), key_of(people.ben)], "content": "agreed"}
    answer = post(people.ana, f"/activities/log/?about={key_of(customer)}", given)
    assert answer.status_code == 302, answer.content.decode()
    row = Activity.objects.get()
    assert row.people == given["people"]
    page = get(people.ana, f"{PLACE}{row.pk}/")
    assert f'<a href="/contacts/{contact.pk}/">{contact.name}</a>' in page
    assert "Ben" in page
    form = get(people.ana, f"{PLACE}{row.pk}/edit/")
    assert f'<option value="{key_of(contact)}" selected>{contact.name}</option>' in form
    assert f'<option value="{key_of(people.dan)}"' in form  # without a script one chooses among what stands there
    entry = get(people.ana, f"/activities/timeline/?about={key_of(customer)}")
    assert f'<a href="/contacts/{contact.pk}/">{contact.name}</a>' in entry
    refused = post(people.ana, f"/activities/log/?about={key_of(customer)}", given | {"people": ["contacts:987654321"]})
    assert refused.status_code == 422
    assert "不存在" in refused.content.decode()
    assert Activity.objects.count() == 1


def test_the_customers_contacts_are_offered_first_then_colleagues_then_other_contacts(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    other = samples.make("contacts", people.ana, "elsewhere")
    hidden = samples.make("contacts", people.cyd, "elsewhere")
    found = offer(people.actor("ana"), key_of(customer), "")
    assert found[0].id == key_of(contact)
    assert {key_of(people.dan), key_of(people.ben)} <= {each.id for each in found[1:]}
    assert key_of(other) not in {each.id for each in found}
    assert {each.id: each.note for each in found}[key_of(people.cyd)] == "看不到这条记录"
    typed = [each.id for each in offer(people.actor("ana"), key_of(customer), other.name)]
    assert key_of(other) in typed
    assert key_of(hidden) not in typed
    text = get(people.ana, f"/activities/choices/people/?about={key_of(customer)}&q={contact.name}")
    assert f'<option value="{key_of(contact)}"' in text
    # Out of reach nothing of the customer is told.
    assert key_of(contact) not in get(people.cyd, f"/activities/choices/people/?about={key_of(customer)}")


def test_a_contacts_timeline_has_what_it_took_part_in_as_far_as_the_reader_sees_it(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    meeting(people, customer, contact, content="with-the-boss")
    meeting(people, customer, content="without-him")
    meeting(people, customer, contact, content="mine-alone", is_private=True)
    elsewhere = samples.make("customers", people.cyd, "elsewhere")
    team.grant("customers", [(customer.pk, people.cyd.pk)], reason="manual")
    cyd = Activity(about=key_of(elsewhere), content="at-another-place", people=[key_of(contact)])
    writes.create(people.actor("cyd"), cyd)
    address = f"/activities/timeline/?about={key_of(contact)}"
    assert [word in get(people.ana, address) for word in WORDS] == [True, False, True, False]
    assert [word in get(people.cyd, address) for word in WORDS] == [True, False, False, True]


WORDS = ("with-the-boss", "without-him", "mine-alone", "at-another-place")


def test_a_contacts_timeline_goes_on_page_by_page_without_a_gap(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    from zhike.core import timeline
    from zhike.core.pages.reading import Reader
    from zhike.core.timeline import Subject

    now = timezone.now()
    for number in range(7):
        about = contact if number % 2 else customer
        meeting(people, about, contact, subject=f"m{number}", starts_at=now - timedelta(days=number))
    chosen = [each for each in timeline.sources() if each.name == "activities"]
    seen: list[str] = []
    after = ""
    while True:
        found = timeline.read(
            Reader(people.actor("ana")), Subject(registry.get("contacts"), contact), chosen, after=after, limit=3
        )
        seen += [item.title for item in found.items]
        after = found.earlier
        if not after:
            break
    assert seen == [f"m{number}" for number in range(7)]


def test_names_of_those_out_of_reach_stand_without_a_link(people: Cast, customer: Customer) -> None:
    theirs = samples.make("contacts", people.ana, "theirs")
    row = meeting(people, customer, theirs)
    team.grant("customers", [(customer.pk, people.cyd.pk)], reason="manual")
    page = get(people.cyd, f"{PLACE}{row.pk}/")
    assert theirs.name in page
    assert f"/contacts/{theirs.pk}/" not in page
    told = one_json(people.actor("cyd"), registry.get("activities"), row.pk)["people"]
    assert told == [{"key": key_of(theirs), "label": theirs.name, "reachable": False}]


def test_taking_part_gives_no_right_and_shows_in_the_own_days_where_there_is_one(
    people: Cast, customer: Customer
) -> None:
    soon = timezone.now()
    open_one = meeting(people, customer, people.dan, people.cyd, subject="open-one", starts_at=soon)
    meeting(people, customer, people.dan, subject="private-one", starts_at=soon, is_private=True)
    assert not Activity.objects.visible_to(people.actor("cyd")).filter(pk=open_one.pk).exists()
    own = get(people.dan, "/calendar/")
    assert "open-one" in own
    assert "private-one" not in own
    assert "open-one" not in get(people.cyd, "/calendar/")
    listed = get(people.dan, f"{PLACE}?tab=with_me")
    assert "open-one" in listed
    assert "private-one" not in listed
    assert "open-one" not in get(people.ana, f"{PLACE}?tab=with_me")  # what one does oneself stands under Mine


def test_who_may_open_it_is_told_once_of_what_is_planned(people: Cast, customer: Customer) -> None:
    later = timezone.now() + timedelta(days=2)
    row = meeting(people, customer, people.dan, people.cyd, people.ana, starts_at=later)
    meeting(people, customer, people.dan)  # took place
    row.people = [key_of(people.dan)]
    writes.save(people.actor("ana"), row)
    row.people = [key_of(people.dan), key_of(people.cyd)]
    row.starts_at = later + timedelta(days=1)
    writes.save(people.actor("ana"), row)
    told = Notification.objects.filter(kind="invited")
    assert list(told.values_list("user", "about")) == [(people.dan.pk, key_of(row))]


def test_names_in_a_file_find_the_customers_contacts_then_colleagues_and_nothing_is_lost(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    people.ben.full_name = "王小明"
    people.ben.save(update_fields=["full_name"])
    twins = [writes.create(people.actor("ana"), Contact(name="李雷", customer=customer)) for _each in range(2)]
    named = [contact.name, "王小明", "李雷", "路人甲", key_of(twins[1])]
    row = Activity(about=customer.name, people=named, participants="他们的律师")
    writes.create_many(people.actor("admin", Via.IMPORT), [row])
    assert row.people == [key_of(twins[1]), key_of(contact), key_of(people.ben)]
    assert row.participants == "他们的律师、李雷、路人甲"
    assert len(kept(row)) == 3


def test_the_api_takes_keys_and_answers_names_and_leaves_the_names_of_others_alone(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    client = Client(headers={"Authorization": f"Bearer {give_token(people.ana).text}"})

    def send(method: str, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        answer = getattr(client, method)(f"/api/v1/activities{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    keys = [key_of(contact), key_of(people.dan)]
    sent = {"about": key_of(customer), "people": keys, "participants": "路人甲"}
    status, made = send("post", "", sent)
    assert status == 201, made
    assert [each["key"] for each in made["people"]] == keys
    assert made["participants"] == "路人甲"
    hidden = samples.make("contacts", people.cyd, "hidden")
    for wrong in ([key_of(hidden)], [key_of(customer)], ["nobody"], "contacts:1"):
        assert send("patch", f"/{made['id']}", {"people": wrong})[0] == 422, wrong
    status, none = send("patch", f"/{made['id']}", {"people": []})
    assert (status, none["people"], none["participants"]) == (200, [], "路人甲")


def test_they_stay_when_what_it_is_about_becomes_another_record(people: Cast, customer: Customer) -> None:
    lead = samples.make("leads", people.ana, "lead")
    row = meeting(people, lead, people.dan)
    attachment.move(lead, customer)
    row.refresh_from_db()
    assert (row.about, row.people) == (key_of(customer), [key_of(people.dan)])
    assert kept(row) == {(key_of(people.dan), row.starts_at)}


def test_who_may_not_know_the_participants_finds_nothing_by_them(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    address = f"/activities/timeline/?about={key_of(contact)}"
    meeting(people, customer, contact, content="with-the-boss")
    assert "with-the-boss" in get(people.ana, address)
    for mode in ("hidden", "masked"):
        Role.objects.filter(code="salesperson").update(fields={"activities": {"people": mode}})
        overlay.bump()
        assert "with-the-boss" not in get(people.ana, address)
        row = get(people.ana, f"/activities/timeline/?about={key_of(customer)}&show=activities")
        assert "with-the-boss" in row
        assert f"/contacts/{contact.pk}/" not in row
        assert 'name="people"' not in row


def test_an_export_writes_their_names_with_one_look_for_all_rows(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    entity, admin = registry.get("activities"), people.actor("admin")
    columns = [each for each in available(entity, admin) if each.name in ("subject", "people")]

    def written() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as caught:
            text = b"".join(export_csv(admin, entity, columns, Activity.objects.all())).decode()
        return text, len(caught)

    meeting(people, customer, contact, people.ben)
    written()
    text, few = written()
    assert f"{contact.name}, ben" in text.casefold()
    for _each in range(4):
        meeting(people, customer, contact)
    assert written()[1] == few


def test_a_contact_removed_for_good_is_named_no_more(people: Cast, customer: Customer, contact: Contact) -> None:
    admin = people.actor("admin")
    row = meeting(people, customer, contact, people.ben)
    writes.delete(admin, contact)
    assert contact.name in get(people.ana, f"{PLACE}{row.pk}/")  # in the recycle bin it may come back
    contact.refresh_from_db()
    writes.erase(admin, contact)
    assert Activity.objects.get(pk=row.pk).people == [key_of(people.ben)]
    assert {person for person, _at in kept(row)} == {key_of(people.ben)}
    assert contact.name not in get(people.ana, f"{PLACE}{row.pk}/")


def test_a_list_with_the_participants_costs_no_more_for_more_rows(
    people: Cast, customer: Customer, contact: Contact
) -> None:
    client = Client()
    client.force_login(people.ana)
    address = f"{PLACE}?columns=subject,people"

    def statements() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert contact.name in client.get(address).content.decode()
        return len(caught)

    meeting(people, customer, contact, people.ben)
    few = statements()
    for _each in range(5):
        meeting(people, customer, contact, people.dan)
    assert statements() == few
