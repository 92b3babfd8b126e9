"""Templates of an import plan: column values put into text, and nothing else that could be evaluated."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class TemplateError(ValueError):
    """A template that cannot be read; the message is a sentence."""


@dataclass(frozen=True)
class Template:
    """Text with columns in braces: `{product} · {account}`. A doubled brace stands for itself.

    `names` are the columns in order; `texts` the text before, between and behind them, one more than the names.
    """

    source: str
    names: tuple[str, ...]
    texts: tuple[str, ...]

    @classmethod
    def parse(cls, source: str) -> "Template":
        """Raises `TemplateError` for a brace left open or an empty name."""
        names: list[str] = []
        texts = [""]
        end = 0
        for found in _PIECE.finditer(source):
            texts[-1] += source[end : found.start()]
            end = found.end()
            if found[0] in ("{{", "}}"):
                texts[-1] += found[0][0]
            elif found[1] is not None and found[1].strip():
                names.append(found[1].strip())
                texts.append("")
            else:
                raise TemplateError(
                    _("the template “%(template)s” has a brace that is not closed, or no column in it.")
                    % {"template": source}
                )
        texts[-1] += source[end:]
        return cls(source, tuple(names), tuple(texts))

    def fill(self, value_of: Callable[[str], str]) -> str:
        """The text with each column's value in place.

        A blank value takes the text that joins it along, so that `{product} · {account}` without account is the product
        alone, and `{name} ({code})` without code the name alone. All blank is blank; without columns it is its text.
        """
        if not self.names:
            return self.texts[0]
        values = [value_of(name) for name in self.names]
        filled = ""
        for position, value in enumerate(values):
            if value:
                joins = filled or position == 0
                filled += (self.texts[position] if joins else "") + value
        return filled + (self.texts[-1] if values[-1] else "")
