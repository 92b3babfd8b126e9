"""The commands behind `make`: what they choose, what they refuse, and that their exit codes are honest."""

import ast
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.source import ROOT
from tools import bootstrap, check, machine, run_tests, uv
from tools.machine import Missing

SHA = hashlib.sha256(b"").hexdigest()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend to be a usual Linux, wherever the test runs."""
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))


def _wheel(version: str, tag: str = "manylinux_2_17_x86_64.manylinux2014_x86_64") -> uv.Wheel:
    return uv.Wheel(f"uv-{version}-py3-none-{tag}.whl", f"https://index/uv-{version}.whl", SHA)


def test_the_newest_wheel_for_this_machine_is_taken(here: None) -> None:
    offered = [
        _wheel("0.9.9"),
        _wheel("0.13.9"),
        _wheel("0.13.10", "musllinux_1_1_x86_64"),
        _wheel("0.14.0rc1"),
        _wheel("0.14.0", "manylinux_2_28_aarch64"),
        _wheel("0.14.0", "macosx_11_0_arm64"),
    ]
    assert uv.newest_wheel(offered).name.startswith("uv-0.13.9-")


def test_a_machine_without_a_wheel_is_told_so(here: None) -> None:
    with pytest.raises(Missing, match="install uv by hand"):
        uv.newest_wheel([_wheel("0.13.9", "win_amd64")])


HTML = f"""<!DOCTYPE html><body>
<a href="../../files/uv-1.0-py3-none-any.whl#sha256={SHA}" data-requires-python="&gt;=3.8">uv-1.0-py3-none-any.whl</a>
<a href="https://files/uv-2.0-py3-none-any.whl#sha256={SHA}" data-yanked="">uv-2.0-py3-none-any.whl</a>
<a href="https://files/uv-3.0-py3-none-any.whl">no checksum</a></body>"""
JSON = f"""{{"files": [
{{"filename": "uv-1.0-py3-none-any.whl", "hashes": {{"sha256": "{SHA}"}},
  "url": "../../files/uv-1.0-py3-none-any.whl"}},
{{"filename": "uv-2.0-py3-none-any.whl", "url": "https://files/x", "hashes": {{"sha256": "{SHA}"}}, "yanked": true}},
{{"filename": "uv-3.0-py3-none-any.whl", "url": "https://files/y", "hashes": {{}}}}]}}"""


@pytest.mark.parametrize(
    ("page", "kind"), [(HTML, "text/html; charset=utf-8"), (JSON, "application/vnd.pypi.simple.v1+json")]
)
def test_an_index_is_read_without_withdrawn_files_and_files_without_checksum(
    page: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uv, "_download", lambda url: (page.encode(), kind, "https://mirror/root/simple/uv/"))
    expected = uv.Wheel("uv-1.0-py3-none-any.whl", "https://mirror/root/files/uv-1.0-py3-none-any.whl", SHA)
    assert uv.list_wheels("https://mirror/root/simple/uv/") == [expected]


def _offer(monkeypatch: pytest.MonkeyPatch, folder: Path, *, sha256: str, archive: bytes) -> None:
    monkeypatch.setattr(uv, "FOLDER", folder)
    monkeypatch.setattr(uv, "list_wheels", lambda url: [_wheel("1.0")._replace(sha256=sha256)])
    monkeypatch.setattr(uv, "_download", lambda url: (archive, "", url))


def _archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        wheel.writestr("uv-1.0.data/scripts/uv", "#!/bin/sh\necho uv 1.0\n")
    return content.getvalue()


def test_a_wheel_is_unpacked_when_its_checksum_is_right(
    here: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _offer(monkeypatch, tmp_path, sha256=hashlib.sha256(_archive()).hexdigest(), archive=_archive())
    assert subprocess.check_output([str(uv._by_wheel())]) == b"uv 1.0\n"


def test_a_wheel_with_a_wrong_checksum_is_thrown_away(
    here: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _offer(monkeypatch, tmp_path, sha256=SHA, archive=_archive())
    with pytest.raises(Missing, match="checksum"):
        uv._by_wheel()
    assert not list(tmp_path.iterdir())


def test_who_is_not_root_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(Missing, match="Type: sudo apt-get install chromium fonts-noto-cjk"):
        machine.apt_install(["chromium", "fonts-noto-cjk"], why="The tests that drive a browser")


def test_a_failed_command_is_shown_with_its_own_words() -> None:
    with pytest.raises(Missing, match=r"(?s)Counting failed\..*no such number"):
        machine.run([sys.executable, "-c", "import sys; sys.exit('no such number')"], doing="Counting")


def test_an_old_python_is_named_when_there_is_no_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"3\.11 or newer, and this is 3\.9\.2"):
        bootstrap.use_new_enough_python()


def test_files_that_start_the_set_up_are_understood_by_an_old_python() -> None:
    """An old interpreter has to get as far as the sentence above: no newer syntax in these files."""
    for name in ("bootstrap", "machine", "uv", "frontend"):
        text = (ROOT / "tools" / f"{name}.py").read_text(encoding="utf-8")
        assert "from __future__ import annotations" in text
        ast.parse(text, feature_version=(3, 8))


@pytest.mark.parametrize(
    ("codes", "arguments", "expected", "said_again"),
    [
        ((0, 0, 0), [], 0, None),
        ((0, 0, 1), [], 1, None),
        ((1, 0, 0), [], 1, "closing line of sqlite"),
        ((0, 2, 1), [], 2, "closing line of sqlite-file"),
        ((0, 5, 0), [], 5, "closing line of sqlite-file"),
        ((0, 5, 0), ["-k", "pinyin"], 0, None),
        ((5, 5, 5), ["-k", "pinyin"], 5, None),
    ],
)
def test_one_red_pass_makes_the_whole_run_red(
    codes: tuple[int, ...],
    arguments: list[str],
    expected: int,
    said_again: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answers = dict(zip(run_tests.DATABASES, codes, strict=True))

    def one_pass(choice: dict[str, str], arguments: list[str], *, is_long: bool) -> tuple[int, str]:
        database = choice["ZHIKE_TEST_DATABASE"]
        return answers[database], f"closing line of {database}"

    monkeypatch.setattr(run_tests, "run_pass", one_pass)
    assert run_tests.main(arguments) == expected
    assert capsys.readouterr().out == (f"{said_again}\n" if said_again else "")


def test_a_failed_check_hides_no_other(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    steps = [
        check.Step("first", [sys.executable, "-c", "import sys; sys.exit('went wrong')"]),
        check.Step("second", [sys.executable, "-c", "print('not shown')"]),
        check.Step("third", [], needs="no/such/file"),
    ]
    monkeypatch.setattr(check, "STEPS", steps)
    assert check.main([]) == 1
    said = capsys.readouterr().out
    assert re.search(r"first: failed.*\nwent wrong\nsecond: good.*\nthird: left out.*\nFailed: first\.\n", said)
    assert check.main(["second"]) == 0
