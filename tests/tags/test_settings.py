"""The company's list of tags: who makes them, merging, switching off, the configuration file."""

import pytest

from tests.tags.world import SYSTEM, stored, tagged
from zhike.core import options, overlay, tags
from zhike.core.configfile import engine
from zhike.core.configuration import actions, option_actions
from zhike.core.configuration.option_actions import Words
from zhike.core.customfields.actions import retire_field
from zhike.core.customfields.models import CustomValue
from zhike.core.entities import registry
from zhike.core.options.models import Option
from zhike.core.pages.tests.world import client_of, contact, text_of
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


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
