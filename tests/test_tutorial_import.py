"""The tutorial says what the plan says, in both languages."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from zhike.core.transfer.plan import _STEP_KEYS

ROOT = Path(__file__).parents[1]
PLAN = tomllib.loads((ROOT / "tests/data/sales-pipeline/plan.toml").read_text())
PAGES = [ROOT / "docs/tutorial-import.md", ROOT / "docs/zh/tutorial-import.md"]


def examples(page: Path) -> list[dict[str, Any]]:
    return [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL)]


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_every_example_stands_in_the_plan(page: Path) -> None:
    found = examples(page)
    assert len(found) == 8
    for example in found:
        for name, value in example.items():
            if name != "step":
                assert value.items() <= PLAN[name].items()
            elif isinstance(value, dict):
                assert any(
                    aliases in step.get("aliases", {}).items()
                    for aliases in value["aliases"].items()
                    for step in PLAN["step"]
                )
            else:
                (shown,) = value
                assert any(shown.items() <= step.items() for step in PLAN["step"]), shown


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_every_key_of_a_step_is_explained(page: Path) -> None:
    table = "".join(line for line in page.read_text().splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", re.sub(r"\|[^|]*\|(?=\||$)", lambda cell: cell[0], table))) >= set(_STEP_KEYS)


def test_both_languages_name_the_same_figures() -> None:
    english, chinese = (set(re.findall(r"\d[\d,]*\d", page.read_text())) for page in PAGES)
    assert english ^ chinese <= {"30", "2017", "14"}
