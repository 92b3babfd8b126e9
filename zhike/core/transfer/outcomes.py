"""What became of single rows, line by line in a file beside the job, from which failed rows are given back."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhike.core.transfer.report import Outcome
from zhike.core.transfer.tables import Cell
from zhike.core.transfer.writers import ExportValue, write_csv


class Outcomes:
    """An append-only file of outcomes. `start` is how many bytes are valid: what a killed run left behind is cut off."""

    def __init__(self, path: Path, start: int = 0) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        with path.open("r+b") as stream:
            stream.truncate(min(start, path.stat().st_size))
        self._stream = path.open("ab")

    def add(self, step: int, row: int, outcome: Outcome, reason: str, cells: Sequence[Cell]) -> None:
        """Note one row with its cells as they stood in the file."""
        line = json.dumps([step, row, outcome, reason, [_plain(cell) for cell in cells]], ensure_ascii=False)
        self._stream.write(line.encode("utf-8", "surrogatepass") + b"\n")

    def flush(self) -> int:
        """Write out what was noted; returns the valid length to go on from."""
        self._stream.flush()
        return self._stream.tell()

    def rewind(self, length: int) -> None:
        """Cut off what was noted beyond `length`: its batch was rolled back."""
        self._stream.flush()
        self._stream.truncate(length)
        self._stream.seek(length)

    def close(self) -> None:
        self._stream.close()

    def lines(self, step: int) -> Iterator[tuple[int, str, str, list[ExportValue]]]:
        """(row, outcome, reason, cells) of one step."""
        self._stream.flush()
        with self.path.open("rb") as stream:
            for line in stream:
                number, row, outcome, reason, cells = json.loads(line)
                if number == step:
                    yield row, outcome, reason, cells

    def failed_csv(self, steps: Sequence[int], columns: Sequence[str], zone: ZoneInfo) -> Iterator[bytes]:
        """The rows of one file that failed in any of these steps, as they were, with row number and reasons behind.

        Each row comes once, whatever the number of steps it failed in, so that it can be mended and imported.
        """
        return write_csv([*columns, _("Row"), _("Reason")], self._failed(steps), zone=zone)

    def _failed(self, steps: Sequence[int]) -> Iterator[list[ExportValue]]:
        written: set[int] = set()
        for step in steps:
            others = [each for each in steps if each != step]
            reasons = self._reasons(others) if others else {}
            for row, outcome, reason, cells in self.lines(step):
                if outcome == Outcome.FAILED and row not in written:
                    written.add(row)
                    yield [*cells, row, " ".join(dict.fromkeys([reason, *reasons.get(row, [])]))]

    def _reasons(self, steps: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for step in steps:
            for row, outcome, reason, _cells in self.lines(step):
                if outcome == Outcome.FAILED:
                    found.setdefault(row, []).append(reason)
        return found


def given_back_columns() -> frozenset[str]:
    """What the two columns behind rows that are given back are called, in all languages."""
    found: set[str] = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {_("Row"), _("Reason")}
    return frozenset(found)


def _plain(cell: Cell) -> str | int:
    return cell if isinstance(cell, (str, int)) and not isinstance(cell, bool) else str(cell)
