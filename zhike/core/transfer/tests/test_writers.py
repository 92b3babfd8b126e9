"""Exports are safe to open, fast to stream, and come back as they were."""

# ruff: noqa: DTZ001 - workbooks hold days and times without zone

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhike.core.transfer.guard import with_guard, without_guard
from zhike.core.transfer.readers import open_table
from zhike.core.transfer.tables import TableError
from zhike.core.transfer.values import to_date, to_decimal, to_moment
from zhike.core.transfer.writers import ExportValue, write_csv, write_workbook

SHANGHAI = ZoneInfo("Asia/Shanghai")
DANGEROUS = [
    "=1+1",
    "+86 138 0013 8000",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "'=1",
    "''=1",
    "=cmd|' /C calc'!A0",
]
HARMLESS = ["", "plain", "'quoted'", "a=b", "1-2", "'", "don't", "名称", "，", '"', "a,b\nc"]


def saved(folder: Path, columns: list[str], rows: list[list[ExportValue]]) -> Path:
    path = folder / "export.csv"
    path.write_bytes(b"".join(write_csv(columns, rows, zone=SHANGHAI)))
    return path


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_dangerous_cell_begins_with_an_apostrophe_and_comes_back(tmp_path: Path, text: str) -> None:
    path = saved(tmp_path, ["name", "note"], [[text, "x"]])
    raw = path.read_bytes().decode("utf-8-sig").split("\r\n", 1)[1]
    assert raw.removeprefix('"').startswith("'")
    (row,) = open_table(path).rows()
    assert row.cells == (text, "x")


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_cell_is_left_alone(text: str) -> None:
    assert with_guard(text) == text
    assert without_guard(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝＋－＠a"), max_size=6))
def test_the_guard_undoes_itself(text: str) -> None:
    assert without_guard(with_guard(text)) == text
    assert with_guard(text)[:1] not in set("=+-@\t\r\n＝＋－＠")


def test_headings_are_guarded_too(tmp_path: Path) -> None:
    path = saved(tmp_path, ["=evil", "b"], [["1", "2"]])
    assert b"'=evil" in path.read_bytes()
    assert open_table(path).columns == ("=evil", "b")


def test_numbers_days_and_answers_are_written_plainly(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 31, 16, 0, 5, 123456, tzinfo=UTC)
    path = saved(
        tmp_path, list("abcdefg"), [[-5, Decimal("-1234.50"), date(2024, 1, 31), moment, True, None, Decimal("1E+3")]]
    )
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").split("\r\n")[1] == "-5,-1234.50,2024-01-31,2024-02-01 00:00:05,yes,,1000"
    (row,) = open_table(path).rows()
    assert to_decimal(row.cells[1]) == Decimal("-1234.50")
    assert to_date(row.cells[2], zone=SHANGHAI) == date(2024, 1, 31)
    assert to_moment(row.cells[3], zone=SHANGHAI) == moment.replace(microsecond=0)


_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(_TEXT, _TEXT, _TEXT), max_size=12))
def test_any_text_survives_the_round_trip(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    path = saved(tmp_path, ["a", "b", "c"], [list(row) for row in rows])
    table = open_table(path, delimiter=",")
    assert [row.cells for row in table.rows()] == [row for row in rows if any(cell.strip() for cell in row)]
    assert not any(row.problem for row in table.rows())


def test_csv_is_streamed() -> None:
    seen: list[int] = []

    def counted() -> Iterator[list[ExportValue]]:
        for number in range(50_000):
            seen.append(number)
            yield [number, "x" * 20]

    pieces = write_csv(["a", "b"], counted(), zone=SHANGHAI)
    next(pieces)
    assert 0 < len(seen) < 10_000


def test_no_cell_of_a_workbook_is_a_formula_or_link(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    texts: list[list[ExportValue]] = [[text, "http://example.org/", "_x0041_"] for text in DANGEROUS]
    assert write_workbook(path, ["=evil", "link", "x"], texts, zone=SHANGHAI, sheet="客户/公司[1]") == len(DANGEROUS)
    page = openpyxl.load_workbook(path).active
    assert page is not None
    assert {cell.data_type for row in page.iter_rows() for cell in row} == {"s"}
    assert not any(cell.hyperlink for row in page.iter_rows() for cell in row)
    table = open_table(path)
    assert table.sheet == "客户公司1"
    assert [row.cells for row in table.rows()] == [tuple(row) for row in texts]


def test_a_workbook_keeps_kinds(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    moment = datetime(2024, 1, 31, 16, 0, 5, tzinfo=UTC)
    values: list[ExportValue] = [
        -5,
        Decimal("1234.50"),
        date(2024, 1, 31),
        moment,
        True,
        "+86 138",
        10**17,
        time(3, 4),
        Decimal("12345678901234567.89"),
    ]
    write_workbook(path, list("abcdefghi"), [values], zone=SHANGHAI)
    (row,) = open_table(path).rows()
    assert row.cells == (
        -5, Decimal("1234.5"), date(2024, 1, 31), datetime(2024, 2, 1, 0, 0, 5), "yes", "+86 138", "100000000000000000",
        time(3, 4), "12345678901234567.89",
    )  # fmt: skip


def test_text_beyond_the_bound_of_excel_is_cut_with_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    write_workbook(path, ["a"], [["字" * 40_000]], zone=SHANGHAI)
    (row,) = open_table(path).rows()
    assert isinstance(row.cells[0], str)
    assert len(row.cells[0]) == 32_767
    assert row.cells[0].endswith("…")


def test_too_many_rows_for_excel_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhike.core.transfer.writers._SHEET_ROWS", 3)
    with pytest.raises(TableError, match="Export as CSV"):
        write_workbook(tmp_path / "export.xlsx", ["a"], [["1"]] * 5, zone=SHANGHAI)
