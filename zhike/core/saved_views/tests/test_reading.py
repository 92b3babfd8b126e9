"""What a list's address comes to when it names a view."""

from typing import Any

import pytest
from django.http import QueryDict

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.lists import ListError, matching
from zhike.core.pages.tests.world import customer
from zhike.core.saved_views import actions, reading
from zhike.core.saved_views.models import SavedView
from zhike.core.saved_views.shipped import ShippedView
from zhike.identity.factories import Cast
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db
CUSTOMERS = registry.get("customers")
KEY = {"field": "level", "op": "eq", "value": "key"}


def view_of(actor: Actor, **state: Any) -> SavedView:
    name, shared = state.pop("name", "Key ones"), state.pop("shared", "private")
    return actions.create_view(actor, CUSTOMERS, name=name, shared=shared, state={"condition": KEY} | state)


def ask(actor: Actor, address: str, *, strict: bool = True) -> reading.Asked:
    return reading.ask(CUSTOMERS, actor, QueryDict(address), strict=strict)


def names(asked: reading.Asked) -> list[str]:
    return sorted(row.name for row in matching(asked.query))


@pytest.fixture
def house(people: Cast) -> Cast:
    customer(people.ana, "Key of ana", level="key")
    customer(people.ana, "Small of ana", level="small")
    customer(people.ben, "Key of ben", level="key")
    return people


def test_a_shared_view_shows_each_reader_his_own_rows(house: Cast) -> None:
    view = view_of(house.actor("ana"), shared="department")
    assert names(ask(house.actor("ana"), f"view={view.pk}")) == ["Key of ana"]
    assert names(ask(house.actor("ben"), f"view={view.pk}")) == ["Key of ben"]


def test_the_address_says_the_rest_and_overrides(house: Cast) -> None:
    view = view_of(house.actor("ana"), sort="-name", columns="name,level", tab="mine", size=20)
    asked = ask(house.actor("ana"), f"view={view.pk}")
    assert (asked.query.sort_text, asked.query.size, asked.query.tab) == ("-name", 20, "mine")
    assert [column.name for column in asked.query.columns] == ["name", "level"]
    assert not asked.is_changed
    other = ask(house.actor("ana"), f"view={view.pk}&sort=name&columns=name&size=50&tab=all")
    assert (other.query.sort_text, other.query.size, other.query.tab) == ("name", 50, "all")
    assert other.is_changed


SAME = "condition=%7B%22field%22:%22level%22,%22op%22:%22eq%22,%22value%22:%22key%22%7D"


@pytest.mark.parametrize("more", ["sort=-name", SAME, "page=2", "totals=1"])
def test_saying_the_same_as_the_view_changes_nothing(house: Cast, more: str) -> None:
    view = view_of(house.actor("ana"), sort="-name")
    assert not ask(house.actor("ana"), f"view={view.pk}&{more}").is_changed


def test_filters_narrow_the_view_and_a_blank_condition_lifts_it(house: Cast) -> None:
    view = view_of(house.actor("ana"))
    narrowed = ask(house.actor("ana"), f"view={view.pk}&name.contains=Small")
    assert (names(narrowed), narrowed.is_changed) == ([], True)
    lifted = ask(house.actor("ana"), f"view={view.pk}&condition=")
    assert (names(lifted), lifted.is_changed) == (["Key of ana", "Small of ana"], True)
    assert lifted.query.link(sort="name").startswith(f"?view={view.pk}&condition=&")


def test_the_written_out_address_shows_the_same_without_the_view(house: Cast) -> None:
    view = view_of(house.actor("ana"), sort="-name", tab="mine")
    query = ask(house.actor("ana"), f"view={view.pk}&name.contains=Key&page=3").query
    again = ask(house.actor("ana"), query.address)
    assert "view" not in query.address
    assert again.view is None
    assert (names(again), again.query.tab, again.query.sort_text) == (["Key of ana"], "mine", "-name")


def test_a_view_by_a_field_hidden_from_the_reader_says_so_and_shows_nothing(house: Cast) -> None:
    view = view_of(house.actor("ana"), shared="department", columns="name,level,region", sort="level")
    hide_level_from_salespeople()
    asked = ask(house.actor("ben"), f"view={view.pk}", strict=False)
    assert names(asked) == []
    assert [str(each) for each in asked.query.mistakes] == ["You may not filter by “level”."]
    assert [column.name for column in asked.query.columns] == ["name", "region"]
    assert "level" not in asked.query.sort_text
    with pytest.raises(ListError, match="may not filter"):
        ask(house.actor("ben"), f"view={view.pk}")


def hide_level_from_salespeople() -> None:
    role = Role.objects.get(code="salesperson")
    role.fields = {"customers": {"level": "hidden"}}
    role.save(update_fields=["fields"])
    overlay.bump()


@pytest.mark.parametrize("key", ["987654321", "9" * 40, "no-such-view", "１７"])
def test_a_view_that_is_not_there_is_said_and_shows_nothing(house: Cast, key: str) -> None:
    asked = ask(house.actor("ana"), f"view={key}", strict=False)
    assert names(asked) == []
    assert "no longer there" in str(asked.query.mistakes[0])


def test_a_view_that_ships_is_found_by_its_name(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = ShippedView(slug="customers", name="the-key-ones", label="The key ones", condition=KEY, sort="name")
    monkeypatch.setattr(registry, "contributions", lambda kind: [shipped] if kind is ShippedView else [])
    assert names(ask(house.actor("ana"), "view=the-key-ones")) == ["Key of ana"]
    assert reading.visible_views(house.actor("ana"), CUSTOMERS)[-1].name == "The key ones"
    assert reading.find_view(house.actor("ana"), registry.get("contacts"), "the-key-ones") is None


def test_every_view_that_ships_can_be_asked(people: Cast) -> None:
    for view in registry.contributions(ShippedView):
        entity = registry.get(view.slug)
        assert not view.name.isdigit()
        query = reading.ask(entity, people.actor("admin"), QueryDict(f"view={view.name}")).query
        assert matching(query).count() >= 0
