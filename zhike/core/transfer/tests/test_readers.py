"""Tables of every kind a person brings are read alike, row numbers are those of the spreadsheet, faults are named."""

# ruff: noqa: DTZ001 - workbooks hold days and times without zone

import codecs
import json
import struct
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from zhike.core.transfer.delimited import sniff_delimiter
from zhike.core.transfer.readers import open_table
from zhike.core.transfer.tables import Limits, Table, TableError

ROWS = '名称,电话,备注\n上海浦江机械有限公司,021-5888 1234,"一,二"\n广州白云设备厂,,老客户\n'
SPECTRUM = Path(__file__).parents[4] / "tests" / "data" / "csv-spectrum"


def written(folder: Path, content: bytes | str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def opened(folder: Path, content: bytes | str, **options: str) -> Table:
    return open_table(written(folder, content), **options)  # type: ignore[arg-type]  # options are all texts


def cells(table: Table) -> list[tuple[object, ...]]:
    return [row.cells for row in table.rows()]


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        (ROWS.encode(), "utf-8"),
        (codecs.BOM_UTF8 + ROWS.encode(), "utf-8"),
        (ROWS.encode("gbk"), "gb18030"),
        ((ROWS + "𠮷野家,1,2\n").encode("gb18030"), "gb18030"),
        (codecs.BOM_UTF16_LE + ROWS.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + ROWS.encode("utf-16-be"), "utf-16"),
        (ROWS.encode("utf-16-le"), "utf-16"),
        (ROWS.encode("utf-16-be"), "utf-16"),
        ("名稱,電話\n中國有限公司的產品,1\n台北,2\n".encode("cp950"), "big5"),
    ],
)
def test_the_encoding_is_recognised(tmp_path: Path, encoded: bytes, encoding: str) -> None:
    table = opened(tmp_path, encoded)
    assert table.encoding == encoding
    assert table.columns[0] in ("名称", "名稱")
    first = cells(table)[0]
    if encoding != "big5":
        assert first == ("上海浦江机械有限公司", "021-5888 1234", "一,二")


def test_the_gbk_twin_reads_like_the_utf8_file(shared_data: Path) -> None:
    plain, twin = (shared_data / "china" / name for name in ("companies_sse.csv", "companies_sse_gbk.csv"))
    if not plain.exists():
        pytest.skip("the Shanghai companies are not in the shared data")
    first, second = open_table(plain), open_table(twin)
    assert (first.encoding, second.encoding) == ("utf-8", "gb18030")
    assert list(first.rows()) == list(second.rows())
    assert len(cells(first)) == 2286


@pytest.mark.parametrize("content", [b"a,b,c\n\x00,2,3\n", "上,下\n上,下\n".encode()])
def test_text_with_stray_zero_bytes_or_the_byte_of_a_line_break_is_not_taken_for_utf16(
    tmp_path: Path, content: bytes
) -> None:
    assert opened(tmp_path, content).encoding == "utf-8"


def test_latin_text_is_refused_rather_than_read_as_chinese(tmp_path: Path) -> None:
    content = "name,city\nMüller,Köln\nLefèvre,Orléans\n".encode("latin-1")
    with pytest.raises(TableError, match="encoding of the file cannot be recognised"):
        opened(tmp_path, content)
    assert cells(opened(tmp_path, content, encoding="windows-1252"))[0] == ("Müller", "Köln")


def test_a_damaged_utf8_file_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="Line 3 is not valid UTF-8"):
        opened(tmp_path, "名称\n上海浦江机械有限公司\n".encode() + b"\xff\n")


def test_an_unknown_encoding_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="“klingon” is not known"):
        opened(tmp_path, "a,b\n", encoding="klingon")


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_separator_is_recognised_among_decoys(tmp_path: Path, delimiter: str) -> None:
    decoys = "".join(each for each in ",;|" if each != delimiter)
    content = delimiter.join(("a", "b", "c")) + f'\n"x{decoys}"{delimiter}1{delimiter}2\n3{delimiter}4{delimiter}5\n'
    table = opened(tmp_path, content)
    assert table.delimiter == delimiter
    assert cells(table) == [(f"x{decoys}", "1", "2"), ("3", "4", "5")]


def test_decimal_commas_do_not_hide_a_semicolon() -> None:
    assert sniff_delimiter(["name;amount\n", "A;1,5\n", "B;2,5\n"]) == ";"


def test_one_column_is_read_with_the_comma(tmp_path: Path) -> None:
    assert cells(opened(tmp_path, "名称\n甲\n乙\n")) == [("甲",), ("乙",)]


def test_the_hint_that_excel_writes_is_obeyed(tmp_path: Path) -> None:
    table = opened(tmp_path, "sep=;\r\na;b\r\n1;2\r\n")
    assert (table.columns, table.header_row) == (("a", "b"), 2)
    assert [row.number for row in table.rows()] == [3]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path, line_break: str) -> None:
    lines = ["", "a,b", '1,"two', 'lines"', "", " , ", "3,4", ""]
    table = opened(tmp_path, line_break.join(lines))
    assert table.header_row == 2
    assert [(row.number, row.cells) for row in table.rows()] == [(3, ("1", f"two{line_break}lines")), (6, ("3", "4"))]
    assert [row.number for row in table.rows(after=3)] == [6]


def test_headings_are_cleaned_and_made_unique(tmp_path: Path) -> None:
    table = opened(tmp_path, "\u200b 电话\u3000,电话,,Annual\xa0 revenue,电话 (2),,\n1,2,3,4,5,,\n")
    assert table.columns == ("电话", "电话 (3)", "Column 3", "Annual revenue", "电话 (2)")
    assert any("电话" in note for note in table.notes)


def test_ragged_rows_are_reported_and_blank_surplus_is_not(tmp_path: Path) -> None:
    rows = list(opened(tmp_path, "a,b,c\n1,2\n1,2,3,\n1,2,3,4\n1,2,3\n").rows())
    assert [bool(row.problem) for row in rows] == [True, False, True, False]
    assert "2 cells, but the header has 3" in rows[0].problem
    assert all(len(row.cells) == 3 for row in rows)


def test_a_zero_character_makes_a_row_problem(tmp_path: Path) -> None:
    (row,) = opened(tmp_path, b"a,b,c\n\x00,2,3\n").rows()
    assert "“a” holds a NUL character" in row.problem


def test_a_quotation_left_open_names_its_row(tmp_path: Path) -> None:
    table = opened(tmp_path, 'a,b\n1,2\n3,"four\n5,6\n7,8\n')
    with pytest.raises(TableError, match="Row 3: a quotation mark"):
        list(table.rows())


def test_a_quotation_left_open_before_much_text_names_its_row(tmp_path: Path) -> None:
    table = opened(tmp_path, 'a,b\n1,2\n3,"four\n' + "5,6\n" * 100_000)
    with pytest.raises(TableError, match="Row 3: a quotation mark"):
        list(table.rows())


@pytest.mark.parametrize("content", [b"", b"\n\n", b" , \n", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TableError, match="file is empty"):
        opened(tmp_path, content)


def test_limits_are_kept_with_a_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n" + "1,2\n" * 20)
    with pytest.raises(TableError, match="more than 10 rows"):
        list(open_table(path, limits=Limits(rows=10)).rows())
    with pytest.raises(TableError, match="2 columns; at most 1"):
        open_table(path, limits=Limits(columns=1))
    with pytest.raises(TableError, match="larger than 0 MB"):
        open_table(path, limits=Limits(upload_bytes=10))
    with pytest.raises(TableError, match="One line of the file"):
        open_table(written(tmp_path, "a" * 3_000), limits=Limits(line_bytes=2_000))
    (row,) = open_table(written(tmp_path, "a\nabcdef\n"), limits=Limits(cell=5)).rows()
    assert "“a” holds 6 characters; at most 5" in row.problem


def test_a_csv_is_read_in_constant_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = written(tmp_path, "a,b\n" + "一二三四,12345678\n" * 200_000)
    tracemalloc.start()
    assert sum(1 for _row in open_table(path).rows()) == 200_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * 1024 * 1024 < path.stat().st_size * 2


@pytest.mark.parametrize("case", sorted(path.stem for path in SPECTRUM.glob("*.csv")))
def test_csv_spectrum_parses_equal(case: str) -> None:
    table = open_table(SPECTRUM / f"{case}.csv")
    expected = json.loads((SPECTRUM / "json" / f"{case}.json").read_text())
    found = [dict(zip(table.columns, row.cells, strict=True)) for row in table.rows() if not row.problem]
    assert found == expected


def test_csv_spectrum_has_twelve_cases() -> None:
    assert len(list(SPECTRUM.glob("*.csv"))) == 12


# Workbooks ----------------------------------------------------------------------------------------------------------


def workbook(folder: Path, rows: list[list[object]], *, start: tuple[int, int] = (0, 0)) -> Path:
    path = folder / "table.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("客户")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        for y, row in enumerate(rows, start=start[0]):
            for x, value in enumerate(row, start=start[1]):
                if isinstance(value, datetime):
                    sheet.write_datetime(y, x, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(y, x, value, day)
                elif isinstance(value, time):
                    sheet.write_datetime(y, x, value, clock)
                else:
                    sheet.write(y, x, value)
        book.add_worksheet("隐藏").hide()
        book.add_worksheet("Second").write(0, 0, "x")
    return path


def test_a_workbook_gives_typed_values_without_floats(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 31, 14, 30)
    table = open_table(
        workbook(tmp_path, [["a", "b", "c", "d", "e", "f"], [1.0, 0.1 + 0.2, date(2024, 1, 31), moment, True, "文"]])
    )
    (row,) = table.rows()
    assert row.cells == (1, Decimal("0.3"), date(2024, 1, 31), moment, True, "文")
    assert [type(cell) for cell in row.cells] == [int, Decimal, date, datetime, bool, str]
    assert list(table.rows()) == [row]


def test_rows_of_a_workbook_keep_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    table = open_table(workbook(tmp_path, [["a", "b"], ["", ""], [1, 2]], start=(2, 3)))
    assert table.header_row == 3
    assert [(row.number, row.cells) for row in table.rows()] == [(5, (1, 2))]


def test_sheets_are_chosen_by_name_and_hidden_ones_are_not_offered(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["a"]])
    assert open_table(path).sheets == ("客户", "Second")
    assert open_table(path, sheet="Second").columns == ("x",)
    with pytest.raises(TableError, match=r"no sheet “Third”\. It has: 客户, Second"):
        open_table(path, sheet="Third")


def test_long_numbers_that_excel_rounded_are_a_row_problem(tmp_path: Path) -> None:
    (row,) = open_table(workbook(tmp_path, [["id"], [440106199001011230]])).rows()
    assert "more than 15 digits" in row.problem


def test_formula_errors_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write(1, 0, "x")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    table = open_table(path)
    assert cells(table) == [("x", "")]
    assert any("1 cells of the workbook hold a formula error" in note for note in table.notes)


def repacked(path: Path, change: dict[str, bytes]) -> Path:
    """The archive with some parts replaced."""
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change.get(part.filename, old.read(part)))
        for name, content in change.items():
            if name not in old.namelist():
                new.writestr(name, content)
    return changed


def test_a_workbook_that_swells_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = repacked(workbook(tmp_path, [["a"]]), {"xl/media/image1.png": b"\0" * 30_000_000})
    assert path.stat().st_size < 100_000
    with pytest.raises(TableError, match="unpacks to more than"):
        open_table(path, limits=Limits(unpacked_bytes=20_000_000))


def test_a_swelling_workbook_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    path = repacked(workbook(tmp_path, [["a"]]), {"xl/media/image1.png": b"\0" * 30_000_000})
    honest = struct.pack("<L", 30_000_000)
    path.write_bytes(path.read_bytes().replace(honest, struct.pack("<L", 1_000)))
    with pytest.raises(TableError, match=r"unpacks to more than|not a readable"):
        open_table(path, limits=Limits(unpacked_bytes=20_000_000))


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c  r = 'XFD1048576'><v>1</v></c></row>",
        '<row r="1"><c><v>1</v></c></row><row r="1048576">' + "<c><v>1</v></c>" * 16_000 + "</row>",
    ],
)
def test_a_sheet_with_one_far_cell_is_refused_and_not_laid_out(tmp_path: Path, sheet: str) -> None:
    content = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{sheet}</sheetData></worksheet>"
    )
    path = repacked(workbook(tmp_path, [["a"]]), {"xl/worksheets/sheet1.xml": content.encode()})
    with pytest.raises(TableError, match="1048576 rows and 16"):
        open_table(path)


def test_an_old_excel_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"old Excel file .* Save it as \.xlsx"):
        opened(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_text_that_begins_like_an_archive_is_text(tmp_path: Path) -> None:
    assert opened(tmp_path, b"PK\x03\x04,b\n1,2\n").columns[1] == "b"


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(TableError, match="not a readable Excel workbook"):
        open_table(path)


def test_entities_in_the_xml_of_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    bomb = (
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
        + "".join(f"<!ENTITY {chr(98 + step)} '{f'&{chr(97 + step)};' * 10}'>" for step in range(8))
        + "]>"
    )
    strings = f'<?xml version="1.0"?>{bomb}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&i;</t></si></sst>'
    path = repacked(workbook(tmp_path, [["a"], ["b"]]), {"xl/sharedStrings.xml": strings.encode()})
    try:
        longest = max(len(column) for column in open_table(path).columns)
    except TableError:
        return
    assert longest < 100
