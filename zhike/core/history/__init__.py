"""The history of state: which value a field had at the end of any business day, for one record or for all."""

from zhike.core.history.text import as_text

__all__ = ["as_text"]
