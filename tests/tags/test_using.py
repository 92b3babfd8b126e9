"""Tags in lists, conditions, steps on many records, files, the API and conversion."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tags.world import SYSTEM, found, stored, tagged
from zhike.core import overlay, tags, writes
from zhike.core.configuration import option_actions
from zhike.core.entities import registry
from zhike.core.lists import ListQuery, read
from zhike.core.options.models import Option
from zhike.core.pages.tests.world import client_of, opportunity, text_of
from zhike.core.transfer.exports import export_csv
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.report import Outcome
from zhike.customers.models import Customer, Lead
from zhike.identity.factories import Cast, give_token

pytestmark = pytest.mark.django_db


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
