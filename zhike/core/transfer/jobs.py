"""Imports of uploaded files and exports to workbooks as jobs: killed ones go on, results wait to be fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import company
from zhike.core.actors import Via
from zhike.core.entities import contribute
from zhike.core.jobs import JobContext, JobFailed, JobKind, Queue, files
from zhike.core.transfer.engine import StepImport
from zhike.core.transfer.outcomes import Outcomes
from zhike.core.transfer.plan import Plan, PlanError, Step, When
from zhike.core.transfer.report import Outcome, Report
from zhike.core.transfer.runs import JobRun
from zhike.core.transfer.tables import TableError
from zhike.core.transfer.templates import Template, TemplateError

# External keys of uploaded files, apart from those of plans.
UPLOADS = "upload"


@dataclass(frozen=True, kw_only=True)
class ImportArguments:
    """One uploaded file into one entity: what a person chose in the steps of the import page.

    `upload` is the random name of the file, `name` the one it came with; the rest is as in an import plan.
    """

    upload: str
    name: str
    slug: str
    key: str
    when: str = When.UPDATE
    system: str = UPLOADS
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    match: str = ""
    blanks: str = "keep"
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    dry_run: bool = False

    def step(self) -> Step:
        """The same as a step of a plan. Raises `TemplateError` for a broken key."""
        return Step(
            number=1,
            entity=self.slug,
            key=Template.parse(self.key),
            when=When(self.when),
            file=files.path_of(self.upload),
            name=self.name,
            sheet=self.sheet,
            encoding=self.encoding,
            delimiter=self.delimiter,
            columns=self.columns,
            set=self.constants,
            aliases=self.aliases,
            match=self.match,
            blanks=self.blanks,
        )


def plan_of(arguments: ImportArguments) -> Plan:
    """A plan of one step."""
    return Plan(name=arguments.name, system=arguments.system, path=Path(arguments.name), steps=(arguments.step(),))


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
        step = StepImport(run, plan, plan.steps[0])
        if job.total is None:
            job.expect(sum(1 for _row in step.drafter.table.rows()))
        if run.place().get("step", 1) == 1:
            step.execute()
        _give_back(job, report, outcomes, step.drafter.table.columns)
        with job.batch():
            job.report = report.to_json() | {"over": True}
    except (PlanError, TableError, TemplateError) as refused:
        raise JobFailed(str(refused)) from refused
    finally:
        outcomes.close()
    files.remove(outcomes.path.name)
    if not arguments.dry_run:
        files.remove(arguments.upload)


def _give_back(job: JobContext[ImportArguments], report: Report, outcomes: Outcomes, columns: tuple[str, ...]) -> None:
    done = report.steps[0]
    if done.counts[Outcome.FAILED] or done.incomplete:
        stem = Path(job.arguments.name).stem
        with (
            job.result(_("%(name)s – failed rows.csv") % {"name": stem}) as path,
            path.open("wb") as stream,
        ):
            stream.writelines(outcomes.failed_csv(1, columns, company.zone()))


IMPORT = JobKind(
    name="import",
    label=gettext_lazy("import"),
    arguments=ImportArguments,
    run=run_import,
    queue=Queue.LONG,
    right=lambda arguments: f"{arguments.slug}:import",
    via=Via.IMPORT,
    page="import-result",
)
contribute(IMPORT)
