"""What the battery stands on: tables compared before and after, steps that are undone, requests as persons make them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client

from zhike.core import overlay

# Tables that reading may write: sessions come and go, rate limits count, and a person's columns are his own affair.
LOG_LIKE = frozenset({"django_session", "core_cache", "core_listchoice"})


def fingerprint() -> dict[str, str]:
    """A hash of every table's rows, without those that are like logs."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        for name in sorted(set(names) - LOG_LIKE):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608 - names from the database
            rows = sorted(map(repr, cursor.fetchall()))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def changed_tables(before: Mapping[str, str]) -> list[str]:
    """The tables that differ from an earlier fingerprint."""
    now = fingerprint()
    return sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back at the end, and what processes cached of it forgotten."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    overlay.forget()


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and everything that was said (headers, body, streamed too)."""

    status: int
    text: str
    headers: Mapping[str, str]

    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """Somebody before a browser and a programme: `page` sends forms with his session, `api` JSON with his token."""

    def __init__(self, user: Any = None, token: str = "") -> None:
        self.user = user
        self.browser = Client(raise_request_exception=False)
        self.programme = Client(raise_request_exception=False)
        self.token = {"Authorization": f"Bearer {token}"} if token else {}
        if user is not None:
            self.browser.force_login(user)

    def page(self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        """`headers` in Python's spelling (`hx_request="true"`)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "GET":
            return _answer(self.browser.get(path, body or {}, headers=named))
        return _answer(self.browser.post(path, body or {}, headers=named))

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()} | self.token
        address = f"/api/v1/{path}"
        if method == "GET":
            return _answer(self.programme.get(address, body or {}, headers=named))
        content = body if isinstance(body, (str, bytes)) else json.dumps(body or {})
        return _answer(self.programme.generic(method, address, content, "application/json", headers=named))


def _answer(response: Any) -> Answer:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = {name: str(value) for name, value in response.headers.items()}
    return Answer(response.status_code, body.decode("utf-8", "replace"), headers)


def said(answer: Answer) -> str:
    """All that an answer tells, in small letters, for the search for what it must not tell."""
    return " ".join((answer.text, *answer.headers.values())).casefold()
