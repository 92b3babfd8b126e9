"""In and out, and everything an intruder would try there (security-reliability classes 13 to 17)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.company import Company
from zhike.identity import actions
from zhike.identity.factories import PASSWORD, Cast, UserFactory
from zhike.identity.models import User

LOGIN = "/accounts/login/"
NEW_PASSWORD = "another-horse-43"
OPEN_TO_ALL = "/accounts/profile/"


@pytest.fixture(autouse=True)
def _no_attempts_counted(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": name, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get(OPEN_TO_ALL).status_code == 200


def comparable(response: Any) -> str:
    """The page without what differs between any two requests."""
    return re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]+"', "", response.content.decode())


@pytest.mark.parametrize(
    "name", ["ana", " ANA ", "Ａna", "ana@example.com", "Ana@Example.com", "13800138000", "+86 138-0013-8000"]
)
def test_one_box_takes_username_mobile_and_mail_address(people: Cast, client: Client, name: str) -> None:
    actions.edit_own_profile(people.actor("ana"), people.ana, {"email": "ana@example.com", "mobile": "138 0013 8000"})
    assert sign_in(client, name).status_code == 302
    assert client.session["_auth_user_id"] == str(people.ana.pk)


def test_a_stranger_and_a_wrong_password_get_the_same_answer(people: Cast) -> None:
    answers = {
        name: sign_in(Client(), name, "not-the-password")
        for name in ("ana", "nobody-at-all", "nobody@example.com", "13900000000")
    }
    pages = {comparable(answer).replace(f'value="{name}"', "") for name, answer in answers.items()}
    assert len(pages) == 1
    assert {answer.status_code for answer in answers.values()} == {422}
    assert {tuple(sorted(answer.headers)) for answer in answers.values()} == {tuple(sorted(answers["ana"].headers))}


def test_locked_and_unknown_people_get_the_same_answer_even_with_the_right_password(people: Cast) -> None:
    actions.lock_user(people.actor("admin"), people.ana)
    locked, unknown = sign_in(Client(), "ana"), sign_in(Client(), "zzz")
    assert comparable(locked).replace('value="ana"', "") == comparable(unknown).replace('value="zzz"', "")


@pytest.mark.parametrize("name", ["ana", "nobody-at-all", "13900000000", "nobody@example.com", "never.invited"])
def test_every_attempt_costs_one_hash(people: Cast, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Time does not tell known names from unknown ones."""
    actions.create_user(people.actor("admin"), full_name="Never Invited")
    hasher = type(get_hasher())
    hashed: list[str] = []
    encode = hasher.encode

    def counted(self: Any, password: str, *args: Any, **kwargs: Any) -> Any:
        hashed.append(password)
        return encode(self, password, *args, **kwargs)

    monkeypatch.setattr(hasher, "encode", counted)
    sign_in(Client(), name, "not-the-password")
    assert len(hashed) == 1


def test_the_session_gets_a_new_id_at_sign_in(people: Cast, client: Client) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    planted = session.session_key
    sign_in(client, "ana")
    assert client.session.session_key != planted
    fresh = Client()
    fresh.cookies["sessionid"] = planted or ""
    assert not is_in(fresh)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "/\\evil.example", "http://evil.example", "http:evil.example", "https:///evil.example",
        "%09//evil.example", "\t//evil.example", "javascript:alert(1)", "///evil.example", "http://testserver.evil.example/",
        "evil.example", "/\t/evil.example",
    ],
)  # fmt: skip
def test_an_address_elsewhere_leads_home(people: Cast, client: Client, target: str) -> None:
    answer = sign_in(client, "ana", next=target)
    where = urlsplit(answer.headers["Location"])
    assert (where.scheme, where.netloc, where.path) == ("", "", "/")
    out = client.post("/accounts/logout/", {"next": target})
    where = urlsplit(out.headers["Location"])
    assert (where.scheme, where.netloc) == ("", "")


def test_an_address_here_is_followed(people: Cast, client: Client) -> None:
    assert sign_in(client, "ana", next="/accounts/profile/?a=1").headers["Location"] == "/accounts/profile/?a=1"


def test_failed_attempts_are_throttled_alike_for_known_and_unknown_names(people: Cast) -> None:
    for number, name in enumerate(("ana", "nobody")):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        statuses = [sign_in(client, name, "wrong-wrong").status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]
    # Even the right password waits, from wherever it comes, and another spelling of the name is the same name.
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9"), "ＡNA").status_code == 429


def test_one_address_may_not_try_many_names(people: Cast, client: Client) -> None:
    statuses = [sign_in(client, f"name{number}", "wrong-wrong").status_code for number in range(11)]
    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize("step", [actions.lock_user, actions.mark_left])
def test_who_is_shut_out_is_out_at_the_next_request(people: Cast, client: Client, step: object) -> None:
    sign_in(client, "ana")
    assert is_in(client)
    step(people.actor("admin"), people.ana)  # type: ignore[operator]  # one of the two actions
    assert not is_in(client)


def test_a_session_does_not_come_back_with_the_person(people: Cast, client: Client) -> None:
    sign_in(client, "ana")
    locked = actions.lock_user(people.actor("admin"), people.ana)
    actions.activate_user(people.actor("admin"), locked)
    assert not is_in(client)
    assert sign_in(client, "ana").status_code == 302


def test_a_changed_password_ends_other_sessions_and_keeps_this_one(people: Cast, client: Client) -> None:
    other = Client()
    for each in (client, other):
        sign_in(each, "ana")
    posted = {"old": PASSWORD, "password1": "another-horse-43", "password2": "another-horse-43"}
    assert client.post("/accounts/password/change/", posted).status_code == 302
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"old": "wrong", "password1": "another-horse-43", "password2": "another-horse-43"}, "old"),
        ({"old": PASSWORD, "password1": "short-1", "password2": "short-1"}, "password1"),
        ({"old": PASSWORD, "password1": "password123", "password2": "password123"}, "password1"),
        ({"old": PASSWORD, "password1": "1234567890123", "password2": "1234567890123"}, "password1"),
        ({"old": PASSWORD, "password1": "ana.example.com", "password2": "ana.example.com"}, "password1"),
        ({"old": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}, "password1"),
        ({"old": PASSWORD, "password1": "another-horse-43", "password2": "another-horse-44"}, "password2"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_beside_its_field(
    people: Cast, client: Client, posted: dict[str, str], field: str
) -> None:
    actions.edit_own_profile(people.actor("ana"), people.ana, {"email": "ana@example.com"})
    sign_in(client, "ana")
    answer = client.post("/accounts/password/change/", posted)
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    assert User.objects.get(pk=people.ana.pk).check_password(PASSWORD)


def test_a_one_time_password_opens_nothing_but_the_page_to_choose_an_own_one(people: Cast, client: Client) -> None:
    password = actions.reset_password_by_administrator(people.actor("admin"), people.ana)
    assert sign_in(client, "ana", password).status_code == 302
    answer = client.get("/users/?q=x")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/password/change/?next=%2Fusers%2F%3Fq%3Dx"
    posted = {"password1": "another-horse-43", "password2": "another-horse-43", "next": "/users/?q=x"}
    assert client.post("/accounts/password/change/", posted).headers["Location"] == "/users/?q=x"
    assert client.get("/users/").status_code == 200
    assert sign_in(Client(), "ana", password).status_code == 422


def test_a_one_time_password_dies_after_seven_days(people: Cast, client: Client) -> None:
    password = actions.reset_password_by_administrator(people.actor("admin"), people.ana)
    User.objects.filter(pk=people.ana.pk).update(one_time_password_until=timezone.now() - timedelta(seconds=1))
    assert sign_in(client, "ana", password).status_code == 422


def test_service_accounts_the_system_and_the_uninvited_do_not_sign_in(people: Cast) -> None:
    for kind in (User.Kind.SERVICE, User.Kind.SYSTEM):
        user = UserFactory.create(kind=kind)
        assert sign_in(Client(), user.username).status_code == 422
    invited = UserFactory.create(state=User.State.INVITED)
    assert sign_in(Client(), invited.username).status_code == 422


def test_headers_of_a_proxy_do_not_say_who_somebody_is(people: Cast) -> None:
    for header in ("HTTP_X_REMOTE_USER", "HTTP_REMOTE_USER", "REMOTE_USER", "HTTP_X_FORWARDED_USER"):
        forged: dict[str, Any] = {header: "admin"}
        assert Client(**forged).get(OPEN_TO_ALL).status_code == 302


def test_signing_out_takes_a_post_and_ends_the_session(people: Cast, client: Client) -> None:
    sign_in(client, "ana")
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)


@pytest.mark.parametrize(
    "address",
    [LOGIN, "/accounts/logout/", "/accounts/password/change/", "/accounts/password/reset/", "/accounts/tokens/"],
)
def test_forms_without_our_token_are_refused(people: Cast, address: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.ana)
    assert strict.post(address, {"login": "ana", "password": PASSWORD}).status_code == 403


def test_nobody_registers_himself(people: Cast, client: Client) -> None:
    for address in ("/accounts/signup/", "/accounts/email/", "/accounts/confirm-email/", "/accounts/password/set/"):
        assert client.get(address).status_code == 404


# Language -----------------------------------------------------------------------------------------------------------
def test_the_language_is_the_persons_else_the_cookies_else_the_companys(people: Cast, client: Client) -> None:
    german = {"accept-language": "de,en;q=0.9"}
    assert client.get(LOGIN, headers=german).headers["Content-Language"] == "zh-hans"
    client.cookies["zhike_language"] = "en"
    assert client.get(LOGIN).headers["Content-Language"] == "en"
    sign_in(client, "ana")
    assert client.get(OPEN_TO_ALL).headers["Content-Language"] == "en"
    User.objects.filter(pk=people.ana.pk).update(language="zh-hans")
    assert client.get(OPEN_TO_ALL).headers["Content-Language"] == "zh-hans"
    del client.cookies["zhike_language"]
    User.objects.filter(pk=people.ana.pk).update(language="")
    Company.objects.update_or_create(pk=1, defaults={"language": "en"})
    overlay.bump()
    assert client.get(OPEN_TO_ALL).headers["Content-Language"] == "en"


def test_pages_of_accounts_load_nothing_from_elsewhere(people: Cast, client: Client) -> None:
    for address in (LOGIN, "/accounts/password/reset/", "/accounts/password/reset/done/"):
        page = client.get(address)
        assert not re.search(r'(src|href|action)="(https?:)?//', page.content.decode())
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_system_keeps_no_password(people: Cast) -> None:
    assert Actor.system().user is None
