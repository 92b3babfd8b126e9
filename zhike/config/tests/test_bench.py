"""`zhike bench` measures every case on a database of its own, and touches nobody else's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from zhike.config.bench.cases import Callers, Person, floor_cases, product_cases
from zhike.core.testing import databases
from zhike.core.testing.databases import Kind

BENCH = ("bench", "--scale", "0.001", "--seconds", "0.05", "--rounds", "1")


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the kind this run is about."""
    run = databases.current_run()
    if run.kind is not Kind.POSTGRES:
        yield databases.sqlite_url(tmp_path / "bench.sqlite3")
        return
    server, name = databases.PostgresServer(run.scratch / "postgres"), f"bench_{uuid4().hex}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def zhike(tmp_path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [str(Path(sys.executable).with_name("zhike")), *arguments],
        env=environment | {"ZHIKE_DATA_DIR": str(tmp_path / "var"), "ZHIKE_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.file
def test_every_case_is_measured_and_the_data_stay_as_they_were(tmp_path: Path, empty_database: str) -> None:
    report = tmp_path / "report.md"
    first = zhike(tmp_path, *BENCH, "--database", empty_database, "--report", str(report))
    assert (first.returncode, first.stderr) == (0, "")
    text = report.read_text(encoding="utf-8")
    assert "FAILED" not in text
    nobody = Person({}, 1)
    callers = Callers(nobody, nobody, {}, "", ((1, "瑞恒"),), (("瑞恒", "瑞恒"),), (("ruiheng", "瑞恒"),), deep_row=50)
    for case in [*floor_cases({}, 1), *product_cases(callers)]:
        assert f"| {case.name} |" in text, f"{case.name} is missing:\n{text}"
    for rate in ("import by plan, 100", "bare bulk_create of the same, 100", "export as CSV, ", "export as XLSX, "):
        assert f"| {rate}" in text, text

    again = zhike(tmp_path, *BENCH, "--database", empty_database)
    assert again.returncode == 0, again.stderr
    assert "its data are there already" in again.stdout
    assert "FAILED" not in again.stdout, "rows of the first run were left"


@pytest.mark.file
def test_a_database_that_is_somebodys_is_refused(tmp_path: Path, empty_database: str) -> None:
    made = subprocess.run(
        [str(Path(sys.executable).with_name("zhike")), "migrate"],
        env=os.environ | {"ZHIKE_DATA_DIR": str(tmp_path / "var"), "ZHIKE_DATABASE_URL": empty_database},
        check=False,
    )
    assert made.returncode == 0
    admin = subprocess.run(
        [str(Path(sys.executable).with_name("zhike")), "admin", "ana"],
        env=os.environ | {"ZHIKE_DATA_DIR": str(tmp_path / "var"), "ZHIKE_DATABASE_URL": empty_database},
        check=False,
        capture_output=True,
    )
    assert admin.returncode == 0
    refused = zhike(tmp_path, *BENCH, "--database", empty_database)
    assert refused.returncode == 1
    assert "Name an empty database." in refused.stderr
