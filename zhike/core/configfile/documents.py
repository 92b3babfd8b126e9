"""The file itself: TOML or JSON, read with care and written so that it can be compared line by line."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

FORMATS = ("toml", "json")
MAX_BYTES = 2_000_000
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class DocumentError(Exception):
    """The file cannot be read; the sentence says where and why."""


def read_document(content: bytes, form: str) -> dict[str, Any]:
    """What stands in the file. Raises `DocumentError` with a sentence."""
    if len(content) > MAX_BYTES:
        raise DocumentError(_("This file is too large for a configuration: at most 2 MB."))
    try:
        text = content.decode("utf-8-sig")
        found = tomllib.loads(text) if form == "toml" else json.loads(text)
    except UnicodeDecodeError as foreign:
        raise DocumentError(_("This file is not text in UTF-8. Export it anew, or save it as UTF-8.")) from foreign
    except (ValueError, RecursionError) as faulty:
        sentence = _("This is not readable as %(format)s: %(reason)s.")
        raise DocumentError(sentence % {"format": form.upper(), "reason": str(faulty).rstrip(".")}) from faulty
    if not isinstance(found, dict):
        raise DocumentError(_("A configuration file holds named parts; this one holds something else."))
    return found


def write_document(document: Mapping[str, Any], form: str) -> str:
    """The document as text of that format."""
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return "\n".join(_table(document, ())).lstrip("\n") + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Plain values first, then the tables below, each under its full name. What is blank (None) has no place in TOML."""
    plain = {name: value for name, value in table.items() if value is not None and not isinstance(value, Mapping)}
    below = {name: value for name, value in table.items() if isinstance(value, Mapping)}
    if path and (plain or not below):
        yield ""
        yield f"[{'.'.join(_name(part) for part in path)}]"
    for name, value in plain.items():
        yield f"{_name(name)} = {_value(value)}"
    for name, value in below.items():
        yield from _table(value, (*path, name))


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    # JSON writes strings as TOML reads them, but for this one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{_name(name)} = {_value(each)}" for name, each in value.items() if each is not None) + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, (int, float)):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no place in a configuration file.")
