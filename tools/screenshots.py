"""Take pictures of every kind of page: `python tools/screenshots.py [part of a name …]`, into var/screenshots/.

`python tools/screenshots.py readme` takes the pictures of the README, into docs/images/; `… handbook` those of the handbook,
beside the other static files.

A demo company is made in a temporary folder and served on a free port. Pages are found by following links from the home
page and the gallery; addresses that differ by numbers only count as one page. Each is taken in Chinese and English, light
and dark, on a wide screen and on a telephone. The exit code is 1 when a page answers with an error or its script fails.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import machine

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

ZHIKE = str(Path(sys.executable).with_name("zhike"))
MOST_PAGES = 80
START = ("/", "/dev/gallery")
SIZES = {"wide": (1440, 900), "phone": (390, 844), "page": (1200, 720)}
LEFT_OUT = re.compile(r"^/(api|static|accounts/logout)|\.(csv|xlsx|json|svg|png)$|/export")


class Look(NamedTuple):
    """One way to see a page."""

    language: str
    theme: str
    size: str


LOOKS = [
    Look(language, theme, size)
    for language in ("zh-hans", "en")
    for theme in ("light", "dark")
    for size in ("wide", "phone")
]


class Picture(NamedTuple):
    """One committed picture: its file, the page, who looks at it and how. `upload` is a file to be given to the page first."""

    file: str
    page: str
    look: Look
    who: str = "zhou.zihan"
    upload: str = ""


_HANDBOOK = (
    ("home", "/"),
    ("list", "/opportunities/"),
    ("board", "/opportunities/?display=board"),
    ("drawer", "/customers/?open=3"),
    ("lead", "/leads/?open=3"),
)
PICTURES = {
    "readme": (
        Picture("docs/images/home-zh.png", "/", Look("zh-hans", "light", "wide")),
        Picture("docs/images/board-zh.png", "/opportunities/?display=board", Look("zh-hans", "light", "wide")),
        Picture("docs/images/opportunities-en.png", "/opportunities/", Look("en", "light", "wide")),
        Picture("docs/images/funnel-zh.png", "/funnel/?by=branch", Look("zh-hans", "light", "wide"), "lin.zhiyuan"),
        Picture("docs/images/customer-zh.png", "/customers/3/", Look("zh-hans", "light", "wide")),
        Picture("docs/images/phone-zh.png", "/", Look("zh-hans", "light", "phone")),
        Picture("docs/images/dark-zh.png", "/customers/?open=3", Look("zh-hans", "dark", "wide")),
    ),
    "handbook": tuple(
        picture
        for language in ("zh-hans", "en")
        for picture in (
            *(
                Picture(f"zhike/core/static/handbook/{language}/{name}.png", page, Look(language, "light", "page"))
                for name, page in _HANDBOOK
            ),
            Picture(
                f"zhike/core/static/handbook/{language}/settings.png",
                "/settings/",
                Look(language, "light", "page"),
                "lin.zhiyuan",
            ),
            Picture(
                f"zhike/core/static/handbook/{language}/importing.png",
                "/customers/import/",
                Look(language, "light", "page"),
                "lin.zhiyuan",
                "客户名称,电话,级别,地区\n上海云澜科技有限公司,021-58880001,重点客户,上海市\n苏州新禾机械有限公司,0512-66880002,普通客户,苏州市\n",
            ),
        )
    ),
}


def main(chosen: list[str]) -> int:
    """Take the pictures of all pages, or of those whose name contains one of the words."""
    program = machine.chromium()
    if program is None:
        print("Chromium was not found. Run `make screenshots` as root, or install chromium.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="zhike-screenshots-") as data_dir:
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        _prepare(Path(data_dir), address)
        # Not `zhike serve`, which refuses the debug switch that shows the gallery.
        serve = [sys.executable, "-m", "django", "runserver", "--noreload", str(port)]
        server = subprocess.Popen(serve, cwd=machine.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(address, server)
            problems = _take_all(address, program, chosen)
        finally:
            server.terminate()
            server.wait(30)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as plug:
        return int(plug.getsockname()[1])


def _prepare(data_dir: Path, address: str) -> None:
    os.environ |= {
        "ZHIKE_DATA_DIR": str(data_dir),
        "ZHIKE_DEBUG": "1",  # the gallery is there for developers only
        "ZHIKE_BASE_URL": address,
        "ZHIKE_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "zhike.config.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's loop makes Django believe that it runs inside async code
    }
    os.environ.pop("ZHIKE_DATABASE_URL", None)
    for command in ("migrate", "demo"):
        subprocess.run([ZHIKE, command], cwd=machine.ROOT, check=True, stdout=subprocess.DEVNULL)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/accounts/login/", timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("Zhike did not start, so there is nothing to take pictures of.")


def _take_all(address: str, program: Path, chosen: list[str]) -> list[str]:
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=arguments)
        for name in [each for each in chosen if each in PICTURES]:
            _take_committed(browser, address, PICTURES[name])
        if chosen and all(each in PICTURES for each in chosen):
            return []
        for look in LOOKS:
            context = _signed_in(browser, address, look)
            folder = machine.ROOT / "var" / "screenshots" / "-".join(look)
            folder.mkdir(parents=True, exist_ok=True)
            count, found = _walk(context, address, folder, chosen)
            problems += [f"{'-'.join(look)}: {problem}" for problem in found]
            machine.say(f"{folder.relative_to(machine.ROOT)}: {count} pages")
            context.close()
        browser.close()
    return sorted(set(problems))


def _take_committed(browser: Browser, address: str, pictures: tuple[Picture, ...]) -> None:
    """The few pictures that are part of the project."""
    for picture in pictures:
        target = machine.ROOT / picture.file
        target.parent.mkdir(parents=True, exist_ok=True)
        context = _signed_in(browser, address, picture.look, picture.who)
        page = context.new_page()
        page.goto(urljoin(address, picture.page), wait_until="networkidle")
        if picture.upload:
            content = picture.upload.encode()
            page.set_input_files(
                "input[type=file]", {"name": "customers.csv", "mimeType": "text/csv", "buffer": content}
            )
            page.locator("main form button[type=submit], main form button:not([type])").first.click()
            page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)  # the drawer slides in
        page.screenshot(path=target)
        context.close()
        machine.say(picture.file)


def _signed_in(browser: Browser, address: str, look: Look, who: str = "lin.zhiyuan") -> BrowserContext:
    """Return a browser of one of the demo's people (by default its general manager), who has chosen this look."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    people = get_user_model()._default_manager
    person = people.get(username=who)
    people.filter(pk=person.pk).update(language=look.language, theme=look.theme)
    client = Client()
    client.force_login(person)
    width, height = SIZES[look.size]
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return context


def _walk(context: BrowserContext, address: str, folder: Path, chosen: list[str]) -> tuple[int, list[str]]:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"{urlsplit(page.url).path}: {error}"))
    waiting, seen, count = list(START), set[str](), 0
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        name = _name(path)
        if name in seen:
            continue
        seen.add(name)
        answer = page.goto(urljoin(address, path), wait_until="load")
        if answer is None or answer.status >= 400:
            problems.append(f"{path}: answers {answer.status if answer else 'nothing'}")
            continue
        waiting += _links(page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"), address)
        if not chosen or any(word in name for word in chosen):
            page.screenshot(path=folder / f"{name}.png", full_page=True)
            count += 1
    return count, problems


def _links(found: list[str], address: str) -> list[str]:
    paths = (urlsplit(link).path for link in found if link.startswith(f"{address}/"))
    return [path for path in dict.fromkeys(paths) if not LEFT_OUT.search(path)]


def _name(path: str) -> str:
    """Return a file name for a kind of page: numbers in the address do not matter."""
    return re.sub(r"\d+", "N", path.strip("/")).replace("/", "_") or "home"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
