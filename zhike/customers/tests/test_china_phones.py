"""Telephone numbers are read as people write them, and kept when they cannot be read."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.customers.china import phones
from zhike.customers.china.phones import Kind, display, normalise


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "8613800138000",
        "0086 13800138000",
        "１３８００１３８０００",
        "138—0013—8000",
        "tel:+8613800138000",
    ],
)
def test_all_spellings_of_a_mobile_number_are_one(typed: str) -> None:
    phone = normalise(typed)
    assert (phone.stored, phone.e164, phone.display) == ("+8613800138000", "+8613800138000", "138 0013 8000")
    assert (phone.kind, phone.valid, phone.tail, phone.sentence) == (Kind.MOBILE, True, "8000", "")


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("010-62781234", "+861062781234", "010-62781234"),
        ("(021) 5888 8888", "+862158888888", "021-58888888"),
        ("0571-87654321-801", "+8657187654321;ext=801", "0571-87654321-801"),
        ("010-62781234 转 801", "+861062781234;ext=801", "010-62781234-801"),
        ("010 6278 1234 分机801", "+861062781234;ext=801", "010-62781234-801"),
        ("+86 10 6278 1234 ext. 801", "+861062781234;ext=801", "010-62781234-801"),
    ],
)
def test_landlines_are_read_with_their_extensions(typed: str, stored: str, shown: str) -> None:
    phone = normalise(typed)
    assert (phone.stored, phone.display, phone.kind, phone.valid) == (stored, shown, Kind.LANDLINE, True)


def test_service_numbers_are_kept_as_they_are_dialled() -> None:
    assert normalise("400-800-8888").display == "400-800-8888"
    assert normalise("4008008888").stored == "4008008888"
    assert normalise("800 820 8820 转 2").display == "800-820-8820-2"
    assert normalise("400-800-8888-1").stored == "4008008888;ext=1"
    assert normalise("95588").valid
    assert normalise("400-800-8888").e164 == ""


def test_numbers_from_abroad_keep_their_country_code() -> None:
    assert normalise("+1 650 253 0000").display == "+1 650-253-0000"
    assert normalise("00852 2123 4567").stored == "+85221234567"
    assert normalise("(650) 253-0000", "US").stored == "+16502530000"


@pytest.mark.parametrize(
    "typed", ["李四电话", "12", "0999-123", "138001380000000", "13800138000/13900139000", "x" * 500]
)
def test_what_cannot_be_read_is_kept_as_typed_with_a_sentence(typed: str) -> None:
    phone = normalise(typed)
    assert (phone.stored, phone.display, phone.valid) == (typed, typed, False)
    assert phone.sentence


def test_an_area_code_that_does_not_exist_is_not_valid() -> None:
    assert not normalise("0399-12345678").valid


def test_a_blank_is_no_mistake() -> None:
    assert normalise("  ").stored == ""
    assert not normalise("").sentence


@given(
    st.one_of(
        st.text(max_size=40), st.text(alphabet="+-() 0123456789转x", max_size=24), st.from_regex(r"\A1[3-9]\d{9}\Z")
    )
)
def test_reading_what_is_stored_gives_the_same_again(typed: str) -> None:
    phone = normalise(typed)
    again = normalise(phone.stored)
    assert (again.stored, again.e164, again.display, again.valid) == (
        phone.stored,
        phone.e164,
        phone.display,
        phone.valid,
    )
    assert display(phone.stored) == phone.display


@given(st.from_regex(r"\A(0\d{2,3}-?\d{7,8}|1\d{10})\Z"))
def test_the_short_way_for_usual_numbers_reads_what_the_library_reads(typed: str) -> None:
    short = normalise(typed)
    with patch.object(phones, "_plain", return_value=None):
        assert normalise(typed) == short
