"""Pages of jobs: what was asked for, how far it is, its result, and a way to stop it. People see their own."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhike.core.actors import Actor
from zhike.core.jobs import queue
from zhike.core.jobs.files import path_of
from zhike.core.jobs.kinds import JobKind, kind_of
from zhike.core.jobs.models import Job, JobState
from zhike.core.pages import moments
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.pages.words import sentence_start

PAGE_SIZE = 50
_TONES = {
    JobState.QUEUED: "grey",
    JobState.RUNNING: "blue",
    JobState.DONE: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "amber",
}


@dataclass(frozen=True)
class JobView:
    """One job as its page tells it."""

    job: Job
    actor: Actor

    @property
    def kind(self) -> JobKind[Any] | None:
        return kind_of(self.job.kind)

    @property
    def title(self) -> str:
        kind = self.kind
        return sentence_start(kind.label) if kind else self.job.kind

    @property
    def url(self) -> str:
        return reverse("job", args=[self.job.pk])

    @property
    def tone(self) -> str:
        return _TONES[JobState(self.job.state)]

    @property
    def state(self) -> str:
        """The state in words. A job that waits to be tried again says so."""
        if self.job.cancel_asked and not self.job.is_finished:
            return _("Stopping")
        if self.job.state == JobState.QUEUED and self.job.error:
            return _("Waiting to retry")
        return sentence_start(self.job.get_state_display())

    @property
    def counted(self) -> str:
        """1,200 of 8,800 rows."""
        if self.job.total is None:
            return _("Rows: %(done)s") % {"done": f"{self.job.done:,}"} if self.job.done else ""
        return _("%(done)s of %(total)s rows") % {"done": f"{self.job.done:,}", "total": f"{self.job.total:,}"}

    @property
    def summary(self) -> list[str]:
        """Sentences that the kind reports."""
        said = self.job.report.get("summary", []) if isinstance(self.job.report, dict) else []
        return [str(each) for each in said]

    @property
    def asked_at(self) -> str:
        return moments.element(self.job.created_at, dense=True)

    @property
    def finished_at(self) -> str:
        if self.job.finished_at is None:
            return ""
        return moments.element(self.job.finished_at, dense=True)

    @property
    def may_cancel(self) -> bool:
        return not self.job.is_finished and not self.job.cancel_asked

    @property
    def is_own(self) -> bool:
        """Whether he asked for it (or the system did): the result shows what the asker may see, so nobody else gets it."""
        return self.job.asked_by_id == self.actor.user_id or self.job.asked_by_id is None

    @property
    def result_url(self) -> str:
        has_result = self.job.state == JobState.DONE and self.job.result_file and self.is_own
        return reverse("job-result", args=[self.job.pk]) if has_result else ""

    @property
    def result_is_gone(self) -> bool:
        return bool(self.job.result_name and not self.job.result_file)

    @property
    def page_url(self) -> str:
        """The page of its own that the kind has for results."""
        kind = self.kind
        return reverse(kind.page, args=[self.job.pk]) if kind and kind.page and self.is_own else ""


@require_safe
@signed_in
def job_list(request: PageRequest) -> HttpResponse:
    """One's own jobs, the newest first; all jobs for administrators."""
    jobs = queue.visible_jobs(request.actor).select_related("asked_by").order_by("-id")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        jobs = jobs.filter(pk__lt=int(before))
    rows = list(jobs[: PAGE_SIZE + 1])
    shown = [JobView(job, request.actor) for job in rows[:PAGE_SIZE]]
    context = {
        "jobs": shown,
        "older": f"?before={rows[PAGE_SIZE - 1].pk}" if len(rows) > PAGE_SIZE else "",
        "newest": reverse("jobs") if before else "",
        "sees_all": request.actor.access.may("settings.company"),
    }
    return render(request, "core/jobs.html", context)


@require_safe
@signed_in
def job_page(request: PageRequest, pk: int) -> HttpResponse:
    """One job. It asks for its own progress while somebody looks; without scripts, reload."""
    return render(request, "core/job.html", {"view": JobView(_reached(request.actor, pk), request.actor)})


@require_safe
@signed_in
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """The part of the page that changes: one indexed query, and 304 while nothing has changed."""
    job = _reached(request.actor, pk)
    told = [job.state, job.done, job.total, job.report, job.error, job.cancel_asked, job.result_file]
    told.append(request.LANGUAGE_CODE)
    tag = f'"{hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = render(request, "core/job.html#progress", {"view": JobView(job, request.actor)})
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@require_POST
@signed_in
def cancel(request: PageRequest, pk: int) -> HttpResponse:
    """Stop the job; what is done stays done."""
    job = _reached(request.actor, pk)
    queue.cancel(job)
    if is_fragment(request):
        return render(request, "core/job.html#progress", {"view": JobView(job, request.actor)})
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


@require_safe
@signed_in
def result(request: PageRequest, pk: int) -> FileResponse:
    """The result, always as a download, for who asked for it while he has the right."""
    job = _reached(request.actor, pk)
    view = JobView(job, request.actor)
    if not view.result_url:
        raise Http404
    kind = view.kind
    if kind is None or not kind.is_allowed(request.actor, kind.from_json(job.arguments)):
        raise PermissionDenied(_("Your roles do not include this. An administrator can give you the right."))
    path = path_of(job.result_file)
    if not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=job.result_name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _reached(actor: Actor, pk: int) -> Job:
    job: Job | None = queue.visible_jobs(actor).select_related("asked_by").filter(pk=min(pk, 2**63 - 1)).first()
    if job is None:
        raise Http404
    return job
