"""The timeline of a record, the composer that logs a follow-up, and the calendar of one's own days."""

from dataclasses import replace
from html import escape
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhike.activities import actions, agenda
from zhike.activities.forms import FollowUpForm
from zhike.activities.panels import composer, timeline_address
from zhike.activities.people import people
from zhike.core import attachment, modules, record_keys, timeline
from zhike.core.entities import RecordKind, registry
from zhike.core.pages.answers import MALFORMED, REFUSED, done
from zhike.core.pages.guards import signed_in
from zhike.core.pages.reading import Reader
from zhike.core.pages.requests import PageRequest, for_modal, is_fragment, targets
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.verb_page import beside_fields
from zhike.core.pages.words import sentence_start
from zhike.core.timeline import Subject
from zhike.core.timeline.periods import Period, periods
from zhike.core.writes import NotAllowed, Refused

PAGE_SIZE = 20


def _subject(request: PageRequest) -> Subject:
    """The record that the address names. Raises `NotReachable` for one the actor does not reach, `Http404` with the module off."""
    if not modules.is_on("activities"):
        raise Http404
    row = record_keys.find(request.actor, request.GET.get("about", ""))
    entity = registry.of(row)
    if not attachment.may_carry(entity):
        raise Http404
    return Subject(entity, row)


@signed_in
@require_safe
def timeline_page(request: PageRequest) -> HttpResponse:
    """`/activities/timeline/?about=opportunities:42&show=files&stage=1&after=…`: everything on a record, 20 entries at a time.

    `stage` numbers the stages that the record went through, from 0: only what was then.
    """
    subject = _subject(request)
    shown, stage = request.GET.get("show", ""), request.GET.get("stage", "")
    stages = periods(request.actor, subject.entity, subject.row)
    if stage:
        during = dict(zip(map(str, range(len(stages))), stages, strict=True)).get(stage)
        if during is None:
            raise Http404
        subject = replace(subject, since=during.since, until=during.until)
    offered = timeline.sources()
    chosen = [each for each in offered if shown in ("", each.name)]
    if not chosen:
        raise Http404
    after = request.GET.get("after", "")
    try:
        page = timeline.read(Reader(request.actor), subject, chosen, after=after, limit=PAGE_SIZE)
    except ValueError as malformed:
        raise Http404 from malformed
    key = subject.key
    context: dict[str, Any] = {
        "title": _("Timeline of %(name)s") % {"name": title_of(subject.entity, subject.row)},
        **_place(subject),
        "here": timeline_address(key, show=shown, stage=stage),
        "chips": [
            {"label": label, "url": timeline_address(key, show=name, stage=stage), "active": name == shown}
            for name, label in [("", _("All")), *((each.name, each.label) for each in offered)]
        ],
        "stages": _stages(key, stages, shown, stage),
        "items": page.items,
        "earlier_url": timeline_address(key, show=shown, stage=stage, after=page.earlier) if page.earlier else "",
        "newest_url": timeline_address(key, show=shown, stage=stage) if after else "",
    }
    if targets(request, "timeline-earlier"):
        return render(request, "activities/timeline.html#below", context)
    context |= composer(request.actor, subject)
    part = "#whole" if is_fragment(request) else ""
    return render(request, f"activities/timeline.html{part}", context)


def _stages(key: str, stages: list[Period], shown: str, chosen: str) -> list[dict[str, Any]]:
    """The stages as links, each with its days; none where there was but one."""
    if len(stages) < 2:
        return []
    named = [("", _("All stages"), ""), *((str(number), each.label, each.days) for number, each in enumerate(stages))]
    return [
        {
            "label": label,
            "days": days,
            "url": timeline_address(key, show=shown, stage=number),
            "active": number == chosen,
        }
        for number, label, days in named
    ]


def _place(subject: Subject) -> dict[str, str]:
    """Where the record stands, for the way back."""
    return {
        "subject_title": title_of(subject.entity, subject.row),
        "subject_url": record_address(subject.entity, subject.row.pk),
        "list_title": sentence_start(subject.entity.label_plural),
        "list_address": list_address(subject.entity),
    }


@signed_in
@require_http_methods(["GET", "POST"])
def log_page(request: PageRequest) -> HttpResponse:
    """`/activities/log/?about=customers:42`: the composer as a page, and what it sends."""
    subject = _subject(request)
    offered: FollowUpForm | None = composer(request.actor, subject)["composer"]
    if offered is None:
        raise NotAllowed(
            _("Your roles do not let you add follow-ups or comments. An administrator can give you the right.")
        )
    if request.method != "POST":
        return _show(request, subject, offered)
    codes = {code for code, _label in offered.kinds}
    form = FollowUpForm(
        request.POST, activities=offered.has_activities, comments="comment" in codes, people_of=request.actor
    )
    if not form.is_valid():
        return _show(request, subject, form, status=MALFORMED)
    try:
        sentence = actions.log_follow_up(request.actor, subject.key, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _show(request, subject, form, status=REFUSED)
    except ValidationError as malformed:
        rest = beside_fields(form, malformed)
        if rest:
            form.add_error("content" if subject.entity.kind is RecordKind.ATTACHED else None, rest)
        return _show(request, subject, form, status=MALFORMED)
    return done(request, sentence, record_address(subject.entity, subject.row.pk))


def _show(request: PageRequest, subject: Subject, form: FollowUpForm, *, status: int = 200) -> HttpResponse:
    context = {
        "title": _("Follow up %(name)s") % {"name": title_of(subject.entity, subject.row)},
        **_place(subject),
        **composer(request.actor, subject, form),
    }
    part = "#modal" if for_modal(request) else "#alone" if is_fragment(request) else ""
    return render(request, f"activities/log.html{part}", context, status=status)


@signed_in
@require_safe
def people_page(request: PageRequest) -> HttpResponse:
    """`/activities/people/?about=customers:42&q=li`: colleagues to mention, as `<option>` elements, eight at most."""
    found = people(request.actor, _subject(request), request.GET.get("q", ""))
    return HttpResponse(
        "".join(
            f'<option value="{escape(each.written)}" data-note="{escape(each.note)}">{escape(each.label)}</option>'
            for each in found
        )
    )


@signed_in
@require_safe
def calendar_page(request: PageRequest) -> HttpResponse:
    """`/calendar/?scale=week&day=2026-11-23`: one's own activities and tasks, and what is overdue; for htmx what may change."""
    if not modules.is_on("activities"):
        raise Http404
    context = {"title": _("Schedule"), **agenda.schedule(request.actor, request)}
    part = "#schedule" if is_fragment(request) else ""
    response = render(request, f"activities/calendar.html{part}", context)
    response.headers["Vary"] = "HX-Request"
    return response
