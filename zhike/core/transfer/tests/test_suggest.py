"""Suggestions help where they are sure and are silent where they are not."""

import csv
from pathlib import Path

import pytest

from zhike.core.transfer.suggest import Target, Unknowns, distance, folded, guess_columns, nearest

PRODUCTS = ["GTX Basic", "GTX Pro", "MG Special", "MG Advanced", "GTX Plus Pro", "GTX Plus Basic", "GTK 500"]


@pytest.mark.parametrize(
    ("text", "labels", "meant"),
    [
        ("GTXPro", PRODUCTS, "GTX Pro"),
        ("gtx-pro", PRODUCTS, "GTX Pro"),
        ("MG Advnaced", PRODUCTS, "MG Advanced"),
        ("technolgy", ["medical", "technology", "retail"], "technology"),
        ("Philipines", ["Philippines", "Poland"], "Philippines"),
        ("Korea", ["South Korea", "North Korea", "Japan"], ""),
        ("Korea", ["South Korea", "Japan"], "South Korea"),
        ("上海浦江机械", ["上海浦江机械有限公司", "广州白云设备厂"], "上海浦江机械有限公司"),
        ("甲", ["乙", "丙"], ""),
        ("abc", ["abd"], ""),
        ("", PRODUCTS, ""),
        ("GTX", PRODUCTS, ""),
        ("Something else", PRODUCTS, ""),
        ("ＧＴＸ　Ｐｒｏ", PRODUCTS, "GTX Pro"),
    ],
)
def test_the_nearest_label_is_offered_only_when_one_is_near(text: str, labels: list[str], meant: str) -> None:
    assert nearest(text, labels) == meant


@pytest.mark.parametrize(
    ("first", "second", "steps"),
    [
        ("", "", 0),
        ("ab", "ba", 1),
        ("kitten", "sitting", 3),
        ("abc", "abc", 0),
        ("abc", "", 3),
        ("abcdef", "uvwxyz", 4),
    ],
)
def test_distance_counts_spelling_mistakes_up_to_its_limit(first: str, second: str, steps: int) -> None:
    assert distance(first, second, 3) == steps
    assert distance(second, first, 3) == steps


def test_unknown_values_are_counted_with_a_suggestion() -> None:
    unknowns = Unknowns()
    for row in range(2, 1482):
        unknowns.add("product", "GTXPro", row)
    unknowns.add("product", "Abacus", 9)
    first, second = unknowns.report(lambda _column, value: nearest(value, PRODUCTS))
    assert (first.value, first.count, first.first_row, first.suggestion) == ("GTXPro", 1480, 2, "GTX Pro")
    assert "“GTXPro” is not known (1480 rows, first in row 2)" in first.sentence
    assert "Did you mean “GTX Pro”? Replace it in all 1480 rows." in first.sentence
    assert second.sentence == "Column “product”: “Abacus” is not known (1 row, row 9)."


CUSTOMER = [
    Target(name="name", labels=("名称", "name"), words=("客户名称", "company name", "account name", "company")),
    Target(name="code", labels=("客户编码", "customer code")),
    Target(name="phone", labels=("电话", "phone")),
    Target(name="website", labels=("网址", "website")),
    Target(name="industry", labels=("行业", "industry")),
    Target(name="owner", labels=("负责人", "owner")),
    Target(name="employees", labels=("员工人数", "employees"), words=("总人数",)),
    Target(name="address", labels=("地址", "address")),
]


def header_of(path: Path, system: str, kind: str) -> list[str]:
    with path.open(newline="") as lines:
        for line in csv.DictReader(lines):
            if (line["system"], line["object"]) == (system, kind):
                return next(csv.reader([line["header_line"]]))
    raise LookupError(kind)


def test_headings_of_other_programmes_find_their_fields(shared_data: Path) -> None:
    path = shared_data / "crm-export-headers" / "crm_headers.csv"
    if not path.exists():
        pytest.skip("the headings of other programmes are not in the shared data")
    chinese = guess_columns(header_of(path, "国产CRM", "客户"), CUSTOMER, ("客户", "customer"))
    assert chinese == {
        "name": "客户名称", "code": "客户编码", "industry": "行业",
        "phone": "电话", "website": "公司网址", "employees": "总人数", "address": "详细地址",
    }  # fmt: skip
    hubspot = guess_columns(header_of(path, "HubSpot", "companies"), CUSTOMER, ("客户", "customer", "company"))
    assert hubspot == {"name": "Company name", "website": "Website URL", "owner": "Company owner"}
    deal = [
        Target(name="number", labels=("编号", "number")),
        Target(name="name", labels=("名称", "name")),
        Target(name="stage", labels=("阶段", "stage")),
        Target(name="amount", labels=("金额", "amount")),
        Target(name="owner", labels=("负责人", "owner")),
        Target(name="closes_on", labels=("预计成交日期", "expected close date"), words=("close date",)),
    ]
    assert guess_columns(header_of(path, "HubSpot", "deals"), deal, ("商机", "deal")) == {
        "number": "Record ID", "name": "Deal Name", "stage": "Deal Stage", "amount": "Amount", "owner": "Deal owner",
    }  # fmt: skip
    assert (
        guess_columns(header_of(path, "Salesforce", "opportunity report (UiPath)"), deal, ("商机", "opportunity"))[
            "closes_on"
        ]
        == "Close Date"
    )


def test_each_heading_goes_to_one_field_and_the_surest_wins() -> None:
    targets = [Target(name="mobile", labels=("手机",)), Target(name="phone", labels=("电话",))]
    assert guess_columns(["联系电话", "手机号码", "电话"], targets) == {"phone": "电话", "mobile": "手机号码"}
    assert guess_columns(["", "zzz"], targets) == {}


def test_folding_evens_out_width_case_and_punctuation() -> None:
    assert folded("Ｅ-Mail  Address（主）") == "emailaddress主"
