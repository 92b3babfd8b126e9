"""What surrounds all pages: headers, menu, language, theme, search, home, errors."""

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve

from zhike.core.pages import errors
from zhike.core.pages.context import initials
from zhike.core.pages.middleware import CONTENT_SECURITY_POLICY
from zhike.core.pages.tests.world import client_of, customer, opportunity, text_of
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


def test_every_answer_carries_the_policy_and_its_id(people: Cast) -> None:
    customer(people.ana)
    client = client_of(people.ana)
    for address in ("/", "/customers/", "/customers/1/", "/nowhere/", "/accounts/login/", "/search/?q=a"):
        answer = client.get(address)
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert len(answer.headers["X-Request-ID"]) == 32


def test_a_request_id_of_a_proxy_is_kept_when_it_is_one(people: Cast) -> None:
    client = client_of(people.ana)
    assert client.get("/", headers={"X-Request-ID": "abcdef-0123456789"}).headers["X-Request-ID"] == "abcdef-0123456789"
    assert client.get("/", headers={"X-Request-ID": "a b\r\nSet-Cookie: x"}).headers["X-Request-ID"] != "a b"


def test_no_page_has_script_or_style_of_its_own(people: Cast) -> None:
    row = opportunity(customer(people.ana))
    client = client_of(people.admin)
    for address in (
        "/",
        "/customers/",
        "/customers/new/",
        f"/opportunities/{row.pk}/",
        "/settings/",
        "/settings/options/source/",
        "/search/?q=a",
    ):
        page = text_of(client.get(address))
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<style" not in page
        assert "javascript:" not in page
        assert page.count("<script") == page.count("<script src=")


def test_pages_of_a_person_are_kept_out_of_caches(people: Cast) -> None:
    assert "no-store" in client_of(people.ana).get("/customers/").headers["Cache-Control"]


def test_htmx_of_a_person_signed_out_is_told_to_sign_in(people: Cast) -> None:
    answer = Client().get("/customers/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/accounts/login/"


def test_the_menu_has_what_the_person_may_open(people: Cast) -> None:
    page = text_of(client_of(people.ana).get("/"))
    assert 'href="/customers/"' in page
    assert text_of(client_of(people.eve).get("/")).count('href="/customers/"') == 0


def test_records_that_only_the_settings_lead_to_stand_below_them_in_the_menu(people: Cast) -> None:
    client, settings = client_of(people.admin), 'href="/settings/" title="Settings" aria-current="page"'
    for address in ("/settings/", "/pipelines/", "/stages/", f"/users/{people.ana.pk}/", "/departments/", "/roles/"):
        assert settings in text_of(client.get(address)), address
    for address in ("/customers/", "/products/", "/jobs/"):
        assert settings not in text_of(client.get(address)), address


def test_language_and_theme_are_kept_for_the_person(people: Cast) -> None:
    client = client_of(people.ana)
    client.post("/language/", {"language": "zh-hans", "next": "/customers/"})
    client.post("/theme/", {"theme": "dark"})
    people.ana.refresh_from_db()
    assert (people.ana.language, people.ana.theme) == ("zh-hans", "dark")
    assert client.cookies["zhike_language"].value == "zh-hans"
    client.post("/theme/", {"theme": "auto"})
    people.ana.refresh_from_db()
    assert people.ana.theme == ""


def test_an_unknown_language_or_theme_changes_nothing(people: Cast) -> None:
    client = client_of(people.ana)
    client.post("/language/", {"language": "../etc"})
    client.post("/theme/", {"theme": "<b>"})
    people.ana.refresh_from_db()
    assert (people.ana.language, people.ana.theme) == ("", "")


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "https://evil.example/", "http:evil", "%09//x", "javascript:alert(1)", ""],
)
def test_the_way_back_is_never_another_site(people: Cast, address: str) -> None:
    answer = client_of(people.ana).post("/language/", {"language": "en", "next": address})
    assert answer.headers["Location"] == "/"


def test_search_finds_by_initials_and_only_within_reach(people: Cast) -> None:
    row = customer(people.ana, "浦发银行")
    customer(people.cyd, "浦发银行第二")
    page = text_of(client_of(people.ana).get("/search/?q=pfyh"))
    assert f'href="/customers/{row.pk}/"' in page
    assert "第二" not in page
    options = text_of(client_of(people.ana).get("/search/?q=pfyh", headers={"HX-Request": "true"}))
    assert options.lstrip().startswith('<a class="z-option" role="option"')
    assert "<html" not in options


def test_search_escapes_what_was_typed(people: Cast) -> None:
    page = text_of(client_of(people.ana).get("/search/?q=<script>alert(1)</script>"))
    assert "<script>alert" not in page


@pytest.mark.parametrize("fault", [errors.bad_request, errors.not_found, errors.not_allowed])
def test_errors_say_nothing_of_the_machine(fault: object) -> None:
    request = RequestFactory().get("/x/")
    request.user = type("Nobody", (), {"is_authenticated": False})()
    answer = fault(request, ValueError("SELECT secret FROM identity_user"))  # type: ignore[operator]
    assert "SELECT" not in text_of(answer)
    assert "ValueError" not in text_of(answer)


def test_a_fault_of_ours_names_the_request_and_needs_no_database(django_assert_num_queries: object) -> None:
    request = RequestFactory().get("/x/")
    request.request_id = "abc123"  # type: ignore[attr-defined]
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = errors.server_error(request)
    assert answer.status_code == 500
    assert "abc123" in text_of(answer)


def test_routes_are_named_by_entity_and_page() -> None:
    assert resolve("/customers/7/edit/").view_name == "customers:edit"
    assert resolve("/opportunities/7/win/").view_name == "opportunities:win"


@pytest.mark.parametrize(
    ("name", "short"), [("李安娜", "安娜"), ("王芳", "王芳"), ("Moses Frase", "MF"), ("admin", "A"), ("", "")]
)
def test_initials_stand_for_a_person(name: str, short: str) -> None:
    assert initials(name) == short
