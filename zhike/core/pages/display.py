"""How values look: one escaped piece of HTML per value, made without templates so that a list of thousands of cells is quick.

Nothing here asks the database. What a reader may see was decided before: masked values arrive masked, and a related record
that he does not reach arrives as a label without a link.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhike.core import company, options
from zhike.core.entities import Field, FieldKind
from zhike.core.files.panels import ShownFile
from zhike.core.pages import moments
from zhike.core.pages.icons import icon
from zhike.core.pages.words import join_words, speaks_chinese

TONES = frozenset({"green", "amber", "red", "blue", "violet", "grey", "brand"})
TEN_THOUSAND = Decimal(10_000)
_GROUPED_FROM = 10_000  # whole numbers below are written plain, so that a year stays 2026


@dataclass(frozen=True)
class Link:
    """A related record as this reader may be shown it: `url` is blank where he does not reach it."""

    label: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Style:
    """`dense`: one line of a list. `in_ten_thousands`: amounts of company money in 万元."""

    dense: bool = False
    in_ten_thousands: bool = False


PAGE = Style()
LIST = Style(dense=True)
LIST_IN_TEN_THOUSANDS = Style(dense=True, in_ten_thousands=True)


@dataclass(frozen=True, kw_only=True)
class Value:
    """What is to be shown: a field's Python value, with the related record or the currency that belongs to it."""

    field: Field
    value: Any
    link: Link | None = None
    currency: str = ""
    masked: bool = False
    # Of a field that names several records.
    links: tuple[Link, ...] = ()
    # Of a field of files, on a page: those the reader may open.
    files: tuple[ShownFile, ...] = ()


def html(text: str) -> SafeString:
    """Mark a string whose every part was escaped here."""
    return SafeString(text)


def show(shown: Value, style: Style = PAGE) -> SafeString:
    """The value as HTML; blank stays the empty string."""
    value = shown.value
    if shown.link is None and (value is None or value in ("", [])):
        return html("")
    if shown.masked:
        return html(f'<span class="z-muted">{escape(str(value))}</span>')
    return html(_SHOWS[shown.field.kind](shown, style))


_FIGURES = frozenset({FieldKind.MONEY, FieldKind.PERCENT, FieldKind.INTEGER, FieldKind.DECIMAL})


def _figure(shown: Value) -> str:
    """An amount, a number, a share. But for amounts their HTML is nothing but figures and signs, so it is their text as well."""
    if shown.field.kind is FieldKind.MONEY:
        return money(Decimal(shown.value), shown.currency, PAGE)
    return _SHOWS[shown.field.kind](shown, PAGE) if isinstance(shown.value, (int, Decimal)) else str(shown.value)


def plain(shown: Value) -> str:
    """The value as unescaped text: for titles, messages and what stands in another sentence."""
    value, field = shown.value, shown.field
    if shown.link is not None:
        return shown.link.label
    if shown.links:
        return join_words(each.label for each in shown.links)
    if value is None or value in ("", []):
        return ""
    if field.kind in _FIGURES and not shown.masked:
        return _figure(shown)
    if field.kind is FieldKind.BOOLEAN:
        return _yes_or_no(value)
    if field.kind is FieldKind.OPTION:
        return options.label(field.option_list, value)
    if field.kind is FieldKind.MULTI_CHOICE and isinstance(value, list):
        return join_words(options.label(field.option_list, str(code)) for code in value)
    if field.kind is FieldKind.CHOICE:
        return _choice_label(field, value)
    if isinstance(value, (datetime, date)):
        return moments.exactly(value)
    return join_words(value) if isinstance(value, list) else str(value)


def _text(shown: Value, _style: Style) -> str:
    return escape(str(shown.value))


def _long_text(shown: Value, style: Style) -> str:
    text = str(shown.value)
    if style.dense:
        first = text if len(text) <= 80 else f"{text[:79]}…"
        return escape(" ".join(first.split()))
    return escape(text).replace("\n", "<br>")


def _integer(shown: Value, _style: Style) -> str:
    number = int(shown.value)
    return f"{number:,}" if abs(number) >= _GROUPED_FROM else str(number)


def _decimal(shown: Value, _style: Style) -> str:
    number = Decimal(shown.value)
    if shown.field.decimal_places == 2:
        return f"{number:,.2f}"
    return f"{number.normalize():,f}" if number else "0"


def _percent(shown: Value, _style: Style) -> str:
    return f"{int(shown.value)}%"


def _money(shown: Value, style: Style) -> str:
    return escape(money(Decimal(shown.value), shown.currency, style, shown.field.decimal_places or 2))


def money(amount: Decimal, currency: str, style: Style = PAGE, places: int = 2) -> str:
    """An amount with its currency: “125,000.00 元”, “USD 1,200.00”; in a list company money stands bare, the head says its unit."""
    own = company.current().currency
    is_own = not currency or currency == own
    if is_own and style.in_ten_thousands:
        return f"{amount / TEN_THOUSAND:,.2f}"
    figure = f"{amount:,.2f}" if places == 2 or amount == round(amount, 2) else f"{amount.normalize():,f}"
    if is_own and style.dense:
        return figure
    if (currency or own) == "CNY" and speaks_chinese():
        return f"{figure} 元"
    return f"{currency or own} {figure}"


_CHINESE_SIZES = ((TEN_THOUSAND * TEN_THOUSAND, "亿元"), (TEN_THOUSAND, "万元"))
_SIZES = ((1_000_000_000, "B"), (1_000_000, "M"))


def short_money(amount: Decimal) -> str:
    """Company money as a big figure shows it: “92.16 万元” and “1.20 亿元” in Chinese, “CNY 921,620” and “CNY 1.20M” else."""
    own = company.current().currency
    is_chinese = own == "CNY" and speaks_chinese()
    for size, unit in _CHINESE_SIZES if is_chinese else _SIZES:
        if abs(amount) >= size:
            return f"{amount / size:,.2f} {unit}" if is_chinese else f"{own} {amount / size:,.2f}{unit}"
    return f"{amount:,.2f} 元" if is_chinese else f"{own} {amount:,.0f}"


def _date(shown: Value, style: Style) -> str:
    return moments.element(shown.value, dense=style.dense)


def _boolean(shown: Value, _style: Style) -> str:
    return escape(_yes_or_no(shown.value))


def _yes_or_no(value: object) -> str:
    return _("yes") if value else _("no")


def _choice(shown: Value, _style: Style) -> str:
    model = shown.field.model_field.model
    tones: dict[str, dict[str, str]] = getattr(model, "tones", {})
    return status(_choice_label(shown.field, shown.value), tones.get(shown.field.name, {}).get(str(shown.value), ""))


def _choice_label(field: Field, value: object) -> str:
    return next((str(label) for code, label in field.choices if code == str(value)), str(value))


def status(label: str, tone: str) -> str:
    """A word with a coloured dot before it, or the word alone where no colour is known."""
    return f'<span class="z-status is-{tone}">{escape(label)}</span>' if tone in TONES else escape(label)


def _option(shown: Value, _style: Style) -> str:
    return _badge(shown.field.option_list, str(shown.value))


def _options(shown: Value, style: Style) -> str:
    if not isinstance(shown.value, list):
        return _text(shown, style)
    return " ".join(_badge(shown.field.option_list, str(code), always=True) for code in shown.value)


def _badge(name: str, code: str, *, always: bool = False) -> str:
    """An option as a badge in its colour; without one as a word, unless several stand side by side."""
    entry = options.entries(name).get(code)
    if entry is None:
        return escape(code)
    label = escape(entry.text())
    if always and entry.colour not in TONES:
        return f'<span class="z-badge">{label}</span>'
    return f'<span class="z-badge is-{entry.colour}">{label}</span>' if entry.colour in TONES else label


def _relation(shown: Value, _style: Style) -> str:
    return escape(str(shown.value)) if shown.link is None else _linked(shown.link)


def _relations(shown: Value, style: Style) -> str:
    if not shown.links:
        return _list(shown, style)
    return join_words(_linked(each) for each in shown.links)


def _files(shown: Value, style: Style) -> str:
    """On a page each file with a look at it and its size; in a list the names."""
    if style.dense or not shown.files:
        return _relations(shown, style)
    return f'<ul class="z-held">{"".join(f"<li>{held_file(each)}</li>" for each in shown.files)}</ul>'


def held_file(file: ShownFile) -> SafeString:
    """One file in a field: its picture or icon, its name, its size; what a browser may show opens beside, the rest is fetched."""
    opens = (
        f'href="{escape(file.preview_url)}" target="_blank" rel="noopener"'
        if file.preview_url
        else f'href="{escape(file.download_url)}" download'
    )
    look = icon(file.icon)
    if file.thumbnail_url:
        look = html(f'<img src="{escape(file.thumbnail_url)}" alt="" loading="lazy" decoding="async">')
    return html(
        f'<a class="z-file__picture" {opens} tabindex="-1" aria-hidden="true">{look}</a><span class="z-held__words">'
        f'<a class="z-held__name" {opens}>{escape(file.name)}</a> <span class="z-muted z-small">{escape(file.size)}</span></span>'
    )


def _linked(link: Link) -> str:
    label = status(link.label, link.tone)
    return f'<a href="{escape(link.url)}">{label}</a>' if link.url else label


def _phone(shown: Value, _style: Style) -> str:
    number = str(shown.value)
    dialled = "".join(letter for letter in number if letter.isdigit() or letter in "+*#")
    return _copied(f'<a class="z-number" href="tel:{escape(dialled)}">{escape(number)}</a>', number)


def _email(shown: Value, _style: Style) -> str:
    address = escape(str(shown.value))
    return _copied(f'<a href="mailto:{address}">{address}</a>', str(shown.value))


def _copied(shown: str, text: str) -> str:
    return f'<span class="z-copy">{shown}{copy_button(text)}</span>'


def copy_button(text: str) -> SafeString:
    """A small button that copies; it does nothing without JavaScript and is not shown then."""
    return html(
        f'<button class="z-copy__button z-needs-js" type="button" data-copy="{escape(text)}" '
        f'aria-label="{escape(_("Copy %(text)s") % {"text": text})}">{icon("copy", "small")}</button>'
    )


def _url(shown: Value, style: Style) -> str:
    address = str(shown.value)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        return escape(address)
    text = parts.netloc + parts.path.rstrip("/") if style.dense else address
    return f'<a href="{escape(address)}" rel="noopener nofollow" target="_blank">{escape(text)}</a>'


def _list(shown: Value, _style: Style) -> str:
    words: Sequence[object] = shown.value if isinstance(shown.value, list) else [shown.value]
    return escape(join_words([str(word) for word in words]))


_SHOWS: dict[FieldKind, Callable[[Value, Style], str]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.NUMBER: _text,
    FieldKind.INTEGER: _integer,
    FieldKind.DECIMAL: _decimal,
    FieldKind.PERCENT: _percent,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _date,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.CHOICE: _choice,
    FieldKind.OPTION: _option,
    FieldKind.MULTI_CHOICE: _options,
    FieldKind.RELATION: _relation,
    FieldKind.RECORD: _relation,
    FieldKind.RECORDS: _relations,
    FieldKind.FILE: _files,
    FieldKind.PHONE: _phone,
    FieldKind.EMAIL: _email,
    FieldKind.URL: _url,
    FieldKind.LIST: _list,
}


def tone_of(row: models.Model) -> str:
    """The colour a configured row (a stage) gives itself, blank for most."""
    tone = getattr(row, "tone", "")
    return tone if tone in TONES else ""
