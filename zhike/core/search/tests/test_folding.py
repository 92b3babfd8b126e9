"""Folding makes one spelling of what a person calls the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.core.search.folding import fold, strip_accents


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ（上海）", "abc(上海)"),
        ("台灣積體電路製造", "台湾积体电路制造"),
        ("臺北", "台北"),
        ("乾隆", "干隆"),
        ("頭髮 發展", "头发 发展"),
        ("  ACME\u3000Ltd\t.\n", "acme ltd ."),
        ("Straße", "strasse"),
        ("１３８－００１３", "138-0013"),
        ("浦\u200b发\ufeff", "浦发"),
        ("a\x00b", "a b"),
        ("浦\x00发", "浦 发"),
        ("㈱東芝", "(株)东芝"),
        ("", ""),
    ],
)
def test_width_case_script_and_space_fold_away(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_no_phrase_changes_what_a_character_becomes() -> None:
    for phrase in ("乾隆", "乾燥", "著名", "瞭望", "藉口", "發財", "頭髮"):
        assert fold(phrase) == "".join(fold(character) for character in phrase)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_what_is_folded_has_no_control_character_and_no_double_space(text: str) -> None:
    folded = fold(text)
    assert "\x00" not in folded
    assert folded == " ".join(folded.split())


def test_accents_go_from_latin_but_not_from_kana_and_hangul() -> None:
    assert strip_accents("müller søren łódź") == "muller soren lodz"
    assert strip_accents("がぎ한국") == "がぎ한국"
