"""Values are read as people write them, and refused with a sentence where two readings are possible."""

# ruff: noqa: DTZ001 - workbooks hold days and times without zone

from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.core.transfer.tables import Cell
from zhike.core.transfer.values import (
    NotUnderstood,
    to_boolean,
    to_date,
    to_decimal,
    to_integer,
    to_moment,
    to_percent,
    to_text,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,234.50", "1234.50"), ("￥1,200", "1200"), ("¥ 3", "3"),
        ("1.2万", "12000"), ("1.2 万元", "12000"), ("３．５亿", "350000000"),
        ("１２３４", "1234"), ("-5", "-5"), ("−5", "-5"), ("＋5", "5"), ("(1,234.50)", "-1234.50"), ("（300）", "-300"),
        ("-¥300", "-300"), ("¥-300", "-300"), ("$4,821", "4821"),
        ("1100.04 million", "1100040000"), ("USD 20", "20"), ("100元整", "100"),
        (" 7 ", "7"), ("1 234 567.5", "1234567.5"), (".5", "0.5"), (12, "12"), (Decimal("0.125"), "0.13"), (Decimal("-0.001"), "0"),
        ("0", "0"), ("-0", "0"), ("1,234,567", "1234567"),
        ("5.10", "5.10"), ("5.100", "5.10"), ("人民币 80", "80"), ("2千", "2000"),
    ], ids=repr)  # fmt: skip
def test_amounts_are_read(cell: Cell, number: str) -> None:
    assert to_decimal(cell) == Decimal(number)
    assert not str(to_decimal(cell)).startswith("-0")


@pytest.mark.parametrize(
    "cell",
    [
        "abc", "1,2", "1.234,50", "12,34", "1..2", "--5", "(-5)",
        "1e5", "NaN", "inf", "1.005", "5-", "1,2345", "¥", "1.2.3", "=1+1", True,
        date(2024, 1, 1), "٣", "9" * 30, 10**20, "1.23457E+11",
    ], ids=repr)  # fmt: skip
def test_what_is_no_certain_amount_is_refused_with_its_value(cell: Cell) -> None:
    with pytest.raises(NotUnderstood) as caught:
        to_decimal(cell)
    assert str(cell)[:50] in str(caught.value)


def test_a_number_that_a_spreadsheet_shortened_is_told_apart() -> None:
    with pytest.raises(NotUnderstood, match="was shortened by a spreadsheet"):
        to_decimal("1.23457E+11")


@pytest.mark.parametrize("read", [to_decimal, to_integer, to_percent, to_boolean])
@pytest.mark.parametrize("cell", ["", "  ", "\u3000"], ids=repr)
def test_blank_cells_are_nothing(read: object, cell: str) -> None:
    assert callable(read)
    assert read(cell) is None
    assert to_date(cell, zone=SHANGHAI) is None
    assert to_moment(cell, zone=SHANGHAI) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-01-31", date(2024, 1, 31)), ("2024/1/31", date(2024, 1, 31)), ("2024.1.31", date(2024, 1, 31)),
        ("2024年1月31日", date(2024, 1, 31)), ("２０２４年１月３１日", date(2024, 1, 31)), ("2024年1月31号", date(2024, 1, 31)),
        ("20240131", date(2024, 1, 31)), (20240131, date(2024, 1, 31)), (45322, date(2024, 1, 31)), ("45322", date(2024, 1, 31)),
        (Decimal("45322.6"), date(2024, 1, 31)),
        ("2024-01-31 14:30", date(2024, 1, 31)), ("2024-01-31T23:30:00Z", date(2024, 2, 1)),
        ("2024-01-31T23:30:00+08:00", date(2024, 1, 31)), (date(2024, 1, 31), date(2024, 1, 31)), ("31/01/2024", date(2024, 1, 31)),
        (datetime(2024, 1, 31, 23, 59), date(2024, 1, 31)), ("1/31/2024", date(2024, 1, 31)), ("5.5.2024", date(2024, 5, 5)),
        ("2024-02-29", date(2024, 2, 29)), ("1899-12-31", date(1899, 12, 31)), (61, date(1900, 3, 1)),
    ], ids=repr)  # fmt: skip
def test_days_are_read(cell: Cell, day: date) -> None:
    assert to_date(cell, zone=SHANGHAI) == day


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("24-01-31", "year of two digits"), ("1/31/24", "year of two digits"), ("24年1月31日", "year of two digits"),
        ("2024-02-30", "not a day of the calendar"),
        ("20230229", "not a day of the calendar"), ("2024-13-01", "not a day of the calendar"),
        ("0024-01-31", "not a day of the calendar"), ("03/04/2024", "day/month or month/day"), ("soon", "is not a date"),
        (60, "is not a date"), (0, "is not a date"), (-5, "is not a date"), (True, "is not a date"), (time(3, 4), "is not a date"),
        ("2024-01-31 25:00", "not a day of the calendar"), ("2024-01", "is not a date"), (99_999_999, "not a day"),
    ], ids=repr)  # fmt: skip
def test_uncertain_and_impossible_days_are_refused(cell: Cell, sentence: str) -> None:
    with pytest.raises(NotUnderstood, match=sentence):
        to_date(cell, zone=SHANGHAI)


def test_moments_without_offset_are_in_the_company_zone() -> None:
    assert to_moment("2024-01-31 08:30", zone=SHANGHAI) == datetime(2024, 1, 31, 0, 30, tzinfo=UTC)
    assert to_moment("2024-01-31T08:30:15.25-05:00", zone=SHANGHAI) == datetime(
        2024, 1, 31, 13, 30, 15, 250_000, tzinfo=UTC
    )
    assert to_moment(datetime(2024, 1, 31, 8, 30), zone=SHANGHAI) == datetime(2024, 1, 31, 0, 30, tzinfo=UTC)
    assert to_moment(date(2024, 1, 31), zone=SHANGHAI) == datetime(2024, 1, 30, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["是", "√", "YES", "y", "1", "True", "ＴＲＵＥ", " on ", True, 1], ids=repr)
def test_yes_is_read(cell: Cell) -> None:
    assert to_boolean(cell) is True


@pytest.mark.parametrize("cell", ["否", "×", "No", "n", "0", "FALSE", "off", False, 0, "无"], ids=repr)
def test_no_is_read(cell: Cell) -> None:
    assert to_boolean(cell) is False


@pytest.mark.parametrize("cell", ["maybe", "x", "2", "是否"], ids=repr)
def test_neither_yes_nor_no_is_refused(cell: str) -> None:
    with pytest.raises(NotUnderstood, match="neither yes nor no"):
        to_boolean(cell)


@pytest.mark.parametrize(
    ("cell", "percent"),
    [("30", 30), ("30%", 30), ("30％", 30), (Decimal("0.3"), 30), (30, 30), ("0", 0), ("100 %", 100), ("1", 1)],
    ids=repr,
)
def test_percentages_are_read(cell: Cell, percent: int) -> None:
    assert to_percent(cell) == percent


@pytest.mark.parametrize("cell", ["0.3", 1, "101%", "-1", "12.5%", "many"], ids=repr)
def test_uncertain_percentages_are_refused(cell: Cell) -> None:
    with pytest.raises(NotUnderstood):
        to_percent(cell)


def test_whole_numbers_are_whole() -> None:
    assert [to_integer(cell) for cell in ("1,200", "3万", "12.0", 12, Decimal(12))] == [1200, 30_000, 12, 12, 12]
    with pytest.raises(NotUnderstood, match="not a whole number"):
        to_integer("1.5")


def test_text_is_trimmed_and_numbers_keep_their_digits() -> None:
    assert to_text("\u3000 甲方 \n") == "甲方"
    assert to_text("a\r\nb") == "a b"
    assert to_text("a\nb", lines=True) == "a\nb"
    assert to_text(13800138000) == "13800138000"
    assert to_text(Decimal("0.0000001")) == "0.0000001"
    assert to_text(date(2024, 1, 31)) == "2024-01-31"
    with pytest.raises(NotUnderstood, match="has 6 characters; at most 5"):
        to_text("abcdef", max_length=5)


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=2, allow_nan=False))
def test_any_amount_survives_every_way_of_writing_it(amount: Decimal) -> None:
    plain = f"{amount:f}"
    bracketed = f"({-amount:,.2f})" if amount < 0 else plain
    for text in (
        plain,
        f"{amount:,.2f}",
        f"¥{plain}",
        f"{plain}元",
        plain.translate(str.maketrans("0123456789.-", "０１２３４５６７８９．－")),
        bracketed,
    ):
        assert to_decimal(text) == amount


@given(st.dates(min_value=date(1900, 3, 1)))
def test_any_day_survives_every_way_of_writing_it(day: date) -> None:
    year, month, number = day.year, day.month, day.day
    serial = (day - date(1899, 12, 30)).days
    written: list[Cell] = [
        day.isoformat(), f"{year}/{month}/{number}", f"{year}年{month}月{number}日",
        f"{year}{month:02}{number:02}", serial, f"{day} 00:00:00",
    ]  # fmt: skip
    for cell in written:
        assert to_date(cell, zone=SHANGHAI) == day


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_any_moment_survives_as_iso_text(moment: datetime) -> None:
    assert to_moment(moment.isoformat(), zone=SHANGHAI) == moment


@given(
    st.one_of(
        st.text(max_size=30),
        st.integers(),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.dates(),
        st.times(),
    )
)
def test_nothing_but_a_sentence_comes_out_of_bad_input(cell: Cell) -> None:
    for read in (
        to_decimal,
        to_integer,
        to_percent,
        to_boolean,
        partial(to_date, zone=SHANGHAI),
        partial(to_moment, zone=SHANGHAI),
    ):
        with suppress(NotUnderstood):
            read(cell)
