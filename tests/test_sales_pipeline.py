"""A real company's sales pipeline comes in by one plan, to the last figure, and a second run changes nothing."""

import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum
from django.utils import translation

from zhike.core import company, overlay
from zhike.core.actors import Actor, Via
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.external_keys import ExternalKey
from zhike.core.history.asof import with_state_as_of
from zhike.core.history.models import StateChange
from zhike.core.search.query import search
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.report import Outcome, Report
from zhike.customers.models import Customer
from zhike.identity.actions import invite_user
from zhike.identity.models import Department, User
from zhike.sales.models import Opportunity, OpportunityLine, Stage

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parent / "data" / "sales-pipeline"
SYSTEM = Actor.system(Via.IMPORT)


def test_the_whole_pipeline_comes_in_once() -> None:
    with translation.override("en"):
        report = run_plan(FOLDER / "plan.toml", SYSTEM)
    assert report.notes == []
    assert {step.number: step.counts["created"] for step in report.steps} == {
        1: 1, 2: 3, 3: 6, 4: 35, 5: 7, 6: 85, 7: 1, 8: 4, 9: 8_800, 10: 8_800,
    }  # fmt: skip
    assert report.count(Outcome.FAILED) == report.count(Outcome.UPDATED) == 0
    check_people()
    check_customers()
    check_opportunities()
    check_history()
    check_reach()
    check_second_run()


def check_people() -> None:
    assert company.current().currency == "USD"
    people = User.objects.exclude(state=User.State.INVITED)
    assert User.objects.count() == 41
    assert not people.exists()
    moses = User.objects.get(username="moses.frase")
    assert (moses.full_name, str(moses.superior), str(moses.department)) == (
        "Moses Frase",
        "Dustin Brinkmann",
        "Central",
    )
    branches = Department.objects.filter(kind="branch", parent__kind="headquarters")
    assert dict(branches.values_list("name", "head__full_name")) == {
        "Central": "Melvin Marxen", "East": "Rocco Neubert", "West": "Summer Sewald",
    }  # fmt: skip
    roles = Counter(
        code for user in User.objects.all() for code in user.user_roles.values_list("role__code", flat=True)
    )
    assert roles == {"salesperson": 35, "sales_manager": 6, "branch_manager": 3}


def check_customers() -> None:
    assert Customer.objects.count() == 85
    assert Customer.objects.exclude(parent=None).count() == 15
    bluth = Customer.objects.get(name="Bluth Company")
    assert (str(bluth.parent), bluth.annual_revenue, bluth.annual_revenue_currency) == (
        "Acme Corporation", Decimal(1242320000), "USD",
    )  # fmt: skip
    assert (bluth.industry, bluth.country, bluth.founded_in, bluth.employees) == ("I", "US", 1993, 3027)
    assert set(Customer.objects.filter(name__in=("Bioholding", "Hottechi")).values_list("country", flat=True)) == {
        "PH",
        "KR",
    }
    assert not Customer.objects.filter(industry="").exists()


def check_opportunities() -> None:
    rows = Opportunity.objects.all()
    assert rows.count() == 8_800
    assert Counter(rows.values_list("stage__name", flat=True)) == {
        "Won": 4_238,
        "Lost": 2_473,
        "Engaging": 1_589,
        "Prospecting": 500,
    }
    assert Counter(rows.values_list("status", flat=True)) == {"won": 4_238, "lost": 2_473, "open": 2_089}
    won = rows.filter(status="won")
    assert won.aggregate(Sum("amount"), Sum("amount_base")) == {
        "amount__sum": 10_005_534,
        "amount_base__sum": 10_005_534,
    }
    assert Counter(won.values_list("department__name", flat=True)) == {"Central": 1_629, "West": 1_438, "East": 1_171}
    assert not rows.exclude(status="won").exclude(amount=None).exists()
    assert rows.filter(customer=None).count() == 1_425
    assert rows.filter(name__startswith="GTX Pro").count() == 1_480
    assert set(rows.filter(customer=None).values_list("name", flat=True)) == {
        "GTX Basic", "GTX Pro", "MG Special", "MG Advanced", "GTX Plus Pro", "GTX Plus Basic", "GTK 500",
    }  # fmt: skip
    first = rows.get(pk=ExternalKey.objects.get(entity="opportunities", key="1C1I7A6R").record_id)
    assert (first.name, first.amount, first.owner.full_name, first.closed_on) == (
        "GTX Plus Basic · Cancity", 1054, "Moses Frase", date(2017, 3, 1),
    )  # fmt: skip
    lines = OpportunityLine.objects.all()
    assert lines.count() == 8_800
    assert lines.aggregate(Sum("total")) == {"total__sum": 10_005_534}
    assert lines.filter(price=None).count() == 8_800 - 4_238
    assert Counter(lines.values_list("quantity", flat=True)) == {Decimal(1): 8_800}


def check_history() -> None:
    entity = registry.get("opportunities")
    engaging = str(Stage.objects.get(pipeline__name="Hardware sales", name="Engaging").pk)
    then = with_state_as_of(Opportunity.objects.all(), entity, "stage", date(2017, 6, 30))
    assert then.filter(state_then=engaging).count() == 1_686
    states = StateChange.objects.filter(entity="opportunities", field="stage")
    assert states.count() == 2 * (4_238 + 2_473) + 1_589 + 500
    assert states.filter(effective_on=company.today()).count() == 500
    events = Event.objects.filter(entity="opportunities")
    assert (events.count(), events.filter(verb="create", via="import").count()) == (8_800, 8_800)


def check_reach() -> None:
    seen: dict[str, int] = {}
    for name in ("Moses Frase", "Dustin Brinkmann", "Melvin Marxen", "Rocco Neubert", "Summer Sewald"):
        user = User.objects.get(full_name=name)
        invite_user(Actor.system(), user)
        overlay.refresh()
        actor = Actor.of(User.objects.get(pk=user.pk), Via.PAGE)
        seen[name] = Opportunity.objects.all().visible_to(actor).count()
        lines = OpportunityLine.objects.all().visible_to(actor)
        assert lines.count() == seen[name], "the lines of an opportunity are seen by whoever sees it"
        customers = Opportunity.objects.filter(owner=user).exclude(customer=None).values("customer")
        assert Customer.objects.all().visible_to(actor).filter(pk__in=customers).count() == customers.distinct().count()
        assert search(actor, "Cancity")[0].label == "Cancity"
    assert seen == {
        "Moses Frase": 260, "Dustin Brinkmann": 1_583, "Melvin Marxen": 3_512, "Rocco Neubert": 2_291, "Summer Sewald": 2_997,
    }  # fmt: skip


def check_second_run() -> None:
    before = tables()
    report = run_plan(FOLDER / "plan.toml", SYSTEM)
    assert report.count(Outcome.UNCHANGED) == 1 + 3 + 6 + 35 + 7 + 85 + 1 + 4 + 8_800 + 8_800
    assert report.count(Outcome.SKIPPED) == 32 + 29
    assert report.count(Outcome.CREATED) == report.count(Outcome.UPDATED) == report.count(Outcome.FAILED) == 0
    assert tables() == before


def tables() -> list[object]:
    counts = [Event.objects.count(), StateChange.objects.count(), ExternalKey.objects.count()]
    versions = [
        Counter(model.objects.values_list("version", flat=True))
        for model in (Opportunity, OpportunityLine, Customer, User)
    ]
    return [*counts, *versions]


def test_a_dry_run_without_aliases_reports_the_dirt_and_writes_nothing(tmp_path: Path) -> None:
    for each in FOLDER.glob("*.csv"):
        shutil.copy(each, tmp_path)
    lines = (FOLDER / "plan.toml").read_text().splitlines()
    settled = ("technolgy =", "Philipines =", "Korea =")
    plan = "\n".join(line for line in lines if not line.startswith(settled)).replace(
        'product = {GTXPro = "GTX Pro"}, ', ""
    )
    (tmp_path / "plan.toml").write_text(plan)
    with translation.override("en"):
        report = run_plan(tmp_path / "plan.toml", SYSTEM, dry_run=True)
    found = {
        (unknown.column, unknown.value): (unknown.count, unknown.suggestion)
        for step in report.steps
        for unknown in step.unknown_values
    }
    assert found == {
        ("product", "GTXPro"): (1_480, "GTX Pro"),
        ("sector", "technolgy"): (12, ""),
        ("office_location", "Philipines"): (1, "Philippines"),
        ("office_location", "Korea"): (1, ""),
    }
    assert [step.counts["failed"] for step in report.steps][:6] == [0, 0, 0, 0, 0, 13]
    assert what_follows(report) == 1_259
    assert not Opportunity.objects.exists()
    assert not User.objects.exists()
    assert not Event.objects.exists()
    assert company.current().currency == "CNY"


def what_follows(report: Report) -> int:
    """Opportunities that fail because the row of their account did."""
    step = report.steps[8]
    assert all("could not be imported in step 6" in note.reason for note in step.rows)
    return step.counts["failed"]
