"""Tags chosen or typed, by people who may and people who may not."""

import json

import pytest
from django.core.exceptions import ValidationError

from tests.every_entity.markup import PAYLOADS
from tests.tags.world import SYSTEM, TAGGED, stored, tagged
from zhike.core import options, overlay, tags, writes
from zhike.core.configuration import actions
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.pages.tests.world import client_of, text_of
from zhike.core.record_choices import words_of
from zhike.core.writes import Conflict
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, RoleFactory, give_role, give_token
from zhike.identity.models import UserRole

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", TAGGED)
def test_every_kind_of_business_record_carries_tags(people: Cast, slug: str) -> None:
    entity = registry.get(slug)
    assert entity.is_tagged
    assert entity.may_name("tags")
    assert str(entity.field("tags").label) == "tags"


def test_a_tag_typed_into_the_form_joins_the_company_list_in_a_colour(people: Cast, vip: str) -> None:
    client = client_of(people.ana)
    assert 'name="tags"' in text_of(client.get("/customers/new/"))
    answer = client.post("/customers/new/", {"name": "A", "kind": "organisation", "tags": [vip, " 老客户 "]})
    assert answer.status_code == 302, text_of(answer)
    assert stored(Customer.objects.get(name="A")) == ["VIP", "老客户"]
    entry = options.entries("tags")[tags.code_of("老客户")]
    assert entry.colour
    event = Event.objects.get(entity="settings", verb="add_option", actor=people.ana)
    assert event.changes["label_en"][1] == "老客户"


def test_without_script_new_tags_are_typed_on_a_line_beside(people: Cast, vip: str) -> None:
    row = tagged(people, vip)
    sent = {"name": row.name, "kind": "organisation", "tags": [vip], "tags__new": "A，B、C;D", "version": row.version}
    assert client_of(people.ana).post(f"/customers/{row.pk}/edit/", sent).status_code == 302
    assert stored(row) == ["VIP", "A", "B", "C", "D"]


def test_a_name_in_any_language_and_any_case_is_the_tag_that_is_there(people: Cast, vip: str) -> None:
    for word in ("重要", "vip", "VIP", " Vip "):
        assert stored(tagged(people, word, name=word)) == ["VIP"]
    assert list(options.entries("tags")) == [vip]


def test_a_name_too_long_is_refused_with_a_sentence_and_typed_words_stay(people: Cast) -> None:
    sent = {"name": "A", "kind": "organisation", "tags": ["标" * 500]}
    page = client_of(people.ana).post("/customers/new/", sent)
    assert page.status_code == 422
    assert "A tag has at most 40 characters" in text_of(page)
    assert "标" * 500 in text_of(page)
    assert not Customer.objects.exists()
    assert not options.entries("tags")


def test_more_tags_than_a_record_carries_are_refused(people: Cast) -> None:
    sent = {"name": "A", "kind": "organisation", "tags": [f"t{number}" for number in range(51)]}
    assert "at most 50" in text_of(client_of(people.ana).post("/customers/new/", sent))
    with pytest.raises(ValidationError):
        tagged(people, *sent["tags"])
    assert not options.entries("tags")


def test_where_the_company_keeps_its_list_only_those_who_keep_it_make_tags(people: Cast, vip: str) -> None:
    actions.switch_free_tags(SYSTEM, on=False)
    row = tagged(people, vip)
    sent = {"name": row.name, "kind": "organisation", "tags": [vip, "neu"], "version": row.version}
    page = client_of(people.ana).post(f"/customers/{row.pk}/edit/", sent)
    assert page.status_code == 422
    assert "There is no tag “neu”" in text_of(page)
    assert "data-makes" not in text_of(client_of(people.ana).get(f"/customers/{row.pk}/edit/"))
    row.custom = {"tags": [vip, "neu"]}
    with pytest.raises(ValidationError, match="There is no tag"):
        writes.save(people.actor("ana"), row, verb="edit")
    assert client_of(people.admin).post(f"/customers/{row.pk}/edit/", sent).status_code == 302
    assert stored(row) == ["VIP", "neu"]


def test_a_reader_without_the_right_to_edit_adds_none(people: Cast, vip: str) -> None:
    row = tagged(people)
    UserRole.objects.filter(user=people.ben).delete()
    give_role(people.ben, RoleFactory.create(grants={"customers": {"view": "all"}}))
    ben = client_of(people.ben)
    assert "Add tags" not in text_of(ben.get(f"/customers/{row.pk}/"))
    sent = {"tags": [vip, "neu"], "version": row.version}
    for address in (f"/customers/{row.pk}/edit/", f"/customers/{row.pk}/inline/tags/", "/customers/bulk/add-choices/"):
        answer = ben.post(address, sent | {"row": [row.pk], "go": "1"}, headers={"hx-request": "true"})
        assert answer.status_code in (403, 404), address
    token = {"Authorization": f"Bearer {give_token(people.ben).text}"}
    body = json.dumps({"tags": ["neu"]})
    answer = ben.generic("PATCH", f"/api/v1/customers/{row.pk}", body, "application/json", headers=token)
    assert answer.status_code == 403
    assert stored(row) == []
    assert list(options.entries("tags")) == [vip]


def test_who_may_only_read_the_field_neither_tags_nor_makes_tags(people: Cast) -> None:
    row = tagged(people, "A")
    UserRole.objects.filter(user=people.ana).delete()
    grants = {"customers": dict.fromkeys(("view", "edit"), "all")}
    give_role(people.ana, RoleFactory.create(grants=grants, fields={"customers": {"tags": "read_only"}}))
    assert 'name="tags"' not in text_of(client_of(people.ana).get(f"/customers/{row.pk}/edit/"))
    row.custom = {"tags": ["A", "neu"]}
    with pytest.raises(writes.NotAllowed):
        writes.save(people.actor("ana"), row, verb="edit")
    assert stored(row) == ["A"]
    overlay.forget()
    assert not tags.code_of("neu")


@pytest.mark.parametrize("payload", PAYLOADS[:4])
def test_markup_in_a_name_is_text(people: Cast, payload: str) -> None:
    name = words_of(payload)[0][:40].strip()
    row = tagged(people, name)
    admin = client_of(people.admin)
    own = (f"/customers/{row.pk}/", f"/customers/{row.pk}/edit/", f"/customers/{row.pk}/history/")
    for address in (*own, "/customers/?columns=name,tags", "/customers/filters/", "/settings/options/tags/"):
        page = text_of(admin.get(address))
        assert name not in page or "<" not in name, address
    assert stored(row) == [name]


def test_the_history_says_what_there_was_and_is(people: Cast, vip: str) -> None:
    row = tagged(people, vip)
    row.custom = {"tags": [vip, "老客户"]}
    writes.save(people.actor("ana"), row, verb="edit")
    client = client_of(people.ana)
    client.cookies["zhike_language"] = "zh-hans"
    page = text_of(client.get(f"/customers/{row.pk}/history/"))
    assert "重要、老客户" in page


def test_the_same_tags_in_another_order_are_no_change(people: Cast) -> None:
    row = tagged(people, "A", "B")
    row.custom = {"tags": list(reversed(row.custom["tags"]))}
    writes.save(people.actor("ana"), row, verb="edit")
    assert not Event.objects.filter(entity="customers", verb="edit").exists()


def test_two_people_adding_at_once_lose_none(people: Cast) -> None:
    row = tagged(people, "A", "B")
    a, b = row.custom["tags"]
    writes.merge_edit(people.actor("ana"), Customer, row.pk, row.version, {"tags": [a, b, "from ana"]})
    writes.merge_edit(people.actor("dan"), Customer, row.pk, row.version, {"tags": [b, "from dan"]})
    assert stored(row) == ["B", "from ana", "from dan"]


def test_a_text_changed_by_two_people_still_asks(people: Cast) -> None:
    row = tagged(people, "A")
    writes.merge_edit(people.actor("ana"), Customer, row.pk, row.version, {"short_name": "one"})
    with pytest.raises(Conflict):
        writes.merge_edit(people.actor("ana"), Customer, row.pk, row.version, {"short_name": "two", "tags": ["B"]})
