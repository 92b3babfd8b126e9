"""People at a real browser: who they are, where they sit, and what no page may ever do."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from zhike.core import overlay, writes
from zhike.core.company import Company
from zhike.customers.models import Customer
from zhike.identity.factories import PASSWORD, Cast, cast
from zhike.identity.models import User

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@dataclass
class Seat:
    """One person at one browser. Errors of scripts, the console and the content policy are collected and fail the test."""

    page: "Page"
    address: str
    errors: list[str]

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")

    def text(self) -> str:
        return self.page.inner_text("body")

    def save(self) -> None:
        self.page.locator(".z-form__foot button.btn-primary:visible").first.click()
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    overlay.forget()
    Company.objects.update_or_create(pk=1, defaults={"name": "知远办公"})
    overlay.bump()
    yield cast()
    overlay.forget()


@pytest.fixture
def customer(people: Cast) -> Customer:
    return writes.create(
        people.actor("ana"), Customer(name="浦发银行股份有限公司", short_name="浦发银行", owner=people.ana)
    )


@pytest.fixture
def sit(browser: "Browser", live_server: Any, people: Cast) -> Iterator[Callable[..., Seat]]:
    """`sit("ana", language="en", width=390)` gives ana's seat, signed in; `at_the_door` signs her in through the page."""
    seats: list[Seat] = []

    def take(
        name: str, *, language: str = "zh-hans", width: int = 1440, scripts: bool = True, at_the_door: bool = False
    ) -> Seat:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": "zhike_language", "value": language, "url": live_server.url}])
        seat = Seat(context.new_page(), live_server.url, [])
        _listen(seat)
        seats.append(seat)
        if at_the_door:
            seat.open("/accounts/login/")
            seat.page.fill("[name=login]", name)
            seat.page.fill("[name=password]", PASSWORD)
            seat.page.press("[name=password]", "Enter")
            seat.page.wait_for_url(f"{live_server.url}/")
        else:
            signed_in = Client()
            signed_in.force_login(User.objects.get(username=name))
            session = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
            seat.page.goto(live_server.url)
        return seat

    yield take
    for seat in seats:
        seat.page.context.close()
    _let_the_server_finish()
    assert [error for seat in seats for error in seat.errors] == []


def _let_the_server_finish() -> None:
    """What a page asked for last (the bell, a record looked at) may still be at work: emptying the tables would meet it."""
    if connection.vendor != "postgresql":
        return
    quiet = 0
    for _look in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND state <> 'idle'"
            )
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
        if quiet == 3:
            return
        time.sleep(0.05)


def _listen(seat: Seat) -> None:
    """A refused script or style shows as an error in the console; so does a failed request."""
    seat.page.on("pageerror", lambda error: seat.errors.append(f"script: {error}"))
    seat.page.on(
        "console", lambda message: seat.errors.append(f"console: {message.text}") if _is_bad(message) else None
    )
    seat.page.on(
        "response", lambda answer: seat.errors.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
    )


def _is_bad(message: Any) -> bool:
    # The browser itself notes every 4xx answer; those are what some journeys are about.
    return message.type == "error" and "Failed to load resource" not in message.text
