"""Index tokens and query tokens meet: the same answers on both databases."""

from __future__ import annotations

import csv
import os
import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhike.core.search import tokens
from zhike.core.search.ranking import Candidate, MatchClass, best_match, rank
from zhike.core.search.tokens import Tokens, fts5_match, index_tokens, query_terms, read_query, tsquery

_COMPANIES = Path(os.environ.get("ZHIKE_SHARED_DATA", "../shared/data")) / "china" / "companies_sse.csv"


def found(stored: Tokens, asked: str, *, guarded: bool = True) -> bool:
    """What the index must do, in plain Python."""
    return tokens.answers(stored.open + (stored.guarded if guarded else ()), query_terms(asked))


def entry(*texts: str, phone: str = "") -> Tokens:
    return index_tokens([*((text, 100, False) for text in texts), (phone, 50, True)])


BANK = entry("浦发银行", "上海浦东发展银行股份有限公司", "KH-20260105-007", phone="138 0013 8000")


@pytest.mark.parametrize(
    "asked",
    [
        "浦发",
        "浦發",
        "浦",
        "行",
        "pfyh",
        "pf",
        "pufa",
        "PUFAYINHANG",
        "yinhang",
        "yh",
        "shpd",
        "浦东发展",
        "上海 银行",
        "shanghaipudongfazhanyinhang",
        "shpdfzyhgfyxgs",
        "银行股份",
        "KH-20260105-007",
        "kh20260105007",
        "20260105-007",
        "20260105",
        "007",
        "0105",
        "ＫＨ",
        "pufa yh",
        "上海浦东发展银行股份有限公司",
    ],
)
def test_a_bank_is_found_by(asked: str) -> None:
    assert found(BANK, asked, guarded=False)


@pytest.mark.parametrize("asked", ["浦东银", "招商", "zsyh", "发东", "008", "fy7", "sh9"])
def test_a_bank_is_not_found_by(asked: str) -> None:
    assert not found(BANK, asked)


@pytest.mark.parametrize(
    "asked",
    ["13800138000", "+86 138 0013 8000", "138-0013-8000", "8613800138000", "8000", "38000", "1380", "0013 8000"],
)
def test_a_telephone_is_found_by_beginning_and_end_but_only_by_readers_to_whom_it_is_open(asked: str) -> None:
    assert found(BANK, asked)
    assert not found(BANK, asked, guarded=False)


@pytest.mark.parametrize("stored", ["010-62781234", "+86 10 6278 1234", "+861062781234", "(010) 6278 1234 转 801"])
@pytest.mark.parametrize("asked", ["010-62781234", "62781234", "01062781234", "+86 10 62781234", "1234", "010 6278"])
def test_all_spellings_of_a_landline_meet(stored: str, asked: str) -> None:
    assert found(entry(phone=stored), asked)


def test_several_numbers_in_one_field_are_each_found() -> None:
    stored = entry(phone="13800138000, 010-62781234; +1 212 555 0100")
    assert all(found(stored, asked) for asked in ("138 0013 8000", "62781234", "0100", "+1 212 555 0100"))


def test_mail_words_and_model_numbers_are_found_by_their_parts() -> None:
    assert all(
        found(entry("wang.jg@example.com.cn"), asked) for asked in ("wang.jg", "wang.jg@example.com.cn", "example")
    )
    assert all(found(entry("GTX Pro 1080Ti"), asked) for asked in ("gtxpro", "gtx pro", "1080", "pro1080", "1080ti"))
    assert all(found(entry("Müller & Söhne"), asked) for asked in ("muller", "MÜLLER", "sohne"))
    assert all(found(entry("91310000132207927X"), asked) for asked in ("9131", "91310000132207927x", "7927"))


def test_a_surname_is_found_by_either_reading() -> None:
    assert all(found(entry("单雄信"), asked) for asked in ("shan", "shanxiong", "danxiong", "sxx", "dxx"))
    assert all(found(entry("吕绿"), asked) for asked in ("lvlv", "lulu"))


def test_a_short_word_is_looked_for_whole_or_at_the_beginning_only() -> None:
    assert found(entry("阿里 BP"), "bp")
    assert found(entry("BPM 软件"), "bp")
    assert not found(entry("软件 BPM"), "bp")


def test_a_query_without_letters_asks_for_nothing() -> None:
    assert [query_terms(text) for text in ("", "  ", "--!", "\x00", "。、")] == [[]] * 5


def test_a_huge_query_and_a_huge_text_are_cut_and_the_query_says_so() -> None:
    query = read_query("中国移动通信" * 10_000)
    assert len(query.terms) <= tokens.MAX_TERMS
    assert query.notice is not None
    assert read_query("中国移动").notice is None
    stored = index_tokens([("".join(chr(0x4E00 + place) for place in range(20_000)), 1, False), ("浦发", 100, False)])
    assert len(stored.open) == tokens.MAX_TOKENS
    assert found(stored, "浦发")


def test_better_matches_come_first_then_weight_then_activity() -> None:
    def candidate(key: int, *names: str, weight: int = 100, active_at: float = 0) -> Candidate:
        return Candidate(tuple((name, weight) for name in names), active_at, key)

    rows = [
        candidate(1, "浦发硅谷银行"),
        candidate(2, "普发易和科技"),
        candidate(3, "pfyh"),
        candidate(4, "PFYH 集团"),
        candidate(5, "上海市", "浦发银行"),
        candidate(6, "pufa"),
        candidate(7, "浦发银行", weight=200),
        candidate(8, "平房永红", active_at=9),
    ]
    assert [row.key for row in rank(read_query("pfyh"), rows)] == [3, 4, 7, 8, 5, 2, 6, 1]
    assert best_match(read_query("浦发"), rows[0].heads) == (MatchClass.PREFIX, 100)
    assert best_match(read_query("pufa"), rows[0].heads)[0] is MatchClass.PINYIN
    assert best_match(read_query("浦 发 硅谷银行"), rows[0].heads)[0] is MatchClass.EXACT
    assert best_match(read_query("浦发"), ()) == (MatchClass.PART, 0)


def _fts5() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(f'CREATE VIRTUAL TABLE entry USING fts5(open, guarded, tokenize="{tokens.TOKENIZER}")')
    return database


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(max_size=30), min_size=1, max_size=4),
    st.text(alphabet="+-() 0123456789", max_size=20),
    st.text(max_size=12),
    st.booleans(),
)
def test_fts5_answers_as_the_plain_rule_does(texts: list[str], phone: str, asked: str, guarded: bool) -> None:
    stored = entry(*texts, phone=phone)
    database = _fts5()
    database.execute("INSERT INTO entry VALUES (?, ?)", (" ".join(stored.open), " ".join(stored.guarded)))
    for query in (asked, texts[0][:6], phone):
        if terms := query_terms(query):
            (count,) = database.execute(
                "SELECT count(*) FROM entry WHERE entry MATCH ?", (fts5_match(terms, guarded=guarded),)
            ).fetchone()
            assert bool(count) == found(stored, query, guarded=guarded)


@given(st.text(min_size=1, max_size=20))
def test_a_short_name_is_found_by_itself(name: str) -> None:
    assert found(entry(name), name)


@given(st.text())
def test_every_token_is_of_letters_and_digits_behind_at_most_one_mark(text: str) -> None:
    for token in index_tokens([(text, 1, False)]).open:
        assert re.fullmatch("[\ue000-\ue003]?[^\\W_]+", token), token
        assert len(token) <= tokens.TOKEN_LENGTH + 1


def test_a_tsquery_is_quoted_whatever_stands_in_a_token() -> None:
    hostile = tokens.Term((tokens.Probe("a'b\\c", prefix=True), tokens.Probe("d")))
    assert tsquery([hostile, tokens.Term((tokens.Probe("浦发"),))]) == "('a''b\\\\c':* | 'd') & ('浦发')"


@pytest.mark.skipif(not _COMPANIES.exists(), reason=f"{_COMPANIES} is absent; it may not be copied into the project.")
def test_a_bank_is_found_among_the_companies_of_shanghai_by_pinyin_and_by_name() -> None:
    with _COMPANIES.open(encoding="utf-8-sig", newline="") as file:
        names = {row["证券全称"]: row["证券简称"] for row in csv.DictReader(file)}
    assert len(names) == 2247
    stored = [(short, index_tokens([(short, 100, False), (full, 90, False)])) for full, short in names.items()]
    for asked in ("pfyh", "浦发", "浦發", "pufayinhang"):
        hits = [
            Candidate(((short, 100),), 0, place) for place, (short, held) in enumerate(stored) if found(held, asked)
        ]
        assert "浦发银行" in rank(read_query(asked), hits)[0].heads[0]
