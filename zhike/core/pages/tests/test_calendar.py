"""The calendar: what falls on which day, the way around it, and bringing a record to another day."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhike.core import company, overlay, writes
from zhike.core.actors import Actor, Via
from zhike.core.pages.calendar_page import span
from zhike.core.pages.tests.world import client_of, customer, opportunity, text_of
from zhike.identity.factories import Cast
from zhike.identity.models import Role
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db
MONTH = "/opportunities/?display=calendar&scale=month&day=2026-02-10"


def closing(owner: Any, name: str, day: str) -> Opportunity:
    """An opportunity expected to close on that day."""
    row = opportunity(customer(owner), name)
    Opportunity.objects.filter(pk=row.pk).update(closes_on=date.fromisoformat(day))
    row.refresh_from_db()
    return row


def day_of(page: str, day: str) -> str:
    """The cell of one day."""
    return page.split(f'data-day="{day}"', 1)[1].split('data-day="', 1)[0]


@pytest.mark.parametrize(
    ("scale", "day", "first", "last"),
    [
        ("month", "2026-02-10", "2026-01-26", "2026-03-01"),
        ("month", "2027-02-10", "2027-02-01", "2027-02-28"),
        ("week", "2026-11-22", "2026-11-16", "2026-11-22"),
        ("day", "2024-02-29", "2024-02-29", "2024-02-29"),
    ],
)
def test_weeks_begin_on_monday_and_months_are_filled_up(scale: str, day: str, first: str, last: str) -> None:
    shown = span(scale, date.fromisoformat(day))
    assert shown == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_record_stands_on_its_day_and_opens_in_the_drawer(people: Cast) -> None:
    row = closing(people.ana, "Deal", "2026-02-14")
    page = text_of(client_of(people.ana).get(MONTH))
    cell = day_of(page, "2026-02-14")
    assert f'<a data-drawer draggable="false" href="/opportunities/{row.pk}/"' in cell
    assert "Deal" not in day_of(page, "2026-02-13")


def test_a_cell_of_a_month_shows_four_and_says_how_many_more(people: Cast) -> None:
    for number in range(7):
        closing(people.ana, f"Deal {number}", "2026-02-14")
    cell = day_of(text_of(client_of(people.ana).get(MONTH)), "2026-02-14")
    assert cell.count("data-item=") == 4
    assert ">+3</a>" in cell
    week = text_of(client_of(people.ana).get("/opportunities/?display=calendar&scale=week&day=2026-02-14"))
    assert day_of(week, "2026-02-14").count("data-item=") == 7


def test_the_way_around_leads_to_the_months_beside_and_keeps_filters(people: Cast) -> None:
    page = text_of(client_of(people.ana).get(f"{MONTH}&tab=mine"))
    for day in ("2026-01-01", "2026-03-01"):
        assert f"tab=mine&amp;scale=month&amp;day={day}" in page


def test_only_what_the_reader_sees_and_asked_for_is_there(people: Cast) -> None:
    closing(people.dan, "Canary deal", "2026-02-14")
    closing(people.ana, "Own deal", "2026-02-14")
    assert "Canary" not in text_of(client_of(people.cyd).get(MONTH))
    assert "Own deal" not in text_of(client_of(people.dan).get(f"{MONTH}&tab=mine"))


def test_beyond_five_hundred_a_sentence_says_so(people: Cast) -> None:
    row = closing(people.ana, "Deal", "2026-02-14")
    Opportunity.objects.bulk_create(
        Opportunity(
            name=f"Deal {number}", number=f"T-{number}", pipeline=row.pipeline, stage=row.stage, owner=people.ana,
            department=row.department, closes_on=row.closes_on, created_at=row.created_at, updated_at=row.updated_at,
        )
        for number in range(500)
    )  # fmt: skip
    page = text_of(client_of(people.ana).get(MONTH))
    assert "Only the first 500 are shown" in page


def test_a_day_that_is_none_shows_today(people: Cast) -> None:
    for bad in ("x", "2026-02-31", "0001-01-01", "9999-12-31"):
        page = client_of(people.ana).get(f"/opportunities/?display=calendar&day={bad}&scale=year")
        assert page.status_code == 200
        assert f'data-day="{company.today().isoformat()}"' in text_of(page)


def test_dragging_to_another_day_is_an_edit_of_the_day(people: Cast) -> None:
    row = closing(people.ana, "Deal", "2026-02-14")
    answer = client_of(people.ana).post(
        f"/opportunities/calendar/{row.pk}/", {"day": "2026-02-20", "version": row.version}
    )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.closes_on == date(2026, 2, 20)


def test_the_second_of_two_who_move_one_record_is_refused(people: Cast) -> None:
    row = closing(people.ana, "Deal", "2026-02-14")
    version = row.version
    row.closes_on = date(2026, 2, 15)
    writes.save(Actor.system(Via.SHELL), row)
    answer = client_of(people.ana).post(f"/opportunities/calendar/{row.pk}/", {"day": "2026-02-20", "version": version})
    assert answer.status_code == 409
    row.refresh_from_db()
    assert row.closes_on == date(2026, 2, 15)


def test_a_stranger_and_one_who_may_not_write_the_day_move_nothing(people: Cast) -> None:
    row = closing(people.ana, "Deal", "2026-02-14")
    given = {"day": "2026-02-20", "version": row.version}
    assert client_of(people.cyd).post(f"/opportunities/calendar/{row.pk}/", given).status_code == 404
    Role.objects.update(fields={"opportunities": {"closes_on": "read_only"}})
    overlay.bump()
    assert client_of(people.ana).post(f"/opportunities/calendar/{row.pk}/", given).status_code == 403
    row.refresh_from_db()
    assert row.closes_on == date(2026, 2, 14)


def test_the_statements_of_a_calendar_do_not_grow_with_its_rows(people: Cast) -> None:
    client = client_of(people.ana)

    def count(rows: int) -> int:
        for number in range(rows):
            closing(people.ana, f"Deal {rows} {number}", f"2026-02-{number % 28 + 1:02}")
        client.get(MONTH)
        with CaptureQueriesContext(connection) as caught:
            client.get(MONTH)
        return len(caught)

    few = count(3)
    assert count(30) == few
    assert few <= 10
