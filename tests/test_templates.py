"""Templates: nothing the content security policy would stop, nothing unescaped, no relation walked behind scoping."""

import re

import pytest
from django.template.loader import get_template

from tests.source import assert_only_excused, templates

# place → reason
UNESCAPED: dict[str, str] = {}
TEMPLATE_RELATIONS = {
    "zhike/identity/templates/identity/account_panel.html": "the departments of a role; no rows of anybody",
}

INLINE = {
    "style=": re.compile(r"<(?!c-)[^>]*\sstyle\s*=", re.IGNORECASE),
    "<style>": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "an on…= handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript:": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on[:\-]", re.IGNORECASE),
    "another site": re.compile(
        r"<(?:script|link|img|iframe|form)\b[^>]*\s(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
}
# `<c-…>` tags and tags of Django may stand inside a tag; their contents would end `[^>]*` too early.
TAG = re.compile(r"\{[%#{].*?[%#}]\}", re.DOTALL)


def _bare(text: str) -> str:
    return TAG.sub("", text)


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds(what: str) -> None:
    found = {place for place, text in templates() if INLINE[what].search(_bare(text))}
    assert_only_excused(found, {}, f"The content security policy forbids {what}")


@pytest.mark.parametrize(
    ("what", "sample"),
    [
        ("style=", '<p class="a" style="color:red">'),
        ("<style>", "<style>p{}</style>"),
        ("a script without src", "<script>alert(1)</script>"),
        ("an on…= handler", '<a {% if x > 1 %}href="x"{% endif %} onclick="go()">'),
        ("javascript:", '<a href="javascript:go()">'),
        ("hx-on", '<a hx-on:click="go()">'),
        ("another site", '<img src="//example.com/a.png">'),
    ],
)
def test_the_rule_catches(what: str, sample: str) -> None:
    assert INLINE[what].search(_bare(sample))


def test_nothing_is_left_unescaped() -> None:
    switch = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off")
    found = {place for place, text in templates() if switch.search(text)}
    assert_only_excused(found, UNESCAPED, "What people typed is escaped")


def test_no_template_walks_a_relation_to_many() -> None:
    walk = re.compile(r"\{[%{][^%}]*\.(?:\w+_set|all|objects)\b[^%}]*[%}]\}")
    found = {place for place, text in templates() if walk.search(text)}
    assert_only_excused(found, TEMPLATE_RELATIONS, "Related rows come from a panel that asks visible_to")


@pytest.mark.parametrize("name", [place.split("/templates/", 1)[1] for place, _ in templates()])
def test_the_template_compiles(name: str) -> None:
    get_template(name)
