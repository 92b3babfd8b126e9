"""Settings, objects and fields: what an administrator makes there is in the product at once, and a look changes nothing."""

from typing import Any

import pytest
from django.test import Client

from zhike.core import layouts, options, overlay
from zhike.core.actors import Actor, Via
from zhike.core.customfields import actions
from zhike.core.customfields.checking import Draft
from zhike.core.customfields.models import CustomField, EntityName, FieldSetting
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.saved_views import actions as views
from zhike.core.testing import samples
from zhike.identity.factories import Cast, cast, give_role
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db
PAGE = "/settings/fields/customers/"
LOOK = {"HX-Request": "true"}


def role_with(settings: list[str]) -> Role:
    """A role with these rights outside entities, and no other."""
    return Role.objects.create(name=", ".join(settings), settings=settings)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def admin(people: Cast, client: Client) -> Client:
    client.force_login(people.admin)
    return client


@pytest.fixture
def keeper(people: Cast) -> Actor:
    return Actor.of(people.admin, Via.PAGE)


def wish(**changes: Any) -> dict[str, Any]:
    """A form for a choice field, as a browser sends it."""
    first = {
        "kind": "choice", "label_zh": "客户规模", "label_en": "Size", "choices": "大型 | large\n中型 | middle\n小型",
        "default": "中型", "section": "", "is_indexed": "on", "places": "2",
    }  # fmt: skip
    return {name: value for name, value in (first | changes).items() if value is not None}


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_choice_field_made_in_the_page_is_at_once_in_form_list_and_filter(admin: Client, people: Cast) -> None:
    samples.make("customers", people.ana, "pufa")
    assert admin.post(f"{PAGE}new/", wish()).status_code == 302

    assert "客户规模" in text(admin.get("/customers/new/"))
    assert "客户规模" in text(admin.get("/customers/filters/"))
    listed = text(admin.get("/customers/?columns=name,cf_size"))
    assert "客户规模" in listed
    assert layouts.defaults(registry.get("customers")) == {"cf_size": "middle"}
    assert [entry.text() for entry in options.entries("customers-cf_size").values()] == ["大型", "中型", "小型"]


def test_a_look_shows_the_form_with_the_field_and_makes_nothing(admin: Client) -> None:
    events = Event.objects.count()
    page = text(admin.post(f"{PAGE}new/", wish(preview="1"), headers=LOOK))

    assert "客户规模" in page
    assert "<html" not in page
    assert 'id="preview_name"' in page
    assert not CustomField.objects.filter(key__startswith="cf_").exists()
    assert Event.objects.count() == events
    assert "客户规模" not in text(admin.get("/customers/new/"))


def test_a_look_without_a_script_shows_the_whole_page_with_what_was_typed(admin: Client) -> None:
    page = text(admin.post(f"{PAGE}new/", wish(preview="1")))
    assert "<html" in page
    assert "大型 | large" in page
    assert not CustomField.objects.filter(key__startswith="cf_").exists()


def test_a_look_says_what_does_not_work_yet(admin: Client) -> None:
    assert "z-notice" in text(admin.post(f"{PAGE}new/", wish(preview="1", choices="", default=""), headers=LOOK))
    assert "z-notice" in text(admin.post(f"{PAGE}new/", wish(preview="1", label_zh="", label_en=""), headers=LOOK))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"label_zh": "", "label_en": ""}, 409),
        ({"kind": "formula"}, 422),
        ({"choices": ""}, 409),
        ({"choices": "大型\n大型"}, 409),
        ({"default": "巨型"}, 409),
        ({"kind": "record", "target": ""}, 409),
        ({"kind": "integer", "default": "many", "choices": ""}, 409),
        ({"shown_if": "{"}, 422),
        ({"section": "nowhere"}, 422),
    ],
)
def test_what_cannot_be_a_field_is_refused_beside_its_cause_and_nothing_is_made(
    admin: Client, changes: dict[str, Any], status: int
) -> None:
    response = admin.post(f"{PAGE}new/", wish(**changes))
    assert response.status_code == status
    assert "z-field__errors" in text(response)
    assert not CustomField.objects.filter(key__startswith="cf_").exists()
    assert not options.entries("customers-cf_size")


def test_a_field_of_ones_own_is_changed_given_more_choices_and_put_in_a_section(admin: Client, keeper: Actor) -> None:
    admin.post(f"{PAGE}new/", wish())
    parts = layouts.form_names(registry.get("customers"))
    actions.arrange(keeper, "customers", [actions.Part(names=parts), actions.Part(names=(), title_zh="规模")])

    address = f"{PAGE}fields/cf_size/"
    assert "中型" in text(admin.get(address))
    sent = wish(kind=None, label_zh="规模等级", choices="巨型 | giant", section="s1", required="on")
    assert admin.post(address, sent).status_code == 302

    assert str(layouts.label(registry.get("customers"), "cf_size")) == "规模等级"
    assert layouts.sections(registry.get("customers"))[-1].names == ("cf_size",)
    assert "giant" in options.entries("customers-cf_size")
    assert CustomField.objects.get(key__startswith="cf_").required


def test_a_built_in_field_is_renamed_made_required_and_hidden(admin: Client) -> None:
    address = f"{PAGE}fields/description/"
    sent = {"label_zh": "备忘", "help_zh": "写下重要的事。", "required": "on", "section": "", "default": ""}
    assert "备忘" in text(admin.post(address, sent | {"preview": "1"}, headers=LOOK))
    assert not FieldSetting.objects.exists()
    assert admin.post(address, sent).status_code == 302
    page = text(admin.get(address))  # beside the company's word stands what is shipped
    assert 'value="备忘"' in page
    assert 'placeholder="备注"' in page
    assert 'placeholder="Description"' in page

    form = text(admin.get("/customers/new/"))
    assert "备忘" in form
    assert "写下重要的事。" in form
    assert admin.post(address, {"label_zh": "备忘", "is_hidden": "on", "section": ""}).status_code == 302
    assert "备忘" not in text(admin.get("/customers/new/"))
    assert "备忘" in text(admin.get(PAGE))


def test_a_field_that_zhike_needs_is_neither_hidden_nor_made_optional(admin: Client) -> None:
    assert admin.post(f"{PAGE}fields/name/", {"label_zh": "公司", "is_hidden": "on", "section": ""}).status_code == 302
    row = FieldSetting.objects.get(name="name")
    assert (row.label_zh, row.is_hidden, row.required) == ("公司", False, False)


def test_what_depends_on_a_field_is_listed_before_it_is_retired(admin: Client, keeper: Actor) -> None:
    admin.post(f"{PAGE}new/", wish())
    state = {"condition": {"field": "cf_size", "op": "eq", "value": "large"}, "columns": "name,cf_size"}
    views.create_view(keeper, registry.get("customers"), name="大客户", state=state, shared="everyone")
    views.create_view(keeper, registry.get("customers"), name="我的秘密", state=state)
    shown_if = {"field": "cf_size", "op": "eq", "value": "large"}
    actions.create_field(keeper, "customers", Draft(kind="text", label_zh="年检", shown_if=shown_if))

    page = text(admin.get(f"{PAGE}fields/cf_size/"))
    assert "大客户" in page
    assert "年检" in page
    assert "我的秘密" not in page

    assert admin.post(f"{PAGE}fields/cf_size/retire/").status_code == 302
    assert "客户规模" in text(admin.get(PAGE))
    assert "客户规模" not in text(admin.get("/customers/new/"))
    assert admin.post(f"{PAGE}fields/cf_size/restore/").status_code == 302
    assert "客户规模" in text(admin.get("/customers/new/"))


def sent_items(admin: Client) -> list[str]:
    names = layouts.form_names(registry.get("customers"))
    return ["s", *(f"f:{name}" for name in names)]


def test_the_form_is_put_in_order_and_sections_and_a_look_changes_nothing(admin: Client) -> None:
    items = sent_items(admin)
    moved = ["s", items[2], items[1], "s", *items[3:]]
    sent = {"item": moved, "title_zh": ["", "其他"], "title_en": ["", "More"]}

    assert "其他" in text(admin.post(PAGE, sent | {"preview": "1"}, headers=LOOK))
    assert not FieldSetting.objects.exists()
    assert admin.post(PAGE, sent).status_code == 302

    first, second = layouts.sections(registry.get("customers"))
    assert [f"f:{name}" for name in first.names] == [items[2], items[1]]
    assert str(second.title) == "其他"


def test_buttons_move_a_line_without_a_script_and_keep_nothing_yet(admin: Client) -> None:
    items = sent_items(admin)
    sent = {"item": items, "title_zh": [""], "title_en": [""]}
    page = text(admin.post(PAGE, sent | {"step": "down:1"}))
    assert page.index(f'value="{items[2]}"') < page.index(f'value="{items[1]}"')
    page = text(admin.post(PAGE, sent | {"step": "add:0"}))
    assert page.count('name="title_zh"') == 2
    assert not FieldSetting.objects.exists()


@pytest.mark.parametrize("items", [[], ["s", "f:password"], ["s", "f:name", "f:name"], ["f:name"], ["x", "f:"]])
def test_an_order_that_is_not_of_these_fields_is_refused(admin: Client, items: list[str]) -> None:
    response = admin.post(PAGE, {"item": items, "title_zh": [], "title_en": []})
    assert response.status_code == 409
    assert not FieldSetting.objects.exists()


def test_opportunities_are_renamed_and_the_menu_says_so(admin: Client) -> None:
    address = "/settings/fields/opportunities/names/"
    sent = {"one_zh": "项目", "one_en": "project", "many_en": "projects"}
    assert "项目" in text(admin.post(address, sent | {"preview": "1"}, headers=LOOK))
    assert not EntityName.objects.exists()
    assert admin.post(address, sent).status_code == 302

    page = text(admin.get("/opportunities/"))
    assert "项目" in page
    menu = page[page.index("z-menu") :]
    assert ">项目<" in menu.replace("\n", "").replace("  ", "")
    admin.cookies["zhike_language"] = "en"
    assert "New project" in text(admin.get("/opportunities/new/"))


def test_the_right_to_options_is_not_needed_for_the_choices_of_ones_own_field(people: Cast, client: Client) -> None:
    give_role(people.ana, role_with(["settings.fields"]))
    client.force_login(people.ana)
    assert client.post(f"{PAGE}new/", wish()).status_code == 302
    assert client.get("/settings/options/source/").status_code == 403


@pytest.mark.parametrize("address", ["/settings/fields/", PAGE, f"{PAGE}new/", f"{PAGE}names/", f"{PAGE}fields/name/"])
def test_only_who_keeps_the_fields_opens_these_pages(people: Cast, client: Client, address: str) -> None:
    client.force_login(people.ana)
    assert client.get(address).status_code == 403
    assert client.post(address, wish()).status_code in (403, 405)
    give_role(people.ana, role_with(["settings.fields"]))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["nowhere/", "users/", "customers/fields/nothing/", "customers/fields/password/"])
def test_what_is_not_there_is_not_found(admin: Client, address: str) -> None:
    assert admin.get(f"/settings/fields/{address}").status_code == 404


def test_a_trial_is_seen_by_nobody_else_and_undone_at_its_end(keeper: Actor) -> None:
    before = overlay.current_token()
    with overlay.trial():
        actions.rename_entity(keeper, "customers", one_zh="会员")
        assert str(registry.get("customers").label) == "会员"
    assert str(registry.get("customers").label) != "会员"
    assert overlay.current_token() == before
