"""Who finds, changes and deletes a view."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from zhike.core import list_choices
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.lists import ListQuery
from zhike.core.saved_views import actions, reading
from zhike.core.saved_views.models import SavedView
from zhike.core.writes.errors import NotAllowed, NotReachable, RuleBroken
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db
CUSTOMERS = registry.get("customers")
KEY = {"field": "level", "op": "eq", "value": "key"}


def kept(actor: Actor, name: str = "Key ones", **more: Any) -> SavedView:
    state = {"condition": KEY, "sort": "-name"}
    return actions.create_view(actor, CUSTOMERS, name=name, state=state, **more)


def found_by(actor: Actor) -> list[str]:
    return [view.name for view in reading.visible_views(actor, CUSTOMERS) if view.pk is not None]


def test_a_private_view_is_found_by_its_owner_alone(people: Cast) -> None:
    view = kept(people.actor("ana"))
    assert found_by(people.actor("ana")) == ["Key ones"]
    for name in ("ben", "cyd", "dan", "admin"):
        assert found_by(people.actor(name)) == []
        assert reading.find_view(people.actor(name), CUSTOMERS, str(view.pk)) is None


def test_a_view_of_the_department_is_found_by_its_people(people: Cast) -> None:
    kept(people.actor("ana"), shared="department")
    assert found_by(people.actor("ben")) == ["Key ones"]
    assert found_by(people.actor("cyd")) == []


def test_with_everyone_shares_only_who_keeps_the_shared_views(people: Cast) -> None:
    with pytest.raises(NotAllowed, match="Share it with your department"):
        kept(people.actor("ana"), shared="everyone")
    assert not SavedView.objects.exists()
    kept(people.actor("admin"), shared="everyone")
    assert found_by(people.actor("cyd")) == ["Key ones"]


def test_who_has_no_department_shares_with_none(people: Cast) -> None:
    people.ana.department = None
    people.ana.save(update_fields=["department"])
    from zhike.core import overlay

    overlay.bump()
    with pytest.raises(RuleBroken, match="no department"):
        kept(people.actor("ana"), shared="department")


def test_others_neither_change_nor_delete_what_is_shared_with_them(people: Cast) -> None:
    view = kept(people.actor("ana"), shared="department")
    with pytest.raises(NotAllowed, match="Save it as your own"):
        actions.change_view(people.actor("ben"), CUSTOMERS, view.pk, name="Mine now")
    with pytest.raises(NotAllowed):
        actions.delete_view(people.actor("ben"), CUSTOMERS, view.pk)
    with pytest.raises(NotReachable):
        actions.delete_view(people.actor("cyd"), CUSTOMERS, view.pk)
    view.refresh_from_db()
    assert view.name == "Key ones"


def test_who_keeps_the_shared_views_deletes_one_and_the_log_tells(people: Cast) -> None:
    boss = people.actor("admin")
    view = kept(people.actor("ana"))
    with pytest.raises(NotReachable):  # a private one stays hers
        actions.delete_view(boss, CUSTOMERS, view.pk)
    shared = kept(boss, "Of the house", shared="everyone")
    actions.delete_view(boss, CUSTOMERS, shared.pk)
    verbs = list(
        Event.objects.filter(entity="settings", record_id=shared.pk).order_by("id").values_list("verb", flat=True)
    )
    assert verbs == ["share_view", "delete_view"]


def test_a_private_view_leaves_no_trace_in_the_log(people: Cast) -> None:
    before = Event.objects.count()
    view = kept(people.actor("ana"))
    actions.change_view(people.actor("ana"), CUSTOMERS, view.pk, name="Other")
    actions.delete_view(people.actor("ana"), CUSTOMERS, view.pk)
    assert Event.objects.count() == before


def test_a_name_is_given_once_for_each_list(people: Cast) -> None:
    kept(people.actor("ana"))
    with pytest.raises(ValidationError, match="already have a view"):
        kept(people.actor("ana"))
    kept(people.actor("ben"))
    with pytest.raises(ValidationError):
        kept(people.actor("ana"), "   ")


def test_views_change_places_among_ones_own(people: Cast) -> None:
    ana = people.actor("ana")
    rows = [kept(ana, name) for name in ("One", "Two", "Three")]
    actions.move_view(ana, CUSTOMERS, rows[2].pk, up=True)
    assert found_by(ana) == ["One", "Three", "Two"]
    actions.move_view(ana, CUSTOMERS, rows[0].pk, up=True)  # nothing above it
    assert found_by(ana) == ["One", "Three", "Two"]
    with pytest.raises(NotReachable):
        actions.move_view(people.actor("ben"), CUSTOMERS, rows[0].pk, up=True)


def test_a_deleted_view_opens_with_nobodys_list(people: Cast) -> None:
    view = kept(people.actor("ana"), shared="department")
    actions.make_default(people.actor("ben"), CUSTOMERS, str(view.pk))
    assert list_choices.chosen(people.ben.pk, "customers").default_view == str(view.pk)
    with pytest.raises(NotReachable):
        actions.make_default(people.actor("cyd"), CUSTOMERS, str(view.pk))
    actions.delete_view(people.actor("ana"), CUSTOMERS, view.pk)
    assert list_choices.chosen(people.ben.pk, "customers").default_view == ""


def test_filters_and_condition_are_kept_as_one_condition(people: Cast) -> None:
    asked = {"level": "key", "condition": '{"all": [{"field": "name", "op": "contains", "value": "x"}]}', "tab": "mine"}
    query = ListQuery.parse(CUSTOMERS, people.actor("ana"), asked)
    state = actions.state_of(query)
    assert state["condition"] == {"all": [KEY, {"field": "name", "op": "contains", "value": "x"}]}
    assert (state["tab"], state["columns"], state["size"]) == ("mine", "", 0)
