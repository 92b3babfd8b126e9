"""Menu, numbering, choices, modules, roles, pipelines, configuration: a look changes nothing, a save is at once everywhere."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhike.core import company, configfile, menu, modules, numbering, options, overlay, writes
from zhike.core.actors import Actor, Via
from zhike.core.events.models import Event
from zhike.core.menu.models import MenuChoice
from zhike.core.numbering.models import NumberCounter, NumberRule
from zhike.core.options.models import Option
from zhike.core.testing import samples
from zhike.identity.factories import Cast, cast, give_role
from zhike.identity.models import Role
from zhike.sales.models import Pipeline, Stage

pytestmark = pytest.mark.django_db
LOOK = {"HX-Request": "true"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def admin(people: Cast, client: Client) -> Client:
    client.force_login(people.admin)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


# The menu ------------------------------------------------------------------------------------------------------------


def names() -> list[str]:
    return [item.name for item in menu.ordered()]


def test_an_entry_is_hidden_for_everyone_and_its_address_still_works(admin: Client, people: Cast) -> None:
    order = names()
    shown = [name for name in order if name != "funnel"]
    assert admin.post("/settings/menu/", {"item": order, "shown": shown}).status_code == 302

    ana = Client()
    ana.force_login(people.ana)
    assert 'href="/funnel/"' not in text(ana.get("/"))
    assert ana.get("/funnel/").status_code == 200


def test_the_order_is_kept_and_can_be_as_shipped_again(admin: Client) -> None:
    order = names()
    swapped = [*order[:-2], order[-1], order[-2]]
    admin.post("/settings/menu/", {"item": swapped, "shown": swapped})
    assert menu.current().order == tuple(swapped)
    admin.post("/settings/menu/", {"item": swapped, "reset": "1"})
    assert names() == order


def test_a_step_moves_an_entry_in_its_group_and_at_the_edge_the_group(admin: Client) -> None:
    order = names()
    page = text(admin.post("/settings/menu/", {"item": order, "shown": order, "step": "up:funnel"}))
    assert page.index('name="item" value="funnel"') < page.index('name="item" value="opportunities"')
    page = text(admin.post("/settings/menu/", {"item": order, "shown": order, "step": "up:opportunities"}))
    assert page.index('name="item" value="opportunities"') < page.index('name="item" value="customers"')
    assert not MenuChoice.objects.exists()


def test_a_look_at_the_menu_changes_nothing(admin: Client) -> None:
    order = names()
    page = text(admin.post("/settings/menu/", {"item": order, "shown": [], "preview": "1"}, headers=LOOK))
    assert "z-preview__menu" in page
    assert page.count("z-menu-line") == 1
    assert not MenuChoice.objects.exists()


def test_home_stays_in_the_menu_and_nonsense_is_left_out(admin: Client) -> None:
    assert (
        admin.post(
            "/settings/menu/", {"item": ["nowhere", "customers", "customers"], "shown": ["customers"]}
        ).status_code
        == 302
    )
    assert "home" in {item.name for item in menu.shown()}
    assert menu.current().order == ("customers",)


# Numbers -------------------------------------------------------------------------------------------------------------


def test_the_next_three_numbers_are_shown_as_the_pattern_is_typed(admin: Client) -> None:
    today = company.today()
    NumberCounter.objects.create(rule="customer", period=f"{today:%Y}", last=41)
    sent = {"pattern": "K{yyyy}-{seq:4}", "reset": "year", "preview": "1"}
    page = text(admin.post("/settings/numbering/customer/", sent, headers=LOOK))
    assert [number for number in ("0042", "0043", "0044") if f"K{today:%Y}-{number}" in page] == [
        "0042",
        "0043",
        "0044",
    ]
    assert not NumberRule.objects.exists()
    assert NumberCounter.objects.get().last == 41


@pytest.mark.parametrize("pattern", ["K", "{seq}{seq}", "{week}{seq}", "K{seq}", ""])
def test_a_pattern_that_cannot_work_is_said_where_the_numbers_would_stand(admin: Client, pattern: str) -> None:
    sent = {"pattern": pattern, "reset": "day", "preview": "1"}
    page = text(admin.post("/settings/numbering/customer/", sent, headers=LOOK))
    assert "z-notice" in page
    assert "<ol" not in page


def test_looking_at_coming_numbers_draws_none(admin: Client) -> None:
    today = company.today()
    assert numbering.coming("customer", today) == numbering.coming("customer", today)
    drawn = numbering.draw("customer", today, 3)
    assert numbering.coming("customer", today)[0] not in drawn


# Choices -------------------------------------------------------------------------------------------------------------


def test_an_option_is_shown_with_its_new_words_and_colour_before_it_is_saved(admin: Client) -> None:
    code = next(iter(options.entries("source")))
    sent = {"label_zh": "老朋友", "label_en": "old friend", "colour": "violet", "preview": "1"}
    page = text(admin.post(f"/settings/options/source/{code}/", sent, headers=LOOK))
    assert '<span class="z-badge is-violet">老朋友</span>' in page
    assert not Option.objects.exists()


# Modules -------------------------------------------------------------------------------------------------------------


def test_what_goes_with_a_module_and_who_worked_with_it_is_said(admin: Client, people: Cast) -> None:
    deal = samples.make("opportunities", people.ana, "deal")
    deal.approach = "Call first."
    writes.save(Actor.of(people.ana, Via.PAGE), deal)
    page = text(admin.get("/settings/modules/"))
    assert "商机 (1)" in page
    assert str(people.ana) in page
    assert modules.is_on("sales")


# Roles ---------------------------------------------------------------------------------------------------------------


def role_form(role: Role, **more: str) -> dict[str, str]:
    return {"name": role.name, "description": role.description, "version": str(role.version), **more}


def test_a_role_is_counted_through_a_persons_eyes_and_nothing_is_saved(admin: Client, people: Cast) -> None:
    samples.make("customers", people.ana, "mine")
    samples.make("customers", people.cyd, "foreign")
    role = Role.objects.get(code="salesperson")
    address = f"/settings/roles/{role.pk}/"
    events = Event.objects.count()
    look = role_form(role, preview="1", person=str(people.ana.pk), alone="1")

    page = text(admin.post(address, look, headers=LOOK))
    assert str(people.ana) in page
    assert ">1<" in page
    wider = text(admin.post(address, look | {"grant:customers:view": "all"}, headers=LOOK))
    assert ">2<" in wider
    role.refresh_from_db()
    assert "customers" not in role.grants
    assert Event.objects.count() == events


def test_a_look_at_a_role_asks_for_a_person_that_is_there(admin: Client) -> None:
    role = Role.objects.get(code="salesperson")
    page = text(
        admin.post(f"/settings/roles/{role.pk}/", role_form(role, preview="1", person="987654321"), headers=LOOK)
    )
    assert "z-notice" in page


# Pipelines -----------------------------------------------------------------------------------------------------------


def stages_of(pipeline: Pipeline) -> list[int]:
    rows = Stage.objects.filter(pipeline=pipeline, deleted_at__isnull=True).order_by("position", "pk")
    return list(rows.values_list("pk", flat=True))


def test_stages_are_put_into_order_and_a_look_does_not(admin: Client) -> None:
    pipeline = Pipeline.objects.get()
    ids = stages_of(pipeline)
    swapped = [ids[1], ids[0], *ids[2:]]
    address = f"/settings/pipelines/{pipeline.pk}/"

    assert "z-stages" in text(admin.post(address, {"item": swapped, "preview": "1"}, headers=LOOK))
    assert "z-stages" in text(admin.post(address, {"item": ids, "step": f"down:{ids[0]}"}))
    assert stages_of(pipeline) == ids
    assert admin.post(address, {"item": swapped}).status_code == 302
    assert stages_of(pipeline) == swapped
    assert text(admin.get("/settings/pipelines/")).count("z-stages") == 1


@pytest.mark.parametrize("change", ["missing", "twice", "closed first", "none"])
def test_an_order_that_cannot_be_is_refused(admin: Client, change: str) -> None:
    pipeline = Pipeline.objects.get()
    ids = stages_of(pipeline)
    orders = {"missing": ids[1:], "twice": [*ids, ids[0]], "closed first": ids[::-1], "none": []}
    response = admin.post(f"/settings/pipelines/{pipeline.pk}/", {"item": orders[change]})
    assert response.status_code == 409
    assert stages_of(pipeline) == ids


# The configuration as a file -----------------------------------------------------------------------------------------


def upload(admin: Client, document: Any, name: str = "zhike.json", **more: str) -> Any:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return admin.post("/settings/configuration/", {"file": SimpleUploadedFile(name, content), **more})


def exported(people: Cast) -> dict[str, Any]:
    return configfile.export(Actor.of(people.admin, Via.PAGE))


@pytest.mark.parametrize("form", ["toml", "json"])
def test_what_is_downloaded_and_uploaded_again_differs_in_nothing(admin: Client, form: str) -> None:
    response = admin.get(f"/settings/configuration/zhike.{form}")
    assert response.headers["Content-Disposition"].endswith(f'.{form}"')
    assert "z-notice is-green" in text(upload(admin, response.content, f"zhike.{form}"))


def test_the_differences_are_shown_first_and_then_made(admin: Client, people: Cast) -> None:
    document = exported(people)
    document["numbering"]["customer"]["pattern"] = "KH{yyyy}{mm}{dd}-{seq:6}"
    page = upload(admin, document)
    assert "customer.pattern" in text(page)
    assert not NumberRule.objects.exists()

    sent = {name: page.context[name] for name in ("document", "seen")}
    assert admin.post("/settings/configuration/", sent).status_code == 302
    assert numbering.current("customer")[0] == "KH{yyyy}{mm}{dd}-{seq:6}"


def test_what_was_changed_meanwhile_is_shown_anew_before_it_is_made(admin: Client, people: Cast) -> None:
    document = exported(people)
    document["modules"]["sales"] = False
    page = upload(admin, document)
    NumberRule.objects.create(name="customer", pattern="X{seq}", reset="never")
    overlay.bump()
    sent = {name: page.context[name] for name in ("document", "seen")}
    again = admin.post("/settings/configuration/", sent)
    assert again.status_code == 200
    assert "customer.pattern" in text(again)
    assert modules.is_on("sales")


def test_a_file_that_cannot_be_is_refused_with_its_places(admin: Client, people: Cast) -> None:
    document = exported(people) | {"modules": {"people": False}}
    response = upload(admin, document)
    assert response.status_code == 409
    assert "modules.people" in text(response)
    assert upload(admin, b"{", "zhike.json").status_code == 422
    assert upload(admin, b"", "zhike.xml").status_code == 422
    assert admin.post("/settings/configuration/", {"document": "{"}).status_code == 422
    assert admin.post("/settings/configuration/", {}).status_code == 422
    assert admin.get("/settings/configuration/zhike.xml").status_code == 404


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("/settings/menu/", "settings.menu"),
        ("/settings/configuration/", "settings.configuration"),
        ("/settings/configuration/zhike.toml", "settings.configuration"),
        ("/settings/pipelines/", "settings.pipelines"),
    ],
)
def test_each_page_opens_for_its_own_right_only(people: Cast, client: Client, address: str, right: str) -> None:
    client.force_login(people.ana)
    assert client.get(address).status_code == 403
    give_role(people.ana, Role.objects.create(name="keeper", settings=[right]))
    assert client.get(address).status_code == 200
