"""Tags: chosen or typed, on records of every kind that carries them, by every door."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from tests.every_entity.markup import PAYLOADS
from zhike.core import conditions, options, overlay, tags, writes
from zhike.core.actors import Actor, Via
from zhike.core.configfile import engine
from zhike.core.configuration import actions, option_actions
from zhike.core.configuration.option_actions import Words
from zhike.core.customfields.actions import retire_field
from zhike.core.customfields.models import CustomValue
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.lists import ListQuery, read
from zhike.core.options.models import Option
from zhike.core.pages.tests.world import client_of, contact, customer, opportunity, text_of
from zhike.core.record_choices import words_of
from zhike.core.transfer.exports import export_csv
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.report import Outcome
from zhike.core.writes import Conflict
from zhike.customers.models import Customer, Lead
from zhike.identity.factories import Cast, RoleFactory, cast, give_role, give_token
from zhike.identity.models import UserRole

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(Via.SHELL)
TAGGED = ("customers", "contacts", "leads", "products", "opportunities")


@pytest.fixture
def people() -> Any:
    overlay.forget()
    with translation.override("en"):
        yield cast()
    overlay.forget()


@pytest.fixture
def vip(people: Cast) -> str:
    """The code of a tag that is there."""
    return option_actions.add_option(SYSTEM, "tags", Words(label_zh="重要", label_en="VIP", colour="red")).code


def tagged(people: Cast, *words: str, name: str = "浦发银行") -> Customer:
    return customer(people.ana, name, custom={"tags": list(words)} if words else {})


def stored(row: Any) -> list[str]:
    """The names of a record's tags, as they stand in the table."""
    row.refresh_from_db()
    return tags.labels(row.custom.get("tags", []))


def found(condition: dict[str, Any], actor: Actor = SYSTEM) -> set[str]:
    """The customers that a condition finds, asked of the database and of each row alike."""
    parsed = conditions.parse(registry.get("customers"), condition)
    by_sql = {row.name for row in conditions.apply(Customer.objects.all(), parsed, actor)}
    assert by_sql == {row.name for row in Customer.objects.all() if conditions.matches(parsed, row, actor)}
    return by_sql


# ------------------------------------------------------------------------------------------------------------ writing


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


# ------------------------------------------------------------------------------------------------------------ finding


def test_any_none_and_empty_are_asked_of_table_and_row_alike(people: Cast) -> None:
    for name, words in (("both", ("A", "B")), ("one", ("A",)), ("other", ("C",)), ("bare", ())):
        tagged(people, *words, name=name)
    assert found({"field": "tags", "op": "in", "value": ["A", "B"]}) == {"both", "one"}
    assert found({"field": "tags", "op": "eq", "value": "B"}) == {"both"}
    assert found({"field": "tags", "op": "not_in", "value": ["A", "B"]}) == {"other", "bare"}
    assert found({"field": "tags", "op": "ne", "value": "A"}) == {"other", "bare"}
    assert found({"field": "tags", "op": "is_empty"}) == {"bare"}
    assert found({"field": "tags", "op": "not_empty"}) == {"both", "one", "other"}


def test_a_list_is_filtered_by_its_address_and_offers_the_filter(people: Cast) -> None:
    tagged(people, "A", name="one")
    tagged(people, name="bare")
    client = client_of(people.ana)
    assert 'name="tags"' in text_of(client.get("/customers/filters/"))
    page = text_of(client.get("/customers/?tags=a"))
    assert "one" in page
    assert "bare" not in page


def test_tags_of_a_customer_are_asked_from_his_opportunities(people: Cast) -> None:
    opportunity(tagged(people, "A"))
    entity = registry.get("opportunities")
    for op, count in (("eq", 1), ("ne", 0)):
        asked = {"field": "customer.tags", "op": op, "value": "a"}
        page = read(ListQuery.make(entity, people.actor("ana"), condition=asked))
        assert len(page.rows) == count


def test_a_column_of_chips_comes_by_itself_once_there_are_tags(people: Cast, vip: str) -> None:
    shown = ListQuery.make(registry.get("products"), people.actor("ana")).columns
    assert [each.name for each in shown[:2]] == ["name", "tags"]
    Option.objects.filter(list_name="tags").delete()
    overlay.bump()
    assert "tags" not in [each.name for each in ListQuery.make(registry.get("products"), people.actor("ana")).columns]


def test_chips_stand_in_list_page_and_card(people: Cast, vip: str) -> None:
    row = tagged(people, vip)
    deal = opportunity(row)
    deal.custom = {"tags": [vip]}
    writes.save(SYSTEM, deal, verb="edit")
    client = client_of(people.ana)
    chip = '<span class="z-badge is-red">VIP</span>'
    for address in ("/customers/", f"/customers/{row.pk}/", "/opportunities/?display=board"):
        assert chip in text_of(client.get(address)), address


# ------------------------------------------------------------------------------------------------------------ many at once


def test_in_a_list_tags_are_edited_where_they_stand(people: Cast, vip: str) -> None:
    row = tagged(people)
    ana, headers = client_of(people.ana), {"hx-request": "true"}
    address = f"/customers/{row.pk}/inline/tags/?in=cell"
    assert "data-makes" in text_of(ana.get(address, headers=headers))
    answer = ana.post(address, {"tags": [vip, "neu"], "version": row.version}, headers=headers)
    assert answer.status_code == 200
    assert "neu" in text_of(answer)
    assert stored(row) == ["VIP", "neu"]


def test_many_records_are_given_tags_and_keep_those_they_have(people: Cast, vip: str) -> None:
    rows = [tagged(people, "A", name="one"), tagged(people, name="two")]
    ana, chosen = client_of(people.ana), {"row": [row.pk for row in rows]}
    assert "Add tags" in text_of(ana.get("/customers/"))
    page = text_of(ana.post("/customers/bulk/add-choices/", chosen))
    assert 'name="tags"' in page
    assert 'name="shown" value="tags"' in page
    sent = chosen | {"field": "tags", "shown": "tags", "go": "1"}
    assert ana.post("/customers/bulk/add-choices/", sent).status_code == 422
    assert ana.post("/customers/bulk/add-choices/", sent | {"tags": [vip, "neu"]}).status_code == 302
    assert [sorted(stored(row)) for row in rows] == [["A", "VIP", "neu"], ["VIP", "neu"]]


def test_tags_are_taken_from_many_records_also_those_no_longer_in_use(people: Cast, vip: str) -> None:
    rows = [tagged(people, "A", vip, name="one"), tagged(people, "A", name="two")]
    option_actions.switch_option(SYSTEM, "tags", vip, on=False)
    sent = {"row": [row.pk for row in rows], "field": "tags", "shown": "tags", "go": "1", "tags": [vip]}
    assert client_of(people.ana).post("/customers/bulk/remove-choices/", sent).status_code == 302
    assert [stored(row) for row in rows] == [["A"], ["A"]]


# ------------------------------------------------------------------------------------------------------------ files and API


def test_a_column_of_tags_is_exported_joined_and_comes_back(people: Cast, tmp_path: Path) -> None:
    row = tagged(people, "A", "B")
    entity = registry.get("customers")
    columns = ListQuery.make(entity, SYSTEM, columns="name,tags").columns
    text = b"".join(export_csv(SYSTEM, entity, columns, Customer.objects.filter(pk=row.pk))).decode("utf-8-sig")
    assert "A, B" in text
    body = "name,tags\n甲,A；新的、C\n乙,\n丙,D|E\n丁," + "x" * 500 + "\n"
    (tmp_path / "rows.csv").write_text(body, encoding="utf-8")
    (tmp_path / "plan.toml").write_text(
        '[plan]\nname = "back"\nsystem = "old"\n[[step]]\nfile = "rows.csv"\nentity = "customers"\nkey = "{name}"\n'
        'columns = {name = "name", tags = "tags"}\n'
    )
    step = run_plan(tmp_path / "plan.toml", SYSTEM).steps[-1]
    assert (step.counts[Outcome.CREATED], step.counts[Outcome.FAILED]) == (3, 1), step
    names = {each.name: stored(each) for each in Customer.objects.all()}
    assert names == {"浦发银行": ["A", "B"], "甲": ["A", "新的", "C"], "乙": [], "丙": ["D", "E"]}


def test_the_api_reads_writes_and_filters_tags_by_name(people: Cast, vip: str) -> None:
    headers = {"Authorization": f"Bearer {give_token(people.ana).text}"}
    client = client_of(people.ana)

    def send(method: str, path: str, body: Any) -> Any:
        return client.generic(method, f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    made = send("POST", "customers", {"name": "中国移动", "tags": ["重要", "neu"]})
    assert made.status_code == 201, made.content
    assert made.json()["tags"] == ["VIP", "neu"]
    assert "custom" not in made.json()
    pk = made.json()["id"]
    for value in ("neu", "重要", vip):
        asked = {"filter": {"field": "tags", "op": "in", "value": [value]}, "fields": "name,tags"}
        answer = send("POST", "customers/query", asked).json()
        assert [each["tags"] for each in answer["items"]] == [["VIP", "neu"]]
    assert send("PATCH", f"customers/{pk}", {"tags": made.json()["tags"]}).json()["version"] == made.json()["version"]
    assert send("PATCH", f"customers/{pk}", {"name": "移动"}).json()["tags"] == ["VIP", "neu"]
    assert send("PATCH", f"customers/{pk}", {"tags": []}).json()["tags"] == []
    wrong = send("PATCH", f"customers/{pk}", {"tags": ["a" * 500]})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "tags"


def test_a_converted_lead_hands_its_tags_on(people: Cast, vip: str) -> None:
    from zhike.sales.conversion.customs import pairs, value_for

    lead = writes.create(
        SYSTEM, Lead(name="王芳", company_name="中移", owner=people.ana, custom={"tags": [vip, "neu"]})
    )
    for slug in ("customers", "contacts", "opportunities"):
        (pair,) = pairs(people.actor("ana"), registry.get("leads"), registry.get(slug))
        assert tags.labels(value_for(pair, lead)) == ["VIP", "neu"]


# ------------------------------------------------------------------------------------------------------------ settings


def test_the_settings_say_how_often_and_switch_who_makes_tags(people: Cast, vip: str) -> None:
    tagged(people, vip, name="one")
    contact(tagged(people, name="two"), custom={"tags": [vip]})
    admin = client_of(people.admin)
    assert 'href="/settings/tags/"' in text_of(admin.get("/settings/"))
    page = text_of(admin.get("/settings/tags/", follow=True))
    assert '<td class="z-cell-number" data-label="Records">2</td>' in page
    assert "Let new tags be made here alone" in page
    assert admin.post("/settings/tags/").status_code == 302
    assert not tags.may_make(people.actor("ana"))
    assert tags.may_make(people.actor("admin"))
    admin.post("/settings/tags/", {"free": "1"})
    assert tags.may_make(people.actor("ana"))


def test_one_tag_merged_into_another_is_gone_from_every_record(people: Cast, vip: str) -> None:
    both, one = tagged(people, vip, "老客户", name="both"), tagged(people, "老客户", name="one")
    changed = option_actions.merge_options(people.actor("admin"), "tags", tags.code_of("老客户"), vip)
    assert changed == 2
    assert (stored(both), stored(one)) == (["VIP"], ["VIP"])
    assert CustomValue.objects.filter(text=vip).count() == 2


def test_a_tag_switched_off_still_shows_and_is_no_longer_offered(people: Cast, vip: str) -> None:
    row = tagged(people, vip)
    option_actions.switch_option(SYSTEM, "tags", vip, on=False)
    ana = client_of(people.ana)
    assert "VIP" in text_of(ana.get(f"/customers/{row.pk}/"))
    assert f'value="{vip}"' in text_of(ana.get(f"/customers/{row.pk}/edit/"))
    assert f'value="{vip}"' not in text_of(ana.get("/customers/new/"))
    page = ana.post("/customers/new/", {"name": "A", "kind": "organisation", "tags": ["VIP"]})
    assert "The tag “VIP” is no longer in use" in text_of(page)


def test_no_tag_is_called_as_another_ones_code_nor_has_a_comma(people: Cast, vip: str) -> None:
    option_actions.change_option(SYSTEM, "tags", vip, Words(label_zh="要"))
    admin = client_of(people.admin)
    for name in (vip, "a,b", "x" * 41):
        assert admin.post("/settings/options/tags/", {"label_zh": name}).status_code == 409, name
    assert len(options.entries("tags")) == 1


def test_the_configuration_file_has_tags_and_who_makes_them(people: Cast, vip: str) -> None:
    actions.switch_free_tags(SYSTEM, on=False)
    retire_field(SYSTEM, "products", "tags")
    document = engine.export(SYSTEM)
    assert document["options"]["tags"][vip]["label_zh"] == "重要"
    assert document["tags"] == {"people_make_new": False}
    assert {slug: [*fields] for slug, fields in document["fields"].items()} == {"products": ["tags"]}
    actions.switch_free_tags(SYSTEM, on=True)
    Option.objects.filter(list_name="tags").delete()
    overlay.bump()
    engine.bring_in(SYSTEM, document)
    assert engine.export(SYSTEM) == document
    engine.bring_in(SYSTEM, document | {"fields": {}}, prune=True)
    assert registry.get("products").has_field("tags")


def test_an_entity_whose_company_uses_no_tags_there_has_none(people: Cast, vip: str) -> None:
    retire_field(SYSTEM, "products", "tags")
    client = client_of(people.admin)
    assert 'name="tags"' not in text_of(client.get("/products/new/"))
    assert 'name="tags"' in text_of(client.get("/customers/new/"))
    assert client.get("/settings/fields/customers/fields/tags/").status_code == 200
