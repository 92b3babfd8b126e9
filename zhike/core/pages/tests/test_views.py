"""Views in the head of a list: the switch, saving, sharing, the one that opens first."""

import re
from typing import Any

import pytest

from zhike.core.pages.tests.test_lists import names
from zhike.core.pages.tests.world import client_of, customer, text_of
from zhike.core.saved_views.models import SavedView
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(people: Cast) -> Cast:
    customer(people.ana, "Key of ana", level="key")
    customer(people.ana, "Small of ana", level="small")
    customer(people.ben, "Key of ben", level="key")
    return people


def saved(house: Cast, query: str = "level=key", name: str = "Key ones", **more: str) -> SavedView:
    answer = client_of(house.ana).post("/customers/views/new/", {"name": name, "query": query} | more)
    row = SavedView.objects.get(name=name)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/?view={row.pk}")
    return row


def test_a_list_is_saved_under_a_name_and_opened_by_it(house: Cast) -> None:
    view = saved(house, "level=key&sort=-name&columns=name,level&tab=mine&size=20")
    assert view.condition == {"field": "level", "op": "eq", "value": "key"}
    assert (view.sort, view.columns, view.tab, view.size, view.shared) == ("-name", "name,level", "mine", 20, "private")
    page = text_of(client_of(house.ana).get(f"/customers/?view={view.pk}"))
    assert names(page) == ["Key of ana"]
    assert "View: Key ones" in page
    assert "z-views__mark" not in page
    assert re.findall(r'data-column="(\w+)"', page) == ["name", "level"]


def test_a_changed_view_says_so_and_is_saved_with_one_click(house: Cast) -> None:
    view = saved(house)
    page = text_of(client_of(house.ana).get(f"/customers/?view={view.pk}&sort=level"))
    assert "z-views__mark" in page
    assert f'action="/customers/views/{view.pk}/keep/"' in page
    client_of(house.ana).post(
        f"/customers/views/{view.pk}/keep/", {"query": f"view={view.pk}&sort=level&name.contains=Key"}
    )
    view.refresh_from_db()
    assert view.sort == "level"
    assert view.condition == {
        "all": [
            {"field": "name", "op": "contains", "value": "Key"},
            {"field": "level", "op": "eq", "value": "key"},
        ]
    }
    assert "z-views__mark" not in text_of(client_of(house.ana).get(f"/customers/?view={view.pk}"))


def test_each_part_of_the_condition_is_a_chip_that_can_be_taken_off(house: Cast) -> None:
    view = saved(house, "level=key&name.contains=ana")
    page = text_of(client_of(house.ana).get(f"/customers/?view={view.pk}"))
    links = re.findall(r'<li class="z-chip"><span>[^<]*</span><a href="([^"]+)"', page)
    assert len(links) == 2
    without_level = text_of(client_of(house.ana).get("/customers/" + links[0].replace("&amp;", "&")))
    one = text_of(client_of(house.ana).get("/customers/" + links[1].replace("&amp;", "&")))
    assert sorted(names(without_level)) == ["Key of ana", "Small of ana"]
    assert names(one) == ["Key of ana"]
    last = re.findall(r'<li class="z-chip"><span>[^<]*</span><a href="([^"]+)"', one)[0].replace("&amp;", "&")
    assert len(names(text_of(client_of(house.ana).get("/customers/" + last)))) == 2


def test_others_open_what_is_shared_but_only_save_it_as_their_own(house: Cast) -> None:
    view = saved(house, shared="department")
    ben = client_of(house.ben)
    page = text_of(ben.get(f"/customers/?view={view.pk}&sort=level"))
    assert names(page) == ["Key of ben"]
    assert "/keep/" not in page
    assert ben.post(f"/customers/views/{view.pk}/keep/", {"query": "sort=name"}).status_code == 403
    assert ben.get(f"/customers/views/{view.pk}/").status_code == 403
    assert client_of(house.cyd).get(f"/customers/views/{view.pk}/").status_code == 404
    ben.post("/customers/views/new/", {"name": "My key ones", "query": f"view={view.pk}&sort=level"})
    mine = SavedView.objects.get(owner=house.ben)
    assert (mine.condition, mine.sort) == (view.condition, "level")


def test_the_menu_lists_what_one_finds(house: Cast) -> None:
    saved(house, shared="department")
    menu = text_of(client_of(house.ben).get("/customers/views/", headers={"HX-Request": "true"}))
    assert "Key ones" in menu
    assert "by Ana" in menu
    assert "<html" not in menu
    assert "Key ones" not in text_of(client_of(house.cyd).get("/customers/views/"))


def test_the_view_that_opens_first_opens_with_a_bare_address_only(house: Cast) -> None:
    view = saved(house)
    ana = client_of(house.ana)
    answer = ana.post("/customers/views/default/", {"view": str(view.pk)})
    assert answer.headers["Location"] == f"/customers/?view={view.pk}"
    assert names(text_of(ana.get("/customers/"))) == ["Key of ana"]
    assert len(names(text_of(ana.get("/customers/?tab=all")))) == 2
    assert len(names(text_of(ana.get("/customers/?view=all")))) == 2
    page = text_of(ana.get("/customers/"))
    assert f'href="?view={view.pk}&amp;tab=mine"' in page, "links go on in the view"
    SavedView.objects.all().delete()
    assert len(names(text_of(ana.get("/customers/")))) == 2, "a view that is gone opens nothing and shows everything"


def test_rename_share_and_delete(house: Cast) -> None:
    view = saved(house)
    ana = client_of(house.ana)
    page = text_of(ana.get(f"/customers/views/{view.pk}/"))
    assert 'value="department"' in page
    assert 'value="everyone"' not in page, "only who keeps the shared views is offered this"
    ana.post(f"/customers/views/{view.pk}/", {"name": "Renamed", "shared": "department"})
    view.refresh_from_db()
    assert (view.name, view.shared, view.department) == ("Renamed", "department", house.team)
    forged = ana.post(f"/customers/views/{view.pk}/", {"name": "Renamed", "shared": "everyone"})
    assert forged.status_code == 422
    assert ana.post(f"/customers/views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_name_that_is_taken_is_said_beside_the_box(house: Cast) -> None:
    saved(house)
    answer = client_of(house.ana).post("/customers/views/new/", {"name": "Key ones", "query": "level=key"})
    assert answer.status_code == 422
    assert "You already have a view of this name here." in text_of(answer)


def test_a_list_that_is_not_right_is_not_saved(house: Cast) -> None:
    answer = client_of(house.ana).post("/customers/views/new/", {"name": "Broken", "query": "nonsense=1"})
    assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_columns_chosen_beside_a_view_wait_in_the_address_to_be_saved(house: Cast) -> None:
    view = saved(house)
    ana = client_of(house.ana)
    answer = ana.post("/customers/columns/", {"column": ["level", "name"], "query": f"view={view.pk}"})
    assert answer.headers["Location"] == f"/customers/?view={view.pk}&columns=level%2Cname"
    assert re.findall(r'data-column="(\w+)"', text_of(ana.get("/customers/?view=all")))[0] == "name"
    page = text_of(ana.get(answer.headers["Location"]))
    assert re.findall(r'data-column="(\w+)"', page) == ["level", "name"]
    assert "z-views__mark" in page


def test_without_a_script_an_arrow_moves_a_column_and_shows_the_form_again(house: Cast) -> None:
    ana = client_of(house.ana)
    answer = ana.post("/customers/columns/", {"column": ["name", "level", "region"], "up": "region", "query": ""})
    page = text_of(ana.get(answer.headers["Location"]))
    assert re.findall(r'name="column" value="(\w+)" checked', page) == ["name", "region", "level"]


def test_the_size_of_a_page_is_remembered(house: Cast) -> None:
    ana = client_of(house.ana)
    ana.post("/customers/columns/", {"column": ["name"], "size": "20", "query": ""})
    assert '<strong aria-current="true">20</strong>' in text_of(ana.get("/customers/"))
    ana.post("/customers/columns/", {"column": ["name"], "size": "7", "query": ""})
    assert '<strong aria-current="true">20</strong>' in text_of(ana.get("/customers/"))


def test_exports_and_bulk_steps_mean_the_view(house: Cast) -> None:
    view = saved(house)
    ana, admin = client_of(house.ana), client_of(house.admin)
    SavedView.objects.filter(pk=view.pk).update(shared="everyone")
    answer: Any = admin.post("/customers/export/", {"format": "csv", "query": f"view={view.pk}"})
    csv = b"".join(answer.streaming_content).decode()
    assert "Key of ana" in csv
    assert "Small of ana" not in csv
    page = text_of(admin.post("/customers/bulk/delete/", {"matching": "1", "query": f"view={view.pk}"}))
    assert "2 records" in page
    assert "Small of ana" not in page
    assert ana.post("/customers/bulk/delete/", {"matching": "1", "query": f"view={view.pk}"}).status_code == 403
