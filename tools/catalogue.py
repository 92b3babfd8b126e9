"""Message catalogues: read and write .po, write .mo. Standard library only, so that no machine needs gettext.

The .mo format is the one `gettext.GNUTranslations` reads: a table of the sorted source texts and a table of their
translations; a context stands before its text with \\x04 between, plural forms are joined by \\0.
"""

from __future__ import annotations

import ast
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: Zhike\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""


class Key(NamedTuple):
    """What is translated: the text in English, and a context where one English text has several meanings."""

    text: str
    context: str = ""


@dataclass
class Message:
    """One entry: `plural` is the English plural if there is one, `places` the files that hold the text."""

    plural: str = ""
    translation: str = ""
    is_fuzzy: bool = False
    places: set[str] = field(default_factory=set)


class CatalogueError(Exception):
    """A .po file is not well-formed; the message names file and line."""


def read(path: Path) -> dict[Key, Message]:
    """Return the entries of a .po file, without its header and without what is commented out. Raises CatalogueError."""
    entries: dict[Key, Message] = {}
    fields: dict[str, str] = {}
    fuzzy = False
    current = ""

    def finish() -> None:
        if fields.get("msgid"):
            message = Message(
                fields.get("msgid_plural", ""), fields.get("msgstr") or fields.get("msgstr[0]", ""), fuzzy
            )
            key = Key(fields["msgid"], fields.get("msgctxt", ""))
            if key in entries:
                raise CatalogueError(f"{path}: “{key.text}” stands there twice.")
            entries[key] = message

    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            if "msgstr" in fields or "msgstr[0]" in fields:
                finish()
                fields, fuzzy = {}, False
            fuzzy = fuzzy or (stripped.startswith("#,") and "fuzzy" in stripped)
            continue
        word, _, rest = stripped.partition(" ")
        if word.startswith("msg"):
            if word in ("msgctxt", "msgid") and ("msgstr" in fields or "msgstr[0]" in fields):
                finish()
                fields, fuzzy = {}, False
            current, fields[word] = word, _unquote(rest.strip(), path, number)
        elif current:
            fields[current] += _unquote(stripped, path, number)
    finish()
    return entries


def _unquote(literal: str, path: Path, number: int) -> str:
    try:
        text = ast.literal_eval(literal) if literal.startswith('"') else None
    except (SyntaxError, ValueError):
        text = None
    if not isinstance(text, str):
        raise CatalogueError(f"{path}:{number}: this is not a text in quotes: {literal}")
    return text


def write(path: Path, entries: dict[Key, Message], *, language: str) -> None:
    """Write a .po file in an order that does not change when code moves: by text, then by context."""
    blocks = [HEADER.format(language=language)]
    for key, message in sorted(entries.items()):
        lines = [f"#: {place}" for place in sorted(message.places)]
        flags = ["fuzzy"] if message.is_fuzzy else []
        flags += ["python-format"] if "%" in key.text else []
        lines += [f"#, {', '.join(flags)}"] if flags else []
        lines += [f"msgctxt {_quote(key.context)}"] if key.context else []
        lines.append(f"msgid {_quote(key.text)}")
        lines += [f"msgid_plural {_quote(message.plural)}"] if message.plural else []
        lines.append(f"msgstr{'[0]' if message.plural else ''} {_quote(message.translation)}")
        blocks.append("\n".join(lines) + "\n")
    path.write_text("\n".join(blocks), encoding="utf-8")


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    lines = escaped.split("\n")
    if len(lines) == 1:
        return f'"{escaped}"'
    parts = [line + "\\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    return "\n".join(['""', *(f'"{part}"' for part in parts)])


def compiled(entries: dict[Key, Message], *, language: str) -> bytes:
    """Return the .mo form; what is untranslated or fuzzy is left out, so that English shows."""
    header = "".join(ast.literal_eval(line) for line in HEADER.format(language=language).splitlines()[2:])
    pairs = {b"": header.encode()}
    for key, message in entries.items():
        if message.translation and not message.is_fuzzy:
            source = f"{key.context}\x04{key.text}" if key.context else key.text
            source = f"{source}\0{message.plural}" if message.plural else source
            pairs[source.encode()] = message.translation.encode()
    ordered = sorted(pairs.items())
    start = 7 * 4
    offset = start + 16 * len(ordered)
    tables: list[tuple[int, int]] = []
    blob = b""
    for column in (0, 1):
        for pair in ordered:
            tables.append((len(pair[column]), offset + len(blob)))
            blob += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(ordered), start, start + 8 * len(ordered), 0, offset)
    return head + b"".join(struct.pack("<2I", *entry) for entry in tables) + blob
