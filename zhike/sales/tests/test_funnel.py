"""The funnel: what stands where, on which day, for whom, and the records behind a figure."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from zhike.core import company, modules, writes
from zhike.identity.factories import Cast, cast
from zhike.sales import actions, funnel, rules
from zhike.sales.models import Opportunity, Pipeline, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def opportunity(people: Cast, owner: str, name: str, amount: int, began_days_ago: int) -> Opportunity:
    stage = rules.first_stage(Pipeline.objects.get().pk)
    row = Opportunity(name=name, amount=Decimal(amount), stage=stage, owner=getattr(people, owner))
    day = company.today() - timedelta(days=began_days_ago)
    return writes.create(people.actor(owner), row, steps=(("stage", stage.pk, day),))


def counts(people: Cast, who: str, days_ago: int = 0) -> dict[str, int]:
    day = company.today() - timedelta(days=days_ago)
    found = funnel.read(people.actor(who), Pipeline.objects.get().pk, day, funnel.Grouping.NONE)
    names = dict(Stage.objects.values_list("pk", "name"))
    return {names[pk]: figure.count for pk, figure in found.by_stage.items() if figure.count}


def page(person: Any, path: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_where_everything_stood_on_a_past_day(people: Cast) -> None:
    row = opportunity(people, "ana", "网点改造", 100, 60)
    opportunity(people, "ana", "新单", 100, 5)
    day = company.today() - timedelta(days=20)
    actions.move_opportunity(
        people.actor("ana"), row, stage=Stage.objects.get(name="需求确认"), customer=_customer(people), effective_on=day
    )
    assert counts(people, "ana") == {"初步接洽": 1, "需求确认": 1}
    assert counts(people, "ana", 20) == {"需求确认": 1}
    assert counts(people, "ana", 21) == {"初步接洽": 1}
    assert counts(people, "ana", 61) == {}


def _customer(people: Cast) -> Any:
    from zhike.customers.models import Customer

    return writes.create(people.actor("ana"), Customer(name="浦发银行", owner=people.ana))


def test_each_sees_the_figures_of_what_he_may_open(people: Cast) -> None:
    opportunity(people, "ana", "甲", 100, 10)
    opportunity(people, "ben", "乙", 200, 10)
    opportunity(people, "cyd", "丙", 400, 10)
    assert counts(people, "ana") == {"初步接洽": 1}
    assert counts(people, "dan") == {"初步接洽": 2}
    assert counts(people, "admin") == {"初步接洽": 3}


def test_groups_add_up_to_the_whole(people: Cast) -> None:
    for owner, amount in (("ana", 100), ("ben", 200), ("cyd", 400)):
        opportunity(people, owner, owner, amount, 10)
    for grouping in (funnel.Grouping.BRANCH, funnel.Grouping.TEAM, funnel.Grouping.PERSON):
        found = funnel.read(people.actor("admin"), Pipeline.objects.get().pk, company.today(), grouping)
        assert sum(group.total.count for group in found.groups) == 3
        assert sum(group.total.amount for group in found.groups) == 700
        assert all(group.label for group in found.groups)


def test_every_figure_opens_as_many_records_as_it_says(people: Cast) -> None:
    for owner in ("ana", "ben", "cyd"):
        opportunity(people, owner, f"canary-{owner}", 100, 10)
    actor, pipeline = people.actor("admin"), Pipeline.objects.get().pk
    for days_ago in (0, 3):
        day = company.today() - timedelta(days=days_ago)
        for grouping in funnel.Grouping:
            rows = funnel.opportunities(actor, pipeline, day)
            for group in funnel.read(actor, pipeline, day, grouping).groups:
                assert funnel.members(grouping, group.key, rows).count() == group.total.count


def test_the_records_behind_a_figure_are_only_the_readers(people: Cast) -> None:
    opportunity(people, "ana", "canary-ana", 100, 10)
    mine = opportunity(people, "cyd", "丙方案", 100, 10)
    shown = page(people.cyd, f"/funnel/records/?stage={mine.stage_id}")
    assert "丙方案" in shown
    assert "canary-ana" not in shown


@pytest.mark.parametrize(
    "query",
    [
        "on=2026-02-30",
        "on=%00",
        "on=99999-01-01",
        "pipeline=x",
        "by=nonsense",
        "pipeline=99999999999999999999",
        "stage=-1&group=x",
    ],
)
def test_a_bad_address_shows_today_and_says_so(people: Cast, query: str) -> None:
    opportunity(people, "ana", "网点改造", 100, 10)
    assert "初步接洽" in page(people.ana, f"/funnel/?{query}")
    page(people.ana, f"/funnel/records/?{query}")


def test_it_goes_with_its_module(people: Cast) -> None:
    modules.switch("sales", on=False)
    client = Client()
    client.force_login(people.ana)
    assert client.get("/funnel/").status_code == 404
