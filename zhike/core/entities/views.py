"""Other ways to look at a list than as a table, declared with the entity: a board of cards in columns, a calendar of days."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Board:
    """Cards in columns: one column for each value of the field `by`.

    `by` is a choice in code, an option list, or a relation to configured rows (stages); it stands among the entity's filters.
    - `sum`: a money or number field added up at the head of each column, money in company currency.
    - `card`: the fields shown on a card below its name.
    - `within`: for columns that belong to something (the stages of a pipeline), the field of the record that names it.
    - `since`: the day on which a card entered its column; `due`: the day by which something should have happened.
    - `moves`: what a drop into a column does, by the column's state (a choice's or option's code; the `status` of a configured
      row): the name of a verb, or of several, of which the first that fits the record runs. A column that is not named takes
      the card by an ordinary edit of `by`.
    - `closed`: states in which nothing is due any more.
    """

    by: str
    sum: str = ""
    card: tuple[str, ...] = ()
    within: str = ""
    since: str = ""
    due: str = ""
    moves: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    def verbs_into(self, state: str) -> tuple[str, ...]:
        """The names of the verbs that bring a card into a column of that state; none where an edit does."""
        named = self.moves.get(state, ())
        return (named,) if isinstance(named, str) else named


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Records on the days and hours of a calendar: `start` is a day or a moment, `end` (optional) of the same kind; filters both.

    - `at`: for a `start` that is a day, the moment on that day, of records that have one; a filter too. Its day is the company's.
    - `state`: the choice, or the yes or no, that colours a record and is told in words; by default the first choice with tones.
    - `notes`: fields told below the name, where there is room.
    """

    start: str
    end: str = ""
    at: str = ""
    state: str = ""
    notes: tuple[str, ...] = ()


EntityView = Board | Calendar
