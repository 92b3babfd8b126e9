"""Looking behind a mask: by right, one value at a time, noted, and not without end."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from zhike.core import overlay, revealing, writes
from zhike.core.actors import REVEAL, Actor, Via
from zhike.core.customfields import actions as fields
from zhike.core.customfields.checking import Draft
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.notifications.models import Notification
from zhike.core.notifications.subscribers import hear
from zhike.core.scoping import team
from zhike.core.watching.actions import watch
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast, give_token
from zhike.identity.models import Role
from zhike.identity.organisation import rules_of

pytestmark = pytest.mark.django_db
IN_PLACE = {"HX-Request": "true"}
MASK, PHONE = "138****8000", "13800138000"


@pytest.fixture
def people() -> Cast:
    found = cast()
    may_reveal("own")
    return found


@pytest.fixture
def row(people: Cast) -> Customer:
    return writes.create(Actor.system(), Customer(name="浦发银行", phone=PHONE, owner=people.ana))


def may_reveal(scope: str, slug: str = "customers") -> None:
    """Salespeople see telephones masked; how far they may look behind."""
    role = Role.objects.get(code="salesperson")
    role.fields = {"customers": {"phone": "masked"}}
    role.grants = role.grants | {slug: {**role.grants.get(slug, {}), **({REVEAL: scope} if scope else {})}}
    role.save()
    overlay.bump()


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(client: Client, row: Customer) -> str:
    return client.get(f"/customers/{row.pk}/").content.decode()


def reveal(client: Client, row: Customer, name: str = "phone", **more: Any) -> Any:
    return client.post(f"/customers/{row.pk}/reveal/{name}/", **more)


def without_blanks(text: str) -> str:
    return text.replace(" ", "").replace("\u2009", "").replace("\u00a0", "")


def noted() -> list[tuple[int | None, str, int, str]]:
    return list(Event.objects.filter(verb=REVEAL).values_list("actor", "entity", "record_id", "note"))


def test_the_value_takes_the_place_of_its_mask_until_the_page_is_read_again(people: Cast, row: Customer) -> None:
    client = client_of(people.ana)
    shown = page_of(client, row)
    assert MASK in shown
    assert f'hx-post="/customers/{row.pk}/reveal/phone/"' in shown
    answer = reveal(client, row, headers=IN_PLACE)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert PHONE in without_blanks(text)
    assert "<html" not in text
    assert answer["Cache-Control"] == "no-store"
    assert MASK in page_of(client, row)
    assert noted() == [(people.ana.pk, "customers", row.pk, "phone")]


def test_without_javascript_it_is_a_small_page_with_the_way_back(people: Cast, row: Customer) -> None:
    text = reveal(client_of(people.ana), row).content.decode()
    assert "<html" in text
    assert PHONE in without_blanks(text)
    assert f'href="/customers/{row.pk}/"' in text


def test_the_history_says_who_looked_at_which_field_and_not_the_value(people: Cast, row: Customer) -> None:
    client = client_of(people.ana)
    reveal(client, row)
    version = Customer.objects.get(pk=row.pk).version
    history = client.get(f"/customers/{row.pk}/history/").content.decode()
    assert version == row.version
    called = f"“{registry.get('customers').field('phone').label}”"
    assert called in history
    assert PHONE not in without_blanks(history)
    Role.objects.filter(code="salesperson").update(fields={"customers": {"phone": "hidden"}})
    overlay.bump()
    hidden = client.get(f"/customers/{row.pk}/history/").content.decode()
    assert called not in hidden


@pytest.mark.parametrize(
    ("who", "status"), [("cyd", 404), ("ben", 404), ("eve", 403), ("ana", 200), ("admin", 200), (None, 302)]
)
def test_a_stranger_is_told_nothing(people: Cast, row: Customer, who: str | None, status: int) -> None:
    client = client_of(getattr(people, who)) if who else Client()
    answer: HttpResponse = reveal(client, row)
    assert answer.status_code == status
    assert (PHONE in without_blanks(answer.content.decode())) is (status == 200)
    assert client.get(f"/customers/{row.pk}/reveal/phone/").status_code == (302 if who is None else 405)
    assert len(noted()) == (1 if who == "ana" else 0)  # for an administrator nothing is masked


def test_who_works_on_a_record_but_lacks_the_right_sees_no_button_and_is_refused(people: Cast, row: Customer) -> None:
    role = Role.objects.get(code="salesperson")
    role.grants = {"*": {"*": "own", "verbs": "own", "view": "own"}}
    role.save()
    overlay.bump()
    client = client_of(people.ana)
    shown = page_of(client, row)
    assert MASK in shown
    assert "/reveal/" not in shown
    assert reveal(client, row).status_code == 403
    assert noted() == []


def test_a_place_in_the_team_gives_no_look_behind_the_mask(people: Cast, row: Customer) -> None:
    team.grant("customers", [(row.pk, people.ben.pk)], reason="manual", level=team.TeamMember.Level.WRITE)
    client = client_of(people.ben)
    assert client.get(f"/customers/{row.pk}/").status_code == 200
    assert reveal(client, row).status_code == 403


@pytest.mark.parametrize("name", ["nothing", "password", "description"])
def test_a_field_that_is_not_there_or_hidden_is_not_found(people: Cast, row: Customer, name: str) -> None:
    role = Role.objects.get(code="salesperson")
    role.fields = {"customers": {"phone": "masked", "description": "hidden"}}
    role.save()
    overlay.bump()
    assert reveal(client_of(people.ana), row, name).status_code == 404


def test_more_than_a_person_needs_within_an_hour_is_refused_with_a_sentence(
    people: Cast, row: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revealing, "PER_HOUR", 2)
    client = client_of(people.ana)
    assert [reveal(client, row).status_code for _ in range(3)] == [200, 200, 409]
    refused = reveal(client, row, headers=IN_PLACE)
    assert refused.status_code == 409
    assert MASK in refused.content.decode()
    assert "z-revealed__refusal" in refused.content.decode()
    assert PHONE not in without_blanks(refused.content.decode())
    assert len(noted()) == 2
    Event.objects.filter(verb=REVEAL).update(at=timezone.now() - timedelta(minutes=61))
    assert reveal(client, row).status_code == 200


def test_the_api_answers_the_record_with_this_field_alone(people: Cast, row: Customer) -> None:
    admin = Actor.of(people.admin, Via.PAGE)
    fields.create_field(admin, "customers", Draft(kind="text", label_en="Key"), key="cf_key")
    row.refresh_from_db()
    row.custom = {"cf_key": "opens all"}
    writes.save(admin, row)
    role = Role.objects.get(code="salesperson")
    role.fields = {"customers": {"phone": "masked", "cf_key": "masked"}}
    role.save()
    overlay.bump()
    client = Client(headers={"Authorization": f"Bearer {give_token(people.ana).text}"})
    address = f"/api/v1/customers/{row.pk}"

    def ask(name: str) -> Any:
        return client.post(f"{address}/reveal", {"field": name}, "application/json")

    assert client.get(address).json()["phone"] == MASK
    answer = ask("phone")
    assert answer.json() == {"id": row.pk, "version": row.version, "phone": row.phone}
    assert answer["Cache-Control"] == "no-store"
    assert ask("custom.cf_key").json()["custom"] == {"cf_key": "opens all"}
    assert [note for *_rest, note in noted()] == ["phone", "cf_key"]
    assert ask("nothing").status_code == 404
    assert client.post(f"{address}/reveal", {}, "application/json").status_code == 422
    assert client.get(f"{address}/reveal").status_code == 405
    may_reveal("none")
    assert ask("phone").status_code == 403


def test_watchers_are_not_told_of_a_look(people: Cast, row: Customer) -> None:
    watch(Actor.of(people.admin, Via.PAGE), f"customers:{row.pk}")
    reveal(client_of(people.ana), row)
    hear(Event.objects.filter(verb=REVEAL).latest("pk"))
    assert not Notification.objects.exists()


def test_the_right_stands_in_the_editor_of_roles_and_only_administrators_have_it_unnamed(people: Cast) -> None:
    role = Role.objects.get(code="executive")
    shown = client_of(people.admin).get(f"/settings/roles/{role.pk}/").content.decode()
    assert f'name="grant:customers:{REVEAL}"' in shown
    holders = [
        each.code
        for each in Role.objects.filter(shipped=True).exclude(code="salesperson")
        if _rules(each).scope("customers", REVEAL) != "none"
    ]
    assert holders == ["administrator"]


def _rules(role: Role) -> Any:
    return rules_of(role.grants, role.denies, role.fields, role.settings)
