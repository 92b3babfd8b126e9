"""Small matters of language: capitals at the start of a sentence, joining words in a list."""

from collections.abc import Iterable

from django.utils.translation import get_language

from zhike.core.entities import Label


def sentence_start(label: Label) -> str:
    """The label with its first letter as a capital; Chinese stays as it is."""
    text = str(label)
    return text[:1].upper() + text[1:]


def speaks_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh").startswith("zh")


def join_words(words: Iterable[Label]) -> str:
    """Words side by side: 甲、乙 in Chinese, “a, b” else."""
    return ("、" if speaks_chinese() else ", ").join(str(word) for word in words)
