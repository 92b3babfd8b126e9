"""What all steps of the import share: whose it is, its file, the row of steps at the top."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core.entities import Entity, registry
from zhike.core.jobs import Job, JobState, files
from zhike.core.jobs.views import JobView
from zhike.core.pages.guards import open_entity
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address
from zhike.core.pages.words import sentence_start
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.readers import open_table
from zhike.core.transfer.reading import own
from zhike.core.transfer.tables import Table

Stage = TableImport.Stage
# In the order people go through them.
ORDER = (Stage.COLUMNS, Stage.VALUES, Stage.DOUBLES, Stage.TRIAL, Stage.RUN)


@dataclass(frozen=True, kw_only=True)
class StepLink:
    """One step of the row at the top; `url` is blank for what is still to come."""

    label: str
    url: str
    state: str


def own_import(request: PageRequest, pk: int) -> tuple[TableImport, Entity]:
    """An import this person began, and its entity. Raises `Http404` for another's."""
    row = own(request.actor).filter(pk=min(pk, 2**63 - 1)).first()
    if row is None or row.entity not in {each.slug for each in registry.all()}:
        raise Http404
    return row, open_entity(request.actor, row.entity, "import")


def address(row: TableImport, stage: str = "") -> str:
    """The page of one step, by default of the one that is due."""
    due = stage or row.stage
    page = "run" if due in (Stage.RUN, Stage.UNDONE) else due
    return reverse(f"import-{page}", args=[row.pk])


def go_to(row: TableImport, stage: str = "") -> HttpResponse:
    return HttpResponseRedirect(address(row, stage))


def keep(row: TableImport, stage: str, **chosen: Any) -> None:
    """Remember what was chosen, and which step is due."""
    row.chosen = row.chosen | chosen
    row.stage, row.updated_at = stage, timezone.now()
    row.save()


def has_file(row: TableImport) -> bool:
    return bool(row.upload) and files.path_of(row.upload).is_file()


def table_of(row: TableImport) -> Table:
    """The file as it is to be read. Raises `TableError`."""
    chosen = row.chosen
    return open_table(
        files.path_of(row.upload),
        sheet=chosen.get("sheet", ""),
        encoding=chosen.get("encoding", ""),
        delimiter=chosen.get("delimiter", ""),
    )


def steps_of(row: TableImport, here: str) -> list[StepLink]:
    """The steps with links to those that were reached; once it has run there is no way back."""
    labels = {
        Stage.COLUMNS: _("Columns"),
        Stage.VALUES: _("Values"),
        Stage.DOUBLES: _("Doubles"),
        Stage.TRIAL: _("Trial"),
        Stage.RUN: _("Import"),
    }
    reached = len(ORDER) if row.stage == Stage.UNDONE else ORDER.index(Stage(row.stage))
    present = ORDER.index(Stage(here))
    has_run = row.run_id is not None
    steps = [StepLink(label=_("File"), url="", state="done")]
    for place, stage in enumerate(ORDER):
        open_now = place <= reached and place != present and not has_run
        state = "now" if place == present else "done" if place < max(reached, present) else "next"
        steps.append(StepLink(label=labels[stage], url=address(row, stage) if open_now else "", state=state))
    return steps


def show(
    request: HttpRequest,
    template: str,
    row: TableImport,
    entity: Entity,
    here: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of one step."""
    shared = {
        "entity": entity,
        "row": row,
        "title": _("Import %(records)s") % {"records": entity.label_plural},
        "records": sentence_start(entity.label_plural),
        "steps": steps_of(row, here),
        "list_address": list_address(entity),
        "upload_address": reverse(f"{entity.slug}-import"),
    }
    return render(request, template, shared | context, status=status)


def wait_for(request: PageRequest, row: TableImport, entity: Entity, here: str, job: Job) -> HttpResponse:
    """The page while a job is under way, or when it did not end well."""
    context = {
        "view": JobView(job, request.actor),
        "failed": job.state in (JobState.FAILED, JobState.CANCELLED),
        "back": address(row, Stage.COLUMNS if here == Stage.VALUES else Stage.DOUBLES) if row.run_id is None else "",
        "waiting_for": {
            Stage.VALUES: _("The file is being read."),
            Stage.TRIAL: _("Every row is being tried. Nothing is written."),
            Stage.RUN: _("The rows are coming in."),
        }[Stage(here)],
    }
    return show(request, "core/import_wait.html", row, entity, here, context)
