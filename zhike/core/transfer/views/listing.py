"""Imports begun and imports done: each leads to the step that is due."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.jobs import files
from zhike.core.jobs.views import JobView
from zhike.core.pages import moments
from zhike.core.pages.answers import done
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.words import sentence_start
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.reading import listed, own
from zhike.core.transfer.undo import RIGHT
from zhike.core.transfer.views.steps import Stage, address, go_to, own_import

PAGE_SIZE = 50


@dataclass(frozen=True)
class ImportView:
    """One import as a list tells it."""

    row: TableImport
    is_own: bool = True

    @property
    def label(self) -> str:
        slug = self.row.entity
        known = {each.slug: each for each in registry.all()}
        return sentence_start(known[slug].label_plural) if slug in known else slug

    @property
    def url(self) -> str:
        return address(self.row) if self.is_own else ""

    @property
    def drop_url(self) -> str:
        return reverse("import-drop", args=[self.row.pk])

    @property
    def undo_url(self) -> str:
        may = self.row.run_id is not None and self.row.stage == Stage.RUN and self.row.batch
        return reverse("import-undo", args=[self.row.pk]) if may else ""

    @property
    def state(self) -> str:
        if self.row.stage == Stage.UNDONE:
            return _("Undone")
        if self.row.run is not None:
            return JobView(self.row.run, None).state  # type: ignore[arg-type]  # the state needs no reader
        return _("Not finished: %(step)s") % {"step": self.row.get_stage_display()}

    @property
    def tone(self) -> str:
        if self.row.stage == Stage.UNDONE or self.row.run is None:
            return "grey"
        return JobView(self.row.run, None).tone  # type: ignore[arg-type]  # as above

    @property
    def at(self) -> str:
        return moments.element(self.row.updated_at, dense=True)


def unfinished(actor: Actor, slug: str) -> list[ImportView]:
    """What this person began and has not brought to its end, the newest first."""
    rows = own(actor).filter(run=None, entity=slug)
    return [ImportView(row) for row in rows.order_by("-id")[:10]]


@signed_in
@require_safe
def list_page(request: PageRequest) -> HttpResponse:
    """`/imports/`: one's own imports, unfinished and done; everybody's for who keeps the imports."""
    sees_all = request.actor.access.may(RIGHT)
    rows = listed(request.actor, sees_all=sees_all)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    shown = [ImportView(row, is_own=row.asked_by_id == request.actor.user_id) for row in found[:PAGE_SIZE]]
    context = {
        "imports": shown,
        "sees_all": sees_all,
        "older": f"?before={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else "",
    }
    return render(request, "core/imports.html", context)


@signed_in
@require_safe
def show_import(request: PageRequest, pk: int) -> HttpResponse:
    """`/imports/7/`: on to the step that is due."""
    row, _entity = own_import(request, pk)
    return go_to(row)


@signed_in
@require_safe
def of_job(request: PageRequest, pk: int) -> HttpResponse:
    """`/imports/job/7/`: from a job to the import it belongs to; imports of plans have no page but the job's."""
    for name in ("run", "trial", "look", "undo"):
        row = own(request.actor).filter(**{name: min(pk, 2**63 - 1)}).first()
        if row is not None:
            return HttpResponseRedirect(reverse("import-show", args=[row.pk]))
    raise Http404


@signed_in
@require_POST
def drop(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/imports/7/drop/`: give up an import that has not run; its file goes with it."""
    row, _entity = own_import(request, pk)
    if row.run_id is not None:
        raise Http404
    if row.upload:
        files.remove(row.upload)
    row.delete()
    return done(request, _("The import was given up. Nothing was written."), reverse("imports"))
