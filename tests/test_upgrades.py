"""A database of an earlier version becomes one of this version: nothing is lost, and people work on with it."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from zhike.core.testing import databases

DUMPS = sorted((Path(__file__).parent / "data" / "upgrades").glob("*.sqlite3.gz"))
_KEPT = (
    "customers_customer",
    "customers_contact",
    "sales_opportunity",
    "sales_opportunityline",
    "core_event",
    "core_statechange",
)
# Run in the migrated database: what its people find.
_LOOK = """
import django
django.setup()
from django.test import Client
from zhike.identity.models import User
from zhike.sales.models import Opportunity
person = User.objects.get(username="chen.siyuan")
client = Client(headers={"host": "127.0.0.1"})
client.force_login(person, backend="zhike.identity.backends.PersonBackend")
mine = Opportunity.objects.filter(owner=person).order_by("pk").first()
addresses = ("/", "/customers/", "/opportunities/?display=board", "/leads/", "/tasks/", "/calendar/", f"/opportunities/{mine.pk}/")
for address in addresses:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
note = {"about": f"opportunities:{mine.pk}", "kind": "call", "content": "again in touch"}
answer = client.post(f"/activities/log/?about={note['about']}", note)
assert answer.status_code in (200, 204, 302), answer.status_code
mine.refresh_from_db()
assert mine.last_contact_at is not None
print("looked")
"""


# Run in an empty database of PostgreSQL: its tables as they were in that version.
_TABLES_OF_THEN = """
import json, sys
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate([tuple(name) for name in json.loads(sys.argv[1])])
"""
every_dump = pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)


@pytest.mark.sqlite
@every_dump
def test_an_earlier_database_is_migrated_and_people_work_on_with_it(dump: Path, tmp_path: Path) -> None:
    database = _unpacked(dump, tmp_path)
    with closing(sqlite3.connect(database)) as source:
        before = _counts(source)
    environment = {**os.environ, "ZHIKE_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "zhike.config.settings"}
    environment.pop("ZHIKE_DATABASE_URL", None)
    _run([str(Path(sys.executable).with_name("zhike")), "migrate"], environment)
    with closing(sqlite3.connect(database)) as source:
        assert _counts(source) == before
    assert "looked" in _run([sys.executable, "-c", _LOOK], environment)


@pytest.mark.postgres
@every_dump
def test_an_earlier_database_on_postgresql_is_migrated_and_people_work_on_with_it(dump: Path, tmp_path: Path) -> None:
    run = databases.current_run()
    name = f"upgrade_{run.worker}"
    server = databases.PostgresServer(run.scratch / "postgres")
    environment = databases.child_environment(run, server.url(name), tmp_path)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        with (
            closing(sqlite3.connect(_unpacked(dump, tmp_path))) as source,
            psycopg.connect(server.url(name), autocommit=True) as target,
        ):
            migrations = source.execute("SELECT app, name FROM django_migrations").fetchall()
            _run([sys.executable, "-c", _TABLES_OF_THEN, json.dumps(migrations)], environment)
            _copy(source, target)
            before = _counts(source)
            assert _counts(target) == before
            _run([str(Path(sys.executable).with_name("zhike")), "migrate"], environment)
            assert _counts(target) == before
        assert "looked" in _run([sys.executable, "-c", _LOOK], environment)
    finally:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _unpacked(dump: Path, folder: Path) -> Path:
    database = folder / "zhike.sqlite3"
    with gzip.open(dump) as packed, database.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return database


def _copy(source: sqlite3.Connection, target: "psycopg.Connection[Any]") -> None:
    """Every row of the SQLite file, table by table. What it lacks is how it writes its search index, which is derived."""
    target.execute("SET session_replication_role = replica")  # foreign keys are as the source has them
    target.execute("SET TIME ZONE 'UTC'")
    found = target.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'").fetchall()
    ours = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    names = sorted(ours & {name for (name,) in found} - {"django_migrations", "core_searchentry"})
    # Migrations wrote the rows that are shipped.
    target.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, names))))
    for name in names:
        rows = source.execute(f"SELECT * FROM {name}")  # noqa: S608 - names of the database
        table = sql.Identifier(name)
        columns = sql.SQL(", ").join(sql.Identifier(column[0]) for column in rows.description)
        with target.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)) as copy:
            for row in rows:
                copy.write_row([value if value is None or isinstance(value, bytes) else str(value) for value in row])
        _go_on_counting(target, name)


def _go_on_counting(target: "psycopg.Connection[Any]", table: str) -> None:
    """The next id comes after those that were copied."""
    found = target.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_identity = 'YES'", [table]
    )
    for (column,) in found.fetchall():
        target.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max({}), 0) + 1, false) FROM {}").format(
                sql.Identifier(column), sql.Identifier(table)
            ),
            [table, column],
        )


def _run(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=dict(environment), check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _counts(database: "sqlite3.Connection | psycopg.Connection[Any]") -> dict[str, int]:
    counted: dict[str, int] = {}
    for table in _KEPT:
        found = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - names of the database
        assert found is not None
        counted[table] = found[0]
    return counted
