"""The home page: tiles by right, arranged by each person, and what was viewed lately."""

import pytest
from django.test import Client, RequestFactory

from zhike.core import home, viewed
from zhike.core.actors import Actor, Via
from zhike.core.configuration.menu_actions import arrange_menu
from zhike.core.entities import registry
from zhike.core.home.tiles import creatable, has_rows, team_changes
from zhike.core.pages.context import Shell
from zhike.core.record_keys import key_of
from zhike.core.writes import create, delete
from zhike.customers.models import Customer
from zhike.identity.factories import Cast
from zhike.identity.models import User

pytestmark = pytest.mark.django_db


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def a_customer(owner: User, name: str) -> Customer:
    return create(Actor.system(), Customer(name=name, owner=owner))


def shown(user: object) -> list[str]:
    return [tile.name for tile in home.arrangement_of(Actor.of(user, Via.PAGE)).shown]  # type: ignore[arg-type]


def test_a_tile_is_there_only_for_those_with_its_right(people: Cast) -> None:
    assert "won" in shown(people.ana)
    assert "won" not in shown(people.eve)


def test_a_record_looked_at_stands_on_the_home_page_until_it_is_out_of_reach(people: Cast) -> None:
    mine = a_customer(people.ana, "浦发银行")
    client = client_of(people.ana)
    assert "浦发银行" not in client.get("/").content.decode()
    assert client.post("/viewed/", {"record": key_of(mine)}).status_code == 204
    assert "浦发银行" in client.get("/").content.decode()
    delete(Actor.system(), mine)
    assert "浦发银行" not in client.get("/").content.decode()


def test_what_one_cannot_see_is_not_noted(people: Cast) -> None:
    others = a_customer(people.cyd, "某客户")
    client = client_of(people.ana)
    for key in (key_of(others), "customers:0", "nonsense", "", "customers:99999999999999999999"):
        assert client.post("/viewed/", {"record": key}).status_code == 204
    assert viewed.lately(Actor.of(people.ana, Via.PAGE), 10) == []


def test_of_what_was_viewed_the_newest_fifty_are_kept(people: Cast) -> None:
    actor = Actor.of(people.ana, Via.PAGE)
    for number in range(60):
        viewed.note(actor, f"customers:{number + 1}")
    kept = [key for key, _at in viewed.lately(actor, 100)]
    assert kept == [f"customers:{number}" for number in range(60, 10, -1)]


def test_a_tile_is_moved_put_away_and_brought_back(people: Cast) -> None:
    client = client_of(people.ana)
    first, second = shown(people.ana)[:2]
    client.post("/home/arrange/", {"step": f"down:{first}"})
    assert shown(people.ana)[:2] == [second, first]
    client.post("/home/arrange/", {"step": f"hide:{first}"})
    assert first not in shown(people.ana)
    client.post("/home/arrange/", {"step": f"show:{first}"})
    assert shown(people.ana)[-1] == first
    client.post("/home/arrange/", {"usual": "1"})
    assert shown(people.ana)[:2] == [first, second]


@pytest.mark.parametrize("step", ["up:nothing", "hide:", "fly:won", "", "up:won:won"])
def test_a_step_that_makes_no_sense_changes_nothing(people: Cast, step: str) -> None:
    before = shown(people.ana)
    assert client_of(people.ana).post("/home/arrange/", {"step": step}).status_code == 302
    assert shown(people.ana) == before


def test_one_persons_arrangement_is_not_anothers(people: Cast) -> None:
    client_of(people.ana).post("/home/arrange/", {"step": "hide:won"})
    assert "won" in shown(people.ben)


def test_first_steps_end_when_all_are_done(people: Cast) -> None:
    admin = Actor.of(people.admin, Via.PAGE)
    steps = {step.name: is_done for step, is_done in home.first_steps(admin)}
    assert steps["colleagues"]
    assert not steps["customers"]
    a_customer(people.ana, "某客户")
    assert {step.name: done for step, done in home.first_steps(admin)}["customers"]


def test_the_head_of_a_team_sees_what_its_people_did_and_a_salesperson_does_not_see_the_tile(people: Cast) -> None:
    create(Actor.of(people.ana, Via.PAGE), Customer(name="新客户", owner=people.ana))
    told = team_changes(Actor.of(people.dan, Via.PAGE))
    assert told is not None
    assert [line.title for line in told["lines"]] == ["新客户"]  # type: ignore[attr-defined]
    assert team_changes(Actor.of(people.cyd, Via.PAGE)) is None


def test_a_first_step_is_open_again_when_its_record_goes_to_the_bin(people: Cast) -> None:
    ana, customers = Actor.of(people.ana, Via.PAGE), registry.get("customers")
    row = a_customer(people.ana, "浦发银行")
    assert has_rows(ana, customers)
    delete(Actor.system(), row)
    assert not has_rows(ana, customers)


def test_what_the_menu_hides_is_offered_neither_in_the_bar_nor_on_the_tile(people: Cast) -> None:
    def offered() -> tuple[list[str], list[str]]:
        request = RequestFactory().get("/")
        request.user, request.actor = people.ana, Actor.of(people.ana, Via.PAGE)  # type: ignore[attr-defined]
        tile = creatable(Actor.of(people.ana, Via.PAGE)) or {"entities": []}
        in_bar = [item.url.split("/")[1] for item in Shell(request).quick_create]
        return in_bar, [entity.slug for entity in tile["entities"]]  # type: ignore[attr-defined]

    bar, tile = offered()
    assert bar == tile
    assert {"customers", "contacts", "leads"} <= set(bar)
    arrange_menu(Actor.of(people.admin, Via.PAGE), ["leads"], ["contacts"])
    bar, tile = offered()
    assert bar == tile
    assert "contacts" not in bar
