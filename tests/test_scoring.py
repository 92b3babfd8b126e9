"""Points of records: the sum of the rules they meet, explained, the same for everybody, and up to date."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhike.core import conditions, overlay, writes
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.jobs import Job, JobState, NoArguments
from zhike.core.jobs.worker import run_here, work_once
from zhike.core.scoring import actions, engine
from zhike.core.scoring.actions import RuleDraft
from zhike.core.scoring.jobs import NIGHTLY, RESCORE, RescoringArguments
from zhike.core.scoring.models import ScoreModel, ScoreRule
from zhike.customers.models import Lead
from zhike.identity.factories import Cast, cast

pytestmark = pytest.mark.django_db
MOBILE = {"field": "mobile", "op": "not_empty"}


@pytest.fixture
def people() -> Cast:
    return cast()


def make(people: Cast, **values: Any) -> Lead:
    lead: Lead = writes.create(people.actor("ana"), Lead(**({"name": "王小明", "owner": people.ana} | values)))
    return lead


def only(*rules: tuple[str, int, dict[str, Any]], mark: int = 60) -> ScoreModel:
    """These rules and no others."""
    model = ScoreModel.objects.get(entity="leads")
    model.rules.all().delete()
    for position, (reason, points, condition) in enumerate(rules):
        ScoreRule.objects.create(model=model, reason=reason, points=points, condition=condition, position=position)
    ScoreModel.objects.filter(pk=model.pk).update(passing_mark=mark)
    overlay.bump()
    return model


def test_a_new_record_has_its_points_with_the_reasons_in_words(people: Cast) -> None:
    lead = make(people, mobile="13800138000", source="referral", budget=200000, job_title="采购经理")
    lead.refresh_from_db()
    assert lead.score == sum(reason["points"] for reason in lead.score_reasons) == 65
    assert {reason["reason"] for reason in lead.score_reasons} == {
        "留了手机号", "转介绍", "预算不低于 10 万", "管理层或采购岗位",
    }  # fmt: skip
    assert lead.scored_at is not None
    assert (lead.version, lead.score_version) == (1, 1)


def test_points_follow_every_change_without_a_version_of_their_own(people: Cast) -> None:
    lead = make(people)
    assert lead.score == -20
    lead.wechat = "wxm"
    writes.save(people.actor("ana"), lead)
    lead.refresh_from_db()
    assert (lead.score, lead.version) == (0, 2)


def test_money_counts_in_company_currency(people: Cast) -> None:
    only(("大单", 20, {"field": "budget", "op": "gte", "value": 100000}))
    assert make(people, budget=100000).score == 20
    assert make(people, budget=99999).score == 0


def test_what_is_closed_keeps_the_points_it_was_judged_by(people: Cast) -> None:
    lead = make(people, mobile="13800138000")
    Lead.objects.filter(pk=lead.pk).update(status="disqualified")
    lead.refresh_from_db()
    only(("别的", 99, MOBILE))
    run_here(people.actor("admin"), RESCORE, RescoringArguments(slug="leads"))
    lead.refresh_from_db()
    assert lead.score == 10


def test_a_rule_that_cannot_be_asked_any_more_gives_nothing(people: Cast) -> None:
    only(("没有了", 50, {"field": "cf_gone", "op": "eq", "value": 1}), ("手机", 10, MOBILE))
    assert make(people, mobile="13800138000").score == 10


def test_who_has_no_rules_in_use_gives_no_points(people: Cast) -> None:
    ScoreModel.objects.update(is_active=False)
    overlay.bump()
    assert make(people, mobile="13800138000").score is None


def test_changing_the_rules_counts_the_version_and_has_open_records_judged_anew(people: Cast) -> None:
    lead, admin = make(people, mobile="13800138000"), people.actor("admin")
    rule = ScoreRule.objects.get(reason="留了手机号")
    actions.change_rule(admin, "leads", rule.pk, RuleDraft(reason="手机", points=30, condition=MOBILE))
    actions.add_rule(
        admin, "leads", RuleDraft(reason="有名字", points=1, condition={"field": "name", "op": "not_empty"})
    )
    assert ScoreModel.objects.get().version == 3
    assert Job.objects.filter(kind="scoring.rescore", state=JobState.QUEUED).count() == 1
    lead.refresh_from_db()
    assert lead.score == 10


@pytest.mark.django_db(transaction=True)
def test_the_job_judges_them_in_batches(people: Cast) -> None:
    rows = [Lead(name=f"线索{n}", mobile="13800138000", owner=people.ana) for n in range(450)]
    writes.create_many(people.actor("ana"), rows)
    assert set(Lead.objects.values_list("score", flat=True)) == {10}
    rule = ScoreRule.objects.get(reason="留了手机号")
    actions.change_rule(people.actor("admin"), "leads", rule.pk, RuleDraft(reason="手机", points=7, condition=MOBILE))
    assert work_once(["quick"])
    assert set(Lead.objects.values_list("score", flat=True)) == {7}
    assert Job.objects.get(kind="scoring.rescore").done == 450
    assert not Lead.objects.exclude(version=1).exists()


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (RuleDraft(reason=" ", points=5, condition=MOBILE), "reason"),
        (RuleDraft(reason="x", points=0, condition=MOBILE), "points"),
        (RuleDraft(reason="x", points=1001, condition=MOBILE), "points"),
        (RuleDraft(reason="x", points=5, condition={}), "condition"),
        (RuleDraft(reason="x", points=5, condition={"field": "password", "op": "eq", "value": "1"}), "condition"),
        (RuleDraft(reason="x", points=5, condition={"field": "owner", "op": "eq", "value": "$me"}), "condition"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_beside_its_field(people: Cast, draft: RuleDraft, field: str) -> None:
    with pytest.raises(writes.RuleBroken) as refused:
        actions.add_rule(people.actor("admin"), "leads", draft)
    assert refused.value.field == field


def test_only_who_keeps_the_scoring_changes_it(people: Cast, client: Client) -> None:
    with pytest.raises(writes.NotAllowed):
        actions.add_rule(people.actor("dan"), "leads", RuleDraft(reason="x", points=5, condition=MOBILE))
    client.force_login(people.dan)
    assert client.get("/settings/scoring/").status_code == 403


def test_rules_are_ordered_and_removed(people: Cast) -> None:
    admin = people.actor("admin")
    only(("甲", 1, MOBILE), ("乙", 2, MOBILE))
    one, two = ScoreRule.objects.all()
    actions.move_rule(admin, "leads", two.pk, up=True)
    assert [rule.reason for rule in ScoreRule.objects.all()] == ["乙", "甲"]
    actions.move_rule(admin, "leads", two.pk, up=True)
    actions.remove_rule(admin, "leads", one.pk)
    assert [rule.reason for rule in ScoreRule.objects.all()] == ["乙"]
    with pytest.raises(writes.RuleBroken):
        actions.remove_rule(admin, "leads", one.pk)


def test_the_page_previews_the_newest_records_and_saves_nothing(people: Cast, client: Client) -> None:
    make(people, name="陈工", mobile="13800138000")
    client.force_login(people.admin)
    page = client.get("/settings/scoring/")
    assert "留了手机号" in page.text
    draft = {"reason": "手机", "points": "47", "condition": json.dumps(MOBILE)}
    seen = client.post("/settings/scoring/leads/new/", {**draft, "preview": "1"})
    assert seen.status_code == 200
    assert all(text in seen.text for text in ("陈工", "57", "+47"))
    assert ScoreRule.objects.filter(reason="手机").count() == 0
    assert client.post("/settings/scoring/leads/new/", draft).status_code == 302
    assert ScoreRule.objects.get(reason="手机").points == 47
    wrong = client.post("/settings/scoring/leads/new/", {**draft, "condition": "{"})
    assert wrong.status_code == 422
    saved = client.post("/settings/scoring/leads/", {"passing_mark": "70", "is_active": "on"})
    assert (saved.status_code, ScoreModel.objects.get().passing_mark) == (302, 70)


def test_the_page_of_a_record_says_its_points_and_why(people: Cast, client: Client) -> None:
    lead = make(people, mobile="13800138000", source="referral")
    client.force_login(people.ana)
    page = client.get(f"/leads/{lead.pk}/").text
    assert all(text in page for text in ("+20", "转介绍", ">30<"))


def test_what_is_asked_of_days_is_judged_again_by_night(people: Cast) -> None:
    only(("新来的", 5, {"field": "created_at", "op": "within", "value": "P7D"}))
    condition = engine.judges.get()["leads"].rules[0].condition
    assert condition is not None
    assert actions.depends_on_more(condition)
    run_here(people.actor("admin"), NIGHTLY, NoArguments())
    assert Job.objects.filter(kind="scoring.rescore").count() == 1


FIELDS = {
    "mobile": ("", "13800138000"),
    "job_title": ("", "采购经理", "Director", "工程师"),
    "source": ("", "referral", "website", "cold_call"),
    "budget": (None, 0, 99999, 100000, 250000),
    "need": ("", "两条装配线"),
    "region": ("", "310000", "310101"),
    "company_name": ("", "浦江机械"),
}
CONDITIONS = st.one_of(
    st.sampled_from([
        MOBILE,
        {"field": "mobile", "op": "is_empty"},
        {"field": "job_title", "op": "contains", "value": "经理"},
        {"field": "job_title", "op": "ne", "value": "Director"},
        {"field": "source", "op": "in", "value": ["referral", "website"]},
        {"field": "source", "op": "not_in", "value": ["referral"]},
        {"field": "budget", "op": "between", "value": [1, 100000]},
        {"field": "budget", "op": "lt", "value": 100000},
        {"field": "region", "op": "under", "value": "310000"},
        {"not": {"field": "need", "op": "not_empty"}},
        {"all": [MOBILE, {"field": "company_name", "op": "not_empty"}]},
        {"any": [{"field": "budget", "op": "gte", "value": 100000}, {"field": "source", "op": "eq", "value": "referral"}]},
        {"field": "owner.department", "op": "not_empty"},
        {"field": "created_at", "op": "within", "value": "P7D"},
        {"field": "number", "op": "starts_with", "value": "XS"},
        {"none": {"path": "opportunities"}},
    ])
)  # fmt: skip
RULES = st.lists(st.tuples(CONDITIONS, st.integers(-50, 50).filter(bool)), min_size=1, max_size=8)
ROWS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FIELDS.items()})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=RULES, rows=st.lists(ROWS, min_size=1, max_size=4))
def test_the_score_is_the_sum_of_the_rules_that_sql_finds_too(
    world_people: Cast, rules: list[tuple[dict[str, Any], int]], rows: list[dict[str, Any]]
) -> None:
    only(*((f"r{place}", points, condition) for place, (condition, points) in enumerate(rules)))
    leads = [make(world_people, **values) for values in rows]
    entity = registry.get("leads")
    for lead in leads:
        found = [
            points
            for condition, points in rules
            if Lead.objects.filter(
                conditions.to_q(conditions.parse(entity, condition), Actor.system()), pk=lead.pk
            ).exists()
        ]
        stored = Lead.objects.get(pk=lead.pk)
        assert stored.score == sum(found)
        assert [reason["points"] for reason in stored.score_reasons] == found


@pytest.fixture
def world_people(db: None) -> Cast:
    return cast()
