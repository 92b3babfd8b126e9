"""Make a bare clone ready: `python3 tools/bootstrap.py run|test|bench|long`.

Needs Python 3.11 or newer and the package registries, nothing else: a bare Debian has neither pip nor ensurepip, so
this file uses the standard library only. A step is skipped while its inputs stay the same: a second call is quick.

  uv         from PATH, else by pip, else by venv, else its wheel from PIP_INDEX_URL or PyPI, into .uv/
  packages   uv.lock into .venv/ (with the developers' group unless for `run`)
  front end  npm ci and build.mjs in frontend/, with Node from PATH or, if older than 20, from PyPI into .uv/node/
  catalogues zhike/locale/*/LC_MESSAGES/*.po to .mo
  test only  Chromium and Chinese fonts from apt (asked for in one sentence when we are not root)
"""

from __future__ import annotations  # old interpreters must get as far as being told that they are too old

import fcntl
import os
import shutil
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import frontend, machine, uv
from tools.machine import ROOT, Missing

PURPOSES = ("run", "test", "bench", "long")
OLDEST_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    """Make everything ready for one purpose; return 0, or 1 after one sentence on standard error."""
    if len(arguments) != 1 or arguments[0] not in PURPOSES:
        print("Use: python3 tools/bootstrap.py " + "|".join(PURPOSES), file=sys.stderr)
        return 2
    use_new_enough_python()
    purpose = arguments[0]
    folder = ROOT / ".uv"
    folder.mkdir(exist_ok=True)
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two calls at once wait for each other
            uv.sync_packages(with_developers=purpose != "run")
            frontend.bundle()
            compile_catalogues()
            if purpose in ("test", "long"):
                machine.need_browser()
            if purpose == "long":
                machine.need_debian_postgres()
    except Missing as problem:
        print(f"Zhike cannot be set up: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def use_new_enough_python() -> None:
    """Go on under a newer interpreter when this one is too old; leave with one sentence when there is none."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(20, 10, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - there is no shell to need
    version = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"Zhike needs Python 3.11 or newer, and this is {version}. Install one, for example python3.11 from apt.")


def compile_catalogues() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    for source in sorted(ROOT.glob("zhike/locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            machine.run(
                [sys.executable, str(ROOT / "tools" / "messages.py"), "compile"], doing="Compiling the translations"
            )
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
