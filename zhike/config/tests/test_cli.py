"""The commands: 0 when done, else 1 and one sentence."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.utils import translation

from zhike.config import cli, health, safety
from zhike.config.cli import Stop, main
from zhike.identity.models import Token, User


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Commands speak the terminal's language from then on; other tests must not."""
    before = translation.get_language()
    yield
    translation.activate(before or "zh-hans")


def told(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    captured = capsys.readouterr()
    return captured.out.strip(), captured.err.strip()


def test_help_names_every_command_without_loading_django() -> None:
    code = (
        "import sys\nfrom zhike.config.cli import commands, main\n"
        "try: main(['--help'])\nexcept SystemExit as end: assert end.code == 0\n"
        "print('django' in sys.modules, sorted(commands()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in ("serve", "migrate", "demo", "admin", "token", "import", "export", "rebuild", "check", "describe"):
        assert f"    {name} " in done.stdout
    assert done.stdout.splitlines()[-1].startswith("False ")


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in cli.commands():
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        text, _error = told(capsys)
        assert f"usage: zhike {name}" in text
        assert len(text.splitlines()) > 5, name


def test_no_command_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert told(capsys)[0].startswith("usage: zhike")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["token"],
        ["token", "ana", "--days", "x"],
        ["rebuild", "all"],
        ["import"],
        ["serve", "--only", "x"],
    ],
)
def test_a_wrong_call_ends_with_one_and_one_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 1
    out, error = told(capsys)
    assert out == ""
    assert len(error.splitlines()) == 1
    assert "--help" in error


def test_an_accident_is_one_sentence_and_a_traceback_only_on_demand(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhike.config.commands import migrate

    def broken(_options: object) -> None:
        raise ZeroDivisionError("a\nlong\nstory")

    monkeypatch.setattr(migrate, "run", broken)
    assert main(["migrate"]) == 1
    _out, error = told(capsys)
    assert len(error.splitlines()) == 1
    assert "ZHIKE_DEBUG=1" in error
    monkeypatch.setenv("ZHIKE_DEBUG", "1")
    assert main(["migrate"]) == 1
    assert "Traceback" in told(capsys)[1]


@pytest.mark.parametrize(
    "error", [Stop("So it is."), DatabaseError("no\nmore"), OSError(28, "No space left"), ValueError("")]
)
def test_every_error_has_a_sentence(error: Exception) -> None:
    sentence = cli.sentence_of(error)
    assert len(sentence.splitlines()) == 1
    assert sentence.endswith(".")


def test_a_wrong_setting_is_told_in_a_sentence(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("zhike")
    environment = {"ZHIKE_DATA_DIR": str(tmp_path), "ZHIKE_DEBUG": "", "ZHIKE_DATABASE_URL": "nonsense://x"}
    done = subprocess.run([program, "check"], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.django_db
def test_admin_prints_the_password_last_and_lets_back_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["admin", "王小明"]) == 0
    first = told(capsys)[0].split()[-1]
    user = User.objects.get()
    assert user.check_password(first)
    assert user.access().may("settings.people")
    assert main(["admin", user.username]) == 0
    second = told(capsys)[0].split()[-1]
    user.refresh_from_db()
    assert second != first
    assert user.check_password(second)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_token_prints_the_token_as_the_last_word_also_while_a_password_is_due(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from zhike.identity.tokens import holder_of

    assert main(["admin", "boss"]) == 0
    assert main(["token", "boss", "--days", "3"]) == 0
    text = told(capsys)[0].splitlines()[-1].split()[-1]
    found = holder_of(text)
    assert found is not None
    assert found[0].username == "boss"
    User.objects.update(state=User.State.LEFT)
    assert main(["token", "boss"]) == 1
    assert Token.objects.count() == 1
    assert len(told(capsys)[1].splitlines()) == 1


@pytest.mark.django_db
def test_describe_names_addresses_fields_steps_and_rights(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "opportunities"]) == 0
    text, _error = told(capsys)
    for wanted in (
        "/opportunities/<int:pk>/win/",
        "/api/v1/opportunities/<int:pk>",
        "closes_on",
        "name*",
        "win ",
        "filters: ",
        "Rights by role",
    ):
        assert wanted in text, wanted
    assert main(["describe", "nothing"]) == 1
    _out, error = told(capsys)
    assert "customers" in error
    assert len(error.splitlines()) == 1


@pytest.mark.django_db
def test_openapi_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    assert "/api/v1/customers" in json.loads(told(capsys)[0])["paths"]


@pytest.mark.django_db
def test_check_is_content_or_says_what_to_mend(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(health, "bundle_path", lambda: tmp_path)
    (tmp_path / "app.css").touch()
    assert main(["check"]) == 0
    assert "✗" not in told(capsys)[0]
    monkeypatch.setattr(health, "unapplied_migrations", lambda: ["core.0009_more"])
    (tmp_path / "app.css").unlink()
    assert main(["check", "--host", "0.0.0.0"]) == 1  # noqa: S104 - the point of it
    out, error = told(capsys)
    for wanted in ("ZHIKE_HOSTS", "make frontend", "zhike migrate"):
        assert wanted in out
    assert len(error.splitlines()) == 1


@pytest.mark.django_db
def test_rebuild_tells_its_progress(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["admin", "boss"]) == 0
    told(capsys)
    assert main(["rebuild", "search"]) == 0
    out, error = told(capsys)
    assert "Records" in out
    assert "users: 1 / 1" in error.splitlines()
    assert len(error.splitlines()) == len(set(error.splitlines()))


@pytest.mark.sqlite
def test_a_new_installation_comes_up_with_three_commands(tmp_path: Path) -> None:
    """Migrate, demo, demo again: in a folder of its own, as `make run` does."""
    program = str(Path(sys.executable).with_name("zhike"))
    environment = {"ZHIKE_DATA_DIR": str(tmp_path / "var"), "ZHIKE_FAST_PASSWORDS": "1", "LANG": "zh_CN.UTF-8"}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([program, *arguments], capture_output=True, text=True, env=environment, check=False)

    assert run("migrate").returncode == 0
    assert run("migrate").returncode == 0
    filled = run("demo")
    assert filled.returncode == 0, filled.stderr
    assert "lin.zhiyuan" in filled.stdout
    again = run("demo")
    assert (again.returncode, len(again.stderr.strip().splitlines())) == (1, 1)
    silent = run("demo", "--if-empty")
    assert (silent.returncode, silent.stdout, silent.stderr) == (0, "", "")
    export = run("export", "customers", "--output", str(tmp_path / "customers.csv"))
    assert export.returncode == 0, export.stderr
    assert len((tmp_path / "customers.csv").read_text(encoding="utf-8-sig").splitlines()) > 400


def test_loopback_is_told_from_the_rest() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"):
        assert safety.is_loopback(host), host
    for host in ("0.0.0.0", "::", "192.168.1.5", "crm.example.com", ""):  # noqa: S104 - the point of it
        assert not safety.is_loopback(host), host


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_database_that_cannot_tell_chinese_letters_is_refused(database_url: str) -> None:
    from django.db import connection

    assert health.engine_mistakes() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower('É') = 'é', '李' ~ '[[:alpha:]]'")
        assert cursor.fetchone() == (True, True)
