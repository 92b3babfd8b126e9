"""The gallery shows every component in both languages, and only in development."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import RequestFactory
from pytest_django import Settings

from zhike.core.pages.gallery import PAGES, gallery

TEMPLATES = Path(__file__).parents[2] / "templates"


class Page(HTMLParser):
    """What a page names and what it points at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointers: set[str] = set()
        self.language = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = found["lang"]
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label" and found.get("for"):
            self.pointers.add(found["for"])
        for name in ("aria-labelledby", "aria-describedby", "aria-controls"):
            self.pointers.update(found.get(name, "").split())


def shown(rf: RequestFactory, page: str, language: str) -> str:
    request = rf.get("/dev/gallery", {"page": page, "language": language})
    request.user = AnonymousUser()
    return gallery(request).content.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_whole_in_both_languages(
    rf: RequestFactory, settings: Settings, page: str, language: str
) -> None:
    settings.DEBUG = True
    html = shown(rf, page, language)
    found = Page(html)
    assert found.language == {"zh": "zh-Hans", "en": "en"}[language]
    assert sorted(found.ids) == sorted(set(found.ids)), "an id stands twice"
    assert found.pointers <= set(found.ids), "a label or description points at nothing"
    assert "<c-" not in html
    assert "{{" not in html


def test_every_component_is_shown() -> None:
    pages = [*(TEMPLATES / "core" / "gallery").glob("*.html"), *(TEMPLATES / "core").glob("*.html")]
    used = {name for page in pages for name in re.findall(r"<c-([a-z-]+)", page.read_text(encoding="utf-8"))}
    components = {file.stem.replace("_", "-") for file in (TEMPLATES / "cotton").glob("*.html")}
    assert components <= used | {"slot"}


def test_the_drawer_fetches_a_record_without_the_shell(rf: RequestFactory, settings: Settings) -> None:
    settings.DEBUG = True
    html = gallery(rf.get("/dev/gallery/1/"), record=1).content.decode()
    assert 'id="record"' in html
    assert "<html" not in html


@pytest.mark.parametrize("page", ["components", "nothing"])
def test_outside_development_there_is_no_gallery(rf: RequestFactory, settings: Settings, page: str) -> None:
    settings.DEBUG = False
    with pytest.raises(Http404):
        shown(rf, page, "zh")
