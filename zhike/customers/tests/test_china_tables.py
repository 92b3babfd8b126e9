"""Regions, industries, countries: whole, ordered, and found by what people write."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhike.customers.china import countries, industries, regions

needs_regions = pytest.mark.skipif(
    not regions.TABLE.exists(), reason="The table of regions has not been made (tools/make_regions.py makes it)."
)


@needs_regions
def test_regions_are_whole_and_their_parents_exist() -> None:
    table = regions.table()
    assert sum(not row.parent for row in table.values()) == 34
    assert len(table) > 3_500
    for row in table.values():
        assert len(row.code) == 6
        assert row.code.isdigit()
        assert not row.parent or (row.parent in table and regions.contains(row.parent, row.code))
        assert row.zh
        assert row.en
    assert not {"市辖区", "县", "省直辖县级行政区划"} & {row.zh for row in table.values()}


@needs_regions
@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("440106", "广东省 / 广州市 / 天河区", "Tianhe District, Guangzhou, Guangdong"),
        ("110105", "北京市 / 朝阳区", "Chaoyang District, Beijing"),
        ("110100", "北京市", "Beijing"),
        ("500233", "重庆市 / 忠县", "Zhong County, Chongqing"),
        ("419001", "河南省 / 济源市", "Jiyuan City, Henan"),
        ("441900", "广东省 / 东莞市", "Dongguan, Guangdong"),
        ("620201", "甘肃省 / 嘉峪关市", "Jiayuguan City, Jiayuguan, Gansu"),
        ("150402", "内蒙古自治区 / 赤峰市 / 红山区", "Hongshan District, Chifeng, Inner Mongolia"),
        ("222401", "吉林省 / 延边朝鲜族自治州 / 延吉市", "Yanji City, Yanbian Korean Autonomous Prefecture, Jilin"),
        ("810102", "香港特别行政区 / 香港岛 / 湾仔区", "Wan Chai District, Hong Kong Island, Hong Kong"),
        ("610100", "陕西省 / 西安市", "Xi'an, Shaanxi"),
        ("999999", "999999", "999999"),
        ("上海", "上海", "上海"),
        ("", "", ""),
    ],
)
def test_the_line_of_a_region_reads_as_an_address(code: str, chinese: str, english: str) -> None:
    assert regions.path(code) == chinese
    assert regions.path(code, english=True) == english


def test_what_lies_in_a_region_has_its_beginning() -> None:
    assert [regions.under(code) for code in ("440000", "440100", "440106", "500000", "100000")] == [
        "44",
        "4401",
        "440106",
        "50",
        "10",
    ]
    assert regions.contains("440000", "440106")
    assert not regions.contains("440100", "440306")
    assert not regions.contains("", "440306")


@needs_regions
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("广东省广州市天河区", ["440106"]),
        ("广东 广州 天河", ["440106"]),
        ("广东省/广州市", ["440100"]),
        ("北京市市辖区海淀区", ["110108"]),
        ("北京", ["110000"]),
        ("上海市浦东新区世纪大道100号", ["310115"]),
        ("4401", ["440100"]),
        ("44", ["440000"]),
        ("廣東省深圳市", ["440300"]),
        ("Shenzhen", ["440300"]),
        ("香港", ["810000"]),
        ("火星", []),
        ("", []),
    ],
)
def test_a_region_is_found_by_what_stands_in_an_address(text: str, codes: list[str]) -> None:
    assert regions.find(text) == codes


@needs_regions
def test_a_name_borne_by_several_regions_gives_them_all_to_choose_from() -> None:
    assert {"110105", "220104"} <= set(regions.find("朝阳区"))


def test_without_the_table_lists_are_empty_and_a_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(regions, "TABLE", tmp_path / "absent.json")
    assert list(regions.entries()) == []
    assert regions.path("440106") == "440106"
    assert regions.find("广东") == []
    assert regions.missing_table()
    broken = tmp_path / "broken.json"
    broken.write_text('[["1"', encoding="utf-8")
    monkeypatch.setattr(regions, "TABLE", broken)
    assert list(regions.entries()) == []


def test_industries_have_20_sections_and_97_divisions_in_order() -> None:
    entries = list(industries.entries())
    assert [entry.code for entry in entries if not entry.parent] == list("ABCDEFGHIJKLMNOPQRST")
    assert [entry.code for entry in entries if entry.parent] == [f"{number:02d}" for number in range(1, 98)]
    assert all(entry.label_zh and entry.label_en for entry in entries)


def test_the_section_of_a_division_is_known() -> None:
    assert [industries.section_of(code) for code in ("39", "65", "66", "C", "99", "")] == ["C", "I", "J", "C", "", ""]


def test_there_are_249_countries_each_named_once_in_both_languages() -> None:
    entries = list(countries.entries())
    assert len({entry.code for entry in entries}) == 249
    assert len({entry.label_zh for entry in entries}) == len({entry.label_en for entry in entries}) == 249
    assert entries[0].code == "CN"


@pytest.mark.parametrize(
    ("text", "code", "suggested"),
    [
        ("United States", "US", ()),
        ("USA", "US", ()),
        ("u.s.a.", "US", ()),
        ("美国", "US", ()),
        ("the United Kingdom", "GB", ()),
        ("cn", "CN", ()),
        ("中國", "CN", ()),
        ("South Korea", "KR", ()),
        ("Korea", "", ("KR", "KP")),
        ("Philipines", "", ("PH",)),
        ("Germny", "", ("DE",)),
        ("Türkiye", "TR", ()),
        ("Atlantis", "", ()),
        ("", "", ()),
    ],
)
def test_a_country_is_known_or_suggested(text: str, code: str, suggested: tuple[str, ...]) -> None:
    found = countries.find(text)
    assert found.code == code
    assert found.suggestions[: len(suggested) or None] == suggested


def test_no_alias_means_two_countries() -> None:
    names: dict[str, str] = {}
    for line in countries._ALIASES.strip().split("\n"):
        code, _space, aliases = line.partition(" ")
        for alias in aliases.split("|"):
            assert names.setdefault(alias.casefold(), code) == code, alias
            assert countries.find(alias).code == code, alias
    for entry in countries.entries():
        assert {countries.find(text).code for text in (entry.code, entry.label_zh, entry.label_en)} == {entry.code}
