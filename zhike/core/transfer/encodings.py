"""Which character encoding a file is in. Judged over the whole file so that row 90,000 brings no surprise."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from zhike.core.transfer.tables import Limits, TableError

_CHUNK = 1024 * 1024
_SAMPLE = 256 * 1024
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")
# What a person may name himself; the first four are also recognised.
KNOWN_ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "windows-1252")
_CODECS = {"big5": "cp950", "windows-1252": "cp1252"}


@dataclass(frozen=True)
class Encoding:
    """A codec and the bytes of the mark at the start that are not text."""

    name: str
    codec: str
    mark: int = 0


def detect(path: Path, limits: Limits, named: str = "") -> Encoding:
    """The file's encoding: byte order mark first, then UTF-16 by its zero bytes, then UTF-8, then GB18030 or Big5.

    `named` is the encoding a person chose; it is checked, not guessed.
    Raises `TableError` when the file is in none of them or has a line longer than `limits.line_bytes`.
    """
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    _refuse_long_lines(path, limits)
    encoding = _by_name(named, sample) if named else _by_mark(sample) or _utf16_without_mark(sample)
    if encoding is not None:
        _must_decode(path, encoding)
        return encoding
    return _multibyte(path)


def _refuse_long_lines(path: Path, limits: Limits) -> None:
    length = 0
    for chunk in _chunks(path):
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        length = length + len(chunk) if last < 0 else len(chunk) - last
        if length > limits.line_bytes:
            raise TableError(
                _("One line of the file is longer than %(size)d MB; this is not a table. Save it as CSV and try again.")
                % {"size": limits.line_bytes // (1024 * 1024)}
            )


def _chunks(path: Path, skip: int = 0) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(skip)
        while chunk := stream.read(_CHUNK):
            yield chunk


def _by_mark(sample: bytes) -> Encoding | None:
    if sample.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8", "utf-8", 3)
    if sample.startswith(codecs.BOM_UTF16_LE):
        return Encoding("utf-16", "utf-16-le", 2)
    if sample.startswith(codecs.BOM_UTF16_BE):
        return Encoding("utf-16", "utf-16-be", 2)
    if sample.startswith(b"\x84\x31\x95\x33"):
        return Encoding("gb18030", "gb18030", 4)
    return None


def _by_name(named: str, sample: bytes) -> Encoding:
    wanted = named.strip().lower()
    if wanted in ("gbk", "gb2312"):
        wanted = "gb18030"
    if wanted not in KNOWN_ENCODINGS:
        raise TableError(
            _("The encoding “%(name)s” is not known. Use one of: %(known)s.")
            % {"name": named, "known": ", ".join(KNOWN_ENCODINGS)}
        )
    marked = _by_mark(sample)
    if marked is not None and marked.name == wanted:
        return marked
    if wanted == "utf-16":
        return _utf16_without_mark(sample) or Encoding("utf-16", "utf-16-le")
    return Encoding(wanted, _CODECS.get(wanted, wanted))


def _utf16_without_mark(sample: bytes) -> Encoding | None:
    """UTF-16 when zero bytes stand on one side only and a line break takes two bytes (上 also holds the byte 0A)."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    units = len(sample) // 2
    for codec, zeros, others, line_break in (
        ("utf-16-le", odd, even, b"\n\x00"),
        ("utf-16-be", even, odd, b"\x00\n"),
    ):
        if zeros * 20 < units or others * 10 > zeros or not zeros:
            continue
        aligned = any(
            sample[at : at + 2] in (line_break, line_break.replace(b"\n", b"\r")) for at in range(0, len(sample) - 1, 2)
        )
        if aligned or (b"\n" not in sample and b"\r" not in sample):
            return Encoding("utf-16", codec)
    return None


def _must_decode(path: Path, encoding: Encoding) -> None:
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    line = 1
    try:
        for chunk in _chunks(path, encoding.mark):
            line += decoder.decode(chunk).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise TableError(
            _("Line %(line)d is not valid %(encoding)s. Save the file again as “CSV UTF-8” and try once more.")
            % {"line": line + error.object[: error.start].count(b"\n"), "encoding": encoding.name.upper()}
        ) from error


def _multibyte(path: Path) -> Encoding:
    """UTF-8 when the whole file is; else GB18030 or Big5 when the whole file is and looks like text in it."""
    if _decodes(path, "utf-8"):
        return Encoding("utf-8", "utf-8")
    good, bad = _utf8_balance(path)
    if good > 10 * bad:
        # Much good UTF-8 with a few broken bytes: a damaged file, not another encoding.
        _must_decode(path, Encoding("utf-8", "utf-8"))
    trails, leads, pairs = _pair_profile(path)
    # Common characters of GB 2312 have both bytes above A0. The rows A4 to AF are kana, Greek and box lines there,
    # but the most common characters of Big5.
    if pairs and leads * 5 > pairs and _decodes(path, "cp950"):
        return Encoding("big5", "cp950")
    if pairs and trails * 5 >= 2 * pairs and _decodes(path, "gb18030"):
        return Encoding("gb18030", "gb18030")
    raise TableError(
        _(
            "The encoding of the file cannot be recognised. Choose it by hand, or open the file in a spreadsheet "
            "and save it as “CSV UTF-8”."
        )
    )


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf8_balance(path: Path) -> tuple[int, int]:
    """Characters beyond ASCII that decode as UTF-8, and broken places."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    good = bad = 0
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        broken = text.count("\ufffd")
        bad += broken
        good += len(text) - len(text.encode("ascii", errors="ignore")) - broken
    return good, bad


def _pair_profile(path: Path) -> tuple[int, int, int]:
    """Two-byte characters: those with a trail byte above A0, those with a lead byte from A4 to AF, and all."""
    trails = leads = pairs = 0
    for chunk in _chunks(path):
        found = _PAIR.findall(chunk)
        pairs += len(found)
        trails += sum(1 for pair in found if pair[1] > 0xA0)
        leads += sum(1 for pair in found if 0xA4 <= pair[0] <= 0xAF)
        if pairs > 200_000:
            break
    return trails, leads, pairs
