"""A new password by a mailed link, and everything an intruder would try with it (class 13 and 14)."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from zhike.core.jobs import Job
from zhike.identity import actions, jobs
from zhike.identity.factories import Cast
from zhike.identity.models import User
from zhike.identity.tests.test_signing_in import NEW_PASSWORD, _no_attempts_counted, is_in, sign_in

__all__ = ["_no_attempts_counted"]  # the fixture holds here too

MAIL = override_settings(
    MAIL_URL="smtp://mail.example.com",
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    BASE_URL="https://crm.example.com",
)


def ask_for_link(address: str, **headers: Any) -> Any:
    return Client(**headers).post("/accounts/password/reset/", {"email": address})


def run_mail_jobs() -> None:
    for job in Job.objects.order_by("id"):
        arguments = jobs.LINK_MAIL.from_json(job.arguments)
        context = type("Context", (), {"arguments": arguments})()
        jobs.LINK_MAIL.run(context)


def link_in_mail() -> str:
    found = re.search(r"https://crm\.example\.com(/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found.group(1)


@pytest.fixture
def ana_with_mail(people: Cast) -> User:
    User.objects.filter(pk=people.ana.pk).update(email="ana@example.com", last_login=timezone.now())
    return User.objects.get(pk=people.ana.pk)


@MAIL
def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(ana_with_mail: User) -> None:
    known, unknown = ask_for_link("ana@example.com"), ask_for_link("nobody@example.com")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [job.arguments["address"] for job in Job.objects.order_by("id")] == ["ana@example.com", "nobody@example.com"]
    run_mail_jobs()
    assert [message.to for message in mail.outbox] == [["ana@example.com"]]


@MAIL
@override_settings(EMAIL_BACKEND="nowhere.at.all.Backend")
def test_a_broken_mail_server_changes_no_answer(ana_with_mail: User) -> None:
    assert ask_for_link("ana@example.com").status_code == ask_for_link("nobody@example.com").status_code == 302


@MAIL
@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_HOST"])
def test_a_forged_host_never_reaches_the_link(ana_with_mail: User, header: str) -> None:
    value = "host=evil.example" if header == "HTTP_FORWARDED" else "evil.example"
    answer = ask_for_link("ana@example.com", **{header: value})
    if header == "HTTP_HOST":
        assert answer.status_code == 400
        assert not Job.objects.exists()
        return
    run_mail_jobs()
    assert "evil" not in str(mail.outbox[-1].body)
    assert link_in_mail()


def use_link(client: Client, path: str, password: str = NEW_PASSWORD) -> Any:
    answer = client.get(path)
    if answer.status_code != 302:
        return answer
    return client.post(answer.headers["Location"], {"password1": password, "password2": password})


@MAIL
def test_a_link_sets_the_password_once_and_ends_sessions(ana_with_mail: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "ana")
    ask_for_link("ana@example.com")
    run_mail_jobs()
    path = link_in_mail()
    assert use_link(Client(), path).status_code == 302
    assert not is_in(elsewhere)
    assert sign_in(Client(), "ana", "another-horse-43").status_code == 302
    again = use_link(Client(), path, "third-horse-44")
    assert again.status_code == 200
    assert not User.objects.get(pk=ana_with_mail.pk).check_password("third-horse-44")


@MAIL
@pytest.mark.parametrize("what", ["password", "email", "lock", "age", "another person", "garbage"])
def test_a_link_is_void_once_the_account_changed_or_time_passed(people: Cast, ana_with_mail: User, what: str) -> None:
    ask_for_link("ana@example.com")
    run_mail_jobs()
    path = link_in_mail()
    row = User.objects.filter(pk=ana_with_mail.pk)
    if what == "password":
        actions.reset_password_by_administrator(people.actor("admin"), ana_with_mail)
    elif what == "email":
        row.update(email="new@example.com")
    elif what == "lock":
        actions.lock_user(people.actor("admin"), ana_with_mail)
    elif what == "age":
        with override_settings(PASSWORD_RESET_TIMEOUT=-1):
            assert use_link(Client(), path).status_code == 200
    elif what == "another person":
        path = re.sub(r"key/[0-9a-z]+-", f"key/{people.ben.pk}-", path)
    else:
        path = path[:-3] + "xy/"
    before = list(User.objects.order_by("pk").values_list("password", flat=True))
    if what != "age":
        assert use_link(Client(), path).status_code == 200
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == before


@MAIL
def test_the_page_behind_a_link_tells_no_other_site_about_it(ana_with_mail: User, client: Client) -> None:
    ask_for_link("ana@example.com")
    run_mail_jobs()
    answer = client.get(link_in_mail(), follow=True)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(r'(src|href)="(https?:)?//', answer.content.decode())
    assert link_in_mail().split("-", 1)[1] not in answer.content.decode()


@MAIL
def test_an_invitation_link_lets_a_newcomer_choose_his_password(people: Cast) -> None:
    user = actions.create_user(people.actor("admin"), full_name="Moses Frase", email="moses@example.com")
    actions.invite_user(people.actor("admin"), user)
    run_mail_jobs()
    assert use_link(Client(), link_in_mail()).status_code == 302
    client = Client()
    assert sign_in(client, "moses@example.com", "another-horse-43").status_code == 302
    assert is_in(client)
    assert client.get("/accounts/profile/").status_code == 200


def test_without_mail_nothing_is_queued_and_the_page_says_whom_to_ask(people: Cast, client: Client) -> None:
    assert ask_for_link("ana@example.com").status_code == 302
    assert not Job.objects.exists()
    assert (
        "<form"
        not in client.get("/accounts/password/reset/", headers={"accept-language": "en"})
        .content.decode()
        .split("z-bare__foot")[0]
    )
