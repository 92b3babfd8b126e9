"""A whole bench: SQLite, then PostgreSQL where there is one, each in processes that end with it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from zhike.config.bench.once import Options
from zhike.config.bench.report import Result, markdown
from zhike.config.cli import Stop, say
from zhike.config.language import gettext as _


def run(folder: Path, options: Options, database: str) -> str:
    """Measure `database`, or when it is blank SQLite in `folder` and a PostgreSQL of our own. Returns the report.

    Raises `Stop` where a database is somebody's or a measurement broke off.
    """
    results: list[Result] = []
    if database:
        results.append(_measured(folder, options, database))
        return markdown(results, options)
    say(_("SQLite"))
    with _sqlite(folder, options) as path:
        results.append(_measured(folder, options, f"sqlite:///{path}"))
    say(_("PostgreSQL"))
    with _postgres() as (address, sentence):
        if address:
            results.append(_measured(folder, options, address))
        else:
            say(_("PostgreSQL is left out: %(why)s") % {"why": sentence})
    return markdown(results, options)


@contextmanager
def _sqlite(folder: Path, options: Options) -> Iterator[Path]:
    """Our file of this scale, kept from run to run; one in which a run was interrupted is made anew."""
    place = folder / f"scale-{options.scale:g}"
    whole = place / "whole"
    if not whole.exists():
        shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    whole.unlink(missing_ok=True)
    yield place / "zhike.sqlite3"
    whole.touch()


def _environment(folder: Path, database: str) -> Mapping[str, str]:
    """Ours without any setting of this installation, whose database and folder are not to be touched."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIKE_")}
    return kept | {
        "ZHIKE_DATA_DIR": str(folder / "var"),
        "ZHIKE_DATABASE_URL": database,
        "ZHIKE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "zhike.config.settings",
    }


def _measured(folder: Path, options: Options, database: str) -> Result:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "result.json"
        command = _python("zhike.config.bench.once", str(path), json.dumps(asdict(options)))
        done = subprocess.run(command, env=_environment(folder, database), stdin=subprocess.DEVNULL, check=False)
        if done.returncode or not path.is_file():
            raise Stop(_("The measurement broke off; see above."))
        found: Result = json.loads(path.read_text(encoding="utf-8"))
        return found


@contextmanager
def _postgres() -> Iterator[tuple[str, str]]:
    """The address of an empty database on a server of our own, or blank and a sentence why there is none."""
    with tempfile.TemporaryDirectory(prefix="zhike-bench-") as scratch:
        Path(scratch).chmod(0o711)  # as root the server runs as another user, who passes through
        process = subprocess.Popen(
            _python("zhike.config.bench.postgres", str(Path(scratch) / "postgres")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C is for us, who then close its standard input
        )
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            why = "" if address or process.stderr is None else process.stderr.read().strip()
            yield address, why.rpartition("\n")[2]
        finally:
            _close(process)
            shutil.rmtree(Path(scratch) / "postgres", ignore_errors=True)


def _close(process: "subprocess.Popen[str]") -> None:
    try:
        process.communicate(timeout=60)  # ends its standard input
    except subprocess.TimeoutExpired:
        process.terminate()
        process.communicate()


def _python(module: str, *arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", module, *arguments]
