"""Chinese names of people: the surname comes first, and one is called by it with a title."""

from __future__ import annotations

from typing import NamedTuple

# Surnames of two characters that living people bear, and frequent ones of novels and history.
_DOUBLE_LINES = """
欧阳 司马 上官 诸葛 司徒 司空 东方 独孤 南宫 夏侯 皇甫 尉迟
公孙 公羊 公冶 慕容 令狐 长孙 宇文 轩辕 东郭 南门 西门 端木
百里 呼延 万俟 闻人 澹台 单于 太叔 申屠 钟离 濮阳 淳于 宗政
鲜于 闾丘 亓官 司寇 仉督 子车 颛孙 巫马 公西 漆雕 乐正 壤驷
拓跋 夹谷 赫连 段干 羊舌 微生 梁丘 左丘 东门 第五 完颜 耶律
纳兰 叶赫 爱新 那拉
"""
_DOUBLE = frozenset(_DOUBLE_LINES.split())
# What people are called by when the title is part of the name: 王总, 李工, 张老师.
_SHORT_TITLES = {
    "总经理": "总",
    "副总经理": "总",
    "总裁": "总",
    "副总裁": "总",
    "首席执行官": "总",
    "总监": "总",
    "副总": "总",
    "董事长": "董",
    "董事": "董",
    "局长": "局",
    "副局长": "局",
    "处长": "处",
    "副处长": "处",
    "科长": "科",
    "院长": "院",
    "部长": "部",
    "工程师": "工",
    "高级工程师": "工",
    "总工程师": "总工",
    "总工": "总工",
    "教师": "老师",
    "教授": "教授",
    "主任": "主任",
    "副主任": "主任",
    "经理": "经理",
    "副经理": "经理",
    "医生": "医生",
    "律师": "律师",
}
MAX_CHINESE_NAME = 6


class PersonName(NamedTuple):
    """A name parted. `given` is blank where there is only one part."""

    surname: str
    given: str


def is_chinese(name: str) -> bool:
    """Whether a name is written in Chinese characters only, as Chinese names are (2 to 6 of them)."""
    bare = name.strip()
    return 1 <= len(bare) <= MAX_CHINESE_NAME and all("\u3400" <= c <= "\u9fff" or c >= "\U00020000" for c in bare)


def part(name: str) -> PersonName:
    """Part a name into surname and given name.

    Chinese: one character of surname, two where the surname is a double one. Latin: the last word is the surname,
    unless a comma says otherwise (`Wang, Jianguo`). Names with · (阿依古丽·买买提) are not parted.
    """
    bare = " ".join(name.split())
    if is_chinese(bare):
        length = 2 if bare[:2] in _DOUBLE and len(bare) > 2 else 1
        # 欧阳 alone is a surname, not 欧 with the given name 阳, only when nothing follows.
        return PersonName(bare, "") if bare in _DOUBLE else PersonName(bare[:length], bare[length:])
    if "," in bare:
        surname, _comma, given = bare.partition(",")
        return PersonName(surname.strip(), given.strip())
    if "·" in bare or "•" in bare or not bare.isascii():
        return PersonName(bare, "")
    given, _space, surname = bare.rpartition(" ")
    return PersonName(surname, given)


def join(surname: str, given: str) -> str:
    """One name from two parts: 王 + 建国 is 王建国, Wang + Jianguo is Jianguo Wang."""
    surname, given = surname.strip(), given.strip()
    if not surname or not given:
        return surname or given
    return f"{surname}{given}" if is_chinese(surname) and is_chinese(given) else f"{given} {surname}"


def call_name(name: str, title: str = "") -> str:
    """What one calls a person: 王建国, title 总经理 or 总, is 王总; without a title the whole name.

    A title that is already in the name is not added twice; a Latin name keeps its title behind a space (`Smith 总`).
    """
    bare, short = " ".join(name.split()), _SHORT_TITLES.get(title.strip(), title.strip())
    if not bare or not short or bare.endswith(short):
        return bare
    surname = part(bare).surname
    return f"{surname}{short}" if is_chinese(surname) else f"{surname} {short}"
