"""Every address of the product: known to a table, shut without a token, harmless to read, and told nothing it should not tell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.every_entity.matrix import WITHHELD, secrets_from
from tests.every_entity.steps import choice_fields, steps_of
from tests.every_entity.world import World, is_deletable
from zhike.core.api.urls import schema
from zhike.core.entities import registry
from zhike.core.testing.battery import Visitor, changed_tables, fingerprint, said

pytestmark = pytest.mark.django_db
# details.md, "Content security": exactly this.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
SIGN_IN = 302


@dataclass(frozen=True)
class Row:
    """One route that the registry does not make: an address, its method, and what nobody, ana and the administrator get."""

    address: str
    nobody: int
    ana: int
    admin: int
    method: str = "GET"


def _get(address: str, nobody: int, ana: int, admin: int) -> Row:
    return Row(address, nobody, ana, admin)


def _post(address: str, nobody: int, ana: int, admin: int) -> Row:
    return Row(address, nobody, ana, admin, "POST")


# {user} is ben, {role} and {token} exist, 987654321 does not.
OTHERS: dict[str, Row] = {
    "home": _get("/", SIGN_IN, 200, 200),
    "search": _get("/search/", SIGN_IN, 200, 200),
    "funnel": _get("/funnel/", SIGN_IN, 200, 200),
    "funnel-records": _get("/funnel/records/", SIGN_IN, 200, 200),
    "language": _post("/language/", 302, 302, 302),
    "theme": _post("/theme/", 302, 302, 302),
    "openapi": _get("/api/v1/openapi.json", 401, 401, 401),
    "setup": _get("/setup/", 404, 404, 404),
    "account_login": _get("/accounts/login/", 200, 302, 302),
    "account_logout": _get("/accounts/logout/", 302, 200, 200),
    "account_change_password": _get("/accounts/password/change/", SIGN_IN, 200, 200),
    "account_reset_password": _get("/accounts/password/reset/", 200, 200, 200),
    "account_reset_password_done": _get("/accounts/password/reset/done/", 200, 200, 200),
    "account_reset_password_from_key": _get("/accounts/password/reset/key/1-x/", 200, 200, 200),
    "account_reset_password_from_key_done": _get("/accounts/password/reset/key/done/", 200, 200, 200),
    "profile": _get("/accounts/profile/", SIGN_IN, 200, 200),
    "create_token": _post("/accounts/tokens/", SIGN_IN, 422, 422),
    "revoke_token": _post("/accounts/tokens/987654321/revoke/", SIGN_IN, 404, 404),
    "jobs": _get("/jobs/", SIGN_IN, 200, 200),
    "job": _get("/jobs/987654321/", SIGN_IN, 404, 404),
    "job-progress": _get("/jobs/987654321/progress/", SIGN_IN, 404, 404),
    "job-cancel": _post("/jobs/987654321/cancel/", SIGN_IN, 404, 404),
    "job-result": _get("/jobs/987654321/result/", SIGN_IN, 404, 404),
    "import-result": _get("/imports/987654321/", SIGN_IN, 404, 404),
    "import-go-on": _post("/imports/987654321/go-on/", SIGN_IN, 404, 404),
    "settings": _get("/settings/", SIGN_IN, 200, 200),
    "settings-company": _get("/settings/company/", SIGN_IN, 403, 200),
    "settings-rates": _get("/settings/currencies/", SIGN_IN, 403, 200),
    "settings-rate-remove": _post("/settings/currencies/987654321/remove/", SIGN_IN, 403, 404),
    "settings-numbering": _get("/settings/numbering/", SIGN_IN, 403, 200),
    "settings-number-rule": _get("/settings/numbering/customer/", SIGN_IN, 403, 200),
    "settings-modules": _get("/settings/modules/", SIGN_IN, 403, 200),
    "settings-options": _get("/settings/options/", SIGN_IN, 403, 200),
    "settings-option-list": _get("/settings/options/source/", SIGN_IN, 403, 200),
    "settings-option": _get("/settings/options/source/website/", SIGN_IN, 403, 200),
    "settings-option-step": _post("/settings/options/source/website/down/", SIGN_IN, 403, 302),
    "settings_departments": _get("/settings/departments/", SIGN_IN, 403, 200),
    "settings_roles": _get("/settings/roles/", SIGN_IN, 403, 200),
    "settings_new_role": _get("/settings/roles/new/", SIGN_IN, 403, 200),
    "settings_role": _get("/settings/roles/{role}/", SIGN_IN, 403, 200),
    "settings_delete_role": _post("/settings/roles/987654321/delete/", SIGN_IN, 403, 404),
    "service_token": _get("/users/{user}/token/", SIGN_IN, 403, 404),
    "revoke_token_of": _post("/users/{user}/tokens/987654321/revoke/", SIGN_IN, 403, 404),
    "person_invite": _get("/users/{user}/invite/", SIGN_IN, 403, 200),
    "person_reset_password": _get("/users/{user}/reset_password/", SIGN_IN, 403, 200),
    "person_activate": _get("/users/{user}/activate/", SIGN_IN, 403, 200),
    "person_lock": _get("/users/{user}/lock/", SIGN_IN, 403, 200),
    "person_mark_left": _get("/users/{user}/mark_left/", SIGN_IN, 403, 200),
    # The second page of an import, for every entity; the battery takes the first and the template.
    **{
        f"{entity.slug}-import-columns": _get(f"/{entity.slug}/import/columns/", SIGN_IN, 403, 422)
        for entity in registry.all()
        if "import" not in entity.without
    },
    # Nothing in them is chosen from a list.
    **{
        f"{entity.slug}:choices": _get(
            f"/{entity.slug}/choices/{entity.title}/", SIGN_IN, 403 if entity.slug in WITHHELD else 404, 404
        )
        for entity in registry.all()
        if not choice_fields(entity)
    },
    # Nothing can be done with several departments, people or roles at once; the address is there for all the same.
    **{
        f"{entity.slug}:bulk": _post(
            f"/{entity.slug}/bulk/nothing/", SIGN_IN, 403 if entity.slug in WITHHELD else 404, 404
        )
        for entity in registry.all()
        if not is_deletable(entity) and not any(verb.bulk for verb in entity.verbs)
    },
}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str


def routes(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    """Every route of the URLconf, its name with namespaces."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from routes(each.url_patterns, f"{prefix}{each.pattern}", inner)
        elif isinstance(each, URLPattern):
            yield Route(f"{space}{each.name}", f"{prefix}{each.pattern}")


def is_reached(route: Route) -> bool:
    """Whether an address leads to the route at all; an app's own page may stand before the registry's."""
    path = re.sub(r"<int:\w+>", "1", re.sub(r"<slug:\w+>", "x", f"/{route.pattern}"))
    return route.pattern.startswith("^") or resolve(path).view_name == route.name


def address_of(row: Row, world: World) -> str:
    from zhike.identity.models import Role

    role = Role.objects.get(code="read_only")
    return row.address.format(user=world.people.ben.pk, role=role.pk)


def addresses(world: World) -> list[str]:
    """An address for every route that answers GET, with ids that exist."""
    found = [address_of(row, world) for row in OTHERS.values() if row.method == "GET"]
    for entity in registry.all():
        for step in steps_of(world, entity, world.people.ana):
            if step.method == "GET":
                row = world.rows[entity.slug].target
                found.append(("/api/v1/" if step.door == "api" else "") + step.path(row.pk))
    return list(dict.fromkeys(found))


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
    assert unknown == [], f"add a step to the battery or a row to the table: {unknown}"
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
    match = resolve(address)
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
    for address in dict.fromkeys(wanted):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            if address.startswith("/api/"):
                continue
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


def test_a_session_is_worth_nothing_to_the_api(world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.people.admin)
    for entity in registry.all():
        assert client.get(f"/api/v1/{entity.slug}").status_code == 401
        answer = client.post(f"/api/v1/{entity.slug}", "{}", "application/json")
        assert answer.status_code == (405 if "create" in entity.without else 401)


def test_reading_writes_nothing(world: World) -> None:
    visitors = [world.visitor("admin"), world.visitor("ana")]
    everything = addresses(world)
    before = fingerprint()
    for address in everything:
        for visitor in visitors:
            if address.startswith("/api/v1/"):
                visitor.api("GET", address.removeprefix("/api/v1/"))
            else:
                visitor.page("GET", address)
                visitor.browser.head(address)
    assert changed_tables(before) == []


def test_every_answer_says_what_a_browser_may_do_with_it(world: World) -> None:
    for address in addresses(world):
        visitor = world.visitor("admin")
        answer = visitor.page("GET", address)
        headers = answer.headers
        assert headers["Content-Security-Policy"] == POLICY, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["X-Frame-Options"] == "SAMEORIGIN", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert "Server" not in headers
        if answer.status == 200 and not address.startswith("/api/"):
            assert "no-store" in headers.get("Cache-Control", ""), address


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
            assert address.startswith("/accounts/"), address
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
