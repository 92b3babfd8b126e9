"""What is measured: the pages and calls people make all day, as requests with what their answers must hold."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from zhike.config.bench.load import Request

Make = Callable[[int], Request]
# The link of a record in a row of a list.
_ROW = '<th scope="row"'


@dataclass(frozen=True)
class Case:
    """One line of the report; `aim` is the p50 of one client over that of `against`, None where there is none."""

    name: str
    make: Make
    against: str = "floor view"
    aim: float | None = None
    # A case that writes makes rows whose names begin with this; they are counted afterwards.
    makes: str = ""
    # A page that this version may not have.
    optional: bool = False


@dataclass(frozen=True)
class Person:
    """A signed-in person: headers, and how many rows the first page of customers shows."""

    headers: Mapping[str, str]
    rows: int


@dataclass(frozen=True)
class Callers:
    """Who asks, what to ask for, and what the answers must hold."""

    admin: Person
    head: Person
    token: Mapping[str, str]
    form_token: str
    customers: tuple[tuple[int, str], ...]  # (id, name)
    fragments: tuple[tuple[str, str], ...]  # (typed, found)
    pinyin: tuple[tuple[str, str], ...]
    deep_row: int


def product_cases(callers: Callers) -> list[Case]:
    """Every case of the product's own server."""
    return [*_list_cases(callers), *_other_pages(callers), *_api_cases(callers), *_writes(callers)]


def _get(path: str, headers: Mapping[str, str], *, holds: str, times: int = 1) -> Make:
    request = Request("GET", path, headers, holds=holds.encode(), times=times)
    return lambda _number: request


def _list_cases(callers: Callers) -> list[Case]:
    admin, head = callers.admin, callers.head
    swap = {**admin.headers, "HX-Request": "true", "HX-Target": "div#list"}

    def page(path: str, person: Person = admin) -> Make:
        return _get(path, person.headers, holds=_ROW, times=person.rows)

    deep = callers.deep_row // 50 + 1
    return [
        Case("list, first page", page("/customers/"), aim=10),
        Case("list, its swap", _get("/customers/", swap, holds=_ROW, times=admin.rows), aim=6),
        Case("list by name", page("/customers/?sort=name")),
        Case("list by level", page("/customers/?sort=level")),
        Case(
            f"list, row {callers.deep_row:,}",
            _get(f"/customers/?page={deep}", admin.headers, holds=_ROW),
            against="list, first page",
            aim=1.3,
        ),
        Case("list of a department head", page("/customers/", head), against="list, first page", aim=1.5),
    ]


def _other_pages(callers: Callers) -> list[Case]:
    headers = callers.admin.headers

    def detail(number: int) -> Request:
        record_id, name = callers.customers[number % len(callers.customers)]
        return Request("GET", f"/customers/{record_id}/", headers, holds=name.encode())

    def search(words: tuple[tuple[str, str], ...]) -> Make:
        def make(number: int) -> Request:
            typed, found = words[number % len(words)]
            return Request("GET", f"/search/?q={quote(typed)}", headers, holds=found.encode())

        return make

    return [
        Case("detail page", detail, aim=8),
        Case("search by fragment", search(callers.fragments), aim=5),
        Case("search by pinyin", search(callers.pinyin), aim=5),
        Case("funnel", _get("/funnel/", headers, holds="z-funnel"), optional=True),
    ]


def _api_cases(callers: Callers) -> list[Case]:
    def listed(path: str) -> Make:
        return _get(path, callers.token, holds='"version"', times=callers.admin.rows)

    return [
        Case("API list of 50", listed("/api/v1/customers"), aim=4),
        Case("API list, no total", listed("/api/v1/customers?total=false")),
    ]


def _writes(callers: Callers) -> list[Case]:
    by_form, by_api = "表单新客户", "接口新客户"

    def create_by_form(number: int) -> Request:
        fields = {
            "csrfmiddlewaretoken": callers.form_token, "name": f"{by_form}{number}", "kind": "organisation",
            "state": "potential", "level": "ordinary", "country": "CN", "phone": "021-58881234",
        }  # fmt: skip
        headers = {**callers.admin.headers, "Content-Type": "application/x-www-form-urlencoded"}
        # The answer leads to the new record, which only a write that succeeded has.
        return Request(
            "POST", "/customers/new/", headers, urlencode(fields).encode(), expect=(302,), holds=b"/customers/"
        )

    def create_by_api(number: int) -> Request:
        name = f"{by_api}{number}"
        body = json.dumps({"name": name, "level": "ordinary", "phone": "021-58881234"})
        headers = {**callers.token, "Content-Type": "application/json"}
        return Request("POST", "/api/v1/customers", headers, body.encode(), expect=(201,), holds=name.encode())

    return [
        Case("create by form", create_by_form, against="floor insert", makes=by_form),
        Case("create by API", create_by_api, against="floor insert", aim=6, makes=by_api),
    ]


FLOOR_MAKES = "地板新客户"


def floor_cases(session: Mapping[str, str], rows: int) -> list[Case]:
    """The floor: the same rows with nothing around them."""

    def insert(number: int) -> Request:
        headers = {**session, "Content-Type": "application/x-www-form-urlencoded"}
        return Request("POST", "/insert/", headers, urlencode({"name": f"{FLOOR_MAKES}{number}"}).encode(), holds=b"")

    return [
        Case("floor view", _get("/rows/", session, holds="<tr>", times=rows)),
        Case("floor insert", insert, against="floor insert", makes=FLOOR_MAKES),
    ]
