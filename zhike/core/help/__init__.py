"""The user's handbook: chapters that apps write in Markdown, read in the product and beside every page they are about.

A chapter `sales` of the app `zhike.sales` stands in `zhike/sales/handbook/{zh-hans,en}/sales.md`. Its first line is its title
(`# …`), its sections begin with `## …`. Pictures are named `![words](/static/handbook/zh-hans/opportunities.png)`; the
screenshot script makes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from zhike.core import modules
from zhike.core.entities import Contribution, registry

if TYPE_CHECKING:
    from markdown_it.token import Token

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, kw_only=True)
class Chapter(Contribution):
    """One chapter. `pages` are addresses it explains, by their beginning ("/customers/"); the longest that fits counts."""

    name: str
    app: str
    pages: tuple[str, ...] = ()
    module: str = "core"


@dataclass(frozen=True)
class Section:
    """One section of a chapter; `anchor` is its place on the page."""

    title: str
    anchor: str


@dataclass(frozen=True)
class Text:
    """A chapter in one language, ready to be shown."""

    title: str
    html: SafeString
    sections: tuple[Section, ...]


def chapters() -> list[Chapter]:
    """All chapters of modules that are on, in their order."""
    return [each for each in registry.contributions(Chapter) if modules.is_on(each.module)]


def chapter(name: str) -> Chapter:
    """The chapter of that name. Raises `KeyError`."""
    return {each.name: each for each in chapters()}[name]


def chapter_for(address: str) -> Chapter | None:
    """The chapter that explains the page at an address; None where none does."""
    best: tuple[int, Chapter] | None = None
    for each in chapters():
        for start in each.pages:
            fits = address == start if start == "/" else address.startswith(start)
            if fits and (best is None or len(start) > best[0]):
                best = len(start), each
    return best[1] if best else None


def file_of(wanted: Chapter, language: str) -> Path:
    """Where the chapter is written in a language."""
    found = find_spec(wanted.app)
    folder = Path((found.submodule_search_locations or [""])[0]) if found else Path()
    return folder / "handbook" / language / f"{wanted.name}.md"


def text_of(wanted: Chapter) -> Text:
    """The chapter in the reader's language."""
    language = get_language() or LANGUAGES[0]
    return read(str(file_of(wanted, language if language in LANGUAGES else "en")))


@lru_cache(maxsize=200)
def read(path: str) -> Text:
    """A chapter from its file. HTML in the text is shown as text, never run."""
    from markdown_it import MarkdownIt  # a tenth of a second that most processes never need

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(Path(path).read_text(encoding="utf-8"))
    title, body = _take_title(tokens)
    sections: list[Section] = []
    for place, token in enumerate(body):
        if token.type == "heading_open" and token.tag == "h2":
            section = Section(body[place + 1].content, f"s{len(sections) + 1}")
            token.attrSet("id", section.anchor)
            sections.append(section)
    html = SafeString(parser.renderer.render(body, parser.options, {}))
    return Text(title, html, tuple(sections))


def _take_title(tokens: "Sequence[Token]") -> "tuple[str, list[Token]]":
    """The first heading and what follows it. Raises `ValueError` for a chapter without one."""
    if len(tokens) < 3 or tokens[0].tag != "h1":
        raise ValueError("A chapter begins with its title: “# …”.")
    return str(escape(tokens[1].content)), list(tokens[3:])


def search(words: str) -> list[tuple[Chapter, Text]]:
    """Chapters in the reader's language that hold the words, title first."""
    wanted = words.strip().casefold()
    if not wanted:
        return []
    found = [(each, text_of(each)) for each in chapters()]
    hits = [(each, text) for each, text in found if wanted in text.title.casefold() or wanted in text.html.casefold()]
    return sorted(hits, key=lambda hit: wanted not in hit[1].title.casefold())
