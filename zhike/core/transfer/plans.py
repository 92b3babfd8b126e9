"""A whole import plan: the company's currency, the steps in order, the heads of departments."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from zhike.core import company, overlay, writes
from zhike.core.actors import Actor
from zhike.core.company import Company
from zhike.core.entities import registry
from zhike.core.transfer import targets
from zhike.core.transfer.checks import check_fields, entity_of, importable_names
from zhike.core.transfer.drafts import Drafter
from zhike.core.transfer.engine import StepImport
from zhike.core.transfer.outcomes import Outcomes
from zhike.core.transfer.plan import Plan, PlanError, load_plan
from zhike.core.transfer.rehearsal import Rehearsal
from zhike.core.transfer.relations import Finder
from zhike.core.transfer.report import Outcome, Report
from zhike.core.transfer.runs import DirectRun, OnProgress, Run, TrialRun, rolled_back
from zhike.core.transfer.suggest import nearest
from zhike.core.writes.errors import Refused


def run_plan(path: Path, actor: Actor, *, dry_run: bool = False, progress: OnProgress | None = None) -> Report:
    """Import by a plan, or with `dry_run` try it and leave nothing. Running it again changes nothing.

    Failed rows are written to CSV files under the data directory (`Report.failed_files`).
    Raises `PlanError`, `TableError`, and what the write path raises for the company and the heads.
    """
    plan = load_plan(path)
    report = Report(plan=plan.name, dry_run=dry_run)
    batch_id = f"import-{secrets.token_hex(8)}"
    report.batch = "" if dry_run else batch_id
    folder = Path(settings.DATA_DIR) / "imports"
    outcomes = Outcomes(folder / f"{batch_id}.jsonl")
    started = time.monotonic()
    try:
        run: Run = (
            TrialRun(actor.in_batch(batch_id), report, outcomes, progress, whole=len(plan.steps) > 1)
            if dry_run
            else DirectRun(actor.in_batch(batch_id), report, outcomes, progress)
        )
        with _around(run):
            carry_out(run, plan)
        _give_back(plan, report, outcomes, folder, batch_id)
    finally:
        outcomes.close()
        outcomes.path.unlink(missing_ok=True)
    report.seconds = time.monotonic() - started
    return report


@contextmanager
def _around(run: Run) -> Iterator[None]:
    """The one transaction of a trial whose steps build on one another."""
    if run.is_trial and run.remembers:
        with rolled_back():
            yield
    else:
        yield


def carry_out(run: Run, plan: Plan) -> None:
    """Do a plan from where the run stood."""
    overlay.refresh()
    reached = run.place().get("step", 0)
    _check(run.actor, plan)
    if plan.currency and reached <= 1:
        with run.batch():
            _set_currency(run.actor, plan.currency)
    left = [step for step in plan.steps if step.number >= reached]
    if run.is_trial and not run.remembers and len(plan.steps) > 1:
        Rehearsal(run, plan).execute(left)
    else:
        for step in left:
            StepImport(run, plan, step).execute()
    if plan.heads:
        with run.batch():
            run.report.notes += _appoint_heads(run.actor, plan)


def _check(actor: Actor, plan: Plan) -> None:
    """Refuse a plan that does not fit before its first row is written. Raises `PlanError`, `TableError`, `NotAllowed`."""
    for step in plan.steps:
        entity = entity_of(step)
        check_fields(actor, entity, Drafter(step, importable_names(entity)))


def _set_currency(actor: Actor, currency: str) -> None:
    """Only while no money is stored: amounts would else mean something else from one moment to the next."""
    if company.current().currency == currency:
        return
    if not actor.access.may("settings.company"):
        raise writes.NotAllowed(_("Your roles do not allow changing the company's currency. Leave [company] out."))
    holder = next((entity for entity in registry.all() if _holds_money(entity)), None)
    if holder is not None:
        raise PlanError(
            _("The company's currency cannot become %(currency)s any more, since %(entity)s with amounts are stored.")
            % {"currency": currency, "entity": holder.label_plural}
        )
    row = Company.objects.select_for_update().filter(pk=1).first() or Company(pk=1)
    row.currency = currency
    row.full_clean(validate_unique=False)
    row.save()
    overlay.bump()


def _holds_money(entity: Any) -> bool:
    return any(
        entity.model._default_manager.filter(**{f"{field.name}__isnull": False}).exists()
        for field in entity.money_fields
    )


def _appoint_heads(actor: Actor, plan: Plan) -> list[str]:
    """Appoint whom the plan names; returns a sentence for each that could not be."""
    target = targets.appointing()
    if target is None or target.appoint is None:
        raise PlanError(_("Nothing here has heads. Leave [heads] out of the plan."))
    places = Finder(actor, registry.get(target.slug), plan.system)
    people = Finder(actor, registry.get(target.appoints), plan.system)
    places.load(plan.heads)
    people.load(plan.heads.values())
    refusals: list[str] = []
    for place, person in plan.heads.items():
        try:
            target.appoint(actor, _the_one(places, place), _the_one(people, person))
        except PlanError as unknown:
            refusals.append(str(unknown))
        except Refused as refused:
            refusals.append(f"[heads]: {place}: {refused.sentence}")
    return refusals


def _the_one(finder: Finder, text: str) -> Any:
    found = finder.candidates(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise PlanError(_("[heads]: “%(value)s” names %(count)d records.") % {"value": text, "count": len(found)})
    sentence = _("[heads]: “%(value)s” is not known.") % {"value": text}
    meant = nearest(text, finder.labels())
    raise PlanError(f"{sentence} {_('Did you mean “%(suggestion)s”?') % {'suggestion': meant}}" if meant else sentence)


def _give_back(plan: Plan, report: Report, outcomes: Outcomes, folder: Path, batch_id: str) -> None:
    """Write the failed rows of each step into a file of their own."""
    for step in plan.steps:
        done = report.step_of(step.number)
        if done is None or not (done.counts[Outcome.FAILED] or done.incomplete):
            continue
        path = folder / f"{batch_id}-step-{step.number}-failed.csv"
        columns = Drafter(step, ()).table.columns
        with path.open("wb") as stream:
            stream.writelines(outcomes.failed_csv([step.number], columns, company.zone()))
        report.failed_files[step.number] = str(path)
