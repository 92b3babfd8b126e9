"""The calendar: what falls on which day and hour, the way around it, and bringing a record to another day, hour or length."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhike.activities.models import Activity, Task
from zhike.core import company, overlay, writes
from zhike.core.actors import Actor, Via
from zhike.core.pages.calendar_days import span
from zhike.core.pages.tests.world import client_of, customer, opportunity, text_of
from zhike.core.saved_views.models import SavedView
from zhike.identity.factories import Cast
from zhike.identity.models import Role
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db
MONTH = "/opportunities/?display=calendar&scale=month&day=2026-02-10"
WEEK = "/activities/?display=calendar&scale=week&day=2026-02-10"
SHANGHAI = ZoneInfo("Asia/Shanghai")


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


# --------------------------------------------------------------------------------------------------------------- hours


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of February 2026, by the clock of the company and of its people."""
    return datetime(2026, 2, day, hour, minute, tzinfo=SHANGHAI)


def visit(people: Cast, begins: datetime, minutes: int = 0, name: str = "Visit") -> Activity:
    ends = begins + timedelta(minutes=minutes) if minutes else None
    return writes.create(people.actor("ana"), Activity(subject=name, kind="visit", starts_at=begins, ends_at=ends))


def classes(page: str, row: Any) -> set[str]:
    """The classes that place a block."""
    found = re.search(rf'<li class="z-calendar__item ([^"]*)"[^>]* data-item="{row.pk}"', page)
    assert found is not None
    return set(found[1].split())


def test_what_has_a_time_stands_at_its_hour_as_long_as_it_lasts_and_beside_what_it_overlaps(people: Cast) -> None:
    first, second = visit(people, at(10, 9), 90), visit(people, at(10, 9, 30), 60)
    alone = visit(people, at(11, 14))
    page = text_of(client_of(people.ana).get(WEEK))
    assert {"z-at-0", "z-for-6", "z-in-1", "z-wide-1"} <= classes(page, first)
    assert {"z-at-2", "z-for-4", "z-in-2", "z-wide-1"} <= classes(page, second)
    assert "z-hours__group z-at-36 z-for-6" in day_of(page, "2026-02-10")
    assert {"z-for-2", "z-in-1", "z-wide-1"} <= classes(day_of(page, "2026-02-11"), alone)
    assert "z-at-56 z-for-2" in day_of(page, "2026-02-11")


def test_what_lasts_over_days_stands_above_the_hours_and_a_night_in_both_days(people: Cast) -> None:
    fair, night = visit(people, at(10, 9), 60 * 30, "Fair"), visit(people, at(12, 23), 120, "Night")
    page = text_of(client_of(people.ana).get(WEEK))
    whole = day_of(page, "2026-02-11").split("data-whole", 1)[1].split("data-track", 1)[0]
    assert f'data-item="{fair.pk}"' in whole
    for day, placed in (("2026-02-12", "z-at-92 z-for-4"), ("2026-02-13", "z-at-0 z-for-4")):
        track = day_of(page, day).split("data-track", 1)[1]
        assert placed in track
        assert f'data-item="{night.pk}"' in track
    assert "data-move" not in day_of(page, "2026-02-13").split("data-track", 1)[1]


def test_more_than_fits_beside_each_other_is_counted_in_a_week_and_shown_in_a_day(people: Cast) -> None:
    rows = [visit(people, at(10, 9), 60, f"Visit {number}") for number in range(6)]
    client = client_of(people.ana)
    cell = day_of(text_of(client.get(WEEK)), "2026-02-10")
    assert (cell.count("data-item="), ">+2</a>" in cell) == (4, True)
    day = text_of(client.get(WEEK.replace("week", "day")))
    assert all(f'data-item="{row.pk}"' in day for row in rows)


def test_days_without_hours_have_no_grid_of_hours(people: Cast) -> None:
    closing(people.ana, "Deal", "2026-02-10")
    page = text_of(client_of(people.ana).get("/opportunities/?display=calendar&scale=week&day=2026-02-10"))
    assert "data-track" not in page
    assert "Deal" in day_of(page, "2026-02-10")


def test_an_empty_hour_leads_to_a_form_that_knows_it_for_who_may_create(people: Cast) -> None:
    client = client_of(people.ana)
    page = day_of(text_of(client.get(WEEK)), "2026-02-10")
    link = re.search(r'data-slot tabindex="-1" href="([^"]*T14%3A00[^"]*)"', page)
    assert link is not None
    form = text_of(client.get(unescape(link[1])))
    assert 'value="2026-02-10T14:00"' in form
    assert 'value="2026-02-10T14:30"' in form
    Role.objects.update(grants={"activities": {"view": "all"}})
    overlay.bump()
    page = text_of(client.get(WEEK))
    assert "data-slot" not in page
    assert "/activities/new/?" not in page


def move(people: Cast, row: Any, **given: str) -> Any:
    slug = "tasks" if isinstance(row, Task) else "activities"
    return client_of(people.ana).post(f"/{slug}/calendar/{row.pk}/", {"version": row.version, **given})


def test_a_block_dropped_at_another_hour_keeps_its_length_and_stretched_gets_another(people: Cast) -> None:
    row = visit(people, at(10, 9, 10), 45)
    answer = move(people, row, day="2026-02-12", time="14:15")
    assert (answer.status_code, "14:15" in answer.json()["text"]) == (200, True)
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at) == (at(12, 14, 15), at(12, 15))
    assert move(people, row, day="2026-02-12", until="16:30").status_code == 200
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at) == (at(12, 14, 15), at(12, 16, 30))
    assert move(people, row, day="2026-02-12", until="00:00").status_code == 200
    row.refresh_from_db()
    assert row.ends_at == at(13, 0)


def test_what_cannot_be_is_refused_and_changes_nothing(people: Cast) -> None:
    row = visit(people, at(10, 9), 60)
    for given, status in (
        ({"day": "2026-02-10", "until": "08:00"}, 409),
        ({"day": "2026-02-10", "time": "25:00"}, 422),
        ({"day": "x", "time": "09:00"}, 422),
        ({"day": "2026-02-12", "time": "10:00"}, 200),
        # The version is still the one from before: somebody was quicker.
        ({"day": "2026-02-14", "time": "11:00"}, 409),
    ):
        assert move(people, row, **given).status_code == status, given
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at) == (at(12, 10), at(12, 11))


def test_a_task_gets_a_time_at_an_hour_loses_it_above_and_keeps_it_in_a_month(people: Cast) -> None:
    row = writes.create(people.actor("ana"), Task(name="Call", due_on=date(2026, 2, 10)))
    for given, day, moment in (
        ({"day": "2026-02-11", "time": "15:30"}, date(2026, 2, 11), at(11, 15, 30)),
        ({"day": "2026-02-13"}, date(2026, 2, 13), at(13, 15, 30)),
        ({"day": "2026-02-12", "time": "none"}, date(2026, 2, 12), None),
    ):
        assert move(people, row, **given).status_code == 200
        row.refresh_from_db()
        assert (row.due_on, row.due_at) == (day, moment)


def test_without_dragging_a_form_moves_it_and_leaves_the_length_unless_it_is_said(people: Cast) -> None:
    row, client = visit(people, at(10, 9), 60), client_of(people.ana)
    address = f"/activities/calendar/{row.pk}/"
    page = text_of(client.get(address))
    assert all(f'value="{value}"' in page for value in ("2026-02-10", "09:00", "10:00"))
    given = {"version": row.version, "day": "2026-02-11", "time": "13:00", "until": "10:00"}
    answer = client.post(address, given, headers={"accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (302, f"/activities/{row.pk}/")
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at) == (at(11, 13), at(11, 14))
    wrong = client.post(address, {"day": "2026-02-11", "time": ""}, headers={"accept": "text/html"})
    assert wrong.status_code == 422


def test_a_stranger_sees_no_form_and_who_may_not_write_the_hour_is_told(people: Cast) -> None:
    row = visit(people, at(10, 9), 60)
    assert client_of(people.cyd).get(f"/activities/calendar/{row.pk}/").status_code == 404
    Role.objects.update(fields={"activities": {"starts_at": "read_only"}})
    overlay.bump()
    assert client_of(people.ana).get(f"/activities/calendar/{row.pk}/").status_code == 403
    assert "data-move" not in text_of(client_of(people.ana).get(WEEK))


def test_the_scale_is_that_of_the_address_else_of_the_view_else_the_one_last_used(people: Cast) -> None:
    client = client_of(people.ana)
    address = "/activities/?display=calendar"
    shown = 'data-scale="{}"'.format
    assert shown("month") in text_of(client.get(address))
    client.cookies["zhike_scale_activities"] = "day"
    assert shown("day") in text_of(client.get(address))
    client.post("/activities/views/new/", {"name": "Weeks", "query": "display=calendar&scale=week"})
    view = SavedView.objects.get()
    assert view.display_settings == {"scale": "week"}
    page = text_of(client.get(f"/activities/?view={view.pk}"))
    assert shown("week") in page
    assert "/keep/" not in page
    page = text_of(client.get(f"/activities/?view={view.pk}&scale=month"))
    assert shown("month") in page
    client.post(f"/activities/views/{view.pk}/keep/", {"query": f"view={view.pk}&scale=month"})
    view.refresh_from_db()
    assert view.display_settings == {"scale": "month"}
    client.cookies["zhike_scale_activities"] = "nonsense"
    assert shown("month") in text_of(client.get(address))


def test_a_colour_is_told_in_words_too(people: Cast) -> None:
    row = visit(people, datetime(2026, 2, 10, 1, tzinfo=UTC), 60)
    assert row.is_done is True or row.starts_at > datetime.now(UTC)
    Activity.objects.filter(pk=row.pk).update(is_done=True)
    page = text_of(client_of(people.ana).get(WEEK))
    assert "is-green" in classes(page, row)
    assert '<span class="z-calendar__state">Done</span>' in page
