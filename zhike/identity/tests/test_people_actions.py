"""People come, move, are locked and leave."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from zhike.core.actors import EVERYTHING, Actor
from zhike.core.events import Event
from zhike.core.jobs import Job
from zhike.core.writes import Conflict, NotAllowed, RuleBroken
from zhike.identity import actions
from zhike.identity.actions import RoleGrant
from zhike.identity.factories import Cast, DepartmentFactory, RoleFactory, UserFactory, give_role
from zhike.identity.models import Department, Role, User


def _last_event(user: User) -> Event:
    found = Event.objects.filter(entity="users", record_id=user.pk).order_by("-id").first()
    assert found is not None
    return found


def test_a_new_person_gets_a_username_from_his_name_and_cannot_act_yet(people: Cast) -> None:
    first, second = (actions.create_user(people.actor("admin"), full_name="Moses Frase") for _ in range(2))
    chinese = actions.create_user(people.actor("admin"), full_name="单于明")
    assert (first.username, second.username, chinese.username) == ("moses.frase", "moses.frase2", "chanyuming")
    assert first.state == User.State.INVITED
    assert not first.check_password("")
    assert chinese.full_name_key == "chan yu ming"


def test_names_are_stored_in_one_spelling(people: Cast) -> None:
    user = actions.create_user(
        people.actor("admin"),
        full_name="王小明",
        username=" 王小明Ａ ",
        email="Wang@Example.COM",
        mobile="+86 138 0013 8000",
    )
    assert (user.username, user.email, user.mobile) == ("王小明a", "wang@example.com", "13800138000")


@pytest.mark.parametrize(
    ("taken", "asked", "field"),
    [
        ({"username": "zhang"}, {"username": "ZHANG"}, "username"),
        ({"email": "z@example.com"}, {"email": "Z@example.com"}, "email"),
        ({"mobile": "13800138000"}, {"mobile": "138-0013-8000"}, "mobile"),
        ({"mobile": "13800138000"}, {"username": "13800138000"}, "username"),
        ({"email": "z@example.com"}, {"username": "z@example.com"}, "username"),
        ({"username": "13800138000"}, {"mobile": "13800138000"}, "mobile"),
        ({}, {"username": "two words"}, "username"),
        ({}, {"mobile": "ring me"}, "mobile"),
        ({}, {"skills": ["x" * 41]}, "skills"),
        ({}, {"time_zone": "Moon/Base"}, "time_zone"),
    ],
)
def test_a_name_that_would_let_two_people_in_is_refused(
    people: Cast, taken: dict[str, Any], asked: dict[str, Any], field: str
) -> None:
    admin = people.actor("admin")
    actions.create_user(admin, full_name="Somebody", **taken)
    before = User.objects.count()
    with pytest.raises(ValidationError) as refused:
        actions.create_user(admin, full_name="Another", **asked)
    assert field in refused.value.message_dict or "__all__" in refused.value.message_dict
    assert User.objects.count() == before


def test_only_who_keeps_people_adds_them(people: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.create_user(people.actor("dan"), full_name="Somebody")
    assert not User.objects.filter(full_name="Somebody").exists()


def test_nobody_can_stand_above_himself(people: Cast) -> None:
    admin = people.actor("admin")
    with pytest.raises(RuleBroken) as refused:
        actions.edit_user(admin, people.dan, people.dan.version, {"superior": people.ana})
    assert refused.value.field == "superior"
    people.dan.refresh_from_db()
    assert people.dan.superior is None


def test_two_editors_of_different_fields_both_win(people: Cast) -> None:
    version = people.ana.version
    actions.edit_user(people.actor("admin"), people.ana, version, {"position": "buyer"})
    row, kept = actions.edit_user(people.actor("admin"), people.ana, version, {"skills": ["Go"]})
    assert (row.position, row.skills, kept) == ("buyer", ["Go"], frozenset({"position"}))
    with pytest.raises(Conflict):
        actions.edit_user(people.actor("admin"), people.ana, version, {"position": "seller"})


def test_an_invited_person_is_active_and_holds_a_one_time_password(people: Cast) -> None:
    user = actions.create_user(people.actor("admin"), full_name="Moses Frase")
    give_role(user, "salesperson")
    invitation = actions.invite_user(people.actor("admin"), user)
    user.refresh_from_db()
    assert user.is_active
    assert user.check_password(invitation.password)
    assert user.password_change_due
    assert user.access().reach("customers", "view") is not None
    assert _last_event(user).changes == {"state": ["invited", "active"]}
    with pytest.raises(RuleBroken):
        actions.invite_user(people.actor("admin"), user)


@override_settings(MAIL_URL="smtp://mail.example.com")
def test_with_mail_the_invitation_is_a_link_and_nobody_sees_a_password(people: Cast) -> None:
    user = actions.create_user(people.actor("admin"), full_name="Moses Frase", email="moses@example.com")
    invitation = actions.invite_user(people.actor("admin"), user)
    assert (invitation.password, invitation.mailed_to) == ("", "moses@example.com")
    assert Job.objects.get().arguments == {"address": "moses@example.com", "purpose": "invitation"}


def test_programmes_are_not_invited(people: Cast) -> None:
    programme = actions.create_user(people.actor("admin"), full_name="ERP", kind=User.Kind.SERVICE)
    assert programme.is_active
    with pytest.raises(RuleBroken):
        actions.invite_user(people.actor("admin"), programme)


def test_locking_ends_what_a_person_may_do_and_activating_brings_it_back(people: Cast) -> None:
    locked = actions.lock_user(people.actor("admin"), people.ana)
    assert locked.session_generation > people.ana.session_generation
    assert User.objects.get(pk=people.ana.pk).access().reach("customers", "view") is None
    again = actions.activate_user(people.actor("admin"), locked)
    assert again.access().reach("customers", "view") is not None
    verbs = list(
        Event.objects.filter(entity="users", record_id=people.ana.pk).order_by("id").values_list("verb", flat=True)
    )
    assert verbs[-2:] == ["lock", "activate"]


def test_who_leaves_loses_his_tokens_for_good(people: Cast) -> None:
    token, _secret = actions.create_token(people.actor("ana"), people.ana, name="sync")
    left = actions.mark_left(people.actor("admin"), people.ana)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert left.state == User.State.LEFT


def test_nobody_shuts_himself_out(people: Cast) -> None:
    give_role(people.dan, "administrator")
    with pytest.raises(RuleBroken):
        actions.lock_user(people.actor("admin"), people.admin)
    assert User.objects.get(pk=people.admin.pk).is_active


def test_the_last_administrator_can_neither_be_locked_nor_made_an_outsider_nor_lose_the_role(people: Cast) -> None:
    system = Actor.system()
    with pytest.raises(RuleBroken):
        actions.lock_user(system, people.admin)
    with pytest.raises(RuleBroken):
        actions.mark_left(system, people.admin)
    with pytest.raises(RuleBroken):
        actions.edit_user(system, people.admin, people.admin.version, {"kind": User.Kind.EXTERNAL})
    with pytest.raises(RuleBroken):
        actions.set_roles(people.actor("admin"), people.admin, [])
    administrator = Role.objects.get(code="administrator")
    with pytest.raises(RuleBroken):
        actions.edit_role(
            people.actor("admin"), administrator, administrator.version, {"settings": ["settings.people"]}
        )
    admin = User.objects.get(pk=people.admin.pk)
    assert admin.is_active
    assert admin.access().may("settings.roles")
    assert admin.kind == User.Kind.STAFF


def test_with_a_second_administrator_the_first_may_go(people: Cast) -> None:
    give_role(people.dan, "administrator")
    actions.lock_user(people.actor("dan"), people.admin)
    assert not User.objects.get(pk=people.admin.pk).is_active


def test_who_keeps_people_but_not_roles_has_no_power_over_administrators(people: Cast) -> None:
    """His password reset would otherwise open the administrator's account to him."""
    give_role(people.dan, RoleFactory.create(settings=["settings.people"]))
    clerk = people.actor("dan")
    with pytest.raises(NotAllowed):
        actions.reset_password_by_administrator(clerk, people.admin)
    with pytest.raises(NotAllowed):
        actions.edit_user(clerk, people.admin, people.admin.version, {"email": "dan@example.com"})
    with pytest.raises(NotAllowed):
        actions.lock_user(clerk, people.admin)
    with pytest.raises(NotAllowed):
        actions.set_roles(clerk, people.dan, [RoleGrant(Role.objects.get(code="administrator"))])
    actions.lock_user(clerk, people.ben)
    assert not User.objects.get(pk=people.ben.pk).is_active


def test_who_keeps_roles_cannot_give_settings_rights_beyond_his_own(people: Cast) -> None:
    give_role(people.dan, RoleFactory.create(settings=["settings.roles"]))
    with pytest.raises(NotAllowed):
        actions.create_role(people.actor("dan"), name="Purger", settings=["recycle.purge"])
    with pytest.raises(NotAllowed):
        actions.set_roles(
            people.actor("dan"), people.ben, [RoleGrant(RoleFactory.create(settings=["settings.people"]))]
        )


def test_roles_are_set_with_their_chosen_departments_and_told_in_the_event(people: Cast) -> None:
    role = RoleFactory.create(name="Auditor", grants={"customers": {"view": "chosen_departments"}})
    actions.set_roles(people.actor("admin"), people.ben, [RoleGrant(role, (people.elsewhere,))])
    reach = people.ben.access().reach("customers", "view")
    assert reach is not None
    assert reach.departments == {people.elsewhere.pk}
    event = _last_event(people.ben)
    assert (event.verb, event.actor_id) == ("set_roles", people.admin.pk)
    assert event.changes == {"roles": [["销售代表"], ["Auditor (Elsewhere)"]]}
    actions.set_roles(people.actor("admin"), people.ben, [])
    assert people.ben.access().reach("customers", "view") is None


def test_a_role_in_use_cannot_be_deleted(people: Cast) -> None:
    role = Role.objects.get(code="salesperson")
    with pytest.raises(RuleBroken) as refused:
        actions.delete_role(people.actor("admin"), role)
    assert "Ana" in refused.value.sentence
    unused = actions.copy_role(people.actor("admin"), role, name="Junior")
    assert unused.grants == role.grants
    assert unused.shipped is False
    actions.delete_role(people.actor("admin"), unused)
    assert not Role.objects.filter(name="Junior").exists()


@pytest.mark.parametrize("grants", [{"customers": {"view": "everything"}}, {"customers": ["view"]}, ["customers"]])
def test_malformed_rights_are_refused(people: Cast, grants: object) -> None:
    with pytest.raises(ValidationError):
        actions.create_role(people.actor("admin"), name="Odd", grants=grants)
    assert not Role.objects.filter(name="Odd").exists()


def test_a_department_cannot_stand_below_itself(people: Cast) -> None:
    below = actions.create_department(people.actor("admin"), name="Below", parent=people.team)
    with pytest.raises(RuleBroken):
        actions.move_department(people.actor("admin"), people.team, parent=below)
    people.team.refresh_from_db()
    assert people.team.parent is not None
    assert people.team.parent.name == "Headquarters"


def test_moving_a_department_moves_the_reach_of_those_above_it(people: Cast) -> None:
    give_role(people.cyd, "branch_manager")
    assert people.team.pk not in _departments(people.cyd)
    actions.move_department(people.actor("admin"), people.team, parent=people.elsewhere)
    assert people.team.pk in _departments(people.cyd)


def _departments(user: User) -> frozenset[int]:
    reach = user.access().reach("customers", "view")
    assert reach is not None
    return reach.departments


def test_siblings_have_different_names_and_cousins_may_share_one(people: Cast) -> None:
    admin = people.actor("admin")
    actions.create_department(admin, name="Sales", parent=people.team)
    actions.create_department(admin, name="Sales", parent=people.elsewhere)
    with pytest.raises(ValidationError):
        actions.create_department(admin, name="Sales", parent=people.team)
    assert Department.objects.filter(name="Sales").count() == 2


def test_a_department_with_people_is_not_closed(people: Cast) -> None:
    with pytest.raises(RuleBroken):
        actions.edit_department(people.actor("admin"), people.team, people.team.version, {"active": False})
    empty = DepartmentFactory.create()
    row, _kept = actions.edit_department(people.actor("admin"), empty, empty.version, {"active": False})
    assert not row.active


def test_a_changed_organisation_counts_at_once(people: Cast) -> None:
    assert people.dan.access().subordinate_ids == {people.ana.pk}
    actions.edit_user(people.actor("admin"), people.ben, people.ben.version, {"superior": people.dan})
    assert people.dan.access().subordinate_ids == {people.ana.pk, people.ben.pk}


def test_everyone_keeps_his_own_profile_and_nothing_else_of_himself(people: Cast) -> None:
    row = actions.edit_own_profile(people.actor("ana"), people.ana, {"mobile": "138 0013 8000", "language": "en"})
    assert (row.mobile, row.language) == ("13800138000", "en")
    assert _last_event(people.ana).verb == "edit_own_profile"
    for wanted in ({"kind": "service"}, {"department": people.elsewhere}, {"password": "x"}):
        with pytest.raises(NotAllowed):
            actions.edit_own_profile(people.actor("ana"), people.ana, wanted)
    with pytest.raises(NotAllowed):
        actions.edit_own_profile(people.actor("ana"), people.ben, {"language": "en"})
    eve = actions.edit_own_profile(people.actor("eve"), people.eve, {"language": "en"})
    assert eve.language == "en"


def test_a_user_made_by_the_system_needs_no_rights() -> None:
    assert Actor.system().access.reach("users", "create") == EVERYTHING


def test_secrets_never_reach_an_event(people: Cast) -> None:
    actions.reset_password_by_administrator(people.actor("admin"), people.ana)
    actions.edit_user(people.actor("admin"), people.ana, User.objects.get(pk=people.ana.pk).version, {"position": "x"})
    for changes in Event.objects.values_list("changes", flat=True):
        assert not {"password", "session_generation", "last_login", "one_time_password_until"} & set(changes)


def test_the_cast_is_a_factory_product_without_events(people: Cast) -> None:
    assert UserFactory.create().check_password("correct-horse-42")
    assert not Event.objects.exists()
