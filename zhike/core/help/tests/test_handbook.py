"""The handbook: whole in both languages, safe, and beside the page it is about."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation

from zhike.core import help as handbook
from zhike.core.entities import registry
from zhike.core.help import Chapter
from zhike.identity.factories import cast

CHAPTERS = registry.contributions(Chapter)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_chapter_says_the_same_in_both_languages(chapter: Chapter) -> None:
    chinese, english = (handbook.read(str(handbook.file_of(chapter, language))) for language in handbook.LANGUAGES)
    assert len(chinese.sections) == len(english.sections) > 0
    assert re.search("[\u4e00-\u9fff]", chinese.title)
    assert english.title.isascii()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_picture_of_a_chapter_is_there(chapter: Chapter) -> None:
    for language in handbook.LANGUAGES:
        html = handbook.read(str(handbook.file_of(chapter, language))).html
        for name in re.findall(r'src="/static/([^"]+)"', html):
            assert finders.find(name), f"{chapter.name} ({language}) shows {name}; make it with `make screenshots`."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/", "start"),
        ("/customers/42/", "customers"),
        ("/leads/", "leads"),
        ("/settings/modules/", "settings"),
        ("/x/", None),
    ],
)
def test_a_page_has_its_chapter_beside_it(address: str, name: str | None) -> None:
    found = handbook.chapter_for(address)
    assert (found.name if found else None) == name


def test_markup_in_a_chapter_is_shown_and_not_run(tmp_path: Path) -> None:
    chapter = tmp_path / "evil.md"
    chapter.write_text("# A\n\n## B\n\n<script>alert(1)</script> [x](javascript:alert(1))\n", encoding="utf-8")
    html = handbook.read(str(chapter)).html
    assert "<script" not in html
    assert 'href="javascript' not in html


@pytest.mark.django_db
def test_a_word_finds_its_chapters_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        assert handbook.search("看板")[0][0].name == "lists"
    with translation.override("en"):
        assert [each.name for each, _text in handbook.search("quiet hours")] == ["notifications"]
        assert handbook.search("xyzzy") == []


@pytest.mark.django_db
def test_the_handbook_is_a_page_a_chapter_and_a_dialog_beside_a_page() -> None:
    client = Client()
    client.force_login(cast().ana)
    assert client.get("/help/").status_code == 200
    assert client.get("/help/nothing/").status_code == 404
    beside = client.get("/help/?page=/customers/", headers={"HX-Request": "true", "X-Zhike-Modal": "1"})
    assert beside.status_code == 200
    assert b"<html" not in beside.content
    assert client.get("/help/?page=//evil.example&q=%00").status_code == 200
