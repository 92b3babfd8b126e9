"""Imports of uploaded files as jobs: killed ones go on, failed rows wait to be fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import company
from zhike.core.actors import Via
from zhike.core.entities import contribute, registry
from zhike.core.jobs import JobContext, JobFailed, JobKind, Queue, files
from zhike.core.transfer.drafts import Drafter
from zhike.core.transfer.making import NewField, NewOptions, in_place
from zhike.core.transfer.outcomes import Outcomes
from zhike.core.transfer.plan import Moment, Plan, PlanError, Step, When
from zhike.core.transfer.plans import carry_out
from zhike.core.transfer.report import Outcome, Report
from zhike.core.transfer.runs import JobRun
from zhike.core.transfer.tables import TableError
from zhike.core.transfer.templates import Template, TemplateError

# External keys of uploaded files, apart from those of plans.
UPLOADS = "upload"


@dataclass(frozen=True, kw_only=True)
class Made:
    """Records that the file names and that are not there yet: made by their names before its rows come in."""

    slug: str
    names: list[str]
    constants: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the same rows say of a part of their records: the contact of a customer, the product of an opportunity.

    `via` is the field that names the record; `needs` are the columns without which a row says nothing of a part.
    """

    slug: str
    via: str
    key: str
    columns: dict[str, str]
    needs: list[str]


@dataclass(frozen=True, kw_only=True)
class ImportArguments:
    """One uploaded file: what a person chose in the steps of the import page.

    `upload` is the random name of the file, `name` the one it came with; `history` is field to (template of the value,
    column of its day, column of the day where that is blank); the rest is as in an import plan.
    """

    upload: str
    name: str
    slug: str
    key: str
    when: str = When.UPDATE
    system: str = UPLOADS
    columns: dict[str, str] = field(default_factory=dict)
    compose: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    leave_out: dict[str, list[str]] = field(default_factory=dict)
    history: dict[str, list[list[str]]] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    new_fields: list[NewField] = field(default_factory=list)
    new_options: list[NewOptions] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    match: str = ""
    blanks: str = "keep"
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    dry_run: bool = False

    @property
    def main(self) -> int:
        """The number of the step that brings the entity itself."""
        return len(self.made) + 1

    def step(self) -> Step:
        """The entity itself as a step of a plan. Raises `TemplateError` for a broken key."""
        return Step(
            number=self.main,
            entity=self.slug,
            key=Template.parse(self.key),
            when=When(self.when),
            columns=self.columns,
            compose={name: Template.parse(each) for name, each in self.compose.items()},
            set=self.constants,
            history={name: tuple(map(_moment, moments)) for name, moments in self.history.items()},
            match=self.match,
            **self._of_file(),
        )

    def steps(self) -> tuple[Step, ...]:
        """What is made first, the entity itself, its parts."""
        made = [self._made(number, each) for number, each in enumerate(self.made, start=1)]
        parts = [self._part(number, each) for number, each in enumerate(self.parts, start=self.main + 1)]
        return (*made, self.step(), *parts)

    def _of_file(self) -> dict[str, Any]:
        return {
            "file": files.path_of(self.upload),
            "name": self.name,
            "sheet": self.sheet,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "aliases": self.aliases,
            "leave_out": {column: tuple(values) for column, values in self.leave_out.items()},
            "blanks": self.blanks,
        }

    def _made(self, number: int, made: Made) -> Step:
        title = registry.get(made.slug).title
        return Step(
            number=number,
            entity=made.slug,
            key=Template.parse("{" + title + "}"),
            when=When.SKIP,
            rows=tuple({title: name} for name in made.names),
            set=made.constants,
            match=title,
            name=self.name,
        )

    def _part(self, number: int, part: Part) -> Step:
        return Step(
            number=number,
            entity=part.slug,
            key=Template.parse(part.key),
            when=When(self.when),
            columns=part.columns,
            compose={part.via: Template.parse(self.key)},
            needs=tuple(part.needs),
            **self._of_file(),
        )


def _moment(given: list[str]) -> Moment:
    value, on, *otherwise = given
    return Moment(value=Template.parse(value), on=on, or_on=otherwise[0] if otherwise else "")


def plan_of(arguments: ImportArguments) -> Plan:
    """The plan that the steps of the page amount to."""
    return Plan(name=arguments.name, system=arguments.system, path=Path(arguments.name), steps=arguments.steps())


def run_import(job: JobContext[ImportArguments]) -> None:
    """Do the import, or try it; the job's report is `Report.to_json()`, its result the rows that failed."""
    arguments = job.arguments
    stored: Mapping[str, Any] = job.report
    if stored.get("over"):
        return  # killed after the last row: its files may be gone by now
    report = Report.from_json(dict(stored)) if stored else Report(plan=arguments.name, dry_run=arguments.dry_run)
    outcomes = Outcomes(files.path_of(f"import-{job.id}.jsonl"), start=int((job.cursor or {}).get("outcomes", 0)))
    try:
        plan = plan_of(arguments)
        run = JobRun(job, report, outcomes, is_trial=arguments.dry_run)
        columns = _expect(job, plan)
        with in_place(run, arguments.slug, arguments.new_fields, arguments.new_options):
            carry_out(run, plan)
        _give_back(job, report, outcomes, columns)
        with job.batch():
            job.report = report.to_json() | {"over": True}
    except (PlanError, TableError, TemplateError) as refused:
        raise JobFailed(str(refused)) from refused
    finally:
        outcomes.close()
    files.remove(outcomes.path.name)
    if not arguments.dry_run:
        files.remove(arguments.upload)


def _expect(job: JobContext[ImportArguments], plan: Plan) -> tuple[str, ...]:
    """Say how many rows there are in all; returns the columns of the file."""
    drafter = Drafter(job.arguments.step(), ())
    if job.total is None:
        of_file = sum(1 for _row in drafter.table.rows())
        job.expect(sum(of_file if step.file else len(step.rows) for step in plan.steps))
    return drafter.table.columns


def _give_back(job: JobContext[ImportArguments], report: Report, outcomes: Outcomes, columns: tuple[str, ...]) -> None:
    """The rows of the file that failed, each once with all its reasons, to be mended and brought again."""
    of_file = [step for step in report.steps if step.number >= job.arguments.main]
    if any(step.counts[Outcome.FAILED] or step.incomplete for step in of_file):
        stem = Path(job.arguments.name).stem
        with (
            job.result(_("%(name)s – failed rows.csv") % {"name": stem}) as path,
            path.open("wb") as stream,
        ):
            stream.writelines(outcomes.failed_csv([step.number for step in of_file], columns, company.zone()))


IMPORT = JobKind(
    name="import",
    label=gettext_lazy("import"),
    arguments=ImportArguments,
    run=run_import,
    queue=Queue.LONG,
    right=lambda arguments: f"{arguments.slug}:import",
    via=Via.IMPORT,
    page="import-of-job",
)
contribute(IMPORT)
