"""The test harness itself: a wall that does not hold is worse than none."""

import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import environ
import pytest
from django.apps import apps
from django.db import connection

from zhike.core.testing import databases, isolation


def test_a_connect_to_another_machine_is_refused() -> None:
    with socket.socket() as plug, pytest.raises(isolation.NetworkForbidden, match=r"192\.0\.2\.1"):
        plug.connect(("192.0.2.1", 80))


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(isolation.NetworkForbidden, match=r"example\.com"):
        socket.create_connection(("example.com", 80))


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_a_socket_url_means_the_same_to_django_and_to_libpq(tmp_path: Path) -> None:
    parsed = environ.FileAwareEnv.db_url_config(databases.PostgresServer(tmp_path / "a b").url("zhike"))
    assert parsed["ENGINE"] == "django.db.backends.postgresql"
    assert (parsed["NAME"], parsed["USER"], parsed["HOST"]) == ("zhike", "postgres", "")
    assert parsed["OPTIONS"] == {"host": str(tmp_path / "a b")}


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for() -> None:
    expected = "postgresql" if databases.current_run().kind is databases.Kind.POSTGRES else "sqlite"
    assert connection.vendor == expected
    assert "test" in str(connection.settings_dict["NAME"]) or connection.settings_dict["NAME"].startswith("file:memory")


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgres_knows_chinese_letters() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '客户' ~ '^[[:alpha:]]+$', current_setting('lc_ctype', true), upper('ä')")
        assert cursor.fetchone()[::2] == (True, "Ä")


@pytest.mark.file
@pytest.mark.django_db(transaction=True)
def test_a_child_process_reads_what_a_test_committed(child_environment: Mapping[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE harness_probe (word varchar(20))")
    try:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO harness_probe VALUES ('seen')")
        program = (
            "import django; django.setup()\n"
            "from django.db import connection\n"
            "cursor = connection.cursor(); cursor.execute('SELECT word FROM harness_probe')\n"
            "print(cursor.fetchone()[0])"
        )
        answer = subprocess.run(
            [sys.executable, "-c", program], env=dict(child_environment), capture_output=True, text=True, check=False
        )
        assert (answer.returncode, answer.stdout) == (0, "seen\n"), answer.stderr
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE harness_probe")


@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_what_migrations_wrote_is_there_again_after_a_test_that_commits(time: str) -> None:
    assert apps.get_model("identity", "Role").objects.exists(), f"the {time} test finds no roles"


def test_a_process_left_behind_is_found_and_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(isolation, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setenv("ZHIKE_TEST_RUN", str(tmp_path))
    program = "import time; print(flush=True); time.sleep(60)"
    sleeper = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert sleeper.stdout
    assert sleeper.stdout.readline() == b"\n"
    left = isolation.stop_leftovers(str(tmp_path))
    assert len(left) == 1
    assert "time.sleep(60)" in left[0]
    assert sleeper.wait(10) != 0
    sleeper.stdout.close()
