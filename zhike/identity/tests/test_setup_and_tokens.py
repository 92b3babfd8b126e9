"""The first start, the commands' doors, and access tokens."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from zhike.core import company
from zhike.core.events import Event
from zhike.core.writes import NotAllowed, NotReachable, RuleBroken
from zhike.identity import actions, setup_code, tokens
from zhike.identity.factories import Cast, RoleFactory, UserFactory, give_role, give_token
from zhike.identity.models import Department, LegalEntity, Role, Token, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_data_folder(settings: object, tmp_path: Path, db: None) -> None:
    settings.DATA_DIR = tmp_path / "var"  # type: ignore[attr-defined]  # pytest-django's wrapper
    cache.clear()


def filled_in(code: str, **changes: str) -> dict[str, str]:
    return {
        "code": code,
        "company_name": "知客软件",
        "full_name": "王小明",
        "username": "",
        "password1": "correct-horse-42",
        "password2": "correct-horse-42",
        "currency": "CNY",
        "time_zone": "Asia/Shanghai",
        "fiscal_year_start": "1",
        "legal_entity": "知客软件(上海)有限公司",
    } | changes


def test_before_anybody_is_here_the_sign_in_page_leads_to_set_up(client: Client) -> None:
    assert client.get("/accounts/login/").headers["Location"] == "/setup/"
    assert client.get("/setup/").status_code == 200


def test_set_up_makes_company_and_administrator_and_signs_him_in(client: Client) -> None:
    code = setup_code.setup_code()
    answer = client.post("/setup/", filled_in(code.lower().replace("-", " ")))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    user = User.objects.get()
    assert (user.username, user.full_name, user.state) == ("wangxiaoming", "王小明", User.State.ACTIVE)
    assert user.access().may("settings.roles")
    assert user.check_password("correct-horse-42")
    assert not user.password_change_due
    assert company.current().name == "知客软件"
    assert Department.objects.get().name == "知客软件"
    assert LegalEntity.objects.get(is_default=True).name == "知客软件(上海)有限公司"
    assert client.get("/accounts/profile/").status_code == 200


def test_set_up_closes_behind_the_first_person(client: Client) -> None:
    code = setup_code.setup_code()
    client.post("/setup/", filled_in(code))
    stranger = Client()
    assert stranger.get("/setup/").status_code == 404
    assert stranger.post("/setup/", filled_in(code, full_name="Mallory")).status_code == 404
    assert setup_code.setup_code() == ""
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "AAAA-BBBB-CCCC"}, "code"),
        ({"code": ""}, "code"),
        ({"company_name": ""}, "company_name"),
        ({"full_name": ""}, "full_name"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password2": "something-else-1"}, "password2"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"currency": "XXX"}, "currency"),
        ({"username": "two words"}, "username"),
    ],
)
def test_a_mistake_in_set_up_comes_back_beside_its_field_and_makes_nothing(
    client: Client, changes: dict[str, str], field: str
) -> None:
    code = setup_code.setup_code()
    answer = client.post("/setup/", filled_in(code) | changes)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"id_{field}_error" in page
    assert "知客软件(上海)有限公司" in page
    assert not User.objects.exists()
    assert not Department.objects.exists()
    assert client.post("/setup/", filled_in(code)).status_code == 302


def test_a_new_code_replaces_the_old_one_and_only_its_digest_is_kept(client: Client, settings: object) -> None:
    old, new = setup_code.setup_code(), setup_code.setup_code()
    path: Path = settings.DATA_DIR / "setup_code"  # type: ignore[attr-defined]  # pytest-django's wrapper
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert new.replace("-", "") not in path.read_text()
    assert not setup_code.fits(old)
    assert setup_code.fits(new)
    assert not setup_code.fits("")


def test_guessing_the_code_is_throttled(client: Client) -> None:
    code = setup_code.setup_code()
    statuses = [client.post("/setup/", filled_in("AAAA-AAAA-AAAA")).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert client.post("/setup/", filled_in(code)).status_code == 429


def test_an_english_company_gets_roles_with_english_names() -> None:
    def names() -> set[str]:
        return set(Role.objects.filter(shipped=True).values_list("name", flat=True))

    assert "系统管理员" in names()
    renamed = Role.objects.get(code="salesperson")
    Role.objects.filter(pk=renamed.pk).update(name="Hunter")
    actions.set_up(company_name="ACME", full_name="Ada", password="correct-horse-42", language="en")
    assert {"Administrator", "Branch manager", "Hunter"} <= names()


def test_the_command_makes_an_administrator_before_set_up_and_lets_him_back_in() -> None:
    user, first = actions.ensure_administrator("Root")
    assert (user.username, user.is_active) == ("root", True)
    assert user.access().may("settings.people")
    assert user.check_password(first)
    assert user.password_change_due
    User.objects.filter(pk=user.pk).update(state=User.State.LOCKED)
    Role.objects.filter(code="administrator").update(settings=[])
    again, second = actions.ensure_administrator("ROOT")
    assert again.pk == user.pk
    assert again.is_active
    assert again.access().may("settings.roles")
    assert again.check_password(second)
    assert not again.check_password(first)


def test_the_command_takes_a_full_name_too() -> None:
    first, _password = actions.ensure_administrator("Ada Lovelace")
    again, _password = actions.ensure_administrator("Ada Lovelace")
    assert (first.pk, first.username, first.full_name) == (again.pk, "ada.lovelace", "Ada Lovelace")
    assert actions.ensure_administrator("王小明")[0].username == "王小明"


# Tokens -------------------------------------------------------------------------------------------------------------
def test_a_token_is_shown_once_and_only_its_digest_is_kept(people: Cast) -> None:
    token, secret = actions.create_token(people.actor("ana"), people.ana, name="sync", days=30)
    assert secret.startswith(token.prefix)
    row = Token.objects.filter(pk=token.pk).values().get()
    assert secret not in json.dumps(row, default=str)
    assert tokens.holder_of(secret) == (people.ana, token)
    event = Event.objects.get(verb="create_token")
    assert event.record_id == people.ana.pk
    assert secret not in json.dumps(event.changes) + event.note


@pytest.mark.parametrize("spoil", ["revoke", "expire", "lock", "leave", "prefix only", "wrong end", "foreign", "blank"])
def test_a_token_that_is_not_in_force_opens_nothing(people: Cast, spoil: str) -> None:
    token, secret = actions.create_token(people.actor("ana"), people.ana, name="sync")
    match spoil:
        case "revoke":
            actions.revoke_token(people.actor("ana"), token)
        case "expire":
            Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        case "lock":
            actions.lock_user(people.actor("admin"), people.ana)
        case "leave":
            actions.activate_user(people.actor("admin"), actions.mark_left(people.actor("admin"), people.ana))
        case "prefix only":
            secret = token.prefix
        case "wrong end":
            secret = secret[:-1] + ("a" if secret[-1] != "a" else "b")
        case "foreign":
            secret = secret.replace("zhike_", "other_")
        case "blank":
            secret = ""
    assert tokens.holder_of(secret) is None


def test_a_token_works_while_a_password_change_is_due(people: Cast) -> None:
    secret = give_token(people.ana)
    actions.reset_password_by_administrator(people.actor("admin"), people.ana)
    assert tokens.holder_of(secret.text) is not None


def test_the_command_gives_tokens_to_the_active_only(people: Cast) -> None:
    assert tokens.holder_of(actions.issue_token_for_command("ANA", 3)) is not None
    expires_at = Token.objects.get().expires_at
    assert expires_at is not None
    assert timedelta(days=2) < expires_at - timezone.now() < timedelta(days=4)
    actions.lock_user(people.actor("admin"), people.ben)
    for name in ("ben", "nobody", "eve"):
        with pytest.raises(RuleBroken):
            actions.issue_token_for_command(name)
    assert Token.objects.count() == 1


def test_everybody_makes_his_own_tokens_and_who_keeps_people_those_of_programmes(people: Cast) -> None:
    programme = UserFactory.create(kind=User.Kind.SERVICE)
    with pytest.raises(NotAllowed):
        actions.create_token(people.actor("admin"), people.ana, name="spy")
    with pytest.raises(NotAllowed):
        actions.create_token(people.actor("dan"), programme, name="erp")
    give_role(programme, "administrator")
    give_role(people.dan, RoleFactory.create(settings=["settings.people"]))
    with pytest.raises(NotAllowed):  # a programme with an administrator's rights is not a clerk's to open
        actions.create_token(people.actor("dan"), programme, name="erp")
    assert actions.create_token(people.actor("admin"), programme, name="erp")


def test_tokens_of_others_are_revoked_by_who_keeps_people_only(people: Cast) -> None:
    token, _secret = actions.create_token(people.actor("ana"), people.ana, name="sync")
    with pytest.raises(NotReachable):
        actions.revoke_token(people.actor("ben"), token)
    actions.revoke_token(people.actor("admin"), token)
    assert Token.objects.get().revoked_at is not None


@pytest.mark.parametrize(("name", "days"), [("", 30), ("x", 0), ("x", 10_000)])
def test_a_token_has_a_name_and_a_sensible_life(people: Cast, name: str, days: int) -> None:
    with pytest.raises(RuleBroken):
        actions.create_token(people.actor("ana"), people.ana, name=name, days=days)
    assert not Token.objects.exists()


def test_uses_are_noted_in_memory_and_written_later(people: Cast) -> None:
    tokens.flush_uses()
    secret = give_token(people.ana)
    assert tokens.holder_of(secret.text)
    assert Token.objects.get().last_used_at is None
    assert tokens.flush_uses() == 1
    assert Token.objects.get().last_used_at is not None
    assert tokens.flush_uses() == 0


def test_the_profile_page_shows_a_new_token_once(people: Cast, client: Client) -> None:
    client.force_login(people.ana)
    answer = client.post("/accounts/tokens/", {"name": "sync", "days": "30"})
    token = Token.objects.get()
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"{token.prefix}_" in page
    assert tokens.holder_of(page.split('data-copy="')[1].split('"')[0]) == (people.ana, token)
    later = client.get("/accounts/profile/").content.decode()
    assert f"{token.prefix}_" not in later
    assert token.prefix in later
    assert client.post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 302
    assert token.prefix not in client.get("/accounts/profile/").content.decode()


def test_nobody_revokes_another_persons_token_from_his_own_profile(people: Cast, client: Client) -> None:
    token, _secret = actions.create_token(people.actor("ana"), people.ana, name="sync")
    client.force_login(people.ben)
    assert client.post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 404
    assert client.post(f"/users/{people.ana.pk}/tokens/{token.pk}/revoke/").status_code == 403
    assert Token.objects.get().revoked_at is None


def test_a_read_only_token_is_marked_so(people: Cast) -> None:
    token, _secret = actions.create_token(people.actor("ana"), people.ana, name="bi", read_only=True)
    assert Token.objects.get(pk=token.pk).read_only


def test_the_api_takes_tokens_and_nothing_else(people: Cast, client: Client) -> None:
    secret = give_token(people.ana)
    client.force_login(people.ana)
    assert client.get("/api/v1/users").status_code == 401
    answer = client.get("/api/v1/users", headers={"authorization": f"Bearer {secret.text}"})
    assert answer.status_code == 200
    assert "password" not in answer.content.decode()
    read_only = give_token(people.admin, read_only=True)
    bearer = {"authorization": f"Bearer {read_only.text}"}
    assert client.get("/api/v1/users", headers=bearer).status_code == 200
    refused = client.post("/api/v1/departments", "{}", content_type="application/json", headers=bearer)
    assert refused.status_code in (401, 403)
    actions.lock_user(people.actor("admin"), people.ana)
    assert client.get("/api/v1/users", headers={"authorization": f"Bearer {secret.text}"}).status_code == 401


def test_secrets_are_no_fields_of_the_entity(people: Cast, client: Client) -> None:
    secret = give_token(people.admin)
    bearer = {"authorization": f"Bearer {secret.text}"}
    for name in ("password", "last_login", "session_generation", "tokens", "one_time_password_until"):
        for query in (f"order={name}", f"fields={name}", f'filter=["{name}","=","x"]'):
            assert client.get(f"/api/v1/users?{query}", headers=bearer).status_code in (400, 422)


def test_mass_assignment_by_api_changes_nothing_guarded(people: Cast, client: Client) -> None:
    before = User.objects.filter(pk=people.ana.pk).values().get()
    secret = give_token(people.admin)
    guarded = {
        "id": 1, "password": "x", "state": "left", "last_login": "2020-01-01T00:00:00Z", "version": 99, "session_generation": 9,
        "password_change_due": True, "is_superuser": True, "roles": [1], "created_at": "2020-01-01T00:00:00Z", "theme": "dark",
    }  # fmt: skip
    for name, value in guarded.items():
        answer = client.patch(
            f"/api/v1/users/{people.ana.pk}",
            json.dumps({name: value}),
            content_type="application/json",
            headers={"authorization": f"Bearer {secret.text}", "if-match": f'"{people.ana.version}"'},
        )
        assert answer.status_code in (400, 422), name
    assert User.objects.filter(pk=people.ana.pk).values().get() == before
