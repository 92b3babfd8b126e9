"""People in China are called by surname and title."""

from __future__ import annotations

import pytest

from zhike.customers.china.names import call_name, is_chinese, join, part


@pytest.mark.parametrize(
    ("name", "surname", "given"),
    [
        ("王建国", "王", "建国"),
        ("李娜", "李", "娜"),
        ("欧阳修", "欧阳", "修"),
        ("司马相如", "司马", "相如"),
        ("欧阳", "欧阳", ""),
        ("王", "王", ""),
        ("Moses Frase", "Frase", "Moses"),
        ("Wang, Jianguo", "Wang", "Jianguo"),
        ("Cher", "Cher", ""),
        ("阿依古丽·买买提", "阿依古丽·买买提", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_parted_where_people_part_it(name: str, surname: str, given: str) -> None:
    assert part(name) == (surname, given)


@pytest.mark.parametrize(
    ("name", "title", "called"),
    [
        ("王建国", "总", "王总"),
        ("王建国", "总经理", "王总"),
        ("欧阳明", "工程师", "欧阳工"),
        ("李娜", "主任", "李主任"),
        ("李娜", "", "李娜"),
        ("王总", "总", "王总"),
        ("John Smith", "总", "Smith 总"),
        ("赵敏", "采购专员", "赵采购专员"),
        ("", "总", ""),
    ],
)
def test_a_person_is_called_by_surname_and_title(name: str, title: str, called: str) -> None:
    assert call_name(name, title) == called


def test_two_parts_join_in_the_order_of_their_language() -> None:
    assert join("王", "建国") == "王建国"
    assert join("Wang", "Jianguo") == "Jianguo Wang"
    assert join(" 王 ", "") == "王"


def test_only_short_names_of_chinese_characters_are_chinese() -> None:
    assert is_chinese("王建国")
    assert not any(map(is_chinese, ("", "Wang", "王 建国", "上海浦东发展银行", "カナ")))
