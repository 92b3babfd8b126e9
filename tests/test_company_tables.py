"""Tables of Chinese companies, as Chinese programmes save them: encodings alike, doubles told, pinyin found."""

import shutil
from pathlib import Path

import pytest
from django.utils import translation

from zhike.core.actors import Actor, Via
from zhike.core.external_keys import ExternalKey
from zhike.core.search.query import search
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.report import StepReport
from zhike.customers.models import Customer

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent / "data"
SYSTEM = Actor.system(Via.IMPORT)


def imported(plan: Path, table: Path, folder: Path, name: str) -> StepReport:
    """Import `table` by a copy of the plan that calls it `name`."""
    shutil.copy(plan, folder / "plan.toml")
    shutil.copy(table, folder / name)
    with translation.override("en"):
        (step,) = run_plan(folder / "plan.toml", SYSTEM).steps
    return step


@pytest.mark.parametrize("twin", ["companies.csv", "companies_gbk.csv"])
def test_forty_invented_companies_come_in_alike_from_utf8_and_gbk(tmp_path: Path, twin: str) -> None:
    folder = HERE / "invented-companies"
    step = imported(folder / "plan.toml", folder / twin, tmp_path, "companies.csv")
    assert (step.counts["created"], step.counts["skipped"], step.counts["failed"]) == (40, 4, 0)
    assert [note.row for note in step.rows] == [22, 23, 44, 45]
    assert step.rows[0].reason == "“广州白云精密机械有限公司” is already in row 6."
    assert Customer.objects.filter(name="杭州喆彧镕新材料科技股份有限公司", short_name="喆彧新材").exists()
    assert Customer.objects.filter(name__contains="(集团)").exists()
    assert Customer.objects.filter(name__contains="（集团）").exists()
    assert ExternalKey.objects.filter(system="invented-code", key="0001").exists()
    again = imported(folder / "plan.toml", folder / twin, tmp_path, "companies.csv")
    assert (again.counts["unchanged"], again.counts["skipped"]) == (40, 4)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("浦江", "上海浦江"),
        ("pjjx", "上海浦江精密机械有限公司"),
        ("changle", "深圳长乐重工（集团）有限公司"),
        ("bjqm", "北京启明"),
    ],
)
def test_invented_companies_are_found_by_name_pinyin_and_initials(tmp_path: Path, typed: str, found: str) -> None:
    folder = HERE / "invented-companies"
    imported(folder / "plan.toml", folder / "companies_gbk.csv", tmp_path, "companies.csv")
    hits = [hit.label for hit in search(SYSTEM, typed)]
    assert hits, typed
    assert all(label.startswith(found) for label in hits[:2]) or found in hits


@pytest.mark.parametrize("twin", ["companies_sse.csv", "companies_sse_gbk.csv"])
def test_the_shanghai_companies_come_in_alike_from_utf8_and_gbk(tmp_path: Path, shared_data: Path, twin: str) -> None:
    table = shared_data / "china" / twin
    if not table.exists():
        pytest.skip(f"{twin} may not be copied into the project and is not in the shared data")
    step = imported(HERE / "sse-companies" / "plan.toml", table, tmp_path, "companies_sse.csv")
    assert (step.total, step.counts["created"], step.counts["skipped"], step.counts["failed"]) == (2_286, 2_247, 39, 0)
    assert Customer.objects.count() == 2_247
    assert all("is already in row" in note.reason for note in step.rows)
    bank = Customer.objects.get(short_name="浦发银行")
    assert (bank.name, bank.credit_code) == ("上海浦东发展银行股份有限公司", "")
    assert ExternalKey.objects.get(system="sse", key="600000").record_id == bank.pk
    for typed in ("pfyh", "浦发"):
        assert bank.pk in [hit.record_id for hit in search(SYSTEM, typed)], typed
    again = imported(HERE / "sse-companies" / "plan.toml", table, tmp_path, "companies_sse.csv")
    assert (again.counts["unchanged"], again.counts["skipped"], Customer.objects.count()) == (2_247, 39, 2_247)
