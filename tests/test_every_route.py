"""Every address of the product: known to a table, shut without a token, harmless to read, and told nothing it should not tell."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import resolve, reverse

from tests.every_entity.matrix import secrets_from
from tests.every_entity.routes import OTHERS, address_of, addresses, is_reached, routes
from tests.every_entity.steps import steps_of
from tests.every_entity.world import World
from zhike.core.api.urls import schema
from zhike.core.entities import registry
from zhike.core.testing.battery import Visitor, changed_tables, fingerprint, said

pytestmark = pytest.mark.django_db
# details.md, "Content security": exactly this.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
# A number that pages ask for again and again: the browser keeps it to be told that it is still the same.
ASKED_AGAIN = ("/notifications/bell/",)
# What the installed app needs without a connection: the same for everybody, so a browser may keep it.
FOR_EVERYBODY = ("/worker.js", "/offline/")


def test_every_route_is_in_the_battery_or_in_the_table(world: World) -> None:
    taken = set()
    for entity in registry.all():
        for step in steps_of(world, entity, world.people.ana):
            if step.door == "page":
                match = resolve(step.path(1).partition("?")[0])
                taken.add((match.view_name, match.route))
    unknown = [
        (route.name, route.pattern)
        for route in routes()
        if (route.name, route.pattern) not in taken and route.name not in OTHERS
        if not route.name.startswith("api:") and is_reached(route)
    ]
    assert unknown == [], f"add a step to the battery, or a row to the table in every_entity/routes.py: {unknown}"
    assert set(OTHERS) <= {route.name for route in routes()}, "the table names routes that are gone"


def test_every_operation_of_the_api_is_in_the_battery(world: World) -> None:
    taken = set()
    for entity in registry.all():
        for step in steps_of(world, entity, world.people.ana):
            if step.door == "api":
                taken.add((step.method, resolve(f"/api/v1/{step.path(1).partition('?')[0]}").route))
    documented = {
        (method.upper(), re.sub(r"\{(\w+)\}", r"<\1>", path.lstrip("/")).replace("<pk>", "<int:pk>"))
        for path, operations in schema()["paths"].items()
        for method in operations
    }
    served = {route.pattern for route in routes() if route.name.startswith("api:") and route.name != "api:api-root"}
    assert {path for _method, path in documented} == served
    assert documented == taken


@pytest.mark.parametrize("name", OTHERS)
def test_the_other_pages_answer_each_as_the_table_says(world: World, name: str) -> None:
    row = OTHERS[name]
    address = address_of(row, world)
    match = resolve(address.partition("?")[0])
    assert match.view_name == name
    before = fingerprint()
    for persona, wanted in (("nobody", row.nobody), ("ana", row.ana), ("eve", None), ("gone", row.nobody)):
        answer = world.visitor(persona).page(row.method, address)
        if wanted is not None:
            assert answer.status == wanted, (persona, answer.status)
        assert answer.status < 500
        assert not [word for word in secrets_from(persona) if word in said(answer)]
    assert changed_tables(before) == []
    assert world.visitor("admin").page(row.method, address).status == row.admin


def test_every_unsafe_request_without_the_forms_token_is_refused(world: World) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.force_login(world.people.admin)
    wanted = [address_of(row, world) for row in OTHERS.values()]
    for entity in registry.all():
        rows = world.rows[entity.slug]
        wanted += [
            step.path(rows.binned.pk if step.binned and rows.binned else rows.target.pk)
            for step in steps_of(world, entity, world.people.ana)
            if step.door == "page"
        ]
    before = fingerprint()
    pages = [address for address in dict.fromkeys(wanted) if not address.startswith("/api/")]
    for number, address in enumerate(pages):
        # The others are judged in the same place as POST: each page is asked by one of them in turn.
        for method in ("POST", ("PUT", "PATCH", "DELETE")[number % 3]):
            answer = strict.generic(method, address, "", "application/x-www-form-urlencoded")
            assert answer.status_code in (403, 405), (method, address, answer.status_code)
            assert method != "POST" or answer.status_code == 403, address
    assert changed_tables(before) == []


def test_the_funnel_counts_and_lists_only_what_one_sees(world: World) -> None:
    for persona in ("ben", "cyd", "reader", "dan", "eve", "gone", "nobody"):
        for address in (
            "/",
            "/funnel/",
            "/funnel/?by=owner",
            "/funnel/records/",
            "/settings/",
            "/jobs/",
            "/accounts/profile/",
        ):
            answer = world.visitor(persona).page("GET", address)
            assert answer.status < 500
            assert not [word for word in secrets_from(persona) if word in said(answer)], (persona, address)


def test_what_a_browser_may_keep_is_the_same_for_everybody(world: World) -> None:
    for address in FOR_EVERYBODY:
        answers = [visitor.page("GET", address) for visitor in (Visitor(), *world.visitors.values())]
        assert {answer.text for answer in answers} == {answers[0].text}, address
        assert "Set-Cookie" not in answers[0].headers
        assert not [answer for answer in answers if answer.headers["Content-Security-Policy"] != POLICY]


def test_a_session_is_worth_nothing_to_the_api(world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.people.admin)
    for entity in registry.all():
        assert client.get(f"/api/v1/{entity.slug}").status_code == 401
        answer = client.post(f"/api/v1/{entity.slug}", "{}", "application/json")
        assert answer.status_code == (405 if "create" in entity.without and not entity.is_uploaded else 401)


def test_reading_writes_nothing_and_says_what_a_browser_may_do_with_it(world: World) -> None:
    admin, ana = world.visitor("admin"), world.visitor("ana")
    everything = addresses(world)
    before = fingerprint()
    for address in everything:
        answer = admin.page("GET", address)
        headers = answer.headers
        assert headers["Content-Security-Policy"] == POLICY, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["X-Frame-Options"] == "SAMEORIGIN", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert "Server" not in headers
        if address.startswith("/api/v1/"):
            for visitor in (admin, ana):
                visitor.api("GET", address.removeprefix("/api/v1/"))
            continue
        admin.browser.head(address)
        ana.page("GET", address)
        if answer.status == 200 and address not in FOR_EVERYBODY:
            kept = "private, no-cache" if address in ASKED_AGAIN else "no-store"
            assert kept in headers.get("Cache-Control", ""), address
    assert changed_tables(before) == []


def test_error_pages_carry_the_same_headers_and_no_trace(world: World) -> None:
    for address, visitor in (("/no/such/page/", Visitor()), ("/customers/987654321/", world.visitor("ana"))):
        answer = visitor.page("GET", address)
        assert answer.status == 404
        assert answer.headers["Content-Security-Policy"] == POLICY
        for word in ("Traceback", "urlpatterns", "zhike.core", "settings.py", "Django", str(settings.BASE_DIR)):
            assert word not in answer.text


def test_an_error_of_ours_shows_no_stack(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhike.core.lists import reading

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise ImproperlyConfigured("secret-in-the-exception")

    monkeypatch.setattr(reading, "ordered", broken, raising=False)
    monkeypatch.setattr("zhike.core.pages.list_page.read", broken)
    monkeypatch.setattr("zhike.core.api.operations.read", broken)
    page, answer = world.visitor("ana").page("GET", "/customers/"), world.visitor("ana").api("GET", "customers")
    for each in (page, answer):
        assert each.status == 500
        assert "secret-in-the-exception" not in each.text
        assert "Traceback" not in each.text
        assert "zhike/" not in each.text
    assert not settings.DEBUG


def test_nobody_learns_the_names_of_fields_and_versions(world: World) -> None:
    """Sign-in, errors, schema and documentation tell a stranger nothing of how the data are made up."""
    fields = {f'"{name}"' for entity in registry.all() for name in entity.fields if "_" in name}
    nobody = Visitor()
    guesses = [
        *addresses(world),
        "/api/v1/",
        "/api/",
        "/api/v1/docs",
        "/docs",
        "/admin/",
        "/static/dist/app.js.map",
        "/dev/gallery",
        "/.git/config",
    ]
    for address in guesses:
        answer = nobody.page("GET", address)
        assert answer.status in (200, 302, 401, 403, 404), (address, answer.status)
        if answer.status == 200:
            assert address.startswith("/accounts/") or address in FOR_EVERYBODY, address
        assert not [name for name in fields if name in answer.text], address
        assert "canary-" not in answer.text
        assert not re.search(r"\b0\.\d+\.\d+\b", answer.text), f"a version on {address}"


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "http:evil.example", "https://evil.example/", "%09//evil.example", "\t//evil.example",
     "javascript:alert(1)", "///evil.example", "http:///evil.example", "/\t/evil.example", "\\\\evil.example", " //evil.example"],
)  # fmt: skip
def test_no_next_leads_off_the_site(world: World, address: str) -> None:
    from zhike.identity.factories import PASSWORD

    sign_in = Client()
    answers = [
        sign_in.post("/accounts/login/", {"login": "ana", "password": PASSWORD, "next": address}),
        Client().post("/language/", {"language": "en", "next": address}),
        Client().post("/theme/", {"theme": "dark", "next": address}),
    ]
    row = world.rows["products"].target
    typed = {"next": address, "version": str(row.version), "name": row.name, "is_sold": "on"}
    answers.append(world.visitor("admin").browser.post(f"/products/{row.pk}/edit/", typed))
    for answer in answers:
        assert answer.status_code == 302, answer.content
        target = answer.headers["Location"]
        assert target.startswith("/"), target
        assert not target.startswith(("//", "/\\")), target
        assert "evil" not in target
    assert reverse("home") == "/"
