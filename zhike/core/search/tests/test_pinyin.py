"""Chinese names are read as people read them, and sort among Latin ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.core.search import readings
from zhike.core.search.pinyin import SORT_KEY_LENGTH, initials, sort_key, syllables


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("浦发银行", "pu fa yin hang"),
        ("浦發銀行", "pu fa yin hang"),
        ("重庆长安汽车", "chong qing chang an qi che"),
        ("厦门厦工机械", "xia men xia gong ji xie"),
        ("上海大厦", "shang hai da sha"),
        ("立信会计师事务所", "li xin kuai ji shi shi wu suo"),
        ("社会保险", "she hui bao xian"),
        ("长江电力", "chang jiang dian li"),
        ("长城汽车", "chang cheng qi che"),
        ("成长基金", "cheng zhang ji jin"),
        ("太行水泥", "tai hang shui ni"),
        ("行动教育", "xing dong jiao yu"),
        ("西藏药业", "xi zang yao ye"),
        ("吕氏绿能", "lv shi lv neng"),
        ("ACME（上海）Ltd.", "acme shang hai ltd"),
        ("5G 基站", "5g ji zhan"),
        ("Müller 有限公司", "muller you xian gong si"),
        ("3M中国", "3m zhong guo"),
    ],
)
def test_a_name_has_the_key_people_expect(name: str, key: str) -> None:
    assert sort_key(name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单雄信", "shan xiong xin"),
        ("解晓东", "xie xiao dong"),
        ("仇和", "qiu he"),
        ("查良镛", "zha liang yong"),
        ("曾国藩", "zeng guo fan"),
        ("盖叫天", "ge jiao tian"),
        ("任正非", "ren zheng fei"),
        ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi xie"),
        ("单于丹", "chan yu dan"),
        ("朴树", "piao shu"),
        ("区楚良", "ou chu liang"),
        ("长孙无忌", "zhang sun wu ji"),
        ("张重庆", "zhang chong qing"),
    ],
)
def test_a_persons_surname_is_read_as_a_surname(name: str, key: str) -> None:
    assert sort_key(name, person=True) == key


def test_a_surname_character_inside_a_name_is_no_surname() -> None:
    assert sort_key("王解放", person=True) == "wang jie fang"
    assert sort_key("单晶硅") == "dan jing gui"


def test_latin_and_chinese_names_sort_among_each_other() -> None:
    names = ["浙江", "ACME", "阿里巴巴", "Baidu", "百度", "上海", "3M", "Zhike"]
    assert sorted(names, key=sort_key) == ["3M", "阿里巴巴", "ACME", "百度", "Baidu", "上海", "浙江", "Zhike"]


def test_initials_stand_for_characters_and_leave_latin_words_whole() -> None:
    assert initials("中国移动") == "zgyd"
    assert initials("浦发银行") == "pfyh"
    assert initials("pu 浦5G") == "pup5g"
    assert initials("单雄信", person=True) == "sxx"


def test_syllables_part_characters_and_keep_words() -> None:
    assert syllables("西安 IBM") == ("xi", "an", "ibm")


def test_every_word_of_the_tables_has_one_syllable_for_each_character() -> None:
    for table in (readings.CHARACTERS, readings.WORDS, readings.SURNAMES):
        entries = [entry.split() for entry in table.split(",")]
        assert len({word for word, *_ in entries}) == len(entries)
        for word, *reading in entries:
            assert len(word) == len(reading), word


@given(st.text(), st.booleans())
def test_a_key_is_short_lower_case_ascii(text: str, person: bool) -> None:
    key = sort_key(text, person=person)
    assert key.isascii()
    assert key == key.lower()
    assert len(key) <= SORT_KEY_LENGTH
    assert key == " ".join(key.split())


@given(st.text(alphabet=st.characters(categories=("L", "N")), min_size=1))
def test_a_text_with_letters_never_has_an_empty_key(text: str) -> None:
    assert sort_key(text)
