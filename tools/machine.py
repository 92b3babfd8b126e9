"""What this machine offers and what it lacks: programs, apt packages, how commands are run. Standard library only."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Missing(Exception):
    """Something cannot be made ready; the message is a whole sentence that says what to do."""


def say(sentence: str) -> None:
    """Print one line at once, also when the output is a file."""
    print(sentence, flush=True)


def run(command: list[str], *, doing: str, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> None:
    """Run a command quietly, then say what was done and for how long. Raises Missing with the command's own words."""
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Missing(f"{doing} failed.\n$ {' '.join(command)}\n{done.stdout}{done.stderr}".rstrip())
    say(f"{doing}: done in {time.monotonic() - started:.0f} s.")


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """Return a digest of the files' names and contents and of the words; while it stays, a step is not done again."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def is_stamped(stamp: Path, mark: str) -> bool:
    """Tell whether the step that writes this stamp was finished with the same inputs."""
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == mark


def chromium() -> Path | None:
    """Return the browser for journeys: `ZHIKE_TEST_CHROMIUM`, else the first on PATH, else one Playwright brought."""
    for name in (os.environ.get("ZHIKE_TEST_CHROMIUM"), *BROWSERS):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    brought = sorted((Path.home() / ".cache" / "ms-playwright").glob("chromium-*/chrome-linux*/chrome"))
    return brought[-1] if brought else None


def has_chinese_font() -> bool:
    """Tell whether a font with Chinese letters is installed."""
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
    names = ("NotoSansCJK", "NotoSerifCJK", "SourceHanSans", "wqy", "DroidSansFallback")
    found = (path for folder in folders if folder.is_dir() for path in folder.rglob("*.[ot]t[fc]"))
    return any(path.name.startswith(names) for path in found)


def need_browser() -> None:
    """Install what journeys need and this machine lacks. Raises Missing with the command to type if not root."""
    lacking = [] if has_chinese_font() else ["fonts-noto-cjk"]
    if chromium() is None and _distribution() != "ubuntu":
        lacking.append("chromium")
    apt_install(lacking, why="The tests that drive a browser")
    if chromium() is None:
        _install_playwright_browser()


def _install_playwright_browser() -> None:
    # Ubuntu's chromium package is only a pointer to a snap, which containers cannot run.
    command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "playwright", "install", "chromium"]
    if os.geteuid() == 0:
        command.insert(-1, "--with-deps")
    try:
        run(command, doing="Installing Chromium for the browser tests")
    except Missing as problem:
        raise Missing(
            "the tests need Chromium, and it could not be installed. Put Chromium or Chrome on PATH, or name it in "
            f"ZHIKE_TEST_CHROMIUM.\n{problem}"
        ) from problem


def need_debian_postgres() -> None:
    """Install Debian's PostgreSQL for the second run of `make long` where we are root; else that run is left out."""
    if os.geteuid() == 0 and shutil.which("apt-get") and debian_postgres() is None:
        apt_install(["postgresql"], why="The second PostgreSQL run")


def debian_postgres() -> Path | None:
    """Return the folder of the newest PostgreSQL binaries that apt installed."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").is_file()]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def apt_install(packages: list[str], *, why: str) -> None:
    """Install Debian packages. Raises Missing with the exact command when we may not."""
    if not packages:
        return
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise Missing(f"{why} need {names}; install them with this system's package manager.")
    if os.geteuid() != 0:
        raise Missing(f"{why} need {names}. Type: sudo apt-get install {names}")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    run([*apt, "update"], doing="Reading the list of system packages", environment=quiet)
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    run(install, doing=f"Installing {names}", environment=quiet)


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("ID", "")
    except OSError:
        return ""
