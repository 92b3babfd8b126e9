"""Forms as the company arranged them: required, hidden, first values, sections, shown by another field, other words."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from zhike.core import fieldvalues, layouts, writes
from zhike.core.customfields import actions
from zhike.core.customfields.actions import Part, Setting
from zhike.core.customfields.models import CustomKind
from zhike.core.customfields.tests.world import SYSTEM, change, field
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.pages.tests.world import client_of, text_of
from zhike.core.writes import RuleBroken
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


def test_a_required_field_is_asked_of_new_rows_and_of_who_empties_it_but_not_of_old_ones(people: Cast) -> None:
    old = writes.create(people.actor("admin"), Customer(name="旧客户"))
    field(CustomKind.TEXT, required=True)
    admin = people.actor("admin")
    with pytest.raises(ValidationError, match="required"):
        writes.create(admin, Customer(name="新客户"))
    writes.create(SYSTEM, Customer(name="系统客户"))
    old.short_name = "旧"
    writes.save(admin, old, verb="edit")
    old.custom = {"cf_text": "x"}
    writes.save(admin, old, verb="edit")
    old.custom = {}
    with pytest.raises(ValidationError, match="required"):
        writes.save(admin, old, verb="edit")


def test_a_field_that_is_not_shown_is_not_required_and_keeps_its_value(people: Cast) -> None:
    shown_if = {"field": "level", "op": "in", "value": ["key", "important"]}
    field(CustomKind.TEXT, required=True, shown_if=shown_if)
    admin = people.actor("admin")
    plain = writes.create(admin, Customer(name="普通", level="small", custom={"cf_text": "canary-81"}))
    assert plain.custom == {"cf_text": "canary-81"}
    writes.create(admin, Customer(name="小客户", level="small"))
    with pytest.raises(ValidationError, match="required"):
        writes.create(admin, Customer(name="重点", level="key"))
    page = text_of(client_of(people.admin).get("/customers/new/"))
    assert 'data-shown-by="#id_level" data-shown-for="key important"' in page


def test_new_records_begin_with_the_default_unless_it_is_taken_out(people: Cast) -> None:
    field(CustomKind.INTEGER, default=7)
    assert 'value="7"' in text_of(client_of(people.admin).get("/customers/new/"))
    entity = registry.get("customers")
    assert layouts.new_row(entity).custom == {"cf_integer": 7}
    row = writes.create(people.actor("admin"), layouts.make_row(entity, {"name": "空", "cf_integer": None}))
    assert row.custom == {}


def test_a_built_in_field_takes_other_words_becomes_required_and_can_be_hidden(people: Cast) -> None:
    actions.set_field(SYSTEM, "customers", "short_name", Setting(label_zh="简称甲", label_en="Nickname", required=True))
    actions.set_field(SYSTEM, "customers", "fax", Setting(is_hidden=True))
    client = client_of(people.admin)
    page = text_of(client.get("/customers/new/"))
    assert "Nickname" in page
    assert 'name="fax"' not in page
    refused = client.post("/customers/new/", {"name": "浦发银行", "kind": "organisation"})
    assert refused.status_code == 422
    with pytest.raises(ValidationError) as error:
        writes.create(people.actor("admin"), Customer(name="浦发银行"))
    assert list(error.value.message_dict) == ["short_name"]
    entity = registry.get("customers")
    assert "fax" not in layouts.readable(entity)
    with translation.override("zh-hans"):
        assert str(entity.field("short_name").label) == "简称甲"
    with pytest.raises(RuleBroken):
        actions.set_field(SYSTEM, "customers", "name", Setting(is_hidden=True))


def test_sections_stand_in_the_form_and_on_the_page(people: Cast) -> None:
    field(CustomKind.TEXT)
    entity = registry.get("customers")
    names = [name for name in layouts.form_names(entity) if name not in ("cf_text", "address")]
    actions.arrange(
        SYSTEM, "customers", [Part(names=tuple(names)), Part(names=("cf_text", "address"), title_en="Visits")]
    )
    row = writes.create(SYSTEM, Customer(name="浦发银行", address="外滩 12 号", custom={"cf_text": "每周"}))
    client = client_of(people.admin)
    form = text_of(client.get(f"/customers/{row.pk}/edit/"))
    assert form.index("<legend>Visits</legend>") < form.index('name="cf_text"') < form.index('name="address"')
    assert "Visits" in text_of(client.get(f"/customers/{row.pk}/"))
    with pytest.raises(RuleBroken):
        actions.arrange(SYSTEM, "customers", [Part(names=("name",))])


def test_an_entity_takes_another_name_everywhere(people: Cast) -> None:
    actions.rename_entity(SYSTEM, "customers", one_zh="会员", one_en="member", many_en="members")
    entity = registry.get("customers")
    assert (str(entity.label), str(entity.label_plural)) == ("member", "members")
    with translation.override("zh-hans"):
        assert str(layouts.entity_label_plural(entity)) == "会员"
    assert "Members" in text_of(client_of(people.admin).get("/customers/"))
    assert Event.objects.filter(entity="settings", verb="rename_entity").exists()


def test_a_retired_field_is_gone_and_comes_back_with_its_values(people: Cast) -> None:
    made = field(CustomKind.TEXT)
    row = writes.create(SYSTEM, Customer(name="浦发银行", custom={"cf_text": "canary-81"}))
    actions.retire_field(SYSTEM, "customers", made.key)
    assert not registry.get("customers").has_field(made.key)
    assert "canary-81" not in text_of(client_of(people.admin).get(f"/customers/{row.pk}/"))
    row.refresh_from_db()
    row.short_name = "浦发"
    writes.save(SYSTEM, row, verb="edit")
    with pytest.raises(RuleBroken):
        field(CustomKind.TEXT, key="cf_text")
    actions.restore_field(SYSTEM, "customers", made.key)
    row.refresh_from_db()
    assert fieldvalues.value_of(row, registry.get("customers").field(made.key)) == "canary-81"


def test_a_key_is_made_from_the_label_and_the_kind_stands(people: Cast) -> None:
    made = field(CustomKind.TEXT, key="", label_zh="合作年限", label_en="")
    assert made.key == "cf_he_zuo_nian_xian"
    with pytest.raises(RuleBroken):
        change(made, kind="integer")
    with pytest.raises(writes.NotAllowed):
        actions.retire_field(people.actor("ana"), "customers", made.key)
