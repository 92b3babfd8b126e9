"""The trial with its report, the import itself, what became of it, and taking it all back."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhike.core.entities import registry
from zhike.core.jobs import Job, JobState, enqueue
from zhike.core.jobs.views import JobView
from zhike.core.pages.answers import REFUSED
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import record_address
from zhike.core.pages.words import sentence_start
from zhike.core.transfer import making, remembering
from zhike.core.transfer.assembling import arguments_of
from zhike.core.transfer.jobs import IMPORT
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.reading import anyones, own
from zhike.core.transfer.report import Outcome, Report, StepReport
from zhike.core.transfer.undo_jobs import ask_undo, may_undo
from zhike.core.transfer.undo_report import UndoReport
from zhike.core.transfer.views.steps import Stage, address, go_to, has_file, keep, own_import, show, wait_for
from zhike.core.writes.errors import RuleBroken

_SHOWN_KEPT = 200


@signed_in
@require_http_methods(["GET", "POST"])
def trial_page(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/imports/7/trial/`: what would happen; sent, it happens."""
    row, entity = own_import(request, pk)
    if row.run_id is not None or row.trial is None:
        return go_to(row, "" if row.run_id is not None or row.stage != Stage.TRIAL else Stage.DOUBLES)
    if row.trial.state != JobState.DONE:
        return wait_for(request, row, entity, Stage.TRIAL, row.trial)
    if request.method == "POST":
        if not has_file(row):
            return HttpResponseRedirect(f"{reverse(f'{entity.slug}-import')}?again={row.pk}")
        _start(request, row)
        return go_to(row)
    report = Report.from_json(row.trial.report)
    context = _told(request, row.trial, report) | {
        "is_trial": True,
        "says": _("Every row was tried, and nothing was written. Look it through, then import."),
        "would_write": bool(report.count(Outcome.CREATED) + report.count(Outcome.UPDATED)),
        "back": address(row, Stage.VALUES if row.look_id is not None else Stage.COLUMNS),
    }
    return show(request, "core/import_trial.html", row, entity, Stage.TRIAL, context)


def _start(request: PageRequest, row: TableImport) -> None:
    """Once, however often the button is pressed."""
    with transaction.atomic():
        waiting = own(request.actor).select_related(None).select_for_update().filter(pk=row.pk, run=None).first()
        if waiting is None:
            return
        row.run = enqueue(request.actor, IMPORT, arguments_of(request.actor, row, dry_run=False))
        row.batch = f"job-{row.run.pk}"
        remembering.remember(request.actor, row.entity, row.chosen["headings"], row.chosen)
        keep(row, Stage.RUN)


@signed_in
@require_safe
def run_page(request: PageRequest, pk: int) -> HttpResponse:
    """`/imports/7/run/`: how far it is, then what happened, then what was undone."""
    row, entity = own_import(request, pk)
    if row.run is None:
        # The job is thrown away some day, or it never ran.
        return go_to(row) if not row.batch else _show_run(request, row, entity, None)
    if row.run.state not in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        return wait_for(request, row, entity, Stage.RUN, row.run)
    return _show_run(request, row, entity, row.run)


def _show_run(request: PageRequest, row: TableImport, entity: Any, job: Job | None, mistake: str = "") -> HttpResponse:
    report = Report.from_json(job.report) if job is not None and job.report else None
    undo = row.undo
    undoing = undo is not None and not undo.is_finished
    undone = UndoReport.from_json(undo.report) if undo is not None and undo.report else None
    is_over = row.stage == Stage.UNDONE and undone is not None and not undone.kept
    context = _told(request, job, report) if job is not None and report is not None else {}
    context |= {
        "view": JobView(job, request.actor) if job is not None else None,
        "ended_badly": job is not None and job.state != JobState.DONE,
        "is_undone": row.stage == Stage.UNDONE,
        "undo_view": JobView(undo, request.actor)
        if undo is not None and (undoing or undo.state != JobState.DONE)
        else None,
        "undoing": undoing,
        "undone": undone if not undoing else None,
        "kept": _kept(undone) if undone is not None else [],
        "may_undo": bool(row.batch) and not undoing and not is_over and may_undo(request.actor, row.batch),
        "undo_address": reverse("import-undo", args=[row.pk]),
        "mistake": mistake,
    }
    return show(request, "core/import_run.html", row, entity, Stage.RUN, context, REFUSED if mistake else 200)


def _kept(report: UndoReport) -> list[dict[str, Any]]:
    slugs = {each.slug: each for each in registry.all()}
    return [
        {
            "title": each.title,
            "url": record_address(slugs[each.entity], each.record_id) if each.entity in slugs else "",
            "reason": each.reason,
            "who": each.who,
            "when": each.when[:16].replace("T", " "),
        }
        for each in report.named[:_SHOWN_KEPT]
    ]


def _told(request: PageRequest, job: Job, report: Report) -> dict[str, Any]:
    """A report in words: counts of each step, kinds of reasons, the first rows, a file to fetch."""
    steps = [_step(step) for step in report.steps]
    reasons = [reason for step in report.steps for reason in step.kinds_of_reasons()]
    notes = sorted((note for step in report.steps for note in step.rows), key=lambda note: note.row)
    return {
        "told": steps,
        "reasons": sorted(reasons, key=lambda each: (each.outcome != Outcome.FAILED, -each.count))[:50],
        "notes": notes[:200],
        "unknowns": [value for step in report.steps for value in step.unknown_values][:20],
        "failed": sum(step.counts[Outcome.FAILED] for step in report.steps),
        "view": JobView(job, request.actor),
        "makes": _makes(job),
        "file_notes": list(dict.fromkeys(note for step in report.steps for note in step.notes)),
    }


def _makes(job: Job) -> list[str]:
    if not job.arguments:
        return []
    arguments = IMPORT.from_json(job.arguments)
    return making.told(arguments.new_fields, arguments.new_options)


def _step(step: StepReport) -> dict[str, Any]:
    slugs = {each.slug: each for each in registry.all()}
    label = slugs[step.entity].label_plural if step.entity in slugs else step.entity
    return {
        "label": sentence_start(label),
        "counts": [
            (sentence_start(outcome.label), f"{step.counts[outcome]:,}", step.counts[outcome]) for outcome in Outcome
        ],
    }


@signed_in
@require_POST
def undo(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/imports/7/undo/`: take it all back. Who keeps the imports may do so with anybody's."""
    found = anyones(pk)
    is_own = found is not None and found.asked_by_id == request.actor.user_id
    if found is None or not (is_own or (found.batch and may_undo(request.actor, found.batch))):
        raise Http404
    try:
        job = ask_undo(request.actor, found.batch)
    except RuleBroken as refused:
        if not is_own:
            raise
        row, entity = own_import(request, pk)
        return _show_run(request, row, entity, row.run, refused.sentence) if row.run is not None else go_to(row)
    return HttpResponseRedirect(reverse("import-run", args=[pk]) if is_own else reverse("job", args=[job.pk]))
