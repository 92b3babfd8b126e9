"""Every check that needs no test run: `python tools/check.py [part of a name …]`.

All of them run, whatever the others say; the end names those that failed. The exit code is 0 only when none did.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = str(BIN / "python")


class Step(NamedTuple):
    """One check: what it is called, what is run, and which file must be there for it to make sense."""

    name: str
    command: list[str]
    needs: str = "pyproject.toml"


STEPS = [
    Step("style (ruff)", [str(BIN / "ruff"), "check", "."]),
    Step("format (ruff)", [str(BIN / "ruff"), "format", "--check", "."]),
    Step("types (mypy)", [PYTHON, "-m", "mypy"]),
    Step("layers (import-linter)", [str(BIN / "lint-imports"), "--no-logo"]),
    Step("templates (djlint)", [str(BIN / "djlint"), "zhike", "--lint", "--quiet"]),
    Step("system checks (django)", [PYTHON, "-m", "django", "check", "--fail-level", "WARNING"]),
    Step("migrations (django)", [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"]),
    Step("translations", [PYTHON, "tools/messages.py", "check"]),
    Step("API snapshot", [PYTHON, "-m", "zhike.core.api.snapshot", "--check"], needs="zhike/core/api/snapshot.py"),
    Step("security (bandit)", [str(BIN / "bandit"), "-q", "-ll", "-c", "pyproject.toml", "-r", "zhike"]),
]


def main(chosen: list[str]) -> int:
    """Run the steps whose name contains one of the words, or all; return 0 or 1."""
    steps = [step for step in STEPS if not chosen or any(word in step.name for word in chosen)]
    if not steps:
        print(f"No check is called that. There are: {', '.join(step.name for step in STEPS)}.")
        return 2
    failed = [step.name for step in steps if not passes(step)]
    if failed:
        print(f"Failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def passes(step: Step) -> bool:
    """Run one step, print its name, verdict and time, and what it said if it failed."""
    if not (ROOT / step.needs).exists():
        print(f"{step.name}: left out, {step.needs} does not exist.", flush=True)
        return True
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zhike-check-") as data_dir:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIKE_")}
        settings = {"DJANGO_SETTINGS_MODULE": "zhike.config.settings", "ZHIKE_DATABASE_URL": "sqlite://:memory:"}
        environment = kept | settings | {"ZHIKE_DATA_DIR": data_dir}
        done = subprocess.run(
            step.command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    verdict = "failed" if done.returncode else "good"
    print(f"{step.name}: {verdict}, {time.monotonic() - started:.1f} s", flush=True)
    if done.returncode:
        print(done.stdout.rstrip(), flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
