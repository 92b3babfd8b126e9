"""Progress of a command: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

_WIDTH = 40
_BAR_SECONDS = 0.1
_LINE_SECONDS = 5.0


class Progress:
    """Shows how far a command is, part by part. Use as a context manager, so that the last state is shown."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._next = 0.0
        self._last: tuple[str, int, int] | None = None
        self._is_shown = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end_part()

    def show(self, part: str, done: int, total: int) -> None:
        """Say that so many of so many are done of a part. May be called as often as one likes."""
        if self._last is not None and self._last[0] != part:
            self._end_part()
        self._last, self._is_shown = (part, done, total), False
        if time.monotonic() >= self._next:
            self._write(*self._last)
            self._next = time.monotonic() + (_BAR_SECONDS if self._is_terminal else _LINE_SECONDS)

    def _end_part(self) -> None:
        if self._last is not None and not self._is_shown:
            self._write(*self._last)
        if self._last is not None and self._is_terminal:
            sys.stderr.write("\n")
        self._last, self._next = None, 0.0

    def _write(self, part: str, done: int, total: int) -> None:
        text = f"{done:,} / {total:,}"
        if self._is_terminal:
            filled = round(_WIDTH * min(done, total) / max(1, total))
            sys.stderr.write(f"\r{part:<20} [{'█' * filled}{'·' * (_WIDTH - filled)}] {text}\033[K")
        else:
            sys.stderr.write(f"{part}: {text}\n")
        sys.stderr.flush()
        self._is_shown = True
