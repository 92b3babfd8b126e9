"""The guard against formulas in delimited text: what the writer puts before a cell and the reader takes away again.

A spreadsheet runs a cell that begins with one of these characters; an apostrophe in front makes it text. Text that
already looks guarded gets one more, so that taking one away always gives back the original.
"""

import re

_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def with_guard(text: str) -> str:
    """The text as it may stand in a delimited file."""
    return "'" + text if _DANGEROUS.match(text) else text


def without_guard(text: str) -> str:
    """The text as it was before `with_guard`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text, 1) else text
