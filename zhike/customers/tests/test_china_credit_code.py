"""Credit codes are judged, never refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.customers.china.credit_code import Finding, check, normalise

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [3**place % 31 for place in range(17)]


@pytest.mark.parametrize(
    "code",
    ["91110000600037341L", "91310000132207927C", " 9131 0000-1322 0792 7c ", "９１３１００００１３２２０７９２７Ｃ"],
)
def test_a_right_code_is_stored_without_spaces_and_in_capitals(code: str) -> None:
    verdict = check(code)
    assert verdict.ok
    assert verdict.finding is Finding.VALID
    assert len(verdict.code) == 18
    assert verdict.code == verdict.code.upper()
    assert not verdict.sentence


def test_a_wrong_check_character_is_kept_with_a_sentence() -> None:
    verdict = check("913100001322079275")
    assert not verdict.ok
    assert verdict.finding is Finding.WRONG_CHECK
    assert verdict.code == "913100001322079275"
    assert verdict.sentence


def test_an_old_number_and_a_foreign_one_are_kept_with_a_sentence() -> None:
    assert check("310000400000001").finding is Finding.OLD_NUMBER
    assert check("GB 123 4567 89").finding is Finding.OTHER
    assert check("9131000013220792IO").finding is Finding.OTHER
    assert all(check(code).sentence and not check(code).ok for code in ("310000400000001", "GB123456789"))


def test_a_blank_is_no_mistake() -> None:
    assert check("  ").ok
    assert check("").finding is Finding.BLANK


def test_agricultural_cooperatives_have_letters_in_the_beginning_and_are_valid() -> None:
    body = "N2110000600037341"
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    assert check(body + ALPHABET[(31 - total % 31) % 31]).ok


@given(
    st.text(alphabet="0123456789", min_size=6, max_size=6),
    st.text(alphabet=ALPHABET, min_size=9, max_size=9),
    st.integers(0, 30),
)
def test_exactly_one_check_character_of_31_is_right(region: str, organisation: str, given_check: int) -> None:
    body = "91" + region + organisation
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    expected = ALPHABET[(31 - total % 31) % 31]
    assert check(body + ALPHABET[given_check]).ok == (ALPHABET[given_check] == expected)


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_and_judging_never_fails(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert check(text).code == normalise(text)
