"""A step on more records than a page can wait for: a job that ends whole records and goes on exactly where it was killed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhike.core import company
from zhike.core.actors import Actor
from zhike.core.entities import contribute, registry
from zhike.core.jobs import JobContext, JobFailed, JobKind, Queue, files
from zhike.core.lists import ListError, ListQuery, matching
from zhike.core.pages.bulk_steps import FIELD, Step, step_of
from zhike.core.transfer.outcomes import Outcomes
from zhike.core.transfer.report import Outcome

# Records looked up together; a batch ends between them too.
_CHUNK = 20
_REASONS = 20


@dataclass(frozen=True, kw_only=True)
class BulkArguments:
    """What was asked: the step with its answers, on all that match `query` and had an id up to `until` at that moment."""

    slug: str
    step: str
    query: str
    until: int
    answers: dict[str, list[str]] = field(default_factory=dict)

    @property
    def posted(self) -> "MultiValueDict[str, Any]":
        return MultiValueDict(self.answers)


def right_of(arguments: BulkArguments) -> str:
    """The right the step needs."""
    step = step_of(registry.get(arguments.slug), arguments.step)
    return f"{arguments.slug}:{'view' if step is None else step.action}"


def newest_id(query: ListQuery) -> int:
    """The highest id among the rows that match now; later ones were not meant."""
    return int(matching(query).aggregate(newest=Max("pk"))["newest"] or 0)


def run_bulk(job: JobContext[BulkArguments]) -> None:
    """Do the step record by record; `cursor` is the last id done and how long the file of refusals was then."""
    asked = job.arguments
    step = step_of(registry.get(asked.slug), asked.step)
    if step is None:
        raise JobFailed(_("This step is no longer offered. Ask an administrator whether its module was switched off."))
    place = job.cursor or {"last": 0, "outcomes": 0}
    outcomes = Outcomes(files.path_of(f"bulk-{job.id}.jsonl"), start=place["outcomes"])
    try:
        if job.total is None:
            job.expect(matching(_query(job.actor, step, asked)).filter(pk__lte=asked.until).count())
        while _next_batch(job, step, outcomes):
            pass
        if job.report.get("left"):
            name = _("%(records)s left as they were.csv") % {"records": step.entity.label_plural}
            with job.result(name) as path, path.open("wb") as stream:
                stream.writelines(outcomes.failed_csv((1,), [_("Record")], company.zone()))
        with job.batch():
            job.report = job.report | {"summary": _summary(job)}
    finally:
        outcomes.close()
    files.remove(outcomes.path.name)


def _next_batch(job: JobContext[BulkArguments], step: Step, outcomes: Outcomes) -> bool:
    """One transaction of whole records; says whether there may be more."""
    length = outcomes.flush()
    try:
        with job.batch() as batch:
            # Asked anew in each batch: rights and what the form allows may have changed since.
            wanted = _wanted(job.actor, step, job.arguments)
            rows = matching(_query(job.actor, step, job.arguments)).filter(pk__lte=job.arguments.until).order_by("pk")
            last, found = (job.cursor or {"last": 0})["last"], True
            reasons = Counter(job.report.get("reasons", {}))
            left = job.report.get("left", 0)
            while found and not batch.is_full:
                ids = list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:_CHUNK])
                for each in step.run_all(job.actor, ids, wanted):
                    outcomes.add(1, each.id, Outcome.FAILED, each.reason, [each.title])
                    left += 1
                    if each.reason in reasons or len(reasons) < _REASONS:
                        reasons[each.reason] += 1
                batch.count(len(ids))
                last, found = (ids[-1] if ids else last), bool(ids)
            job.cursor = {"last": last, "outcomes": outcomes.flush()}
            job.report = {"left": left, "reasons": dict(reasons)}
    except BaseException:
        outcomes.rewind(length)
        raise
    return found


def _query(actor: Actor, step: Step, asked: BulkArguments) -> ListQuery:
    try:
        return ListQuery.parse(step.entity, actor, QueryDict(asked.query))
    except ListError as mistake:
        raise JobFailed(str(mistake)) from mistake


def _wanted(actor: Actor, step: Step, asked: BulkArguments) -> dict[str, Any]:
    form = step.form(actor, asked.posted)
    if form is None:
        if asked.answers.get(FIELD):
            raise JobFailed(_("You may no longer change this field. What was done before stays done."))
        return {}
    if not form.is_valid():
        raise JobFailed(" ".join(ValidationError(list(form.errors.as_data().values())).messages))
    return step.wanted(form)


def _summary(job: JobContext[BulkArguments]) -> list[str]:
    left = int(job.report.get("left", 0))
    done = job.done - left
    said = [
        ngettext("Done for %(count)s record.", "Done for %(count)s records.", done) % {"count": f"{done:,}"},
    ]
    if left:
        said.append(
            ngettext(
                "%(count)s record was left as it was; the file says why.",
                "%(count)s records were left as they were; the file says why of each.",
                left,
            )
            % {"count": f"{left:,}"}
        )
        said += [f"{count:,} × {reason}" for reason, count in Counter(job.report["reasons"]).most_common(5)]
    gone = (job.total or 0) - job.done
    if gone > 0:
        said.append(
            ngettext(
                "%(count)s record no longer matched when its turn came.",
                "%(count)s records no longer matched when their turn came.",
                gone,
            )
            % {"count": f"{gone:,}"}
        )
    return said


BULK = JobKind(
    name="bulk",
    label=gettext_lazy("change of many records"),
    arguments=BulkArguments,
    run=run_bulk,
    queue=Queue.LONG,
    right=right_of,
)
contribute(BULK)
