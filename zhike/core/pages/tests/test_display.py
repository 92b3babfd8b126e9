"""How single values look."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone as now
from django.utils import translation

from zhike.core.entities import registry
from zhike.core.masking import mask
from zhike.core.pages import moments
from zhike.core.pages.display import LIST, LIST_IN_TEN_THOUSANDS, PAGE, Link, Style, Value, plain, short_money, show

EVIL = "<script>alert(1)</script>\"'&"


def shown(slug: str, name: str, value: Any, style: Style = PAGE, **more: Any) -> str:
    return str(show(Value(field=registry.get(slug).field(name), value=value, **more), style))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("customers", "name"),
        ("customers", "description"),
        ("customers", "number"),
        ("customers", "phone"),
        ("customers", "email"),
        ("customers", "website"),
        ("customers", "state"),
        ("customers", "kind"),
        ("users", "skills"),
    ],
)
@pytest.mark.parametrize("style", [PAGE, LIST])
def test_no_value_brings_markup_of_its_own(slug: str, name: str, style: Style) -> None:
    value: Any = [EVIL] if name == "skills" else EVIL
    html = shown(slug, name, value, style)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    # Nothing ends the attributes in which the value also stands (tel:, data-copy).
    assert "\"'" not in html


@pytest.mark.django_db
def test_a_related_name_brings_no_markup_of_its_own() -> None:
    html = shown("contacts", "customer", 1, link=Link(EVIL, "/customers/1/"))
    assert "<script" not in html
    assert 'href="/customers/1/"' in html


@pytest.mark.django_db
def test_a_record_out_of_reach_is_named_without_a_link() -> None:
    assert shown("contacts", "customer", 1, link=Link("浦发银行")) == "浦发银行"


@pytest.mark.django_db
@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("name", ["name", "phone", "annual_revenue", "founded_in", "level", "description"])
def test_blank_stays_blank(name: str, value: Any) -> None:
    assert shown("customers", name, value) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example"])
def test_only_web_addresses_become_links(address: str) -> None:
    assert "<a" not in shown("customers", "website", address)


@pytest.mark.django_db
def test_a_web_address_opens_apart_and_says_nothing_of_us() -> None:
    html = shown("customers", "website", "https://example.cn/a?b=1&c=2")
    assert 'href="https://example.cn/a?b=1&amp;c=2"' in html
    assert 'rel="noopener nofollow"' in html


@pytest.mark.django_db
def test_money_names_its_currency_on_a_page_and_leaves_it_to_the_head_in_a_list() -> None:
    amount = Decimal("125000.00")
    with translation.override("zh-hans"):
        assert shown("opportunities", "amount", amount, currency="CNY") == "125,000.00 元"
        assert shown("opportunities", "amount", amount, LIST, currency="CNY") == "125,000.00"
        assert shown("opportunities", "amount", amount, LIST_IN_TEN_THOUSANDS, currency="CNY") == "12.50"
    with translation.override("en"):
        assert shown("opportunities", "amount", amount, currency="CNY") == "CNY 125,000.00"


@pytest.mark.django_db
def test_foreign_money_names_its_currency_everywhere() -> None:
    for style in (PAGE, LIST, LIST_IN_TEN_THOUSANDS):
        assert shown("opportunities", "amount", Decimal("1200.00"), style, currency="USD") == "USD 1,200.00"


@pytest.mark.django_db
def test_zero_is_shown_and_not_taken_for_blank() -> None:
    assert shown("opportunities", "amount", Decimal(0), LIST, currency="CNY") == "0.00"
    assert shown("opportunities", "probability", 0) == "0%"


@pytest.mark.django_db
def test_a_year_stands_without_a_comma_and_a_large_number_with() -> None:
    assert shown("customers", "founded_in", 1998) == "1998"
    assert shown("customers", "employees", 12000) == "12,000"


@pytest.mark.django_db
def test_an_option_with_a_colour_is_a_badge_and_one_without_a_word() -> None:
    with translation.override("en"):
        assert shown("customers", "state", "current") == '<span class="z-badge is-green">current customer</span>'
        assert shown("customers", "level", "ordinary") == "ordinary"


@pytest.mark.django_db
def test_a_masked_value_is_neither_link_nor_copied() -> None:
    html = shown("customers", "phone", mask("13800138000"), masked=True)
    assert "138****8000" in html
    assert "tel:" not in html
    assert "data-copy" not in html


@pytest.mark.django_db
def test_line_breaks_of_long_texts_are_kept_on_pages() -> None:
    assert shown("customers", "description", "one\ntwo") == "one<br>two"
    assert shown("customers", "description", "one\ntwo", LIST) == "one two"


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+86 138 0013 8000", "+86****8000"),
        ("anna@example.cn", "a****@example.cn"),
        ("张三丰", "张****"),
        ("", ""),
        (None, ""),
        (1234567, "1****"),
    ],
)
def test_a_mask_keeps_too_little_to_be_used(value: object, masked: str) -> None:
    assert mask(value) == masked


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (-1, "yesterday"),
        (1, "tomorrow"),
        (-3, "3 days ago"),
        (5, "in 5 days"),
        (-40, "2026-05-06"[5:]),
        (-400, "2025-05-11"),
    ],
)
def test_near_days_are_told_by_distance_and_others_by_date(days: int, words: str) -> None:
    today = date(2026, 6, 15)
    with translation.override("en"):
        assert moments.day_in_words(today + timedelta(days=days), today) == words


@pytest.mark.django_db
def test_a_moment_is_told_in_the_readers_zone_with_the_exact_one_as_title() -> None:
    moment = datetime(2020, 1, 1, 20, 30, tzinfo=UTC)
    with now.override("Asia/Shanghai"):
        html = moments.element(moment, dense=True)
    assert 'title="2020-01-02 04:30"' in html
    assert ">2020-01-02<" in html


@pytest.mark.django_db
def test_plain_text_is_not_escaped_since_it_goes_into_sentences() -> None:
    assert plain(Value(field=registry.get("customers").field("name"), value="A & B")) == "A & B"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        (Decimal(0), "0.00 元", "CNY 0"),
        (Decimal("9999.99"), "9,999.99 元", "CNY 10,000"),
        (Decimal(921620), "92.16 万元", "CNY 921,620"),
        (Decimal(120_000_000), "1.20 亿元", "CNY 120.00M"),
        (Decimal(2_300_000_000), "23.00 亿元", "CNY 2.30B"),
        (Decimal(-20_000), "-2.00 万元", "CNY -20,000"),
    ],
)
def test_a_big_figure_is_short_in_each_language(amount: Decimal, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert short_money(amount) == chinese
    with translation.override("en"):
        assert short_money(amount) == english
