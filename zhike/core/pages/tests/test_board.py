"""The board: its columns add up exactly, load a few cards at a time, and a drop does what the verb's form does."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhike.core import company, overlay, writes
from zhike.core.actors import Actor, Via
from zhike.core.events.models import Event
from zhike.core.pages.tests.world import client_of, customer, opportunity, text_of
from zhike.core.testing import samples
from zhike.customers.models import Customer
from zhike.identity.factories import Cast
from zhike.identity.models import Role
from zhike.sales.models import Opportunity, Pipeline, Stage

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
BOARD = "/opportunities/?display=board"


def stage(name: str) -> Stage:
    return Stage.objects.get(name=name, pipeline__position=Pipeline.objects.order_by("pk")[0].position)


def drop(client: Client, row: Opportunity, to: Stage, *, query: str = "", **more: Any) -> Any:
    """What the page sends when a card is dropped."""
    return client.post(
        f"/opportunities/board/{row.pk}/{query}",
        {"to": str(to.pk), "from": str(row.stage_id), "version": str(row.version)} | more,
        headers=JSON,
    )


def test_the_board_has_a_column_for_each_stage_with_its_exact_count_and_sum(people: Cast) -> None:
    of = customer(people.ana)
    for amount in ("0.10", "0.20", "1000.00"):
        opportunity(of, f"Deal {amount}", amount)
    page = text_of(client_of(people.ana).get(BOARD))
    assert page.count('class="z-board__column"') == Stage.objects.count()
    assert '<small class="z-count">3</small><small class="z-board__sum">CNY 1,000.30</small>' in page
    assert page.count("data-card=") == 3


def test_a_column_loads_twenty_cards_and_then_those_behind_them(people: Cast) -> None:
    of = customer(people.ana)
    rows = [opportunity(of, f"Deal {number}") for number in range(45)]
    client = client_of(people.ana)
    page = text_of(client.get(BOARD))
    seen = _cards(page)
    assert len(seen) == 20
    while (address := _more(page)) is not None:
        page = text_of(client.get(address))
        seen += _cards(page)
    assert sorted(seen) == [row.pk for row in rows]


def _cards(page: str) -> list[int]:
    return [int(part.split('"', 1)[0]) for part in page.split('data-card="')[1:]]


def _more(page: str) -> str | None:
    parts = page.split('hx-get="/opportunities/board/column/', 1)
    if len(parts) == 1:
        return None
    return "/opportunities/board/column/" + parts[1].split('"', 1)[0].replace("&amp;", "&")


def test_filters_tabs_and_words_of_the_list_narrow_cards_counts_and_sums(people: Cast) -> None:
    opportunity(customer(people.dan), "Dan's deal", "10.00")
    opportunity(customer(people.ana), "Ana's deal", "20.00")
    client = client_of(people.dan)
    assert "CNY 30.00" in text_of(client.get(BOARD))
    for narrowed in ("&tab=mine", "&amount.lt=15", f"&owner={people.dan.pk}"):
        page = text_of(client.get(BOARD + narrowed))
        assert "CNY 10.00" in page, narrowed
        assert "Ana&#x27;s deal" not in page


def test_a_stranger_sees_neither_cards_nor_their_part_of_a_sum(people: Cast) -> None:
    opportunity(customer(people.ana), "Canary deal", "777.00")
    page = text_of(client_of(people.cyd).get(BOARD))
    assert "Canary" not in page
    assert "777" not in page


def test_a_reader_who_may_not_see_amounts_is_told_no_sum(people: Cast) -> None:
    opportunity(customer(people.ana), "Deal", "777.00")
    Role.objects.update(fields={"opportunities": {"amount": "hidden"}})
    overlay.bump()
    page = text_of(client_of(people.ana).get(BOARD))
    assert "777" not in page


def test_several_pipelines_are_shown_one_at_a_time(people: Cast) -> None:
    other = writes.create(Actor.system(Via.SHELL), Pipeline(name="Projects", position=99))
    first = writes.create(Actor.system(Via.SHELL), Stage(pipeline=other, name="Survey", position=1))
    row = opportunity(customer(people.ana), "In projects")
    Opportunity.objects.filter(pk=row.pk).update(pipeline=other, stage=first)
    client = client_of(people.ana)
    page = text_of(client.get(BOARD))
    assert f"pipeline={other.pk}" in page
    assert "In projects" not in page
    page = text_of(client.get(f"{BOARD}&pipeline={other.pk}"))
    assert "In projects" in page
    assert page.count('class="z-board__column"') == 1


def test_a_drop_runs_the_verb_and_the_heads_follow(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Deal", "500.00")
    target = stage("需求确认")
    answer = drop(client_of(people.ana), row, target)
    assert answer.status_code == 200
    told = answer.json()
    assert told["column"] == str(target.pk)
    assert f'data-card="{row.pk}"' in told["card"]
    assert "CNY 500.00" in told["heads"][str(target.pk)]
    assert "CNY" not in told["heads"][str(row.stage_id)] or "0.00" in told["heads"][str(row.stage_id)]
    row.refresh_from_db()
    assert row.stage == target
    assert Event.objects.filter(entity="opportunities", record_id=row.pk, verb="move").count() == 1


def test_what_a_stage_demands_is_asked_in_place_and_nothing_changes(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Deal")
    Opportunity.objects.filter(pk=row.pk).update(amount=None, amount_base=None)
    row.refresh_from_db()
    answer = drop(client_of(people.ana), row, stage("方案报价"))
    assert answer.status_code == 422
    asks = answer.json()["asks"]
    assert 'name="amount"' in asks
    assert f'hx-post="/opportunities/{row.pk}/move/"' in asks
    assert "needs this field filled" in asks
    row.refresh_from_db()
    assert row.stage.name == "初步接洽"


def test_a_drop_among_the_lost_asks_why(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Deal")
    lost = Stage.objects.get(status="lost")
    asks = drop(client_of(people.ana), row, lost).json()["asks"]
    assert 'name="lost_reason"' in asks
    assert "is-invalid" not in asks
    row.refresh_from_db()
    assert row.status == "open"


def test_a_drop_among_the_won_shows_the_form_first_and_a_drop_back_reopens(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Deal", amount="99.50")
    client, began = client_of(people.ana), row.stage
    answer = drop(client, row, Stage.objects.get(status="won"))
    assert answer.status_code == 200
    asks = answer.json()["asks"]
    assert f'action="/opportunities/{row.pk}/win/"' in asks
    assert f'value="{company.today().isoformat()}"' in asks
    assert 'value="99.50"' in asks
    assert "is-invalid" not in asks
    row.refresh_from_db()
    assert row.status == "open"
    client.post(f"/opportunities/{row.pk}/win/", {"closed_on": company.today().isoformat(), "amount": "99.50"})
    row.refresh_from_db()
    assert row.status == "won"
    assert drop(client, row, began).status_code == 200
    row.refresh_from_db()
    assert (row.status, row.stage) == ("open", began)


def test_the_second_of_two_who_drag_one_card_is_told_where_it_stands(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Deal")
    stale = Opportunity.objects.get(pk=row.pk)
    assert drop(client_of(people.ana), row, stage("需求确认")).status_code == 200
    answer = drop(client_of(people.dan), stale, stage("方案报价"))
    assert answer.status_code == 409
    told = answer.json()
    assert "Somebody else has just moved “Deal” to “需求确认”" in told["text"]
    assert told["column"] == str(stage("需求确认").pk)
    row.refresh_from_db()
    assert row.stage.name == "需求确认"
    assert Event.objects.filter(entity="opportunities", record_id=row.pk, verb="move").count() == 1


def test_a_change_of_something_else_meanwhile_does_not_stop_a_drop(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Deal")
    stale = Opportunity.objects.get(pk=row.pk)
    row.description = "Ben wrote here"
    writes.save(Actor.system(Via.SHELL), row)
    assert drop(client_of(people.ana), stale, stage("需求确认")).status_code == 200
    row.refresh_from_db()
    assert (row.stage.name, row.description) == ("需求确认", "Ben wrote here")


def test_a_stranger_and_a_reader_move_nothing(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Canary deal")
    before = row.stage
    answer = drop(client_of(people.cyd), row, stage("需求确认"))
    assert answer.status_code == 404
    assert "Canary" not in text_of(answer)
    row.refresh_from_db()
    assert row.stage == before


def test_without_script_a_card_leads_to_a_page_of_columns(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Deal")
    client, target = client_of(people.ana), stage("需求确认")
    page = text_of(client.get(f"/opportunities/board/{row.pk}/"))
    assert f'name="to" value="{target.pk}"' in page
    assert f'name="to" value="{row.stage_id}"' not in page
    answer = client.post(f"/opportunities/board/{row.pk}/", {"to": str(target.pk)})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.stage == target
    answer = client.post(f"/opportunities/board/{row.pk}/", {"to": str(Stage.objects.get(status="lost").pk)})
    assert answer.status_code == 200  # nothing is wrong with it; why it was lost is asked
    assert 'name="lost_reason"' in text_of(answer)


def test_a_column_that_is_not_there_and_a_damaged_place_are_refused(people: Cast) -> None:
    row = opportunity(customer(people.ana), "Deal")
    client = client_of(people.ana)
    assert drop(client, row, Stage(pk=987654)).status_code == 422
    assert client.get("/opportunities/board/column/?column=987654").status_code == 404
    assert client.get(f"/opportunities/board/column/?column={row.stage_id}&after=x").status_code == 404
    assert client.get("/customers/board/column/?column=1").status_code == 404


def test_the_statements_of_a_board_do_not_grow_with_its_cards(people: Cast) -> None:
    client, of = client_of(people.ana), customer(people.ana)
    stages = list(Stage.objects.order_by("position"))

    def fill(count: int) -> int:
        for each in stages:
            rows = [opportunity(of, f"Deal {number}") for number in range(count)]
            Opportunity.objects.filter(pk__in=[row.pk for row in rows]).update(stage=each, status=each.status)
        client.get(BOARD)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(BOARD).status_code == 200
        return len(caught)

    few = fill(2)
    assert fill(25) == few
    assert few <= 12 + len(stages)


def test_sums_of_five_thousand_cards_in_several_currencies_are_exact(people: Cast) -> None:
    of, rows = customer(people.ana), []
    began = opportunity(of, "Pattern")
    expected = began.amount_base or Decimal(0)
    for number in range(5_000):
        base = Decimal(number * 7919 % 1_000_003) / 100
        expected += base
        row = Opportunity(
            name=f"Deal {number}", name_key=f"deal {number}", number=f"T-{number}", customer=of, pipeline=began.pipeline,
            stage=began.stage, status="open", owner=people.ana, department=began.department, amount=base / 2,
            amount_currency="USD" if number % 3 else "CNY", amount_base=base, created_at=began.created_at,
            updated_at=began.updated_at,
        )  # fmt: skip
        rows.append(row)
    Opportunity.objects.bulk_create(rows, batch_size=500)
    page = text_of(client_of(people.ana).get(BOARD))
    assert '<small class="z-count">5,001</small>' in page
    assert f"CNY {expected:,.2f}" in page
    assert page.count("data-card=") == 20
    assert Customer.objects.count() == 1


# Boards by a choice in code, moved by an ordinary edit or by a verb that asks nothing: tasks.


@pytest.fixture
def task(people: Cast) -> Any:
    return samples.make("tasks", people.ana, "call-bank")


def drop_task(client: Client, row: Any, to: str, **more: str) -> Any:
    given = {"to": to, "from": str(row.status), "version": str(row.version)} | more
    return client.post(f"/tasks/board/{row.pk}/", given, headers=JSON)


def test_a_card_of_a_choice_is_moved_by_an_ordinary_edit(people: Cast, task: Any) -> None:
    column = next(code for code in task.Status.values if code not in (task.status, "done", "cancelled"))
    answer = drop_task(client_of(people.ana), task, column)
    assert answer.status_code == 200
    assert answer.json()["column"] == column
    task.refresh_from_db()
    assert task.status == column
    assert Event.objects.filter(entity="tasks", record_id=task.pk, verb="edit").count() == 1


def test_a_column_with_a_verb_that_asks_nothing_runs_it_at_once(people: Cast, task: Any) -> None:
    assert drop_task(client_of(people.ana), task, "done").status_code == 200
    assert Event.objects.filter(entity="tasks", record_id=task.pk, verb="complete").count() == 1


def test_the_second_of_two_who_edit_by_a_drop_is_told_where_the_card_stands(people: Cast, task: Any) -> None:
    stale = type(task).objects.get(pk=task.pk)
    columns = [code for code in task.Status.values if code not in (task.status, "done")]
    assert drop_task(client_of(people.ana), task, columns[0]).status_code == 200
    answer = drop_task(client_of(people.ana), stale, "done")
    assert answer.status_code == 409
    assert answer.json()["column"] == columns[0]


def test_without_the_right_to_its_field_a_card_stays(people: Cast, task: Any) -> None:
    before = task.status
    column = next(code for code in task.Status.values if code not in (task.status, "done", "cancelled"))
    Role.objects.update(fields={"tasks": {"status": "read_only"}})
    overlay.bump()
    client = client_of(people.ana)
    answer = drop_task(client, task, column)
    assert answer.status_code == 403
    assert "your roles do not include this step" in answer.json()["text"]
    assert f'data-column="{column}" data-shut' in text_of(client.get("/tasks/?display=board"))
    task.refresh_from_db()
    assert task.status == before


def test_what_is_late_says_so_in_a_word_unless_it_is_done(people: Cast, task: Any) -> None:
    type(task).objects.filter(pk=task.pk).update(due_on=date(2026, 1, 5))
    client = client_of(people.ana)
    assert '<strong class="z-bad">overdue</strong>' in text_of(client.get("/tasks/?display=board"))
    type(task).objects.filter(pk=task.pk).update(status="done")
    assert '<strong class="z-bad">overdue</strong>' not in text_of(client.get("/tasks/?display=board"))
