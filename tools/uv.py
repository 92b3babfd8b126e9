"""uv, and the packages of uv.lock. Standard library only."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import io
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import NamedTuple

from tools.machine import ROOT, Missing, fingerprint, is_stamped, run, say

FOLDER = ROOT / ".uv"
VENV = ROOT / ".venv"
PYPI = "https://pypi.org/simple/"
OLDEST = (0, 5)  # knows dependency groups and this lock


def environment() -> dict[str, str]:
    """Return the environment for uv: no download of a Python, none of the caller's virtual environment."""
    chosen = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
    chosen.pop("VIRTUAL_ENV", None)
    certificates = trusted_certificates()
    if certificates:  # uv brings its own, which do not know a company's proxy
        chosen.setdefault("SSL_CERT_FILE", certificates)
    if "UV_DEFAULT_INDEX" not in chosen and "UV_INDEX_URL" not in chosen and os.environ.get("PIP_INDEX_URL"):
        chosen["UV_DEFAULT_INDEX"] = os.environ["PIP_INDEX_URL"]
    return chosen


def trusted_certificates() -> str | None:
    """Return the file of certificates this machine trusts, if it has one."""
    chosen = os.environ.get("PIP_CERT") or ssl.get_default_verify_paths().cafile
    return chosen if chosen and Path(chosen).is_file() else None


def sync_packages(*, with_developers: bool) -> None:
    """Bring .venv to what uv.lock says. An environment that has the developers' packages too is left as it is."""
    sources = [ROOT / "uv.lock", ROOT / "pyproject.toml"]
    version = platform.python_version()
    marks = {group: fingerprint(sources, group, version, str(ROOT)) for group in ("run", "developers")}
    stamp = VENV / ".zhike-stamp"
    enough = ("developers",) if with_developers else ("run", "developers")
    if _works(VENV / "bin" / "python") and any(is_stamped(stamp, marks[group]) for group in enough):
        return
    group = "developers" if with_developers else "run"
    say("Installing the Python packages; the first time this takes a minute or two.")
    program = find()
    stamp.unlink(missing_ok=True)
    if _was_moved():
        shutil.rmtree(VENV)
    without = [] if with_developers else ["--no-dev"]
    mirror = environment().get("UV_DEFAULT_INDEX") or environment().get("UV_INDEX_URL") or PYPI
    if urllib.parse.urlsplit(mirror).hostname == "pypi.org":
        sync = [str(program), "sync", "--frozen", "--python", sys.executable, *without]
        run(sync, doing="Installing the Python packages", environment=environment())
    else:
        _sync_from_mirror(program, without)
    stamp.write_text(marks[group], encoding="ascii")


def _sync_from_mirror(program: Path, without: list[str]) -> None:
    """Install the locked versions from another index: a plain sync would fetch from the addresses in the lock."""
    chosen = environment()
    listed = FOLDER / "requirements.txt"
    export = [str(program), "export", "--frozen", "--no-emit-project", *without, "--output-file", str(listed)]
    run(export, doing="Reading the lock", environment=chosen)
    make = [str(program), "venv", "--allow-existing", "--python", sys.executable, str(VENV)]
    run(make, doing="Making the environment", environment=chosen)
    into = ["--python", str(VENV / "bin" / "python")]
    sync = [str(program), "pip", "sync", "--require-hashes", *into, str(listed)]
    run(sync, doing="Installing the Python packages", environment=chosen)
    ours = [str(program), "pip", "install", "--no-deps", *into, "--editable", str(ROOT)]
    run(ours, doing="Installing Zhike itself", environment=chosen)


def find() -> Path:
    """Return a uv that is new enough, installing one into .uv/ when needed. Raises Missing."""
    ours = FOLDER / "bin" / "uv"
    for candidate in (shutil.which("uv"), ours):
        if candidate and _version(Path(candidate)) >= OLDEST:
            return Path(candidate)
    for install in (_by_pip, _by_venv, _by_wheel):
        source = install()
        if source is not None and _version(source) >= OLDEST:
            ours.parent.mkdir(parents=True, exist_ok=True)
            ours.unlink(missing_ok=True)
            ours.symlink_to(source)
            return ours
    raise Missing("uv could not be installed. Install it by hand (https://docs.astral.sh/uv/) and try again.")


def _was_moved() -> bool:
    """Tell whether the environment was made for another folder: its programs would start that folder's Python."""
    script = VENV / "bin" / "zhike"
    return script.is_file() and str(VENV) not in script.read_text(encoding="utf-8", errors="replace")[:200]


def _works(program: Path) -> bool:
    try:
        return subprocess.run([str(program), "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _version(program: Path) -> tuple[int, ...]:
    try:
        done = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:3]) if done.returncode == 0 else ()


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _by_pip() -> Path | None:
    target = FOLDER / "pip"
    if _succeeds([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(target), "uv"]):
        return target / "bin" / "uv"
    return None


def _by_venv() -> Path | None:
    folder = FOLDER / "venv"
    if _succeeds([sys.executable, "-m", "venv", str(folder)]) and _succeeds(
        [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"]
    ):
        return folder / "bin" / "uv"
    shutil.rmtree(folder, ignore_errors=True)  # a Debian without ensurepip leaves half of one
    return None


class Wheel(NamedTuple):
    """One file on a package index: its name, where it is, its sha256 in hexadecimal."""

    name: str
    url: str
    sha256: str


def _by_wheel() -> Path:
    index = os.environ.get("PIP_INDEX_URL") or PYPI
    wheel = newest_wheel(list_wheels(index.rstrip("/") + "/uv/"))
    content = _download(wheel.url)[0]
    if hashlib.sha256(content).hexdigest() != wheel.sha256:
        raise Missing(f"{wheel.name} does not have the checksum its index promises; it was thrown away.")
    program = FOLDER / "wheel" / "uv"
    program.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = next((name for name in archive.namelist() if name.endswith("/scripts/uv")), None)
        if member is None:
            raise Missing(f"{wheel.name} holds no uv.")
        program.write_bytes(archive.read(member))
    program.chmod(0o755)
    say(f"Installing uv from {wheel.name}: done.")
    return program


def newest_wheel(wheels: list[Wheel]) -> Wheel:
    """Return the newest released uv wheel for this machine. Raises Missing when there is none."""
    fitting = [(version, wheel) for wheel in wheels for version in [_fitting_version(wheel.name)] if version]
    if not fitting:
        raise Missing(
            f"the package index has no uv for {platform.system()} on {platform.machine()}; install uv by hand."
        )
    return max(fitting)[1]


def _fitting_version(name: str) -> tuple[int, ...] | None:
    match = re.fullmatch(r"uv-([\d.]+)-py3-none-(.+)\.whl", name)
    if match is None or not match[2].endswith("_" + platform.machine()):
        return None
    linux = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    system = "macosx" if platform.system() == "Darwin" else linux
    return tuple(map(int, match[1].split("."))) if match[2].startswith(system) else None


def list_wheels(url: str) -> list[Wheel]:
    """Return the files of one project page of a package index, in its JSON or HTML form, without withdrawn ones."""
    content, kind, base = _download(url)
    if "json" in kind:
        files = json.loads(content)["files"]
        return [
            Wheel(entry["filename"], urllib.parse.urljoin(base, entry["url"]), entry["hashes"]["sha256"])
            for entry in files
            if not entry.get("yanked") and "sha256" in entry["hashes"]
        ]
    page = _ProjectPage(base)
    page.feed(content.decode())
    return page.wheels


class _ProjectPage(html.parser.HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.wheels: list[Wheel] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        url, _, sha256 = (named.get("href") or "").partition("#sha256=")
        if tag == "a" and sha256 and "data-yanked" not in named:
            name = urllib.parse.unquote(url.rsplit("/", 1)[-1])
            self.wheels.append(Wheel(name, urllib.parse.urljoin(self.base, url), sha256))


def _download(url: str) -> tuple[bytes, str, str]:
    """Return the body, its content type and the final address. A user and password in the address are sent as such."""
    parts = urllib.parse.urlsplit(url)
    headers = {"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.5, */*;q=0.1"}
    if parts.username:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    if parts.scheme not in ("https", "http"):
        raise Missing(f"PIP_INDEX_URL is {url}; it has to begin with https://.")
    trusted = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    try:
        asked = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme was checked above
        with urllib.request.urlopen(asked, timeout=120, context=trusted) as answer:  # noqa: S310 - as above
            return answer.read(), answer.headers.get("Content-Type", ""), answer.url
    except (urllib.error.URLError, TimeoutError) as problem:
        raise Missing(f"{url} could not be read ({problem}); check the network, or set PIP_INDEX_URL.") from problem
