"""A row of a file on its way to a record: the plan applied, nothing looked up yet."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from zhike.core.transfer.cells import is_blank
from zhike.core.transfer.plan import Constant, Moment, PlanError, Step
from zhike.core.transfer.readers import open_table
from zhike.core.transfer.suggest import nearest
from zhike.core.transfer.tables import Cell, Row, Table
from zhike.core.transfer.templates import Template
from zhike.core.transfer.values import shown


@dataclass(slots=True, kw_only=True)
class Draft:
    """What one row says of one record: cells by field, states with their days, the key, and a fingerprint of it all."""

    row: Row
    key: str
    cells: dict[str, Cell]
    states: dict[str, list[tuple[str, Cell]]] = field(default_factory=dict)
    # Keys by which further systems know the record.
    other_keys: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    problem: str = ""
    # Why the row is not to be imported, where somebody said so.
    left_out: str = ""

    @property
    def number(self) -> int:
        return self.row.number


class Drafter:
    """Makes drafts of the rows of one step. Raises `PlanError` when the plan names a column the file does not have."""

    def __init__(self, step: Step, importable: Sequence[str]) -> None:
        self.step = step
        self.table = _rows_of_plan(step) if step.file is None else _open(step)
        columns = dict(step.columns)
        if step.file is None:
            columns = {name: name for name in self.table.columns if name in importable} | columns
        self._aliases = {self._position(name): dict(known) for name, known in step.aliases.items()}
        self._columns = [(name, self._position(column)) for name, column in columns.items()]
        self._templates = [(name, self._filler(template)) for name, template in step.compose.items()]
        self._constants = [(name, _cell(constant)) for name, constant in step.set.items()]
        self._history = {
            name: [(self._filler(moment.value), self._days(moment)) for moment in moments]
            for name, moments in step.history.items()
        }
        self._left_out = {self._position(name): frozenset(left) for name, left in step.leave_out.items()}
        self._needs = [self._position(name) for name in step.needs]
        self._key = self._filler(step.key)
        self._other_keys = [(system, self._filler(template)) for system, template in step.keys.items()]
        self.columns = columns

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that get a value, in the plan's order."""
        return tuple(dict.fromkeys((*self.columns, *self.step.compose, *self.step.set, *self.step.history)))

    def column_of(self, name: str) -> str:
        """The column a person would correct to change that field: its own, or the first of its template."""
        if name in self.columns:
            return self.columns[name]
        moments = self.step.history.get(name, ())
        templates = [self.step.compose[name]] if name in self.step.compose else [moment.value for moment in moments]
        return next((column for template in templates for column in template.names), name)

    def drafts(self) -> Iterator[Draft]:
        """One draft per row, in order; rows that are broken carry their problem."""
        for row in self.table.rows():
            if self._says_something(row):
                yield self.draft(row)

    def _says_something(self, row: Row) -> bool:
        return not self._needs or any(not is_blank(row.cells[position]) for position in self._needs)

    def draft(self, row: Row) -> Draft:
        """The draft of one row of the table."""
        if row.problem:
            return Draft(row=row, key="", cells={}, problem=row.problem)
        cells = (
            [self._aliased(position, cell) for position, cell in enumerate(row.cells)] if self._aliases else row.cells
        )
        found: dict[str, Cell] = {name: cells[position] for name, position in self._columns}
        for name, (template, positions) in self._templates:
            found[name] = _filled(template, positions, cells)
        found.update(self._constants)
        states = {
            name: [
                (_filled(template, positions, cells), _first(cells, days)) for (template, positions), days in moments
            ]
            for name, moments in self._history.items()
        }
        template, positions = self._key
        complete = all(not is_blank(cells[position]) for position in positions.values())
        key = _filled(template, positions, cells) if complete else ""
        problem = "" if key else _("The key is blank: %(key)s.") % {"key": self.step.key.source}
        if len(key) > _KEY_LENGTH:
            problem = _("The key is longer than %(limit)d characters.") % {"limit": _KEY_LENGTH}
        return Draft(
            row=row,
            key=key,
            cells=found,
            states=states,
            other_keys={system: _filled(*filler, cells) for system, filler in self._other_keys},
            fingerprint=_fingerprint(found, states),
            problem=problem,
            left_out=self._left_out_by(row) if self._left_out else "",
        )

    def _left_out_by(self, row: Row) -> str:
        for position, values in self._left_out.items():
            text = str(row.cells[position]).strip()
            if text in values:
                return _("Left out, as you chose for “%(value)s” in column “%(column)s”.") % {
                    "value": shown(text),
                    "column": self.table.columns[position],
                }
        return ""

    def _days(self, moment: Moment) -> tuple[int, ...]:
        return tuple(self._position(name) for name in (moment.on, moment.or_on) if name)

    def _aliased(self, position: int, cell: Cell) -> Cell:
        known = self._aliases.get(position)
        return cell if known is None else known.get(str(cell).strip(), cell)

    def _filler(self, template: Template) -> tuple[Template, dict[str, int]]:
        return template, {name: self._position(name) for name in template.names}

    def _position(self, column: str) -> int:
        try:
            return self.table.position(column)
        except KeyError:
            sentence = _("Step %(number)d: %(file)s has no column “%(column)s”.") % {
                "number": self.step.number,
                "file": self.step.source,
                "column": column,
            }
            meant = nearest(column, self.table.columns)
            if meant:
                sentence += " " + _("Did you mean “%(suggestion)s”?") % {"suggestion": meant}
            raise PlanError(sentence) from None


_KEY_LENGTH = 200


def _open(step: Step) -> Table:
    if step.file is None:
        raise TypeError("A step without file has rows of its own.")
    return open_table(step.file, sheet=step.sheet, encoding=step.encoding, delimiter=step.delimiter)


def _first(cells: Sequence[Cell], positions: tuple[int, ...]) -> Cell:
    """The first of these cells that is not blank."""
    return next((cells[position] for position in positions if not is_blank(cells[position])), "")


def _rows_of_plan(step: Step) -> Table:
    columns = tuple(dict.fromkeys(name for row in step.rows for name in row))
    rows = [
        Row(number, tuple(_cell(row[name]) if name in row else "" for name in columns))
        for number, row in enumerate(step.rows, start=1)
    ]
    return Table(columns=columns, header_row=0, read=lambda: iter(rows))


def _cell(constant: Constant) -> Cell:
    return Decimal(str(constant)) if isinstance(constant, float) else constant


def _filled(template: Template, positions: Mapping[str, int], cells: Sequence[Cell]) -> str:
    return template.fill(lambda name: str(cells[positions[name]]).strip())


def _fingerprint(cells: Mapping[str, Cell], states: Mapping[str, list[tuple[str, Cell]]]) -> str:
    """Equal for rows that say the same, whatever the order of columns and the spaces around values."""
    said = [f"{name}\x1f{_said(cells[name])}" for name in sorted(cells)]
    for name in sorted(states):
        said += [f"{name}\x1f{value}\x1f{_said(day)}" for value, day in states[name]]
    return hashlib.blake2b("\x1e".join(said).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _said(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
