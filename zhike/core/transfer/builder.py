"""Drafts into rows: values read, relations found, states with their days; what cannot be read becomes a sentence."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Concatenate, ParamSpec

from django.utils.translation import gettext as _

from zhike.core import company, fieldvalues, history, layouts
from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind
from zhike.core.history.models import StateChange
from zhike.core.transfer import targets
from zhike.core.transfer.cells import NotKnown, Reader, choices_of, is_blank, reader_of
from zhike.core.transfer.drafts import Draft, Drafter
from zhike.core.transfer.relations import Relations
from zhike.core.transfer.report import StepReport
from zhike.core.transfer.suggest import nearest
from zhike.core.transfer.tables import Cell
from zhike.core.transfer.values import NotUnderstood, shown, to_date

_P = ParamSpec("_P")
# What failed before, by entity and text: (step, row).
Missing = Mapping[str, Mapping[str, tuple[int, int]]]
# A state entered: field, value as stored, business day.
StateStep = tuple[str, Any, date]


class RowRefused(Exception):
    """The row cannot be written; the message says why, column by column."""


@dataclass(slots=True, kw_only=True)
class Work:
    """A row ready to be written, with its states, further columns, and whether it names rows that are not there yet."""

    draft: Draft
    row: Any
    is_new: bool
    steps: tuple[StateStep, ...] = ()
    blanks: set[str] = field(default_factory=set)
    extras: dict[str, Any] = field(default_factory=dict)
    deferred: bool = False


class Builder:
    """Fills rows of one entity from drafts of one step."""

    def __init__(
        self, actor: Actor, entity: Entity, drafter: Drafter, system: str, report: StepReport, missing: Missing
    ) -> None:
        self.actor = actor
        self.entity = entity
        self.drafter = drafter
        self.report = report
        self._missing = missing
        self.clears_blanks = drafter.step.blanks == "clear"
        # What new records begin with; a blank cell of a mapped column says otherwise.
        self._usual = layouts.defaults(entity)
        self._extras = {
            name: column for name, column in targets.columns_of(entity.slug).items() if name in drafter.fields
        }
        fields = [entity.field(name) for name in drafter.fields if name not in self._extras]
        self.relations = Relations(actor, entity, fields, system)
        self._readers: dict[str, Reader] = {
            each.name: reader_of(each) for each in fields if each.kind is not FieldKind.RELATION
        }
        self.self_references = tuple(
            name for name, each in self.relations.fields.items() if each.related is entity.model
        )
        # Texts by which rows of this very file may be named; filled when there are self references.
        self.upcoming: set[str] = set()
        self._labels: dict[str, list[str]] = {}

    def load(self, drafts: Sequence[Draft]) -> None:
        """Look up everything the relations of a batch name, at once."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for draft in drafts:
            for name in self.relations.fields:
                if name in draft.states:
                    wanted[name].update(value for value, _day in draft.states[name] if value)
                elif not is_blank(draft.cells.get(name, "")):
                    wanted[name].add(_text(draft.cells[name]))
        for name, texts in wanted.items():
            if name in self.self_references:
                self.relations.finders[name].forget_unknown()
            self.relations.finders[name].load(texts)

    def states_of(self, ids: Iterable[int]) -> Mapping[tuple[int, str], list[tuple[str, date]]]:
        """The states records are known to have entered, for those that are imported again."""
        found: dict[tuple[int, str], list[tuple[str, date]]] = defaultdict(list)
        names = self.drafter.step.history
        if not names:
            return found
        rows = StateChange.objects.filter(entity=self.entity.slug, record_id__in=list(ids), field__in=list(names))
        for record, name, new, day in rows.values_list("record_id", "field", "new", "effective_on"):
            found[record, name].append((new, day))
        return found

    def fill(self, draft: Draft, row: Any, *, is_new: bool, known: Mapping[str, list[tuple[str, date]]]) -> Work:
        """Set on `row` what the draft says. Raises `RowRefused` with every reason at once."""
        problems: list[str] = []
        work = Work(draft=draft, row=row, is_new=is_new)
        for name, read in self._readers.items():
            if name not in draft.states:
                self._try(problems, work, name, self._set_value, read)
        for name in self.relations.order:
            if name not in draft.states:
                self._try(problems, work, name, self._set_relation)
        for name in self._extras:
            self._try(problems, work, name, self._set_extra)
        for name in draft.states:
            self._try(problems, work, name, self._set_states, known.get(name, []))
        if problems:
            raise RowRefused(" ".join(problems))
        return work

    def _try(
        self,
        problems: list[str],
        work: Work,
        name: str,
        do: Callable[Concatenate[Work, str, _P], None],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> None:
        try:
            do(work, name, *args, **kwargs)
        except NotUnderstood as refused:
            column = self.drafter.column_of(name)
            problems.append(_("Column “%(column)s”: %(reason)s") % {"column": column, "reason": refused})
            if isinstance(refused, NotKnown):
                self.report.unknowns.add(column, refused.value, work.draft.number)

    def _set_value(self, work: Work, name: str, read: Reader) -> None:
        cell = work.draft.cells[name]
        if is_blank(cell):
            if work.is_new:
                work.blanks.add(name)
                if name in self._usual:
                    self._empty(work.row, name)
            elif self.clears_blanks:
                self._empty(work.row, name)
            return
        fieldvalues.set_value(work.row, self.entity.field(name), read(cell))

    def _empty(self, row: Any, name: str) -> None:
        field = self.entity.field(name)
        if field.custom is None:
            setattr(row, name, field.model_field.get_default())
        else:
            fieldvalues.set_value(row, field, None)

    def _set_relation(self, work: Work, name: str) -> None:
        cell = work.draft.cells[name]
        if is_blank(cell):
            if self.clears_blanks and not work.is_new:
                fieldvalues.set_value(work.row, self.relations.fields[name], None)
            return
        text = _text(cell)
        try:
            found = self.relations.find(name, text, work.row)
        except NotKnown:
            if name in self.self_references and text in self.upcoming:
                work.deferred = True
                return
            self._refuse_missing(name, text)
            raise
        fieldvalues.set_value(work.row, self.relations.fields[name], found)

    def _refuse_missing(self, name: str, text: str) -> None:
        """Say so where the record named is one that failed earlier in this import."""
        slug = self.relations.finders[name].entity.slug
        place = self._missing.get(slug, {}).get(text)
        if place is not None:
            raise NotUnderstood(
                _("“%(value)s” could not be imported in step %(step)d, row %(row)d. Mend that row first.")
                % {"value": shown(text), "step": place[0], "row": place[1]}
            )

    def connect(self, draft: Draft, row: Any) -> Work:
        """Set what a row says of other rows of its file. Raises `RowRefused`."""
        problems: list[str] = []
        work = Work(draft=draft, row=row, is_new=False)
        self.upcoming.clear()
        for name in self.self_references:
            self._try(problems, work, name, self._set_relation)
        if problems:
            raise RowRefused(" ".join(problems))
        return work

    def _set_extra(self, work: Work, name: str) -> None:
        cell = work.draft.cells[name]
        if not is_blank(cell):
            work.extras[name] = self._extras[name].read(self.actor, _text(cell))

    def apply_extras(self, work: Work) -> bool:
        """Write the further columns of a row that is stored by now; whether that changed anything."""
        changed = [self._extras[name].apply(self.actor, work.row, value) for name, value in work.extras.items()]
        return any(changed)

    def _set_states(self, work: Work, name: str, seen: list[tuple[str, date]]) -> None:
        """The states a row went through, and the last of them as its value."""
        entered: list[tuple[Any, date | None]] = []
        states = [(value, day) for value, day in work.draft.states[name] if value]
        for position, (value, cell) in enumerate(states):
            day = to_date(cell, zone=company.zone())
            if day is None and position < len(states) - 1:
                continue
            stored = self._stored(work, name, value)
            if entered and entered[-1][0] == stored:
                continue
            entered.append((stored, day))
        if not entered:
            return
        _refuse_disorder([day for _stored, day in entered if day is not None])
        attname = self.entity.field(name).attname
        before = getattr(work.row, attname)
        setattr(work.row, attname, entered[-1][0])
        for stored, day in entered:
            is_present = not work.is_new and stored == before
            if (day is None and is_present) or (day is not None and (history.as_text(stored), day) in seen):
                continue
            work.steps = (*work.steps, (name, stored, day or company.today()))

    def _stored(self, work: Work, name: str, text: str) -> Any:
        if name in self.relations.fields:
            return self.relations.find(name, text, work.row).pk
        return self._readers[name](text)

    def suggest(self, column: str, value: str) -> str:
        """What an unknown value of a column was probably meant to be; blank when nothing is near."""
        for name in self.drafter.fields:
            if self.drafter.column_of(name) != column:
                continue
            if name in self._extras:
                return nearest(value, self._extras[name].labels(self.actor))
            if name in self.relations.finders:
                return nearest(value, self._labels_of(name))
            field = self.entity.field(name)
            if field.kind in (FieldKind.CHOICE, FieldKind.OPTION):
                return choices_of(field).suggest(value)
        return ""

    def _labels_of(self, name: str) -> list[str]:
        if name not in self._labels:
            self._labels[name] = self.relations.finders[name].labels()
        return self._labels[name]


def _text(cell: Cell) -> str:
    return str(cell).strip()


def _refuse_disorder(days: list[date]) -> None:
    for earlier, later in pairwise(days):
        if later < earlier:
            raise NotUnderstood(
                _("The day %(later)s lies before %(earlier)s, on which the state before it began.")
                % {"later": later.isoformat(), "earlier": earlier.isoformat()}
            )
