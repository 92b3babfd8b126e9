"""What the tests of the import engine share: one table brought by one step of a plan."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from zhike.core.actors import Actor, Via
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.report import Report, StepReport

HEAD = '[plan]\nname = "test"\nsystem = "old"\n'
SYSTEM = Actor.system(Via.IMPORT)
Import = Callable[..., StepReport]


@pytest.fixture
def in_english() -> Any:
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def bring(tmp_path: Path) -> Import:
    """Import one table by one step and return its report."""

    def bring(rows: str, step: str, actor: Actor = SYSTEM, *, dry_run: bool = False) -> StepReport:
        return whole(rows, step, actor, dry_run=dry_run).steps[-1]

    def whole(rows: str, step: str, actor: Actor, *, dry_run: bool = False) -> Report:
        (tmp_path / "rows.csv").write_text(rows)
        head = "" if "[[step]]" in step else '[[step]]\nfile = "rows.csv"\n'
        (tmp_path / "plan.toml").write_text(HEAD + head + step)
        return run_plan(tmp_path / "plan.toml", actor, dry_run=dry_run)

    bring.whole = whole  # type: ignore[attr-defined]  # the same with the report of all steps
    return bring


CUSTOMERS = 'entity = "customers"\nkey = "{no}"\ncolumns = {name = "name", level = "level", employees = "staff"}\n'
TWO = "no,name,level,staff\n1,上海浦江机械有限公司,key,120\n2,广州白云设备厂,重点客户,\n"
