"""How the tests run: which of them on which database, what they may reach, what they are given.

The database itself is made ready by zhike/core/testing/databases.py, which pytest loads before this file.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from zhike.core.testing import databases, isolation
from zhike.core.testing.databases import Kind

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent
SERVER = pytest.StashKey[databases.PostgresServer]()

# The same examples in every run, so that a red build is red again; `make long` draws many new ones.
hypothesis.settings.register_profile("test", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("long", deadline=None, database=None, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    """Wall off the network and, on PostgreSQL, start the server once for all workers."""
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))
    isolation.forbid_network()
    run = databases.current_run()
    if run.kind is Kind.POSTGRES and run.is_controller and not config.option.collectonly:
        server = databases.PostgresServer(run.scratch / "postgres")
        try:
            server.start()
        except databases.HarnessError as error:
            raise pytest.UsageError(str(error)) from error
        config.stash[SERVER] = server


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, however the run ended."""
    if SERVER in config.stash:
        config.stash[SERVER].stop()


def pytest_report_header() -> str:
    """Say which database the run is on."""
    return f"database: {databases.current_run().kind}"


# What pytest-django opens a database for; where none of them is, reaching one fails.
_OPENS_DATABASE = frozenset({"db", "transactional_db", "django_db_setup", "django_db_reset_sequences", "live_server"})


def _runs_here(item: pytest.Item, kind: Kind) -> bool:
    names = {mark.name for mark in item.iter_markers()}
    opens = "django_db" in names or _OPENS_DATABASE & set(getattr(item, "fixturenames", ()))
    match kind:
        case Kind.MEMORY:
            return not names & {"file", "journey", "postgres"}
        case Kind.FILE:
            return "postgres" not in names and ("smoke" in names if "journey" in names else "file" in names)
        case Kind.POSTGRES:
            # What touches no database has been shown on SQLite already.
            return "sqlite" not in names and bool(opens or "postgres" in names)


@pytest.hookimpl(tryfirst=True)  # before xdist writes the groups into the test ids
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to another pass or to `make long`, and keep serial groups on one worker."""
    kind = databases.current_run().kind
    marked = config.option.markexpr
    kept = [
        item
        for item in items
        if _runs_here(item, kind) and ("long" in marked or item.get_closest_marker("long") is None)
    ]
    if len(kept) < len(items):
        chosen = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = kept
    for item in items:
        if _commits(item):
            whole = pytest.mark.django_db(transaction=True, serialized_rollback=True)
            item.add_marker(whole, append=False)
        if config.pluginmanager.hasplugin("xdist"):
            for mark in item.iter_markers("serial"):
                item.add_marker(pytest.mark.xdist_group(mark.args[0] if mark.args else "serial"))


def _commits(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    fixtures = {"transactional_db", "live_server", "django_db_reset_sequences"}
    return bool((mark and mark.kwargs.get("transaction")) or fixtures & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put back what migrations wrote, such as roles and options: a test that commits ends by emptying every table."""
    yield
    if nextitem is None or not _commits(item):
        return
    from django.db import connection

    contents = getattr(connection, "_test_serialized_contents", None)  # Django leaves it there
    if contents is not None:
        with item.config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(contents)


@pytest.fixture(autouse=True)
def _language_of_its_own() -> None:
    """A page speaks its reader's language and leaves it active; the next test begins with the usual one."""
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Fail the last test of this process when a child process outlives it."""
    yield
    if left := isolation.stop_leftovers(databases.current_run().marker):
        pytest.fail("These processes were left running by tests, and are stopped now:\n" + "\n".join(left))


@pytest.fixture
def database_url(django_db_setup: None) -> str:
    """Return the `ZHIKE_DATABASE_URL` under which another process reaches this test's database."""
    from django.db import connection

    run = databases.current_run()
    name = str(connection.settings_dict["NAME"])
    match run.kind:
        case Kind.MEMORY:
            pytest.fail("SQLite in memory cannot be reached from another process: mark this test with `file`.")
        case Kind.FILE:
            return databases.sqlite_url(Path(name))
        case Kind.POSTGRES:
            return databases.PostgresServer(run.scratch / "postgres").url(name)


@pytest.fixture
def child_environment(database_url: str, tmp_path: Path) -> Mapping[str, str]:
    """Return the environment for a child process that works on this test's database, with its own data folder."""
    return databases.child_environment(databases.current_run(), database_url, tmp_path / "var")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data that may not be copied into this repository; skip where it is absent."""
    folder = Path(os.environ.get("ZHIKE_SHARED_DATA") or ROOT.parent / "shared" / "data").resolve()
    if not folder.is_dir():
        pytest.skip(f"ZHIKE_SHARED_DATA names no folder with the shared data ({folder}).")
    return folder


@pytest.fixture(scope="session")
def axe_source() -> str:
    """Return the text of axe, to be evaluated in a page."""
    path = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.fail("axe is not installed: run `make test`, or `npm ci --ignore-scripts` in frontend/.")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser(django_db_setup: None, monkeypatch_module: pytest.MonkeyPatch) -> "Iterator[Browser]":
    """Start Chromium for the journeys of one file; every test makes its own context. It reaches this machine only."""
    from django.db import connection, connections
    from playwright.sync_api import sync_playwright

    from tools.machine import chromium

    program = chromium()
    if program is None:
        pytest.fail("Chromium was not found: run `make test` as root, or `apt-get install chromium fonts-noto-cjk`.")
    arguments = [
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        "--disable-dev-shm-usage",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    first_rows = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        # Playwright's loop makes Django believe that it runs inside async code, where it forbids queries and has
        # connections of its own. Those need to know what migrations wrote, and have to be gone before the database is.
        monkeypatch_module.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        if first_rows is not None:
            connection._test_serialized_contents = first_rows  # type: ignore[attr-defined]  # as Django names it
        started = playwright.chromium.launch(executable_path=str(program), args=arguments)
        yield started
        started.close()
        connections.close_all()


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    """Return a monkeypatch that lasts for one file."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch
