"""Pages of people, departments and roles: they say what will happen, and refuse whoever has no business there."""

import re

import pytest
from django.test import Client

from zhike.core.actors import EVERYTHING, FieldMode
from zhike.identity import actions
from zhike.identity.access import Scope
from zhike.identity.factories import Cast, DepartmentFactory, RoleFactory, UserFactory, give_role
from zhike.identity.models import Department, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(people: Cast, client: Client) -> Client:
    client.force_login(people.admin)
    return client


def selected(page: str, name: str) -> str:
    """The value chosen in a select."""
    found = re.search(rf'<select[^>]*name="{re.escape(name)}".*?</select>', page, re.DOTALL)
    assert found is not None, name
    chosen = re.search(r'value="([^"]*)" selected', found.group(0))
    return chosen.group(1) if chosen else ""


def form_of(page: str) -> dict[str, str]:
    """Every select of the rights editor as the browser would send it."""
    return {name: selected(page, name) for name in re.findall(r'<select[^>]*name="([^"]+)"', page)}


OWN_PAGES = (
    "/accounts/profile/", "/accounts/password/change/", "/settings/departments/", "/settings/roles/", "/settings/roles/new/",
)  # fmt: skip


@pytest.mark.parametrize("address", OWN_PAGES)
def test_strangers_are_sent_to_sign_in_and_come_back(people: Cast, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    "step", ["invite", "activate", "lock", "mark_left", "reset_password", "set_roles", "change_department", "token"]
)
@pytest.mark.parametrize("name", ["ana", "dan", "eve", "anonymous"])
def test_steps_with_people_are_for_who_keeps_people(people: Cast, client: Client, step: str, name: str) -> None:
    if name != "anonymous":
        client.force_login(getattr(people, name))
    before = list(User.objects.order_by("pk").values("state", "password", "department", "version"))
    for method in (client.get, client.post):
        assert method(f"/users/{people.ben.pk}/{step}/").status_code in (302, 403, 404)
    assert list(User.objects.order_by("pk").values("state", "password", "department", "version")) == before


def test_inviting_shows_the_password_once_with_the_name_it_belongs_to(people: Cast, admin_client: Client) -> None:
    user = actions.create_user(people.actor("admin"), full_name="Moses Frase")
    assert admin_client.get(f"/users/{user.pk}/invite/").status_code == 200
    assert not User.objects.get(pk=user.pk).is_active
    page = admin_client.post(f"/users/{user.pk}/invite/").content.decode()
    password = page.split('data-copy="')[1].split('"')[0]
    assert "moses.frase" in page
    assert User.objects.get(pk=user.pk).check_password(password)
    again = admin_client.post(f"/users/{user.pk}/invite/")
    assert again.status_code == 409
    assert password not in again.content.decode()


def test_in_the_modal_the_same_step_answers_with_a_fragment(people: Cast, admin_client: Client) -> None:
    modal = {"X-Zhike-Modal": "1", "HX-Request": "true"}
    page = admin_client.post(f"/users/{people.ana.pk}/reset_password/", headers=modal).content.decode()
    assert "<html" not in page
    assert User.objects.get(pk=people.ana.pk).check_password(page.split('data-copy="')[1].split('"')[0])


def test_locking_by_page(people: Cast, admin_client: Client) -> None:
    assert admin_client.get(f"/users/{people.ana.pk}/lock/").status_code == 200
    assert admin_client.post(f"/users/{people.ana.pk}/lock/").status_code == 302
    assert User.objects.get(pk=people.ana.pk).state == User.State.LOCKED
    refused = admin_client.post(f"/users/{people.admin.pk}/lock/")
    assert refused.status_code == 409
    assert User.objects.get(pk=people.admin.pk).is_active


def test_roles_are_set_on_a_page_that_shows_the_present_ones(people: Cast, admin_client: Client) -> None:
    auditor = RoleFactory.create(grants={"customers": {"view": "chosen_departments"}})
    address = f"/users/{people.ana.pk}/set_roles/"
    page = admin_client.get(address).content.decode()
    salesperson = Role.objects.get(code="salesperson")
    assert re.search(rf'name="roles" value="{salesperson.pk}"[^>]*checked', page)
    posted = {"roles": [auditor.pk, salesperson.pk], "departments": [people.elsewhere.pk]}
    assert admin_client.post(address, posted).status_code == 302
    reach = User.objects.get(pk=people.ana.pk).access().reach("customers", "view")
    assert reach is not None
    assert reach.departments == {people.elsewhere.pk}


def test_moving_a_person_takes_the_records_along_only_when_asked(people: Cast, admin_client: Client) -> None:
    address = f"/users/{people.ana.pk}/change_department/"
    assert admin_client.post(address, {"department": people.elsewhere.pk, "move_records": "on"}).status_code == 302
    assert User.objects.get(pk=people.ana.pk).department_id == people.elsewhere.pk


def test_the_page_of_a_person_shows_roles_and_rights_to_who_keeps_people_only(people: Cast, client: Client) -> None:
    client.force_login(people.admin)
    shown = client.get(f"/users/{people.ana.pk}/").content.decode()
    assert "销售代表" in shown
    assert "/reset_password/" in shown
    client.force_login(people.ben)
    plain = client.get(f"/users/{people.ana.pk}/").content.decode()
    assert "/reset_password/" not in plain
    assert "销售代表" not in plain


def test_the_profile_page_keeps_what_was_typed_when_something_is_wrong(people: Cast, client: Client) -> None:
    UserFactory.create(email="taken@example.com")
    client.force_login(people.ana)
    answer = client.post("/accounts/profile/", {"mobile": "ring me", "email": "taken@example.com"})
    assert answer.status_code == 422
    assert "ring me" in answer.content.decode()
    assert client.post("/accounts/profile/", {"mobile": "", "email": "taken@example.com"}).status_code == 422
    assert (
        client.post("/accounts/profile/", {"mobile": "13800138000", "theme": "dark", "kind": "service"}).status_code
        == 302
    )
    row = User.objects.get(pk=people.ana.pk)
    assert (row.mobile, row.theme, row.kind) == ("13800138000", "dark", "staff")


def test_an_external_person_has_an_account_page_and_no_tokens(people: Cast, client: Client) -> None:
    client.force_login(people.eve)
    page = client.get("/accounts/profile/")
    assert page.status_code == 200
    assert "/accounts/tokens/" not in page.content.decode()
    assert client.post("/accounts/tokens/", {"name": "x", "days": "30"}).status_code == 409


# Departments --------------------------------------------------------------------------------------------------------
def test_the_tree_shows_children_below_their_parents_and_counts_everyone(people: Cast, admin_client: Client) -> None:
    page = admin_client.get("/settings/departments/").content.decode()
    names = re.findall(r'href="/departments/\d+/"[^>]*>([^<]+)', page)
    assert names == ["Headquarters", "Elsewhere", "Team"]
    numbers = re.findall(r'z-cell-number"[^>]*>(?:<a[^>]*>)?(\d+)', page)
    assert numbers == ["1", "5", "1", "1", "3", "3"]


def test_a_department_is_added_renamed_and_moved_on_its_own_form(people: Cast, admin_client: Client) -> None:
    posted = {"name": "Team 2", "kind": "team", "parent": people.team.pk, "position": "0", "active": "on"}
    assert admin_client.post("/departments/new/", posted).status_code == 302
    row = Department.objects.get(name="Team 2")
    assert row.parent_id == people.team.pk
    changed = posted | {"name": "Team Two", "parent": people.elsewhere.pk, "version": row.version}
    assert admin_client.post(f"/departments/{row.pk}/edit/", changed).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.parent_id) == ("Team Two", people.elsewhere.pk)
    ring = {
        "name": "Elsewhere",
        "kind": "department",
        "parent": row.pk,
        "position": "0",
        "active": "on",
        "version": people.elsewhere.version,
    }
    assert admin_client.post(f"/departments/{people.elsewhere.pk}/edit/", ring).status_code == 409


@pytest.mark.parametrize("address", ["/settings/departments/", "/settings/roles/", "/settings/roles/new/"])
def test_settings_are_closed_to_salespeople_and_managers(people: Cast, client: Client, address: str) -> None:
    for person in (people.ana, people.dan, people.eve):
        client.force_login(person)
        assert client.get(address).status_code == 403


# The rights editor --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "code", ["administrator", "executive", "branch_manager", "salesperson", "marketer", "service_agent"]
)
def test_saving_a_role_unchanged_changes_nothing(people: Cast, admin_client: Client, code: str) -> None:
    role = Role.objects.get(code=code)
    address = f"/settings/roles/{role.pk}/"
    posted = form_of(admin_client.get(address).content.decode())
    posted |= {
        "name": role.name,
        "description": role.description,
        "version": str(role.version),
        "settings": role.settings,
    }
    assert admin_client.post(address, posted).status_code == 302
    again = Role.objects.get(pk=role.pk)
    assert (again.grants, again.denies, again.fields, again.settings) == (
        role.grants,
        role.denies,
        role.fields,
        role.settings,
    )
    assert again.version == role.version


def test_a_role_is_edited_cell_by_cell_and_counts_at_once(people: Cast, admin_client: Client) -> None:
    role = Role.objects.get(code="salesperson")
    address = f"/settings/roles/{role.pk}/"
    posted = form_of(admin_client.get(address).content.decode())
    posted |= {
        "name": "Hunter",
        "version": str(role.version),
        "grant:customers:view": "all",
        "grant:customers:verbs": "none",
        "field_subject_0": "customers.phone",
        "field_choice_0": "masked",
        "field_subject_1": "customers.address",
        "field_choice_1": "denied",
        "deny_subject_0": "opportunities",
        "deny_choice_0": "export",
    }
    assert admin_client.post(address, posted).status_code == 302
    give_role(people.ana, "executive")
    access = User.objects.get(pk=people.ana.pk).access()
    assert access.reach("customers", "view") == EVERYTHING
    assert access.reach("customers", "some_verb") is None
    assert access.reach("customers", "edit") is not None
    assert access.reach("opportunities", "export") is None
    assert access.field_mode("customers", "address") is FieldMode.HIDDEN
    assert people.ben.access().field_mode("customers", "phone") is FieldMode.MASKED
    page = admin_client.get(address).content.decode()
    assert selected(page, "grant:customers:view") == "all"
    assert selected(page, "field_choice_0") == "masked"


@pytest.mark.parametrize(
    "bad",
    [
        {"grant:customers:view": "everything"},
        {"field_subject_0": "customers.password", "field_choice_0": "masked"},
        {"field_subject_0": "customers.phone", "field_choice_0": "purple"},
        {"deny_subject_0": "nothing", "deny_choice_0": "view"},
        {"name": ""},
        {"settings": "settings.world"},
    ],
)
def test_what_the_editor_does_not_offer_is_refused(people: Cast, admin_client: Client, bad: dict[str, str]) -> None:
    role = Role.objects.get(code="salesperson")
    posted = {"name": role.name, "version": str(role.version)} | bad
    assert admin_client.post(f"/settings/roles/{role.pk}/", posted).status_code == 422
    assert Role.objects.get(pk=role.pk).version == role.version


def test_two_editors_of_one_role_are_told(people: Cast, admin_client: Client) -> None:
    role = Role.objects.get(code="salesperson")
    posted = {"name": role.name, "version": str(role.version)}
    assert (
        admin_client.post(f"/settings/roles/{role.pk}/", posted | {"grant:customers:view": Scope.ALL}).status_code
        == 302
    )
    late = admin_client.post(f"/settings/roles/{role.pk}/", posted | {"grant:customers:view": Scope.OWN})
    assert late.status_code == 409
    assert Role.objects.get(pk=role.pk).grants["customers"]["view"] == "all"


def test_a_role_is_copied_and_deleted_on_pages(people: Cast, admin_client: Client) -> None:
    role = Role.objects.get(code="salesperson")
    answer = admin_client.post(f"/settings/roles/new/?from={role.pk}", {"name": "Junior"})
    copied = Role.objects.get(name="Junior")
    assert answer.headers["Location"] == f"/settings/roles/{copied.pk}/"
    assert copied.grants == role.grants
    assert admin_client.post(f"/settings/roles/new/?from={role.pk}", {"name": "Junior"}).status_code == 422
    assert admin_client.post(f"/settings/roles/{role.pk}/delete/").status_code == 302
    assert Role.objects.filter(pk=role.pk).exists()
    assert admin_client.post(f"/settings/roles/{copied.pk}/delete/").status_code == 302
    assert not Role.objects.filter(name="Junior").exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_this_app_opens_in_both_languages(people: Cast, admin_client: Client, language: str) -> None:
    User.objects.filter(pk=people.admin.pk).update(language=language)
    DepartmentFactory.create(active=False)
    role = Role.objects.get(code="branch_manager")
    pages = [
        *OWN_PAGES, f"/settings/roles/{role.pk}/", f"/settings/roles/new/?from={role.pk}", "/users/", f"/users/{people.ana.pk}/",
        f"/users/{people.ana.pk}/lock/", f"/users/{people.ana.pk}/set_roles/", f"/users/{people.ana.pk}/change_department/",
        "/departments/", f"/departments/{people.team.pk}/", "/roles/", f"/roles/{role.pk}/", "/accounts/logout/", "/users/new/",
    ]  # fmt: skip
    for address in pages:
        answer = admin_client.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert " style=" not in page, address
        assert not re.search(r"\bNone\b(?! yet)", re.sub(r"<[^>]*>", "", page)), address
