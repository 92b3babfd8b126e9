"""Every package we stand on is argued for in docs/dependencies.md, and nothing there is history."""

import json
import re
import tomllib

from tests.source import ROOT


def _named_in_projects() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    return {re.split(r"[\[<>=~!; ]", line)[0] for line in wanted} | {
        *package["dependencies"],
        *package["devDependencies"],
    }


def test_every_package_has_its_line_and_every_line_its_package() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| ([@\w./-]+) \| \S", text, flags=re.MULTILINE)) - {"Package"}
    assert explained == _named_in_projects()


def test_no_package_runs_a_script_when_it_is_installed() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    with_script = {
        name.rsplit("node_modules/", 1)[-1] for name, entry in lock["packages"].items() if entry.get("hasInstallScript")
    }
    # Installed with --ignore-scripts: these two only choose a quicker binary, and work without.
    assert with_script <= {"esbuild", "@parcel/watcher", "fsevents"}
