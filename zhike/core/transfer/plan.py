"""The import plan: a TOML file that says once how a company's tables become records, to be run again and again.

`docs/tutorial-import.md` walks through one. What is unknown or misspelt is refused with the place and what is allowed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from zhike.core.transfer.templates import Template, TemplateError

Constant: TypeAlias = str | int | float | bool


class PlanError(ValueError):
    """The plan cannot be used; the message is a sentence that names the place."""


class When(StrEnum):
    """What happens to a row whose key is already known: it brings the record up to date, or is left alone."""

    CREATE = "create"  # a known key is reported as failed
    UPDATE = "update"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One entry of a field's history: `value` held from the day in the column `on`; a blank column drops the entry.

    `or_on` is the column looked at where `on` is blank.
    """

    value: Template
    on: str
    or_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One file, or rows written in the plan, into one entity.

    `columns`: field to column; `compose`: field to template over columns; `set`: field to constant;
    `aliases`: column to {value in the file: value meant}; `history`: field to its entries in order of time.
    """

    number: int
    entity: str
    key: Template
    when: When
    file: Path | None = None
    # What the file is called where that differs from its path (uploads lie under random names).
    name: str = ""
    rows: tuple[Mapping[str, Constant], ...] = ()
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    compose: Mapping[str, Template] = field(default_factory=dict)
    set: Mapping[str, Constant] = field(default_factory=dict)
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    history: Mapping[str, tuple[Moment, ...]] = field(default_factory=dict)
    # System → template of the key it has there, besides the plan's own.
    keys: Mapping[str, Template] = field(default_factory=dict)
    # A text field that recognises records which nobody imported; several, joined by commas, must all agree.
    match: str = ""
    # Column to values whose rows are left out.
    leave_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Columns of which one must be filled, else the row says nothing of this entity.
    needs: tuple[str, ...] = ()
    # "keep": a blank cell leaves what a record has; "clear": it empties the field.
    blanks: str = "keep"

    @property
    def source(self) -> str:
        """What a person knows the rows by."""
        return self.name or ("rows" if self.file is None else self.file.name)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A whole migration. `heads`: department to person, by name, once all steps are done. `currency`: the company's."""

    name: str
    system: str
    path: Path
    steps: tuple[Step, ...]
    currency: str = ""
    heads: Mapping[str, str] = field(default_factory=dict)


def load_plan(path: Path) -> Plan:
    """Read a plan. File names in it are relative to the plan's own folder. Raises `PlanError`."""
    try:
        with path.open("rb") as stream:
            document = tomllib.load(stream)
    except OSError as error:
        raise PlanError(_("The plan %(path)s cannot be opened.") % {"path": path}) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(
            _("The plan %(path)s is not valid TOML: %(reason)s.") % {"path": path, "reason": error}
        ) from error
    reader = _Reader(path)
    reader.only(document, ("plan", "company", "heads", "step"), _("the plan"))
    head = reader.table(document, "plan", required=True)
    reader.only(head, ("name", "system"), "[plan]")
    company = reader.table(document, "company")
    reader.only(company, ("currency",), "[company]")
    steps = document.get("step")
    if not isinstance(steps, list) or not steps:
        raise PlanError(_("The plan has no [[step]]. Add one for each file."))
    return Plan(
        name=reader.text(head, "name", "[plan]", required=True),
        system=reader.text(head, "system", "[plan]", required=True),
        path=path,
        currency=reader.text(company, "currency", "[company]").upper(),
        heads=reader.texts(document, "heads", _("the plan")),
        steps=tuple(reader.step(number, each) for number, each in enumerate(steps, start=1)),
    )


_STEP_KEYS = (
    "file", "rows", "entity", "key", "when", "sheet", "encoding", "delimiter", "columns", "compose", "set",
    "aliases", "history", "keys", "match", "blanks",
)  # fmt: skip


class _Reader:
    """Takes typed values out of parsed TOML, with sentences for what is not as it should be."""

    def __init__(self, path: Path) -> None:
        self.folder = path.parent

    def only(self, table: Mapping[str, Any], allowed: tuple[str, ...], place: str) -> None:
        for key in table:
            if key not in allowed:
                raise PlanError(
                    _("%(place)s: the key “%(key)s” is not known. Allowed are: %(allowed)s.")
                    % {"place": place, "key": key, "allowed": ", ".join(sorted(allowed))}
                )

    def table(self, parent: Mapping[str, Any], key: str, *, required: bool = False) -> Mapping[str, Any]:
        value = parent.get(key, {})
        if not isinstance(value, dict) or (required and key not in parent):
            raise PlanError(_("The plan needs a table [%(key)s].") % {"key": key})
        return value

    def text(self, table: Mapping[str, Any], key: str, place: str, *, required: bool = False) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            raise PlanError(_("%(place)s: “%(key)s” must be text in quotation marks.") % {"place": place, "key": key})
        if required and not value.strip():
            raise PlanError(_("%(place)s: “%(key)s” is missing.") % {"place": place, "key": key})
        return value

    def texts(self, table: Mapping[str, Any], key: str, place: str) -> dict[str, str]:
        value = table.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise PlanError(
                _('%(place)s: “%(key)s” must be a table of texts, like {name = "column"}.')
                % {"place": place, "key": key}
            )
        return dict(value)

    def template(self, text: str, place: str) -> Template:
        try:
            return Template.parse(text)
        except TemplateError as error:
            raise PlanError(f"{place}: {error}") from error

    def step(self, number: int, table: Any) -> Step:
        place = _("Step %(number)d") % {"number": number}
        if not isinstance(table, dict):
            raise PlanError(_("%(place)s must be written as a table [[step]].") % {"place": place})
        self.only(table, _STEP_KEYS, place)
        file = self.text(table, "file", place)
        rows = self._rows(table, place)
        if bool(file) == bool(rows):
            raise PlanError(_("%(place)s needs either “file” or “rows”.") % {"place": place})
        return Step(
            number=number,
            entity=self.text(table, "entity", place, required=True),
            key=self.template(self.text(table, "key", place, required=True), place),
            when=self._when(table, place),
            file=self.folder / file if file else None,
            rows=rows,
            sheet=self.text(table, "sheet", place),
            encoding=self.text(table, "encoding", place),
            delimiter=self.text(table, "delimiter", place),
            columns=self.texts(table, "columns", place),
            compose={name: self.template(each, place) for name, each in self.texts(table, "compose", place).items()},
            set=self._constants(table.get("set", {}), "set", place),
            aliases=self._aliases(table, place),
            history=self._history(table, place),
            keys={name: self.template(each, place) for name, each in self.texts(table, "keys", place).items()},
            match=self.text(table, "match", place),
            blanks=self._blanks(table, place),
        )

    def _rows(self, table: Mapping[str, Any], place: str) -> tuple[Mapping[str, Constant], ...]:
        rows = table.get("rows", [])
        if not isinstance(rows, list):
            raise PlanError(_("%(place)s: “rows” must be a list of tables.") % {"place": place})
        return tuple(self._constants(row, "rows", place) for row in rows)

    def _when(self, table: Mapping[str, Any], place: str) -> When:
        text = self.text(table, "when", place) or When.UPDATE
        try:
            return When(text)
        except ValueError as error:
            raise PlanError(
                _("%(place)s: “%(key)s” is “%(value)s”; allowed are: %(allowed)s.")
                % {"place": place, "key": "when", "value": text, "allowed": ", ".join(When)}
            ) from error

    def _blanks(self, table: Mapping[str, Any], place: str) -> str:
        text = self.text(table, "blanks", place) or "keep"
        if text not in ("keep", "clear"):
            raise PlanError(
                _("%(place)s: “%(key)s” is “%(value)s”; allowed are: %(allowed)s.")
                % {"place": place, "key": "blanks", "value": text, "allowed": "keep, clear"}
            )
        return text

    def _constants(self, value: Any, key: str, place: str) -> dict[str, Constant]:
        if not isinstance(value, dict) or not all(isinstance(each, (str, int, float, bool)) for each in value.values()):
            raise PlanError(
                _("%(place)s: “%(key)s” must hold texts, numbers, true or false only.") % {"place": place, "key": key}
            )
        return dict(value)

    def _aliases(self, table: Mapping[str, Any], place: str) -> dict[str, dict[str, str]]:
        value = table.get("aliases", {})
        if not isinstance(value, dict):
            raise PlanError(_("%(place)s: “aliases” must be a table of columns.") % {"place": place})
        return {column: self.texts(value, column, f"{place}, aliases") for column in value}

    def _history(self, table: Mapping[str, Any], place: str) -> dict[str, tuple[Moment, ...]]:
        value = table.get("history", {})
        if not isinstance(value, dict):
            raise PlanError(_("%(place)s: “history” must be a table of fields.") % {"place": place})
        history: dict[str, tuple[Moment, ...]] = {}
        for name, entries in value.items():
            where = f"{place}, history.{name}"
            if not isinstance(entries, list) or not entries or not all(isinstance(each, dict) for each in entries):
                raise PlanError(_('%(place)s must be a list like [{value = "…", on = "column"}].') % {"place": where})
            for each in entries:
                self.only(each, ("value", "on"), where)
            history[name] = tuple(
                Moment(
                    value=self.template(self.text(each, "value", where, required=True), where),
                    on=self.text(each, "on", where, required=True),
                )
                for each in entries
            )
        return history
