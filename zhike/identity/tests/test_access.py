"""What roles add up to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhike.core import overlay
from zhike.core.actors import EVERYTHING, FieldMode, Reach
from zhike.identity.factories import Cast, DepartmentFactory, RoleFactory, UserFactory, give_role
from zhike.identity.models import Department, Role, User

pytestmark = pytest.mark.django_db


def test_a_salesperson_reaches_his_own_rows_only(people: Cast) -> None:
    reach = people.ana.access().reach("opportunities", "view")
    assert reach == Reach(owners=frozenset({people.ana.pk}))


def test_a_salesperson_may_do_every_verb_to_his_own_but_neither_delete_nor_export(people: Cast) -> None:
    access = people.ana.access()
    assert access.reach("opportunities", "win") == Reach(owners=frozenset({people.ana.pk}))
    assert access.reach("opportunities", "delete") is None
    assert access.reach("opportunities", "export") is None


def test_everyone_sees_the_catalogue_and_only_the_administrator_changes_it(people: Cast) -> None:
    for person in (people.ana, people.dan):
        assert person.access().reach("departments", "view") == EVERYTHING
        assert person.access().reach("departments", "edit") is None
    assert people.admin.access().reach("departments", "edit") == EVERYTHING


def test_how_roles_are_made_up_is_not_shown_to_salespeople(people: Cast) -> None:
    assert people.ana.access().reach("roles", "view") is None
    assert people.admin.access().reach("roles", "view") == EVERYTHING


def test_a_head_of_department_reaches_his_department_and_everything_below(people: Cast) -> None:
    below = DepartmentFactory.create(parent=people.team)
    deeper = DepartmentFactory.create(parent=below)
    overlay.bump()
    reach = people.dan.access().reach("customers", "edit")
    assert reach == Reach(
        owners=frozenset({people.dan.pk}), departments=frozenset({people.team.pk, below.pk, deeper.pk})
    )


def test_a_sales_manager_reaches_the_whole_tree_below_him_but_no_department(people: Cast) -> None:
    lead = UserFactory.create(username="lead")
    middle = UserFactory.create(username="middle", superior=lead)
    low = UserFactory.create(username="low", superior=middle, department=people.elsewhere)
    give_role(lead, "sales_manager")
    reach = lead.access().reach("customers", "view")
    assert reach == Reach(owners=frozenset({lead.pk, middle.pk, low.pk}))
    assert lead.access().subordinate_ids == {middle.pk, low.pk}


def test_roles_add_up(people: Cast) -> None:
    give_role(people.dan, "sales_manager")
    reach = people.dan.access().reach("customers", "view")
    assert reach is not None
    assert reach.departments == {people.team.pk}
    assert reach.owners == {people.dan.pk, people.ana.pk}


def test_chosen_departments_are_those_chosen_for_the_person(people: Cast) -> None:
    role = RoleFactory.create(grants={"customers": {"view": "chosen_departments"}})
    give_role(people.ben, role, people.elsewhere)
    give_role(people.cyd, role)
    ben, cyd = (person.access().reach("customers", "view") for person in (people.ben, people.cyd))
    assert ben == Reach(owners=frozenset({people.ben.pk}), departments=frozenset({people.elsewhere.pk}))
    assert cyd == Reach(owners=frozenset({people.cyd.pk}))


def test_own_department_is_not_what_lies_below(people: Cast) -> None:
    DepartmentFactory.create(parent=people.team)
    give_role(people.ben, RoleFactory.create(grants={"customers": {"view": "department"}}))
    reach = people.ben.access().reach("customers", "view")
    assert reach == Reach(owners=frozenset({people.ben.pk}), departments=frozenset({people.team.pk}))


@pytest.mark.parametrize("denied", [{"customers": {"actions": ["export"]}}, {"*": {"actions": ["*"]}}])
def test_a_deny_in_any_role_beats_every_allow(people: Cast, denied: dict[str, dict[str, list[str]]]) -> None:
    assert people.admin.access().reach("customers", "export") == EVERYTHING
    give_role(people.admin, RoleFactory.create(denies=denied))
    assert people.admin.access().reach("customers", "export") is None


def test_denied_verbs_leave_the_standard_actions(people: Cast) -> None:
    give_role(people.admin, RoleFactory.create(denies={"opportunities": {"actions": ["verbs"]}}))
    assert people.admin.access().reach("opportunities", "win") is None
    assert people.admin.access().reach("opportunities", "edit") == EVERYTHING


def test_what_a_role_says_of_one_entity_comes_before_what_it_says_of_all(people: Cast) -> None:
    role = RoleFactory.create(
        grants={"*": {"view": "all", "edit": "all"}, "customers": {"edit": "own"}, "contacts": {"*": "none"}}
    )
    loner = UserFactory.create()
    give_role(loner, role)
    access = loner.access()
    assert access.reach("customers", "view") == EVERYTHING
    assert access.reach("customers", "edit") == Reach(owners=frozenset({loner.pk}))
    assert access.reach("contacts", "view") is None


def test_people_and_roles_are_changed_by_settings_rights_alone(people: Cast) -> None:
    """Else whoever may edit people could give himself another person's address, and with it his password."""
    give_role(people.ben, RoleFactory.create(grants={"users": {"*": "all"}, "roles": {"*": "all"}}))
    access = people.ben.access()
    assert access.reach("users", "view") == access.reach("roles", "export") == EVERYTHING
    assert [access.reach("users", action) for action in ("edit", "create", "import", "invite")] == [None] * 4
    assert access.reach("roles", "edit") is None
    give_role(people.ben, RoleFactory.create(settings=["settings.people"]))
    assert people.ben.access().reach("users", "edit") == EVERYTHING
    assert people.ben.access().reach("roles", "edit") is None


def test_the_scope_none_gives_nothing_but_does_not_deny_what_another_role_gives(people: Cast) -> None:
    role = RoleFactory.create(grants={"customers": {"*": "all", "export": "none"}})
    loner = UserFactory.create()
    give_role(loner, role)
    assert loner.access().reach("customers", "export") is None
    assert loner.access().reach("customers", "edit") == EVERYTHING
    give_role(loner, "executive")
    assert loner.access().reach("customers", "export") == EVERYTHING


def test_without_a_role_nothing_is_reached() -> None:
    access = UserFactory.create().access()
    assert access.reach("customers", "view") is None
    assert access.field_mode("customers", "name") is FieldMode.HIDDEN
    assert not access.may("settings.people")


@pytest.mark.parametrize("state", [User.State.INVITED, User.State.LOCKED, User.State.LEFT])
def test_only_active_people_reach_anything(people: Cast, state: User.State) -> None:
    User.objects.filter(pk=people.admin.pk).update(state=state)
    overlay.bump()
    access = User.objects.get(pk=people.admin.pk).access()
    assert access.reach("customers", "view") is None
    assert not access.may("settings.people")


@pytest.mark.parametrize("kind", [User.Kind.EXTERNAL, User.Kind.SYSTEM])
def test_external_people_and_the_system_account_reach_nothing_whatever_their_roles(
    people: Cast, kind: User.Kind
) -> None:
    outsider = UserFactory.create(kind=kind)
    give_role(outsider, "administrator")
    assert outsider.access().reach("customers", "view") is None
    assert not outsider.access().may("settings.people")


def test_a_service_account_has_the_rights_of_its_roles() -> None:
    programme = UserFactory.create(kind=User.Kind.SERVICE)
    give_role(programme, "read_only")
    assert programme.access().reach("customers", "view") == EVERYTHING


def test_the_most_open_field_mode_among_the_roles_that_show_the_entity_wins(people: Cast) -> None:
    masked = RoleFactory.create(
        grants={"customers": {"view": "all"}}, fields={"customers": {"phone": "masked", "size": "hidden"}}
    )
    read_only = RoleFactory.create(grants={"customers": {"view": "own"}}, fields={"customers": {"phone": "read_only"}})
    blind = RoleFactory.create(grants={"products": {"view": "all"}})
    loner = UserFactory.create()
    give_role(loner, masked)
    give_role(loner, blind)
    assert loner.access().field_mode("customers", "phone") is FieldMode.MASKED
    assert loner.access().field_mode("customers", "size") is FieldMode.HIDDEN
    assert loner.access().field_mode("customers", "name") is FieldMode.OPEN
    give_role(loner, read_only)
    assert loner.access().field_mode("customers", "phone") is FieldMode.READ_ONLY
    assert loner.access().field_mode("customers", "size") is FieldMode.OPEN


def test_a_denied_field_is_hidden_even_from_the_administrator(people: Cast) -> None:
    give_role(people.admin, RoleFactory.create(denies={"customers": {"fields": ["phone"]}}))
    assert people.admin.access().field_mode("customers", "phone") is FieldMode.HIDDEN
    assert people.admin.access().field_mode("customers", "name") is FieldMode.OPEN


def test_settings_belong_to_the_administrator(people: Cast) -> None:
    assert people.admin.access().may("settings.roles")
    assert not people.dan.access().may("settings.roles")
    give_role(people.dan, RoleFactory.create(settings=["settings.people"]))
    assert people.dan.access().may("settings.people")
    assert not people.dan.access().may("settings.roles")


def test_resolving_rights_costs_no_sql_once_the_organisation_is_known(people: Cast) -> None:
    people.dan.access()
    with CaptureQueriesContext(connection) as queries:
        for person in (people.ana, people.dan, people.admin):
            person.access().reach("customers", "view")
            person.access().field_mode("customers", "phone")
            person.access().may("settings.people")
    assert len(queries) == 0


def test_a_changed_role_counts_at_the_next_request(people: Cast) -> None:
    assert people.ana.access().reach("customers", "delete") is None
    role = Role.objects.get(code="salesperson")
    role.grants["*"]["delete"] = "own"
    role.save()
    overlay.bump()
    assert people.ana.access().reach("customers", "delete") is not None


def test_a_cycle_among_departments_ends_the_search_instead_of_the_process(people: Cast) -> None:
    below = DepartmentFactory.create(parent=people.team)
    Department.objects.filter(pk=people.team.pk).update(parent=below)
    overlay.bump()
    reach = people.dan.access().reach("customers", "view")
    assert reach is not None
    assert reach.departments == {people.team.pk, below.pk}
