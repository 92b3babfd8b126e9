"""Bringing a record of a calendar to another day or hour, or giving it another length: an edit like that of its form."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.entities import Calendar, Entity
from zhike.core.lists.calendar import has_moments, zone_of
from zhike.core.pages.answers import MALFORMED, REFUSED, done, show_page
from zhike.core.pages.calendar_days import read_day
from zhike.core.pages.calendar_page import may_move
from zhike.core.pages.forms import editable_fields
from zhike.core.pages.guards import open_entity, reached, signed_in
from zhike.core.pages.requests import PageRequest, for_modal
from zhike.core.pages.titles import list_address, record_address, title_of

# What is sent as the time of what is to have none.
NO_TIME = "none"
_TIME = {"type": "time", "step": "300", "class": "form-control"}
_DATE = {"type": "date", "min": "1900-01-01", "max": "2199-12-31", "class": "form-control"}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Where a record is to go. `at` None keeps its time, `until` None its length; `takes_time_away`: it lasts all day."""

    day: date
    at: time | None = None
    until: time | None = None
    takes_time_away: bool = False


class MoveForm(forms.Form):
    """Day and times, for who does not drag."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_DATE))
    time = forms.TimeField(label=gettext_lazy("Begins"), widget=forms.TimeInput(format="%H:%M", attrs=_TIME))
    until = forms.TimeField(
        label=gettext_lazy("Ends"), required=False, widget=forms.TimeInput(format="%H:%M", attrs=_TIME)
    )

    def __init__(self, actor: Actor, entity: Entity, row: Any, data: Any = None) -> None:
        calendar = _calendar(entity)
        self.row, self.calendar = row, calendar
        moments = has_moments(entity, calendar)
        begins, ends = _moments(entity, calendar, row)
        start = getattr(row, calendar.start)
        super().__init__(
            data,
            initial={
                "version": row.version,
                "day": begins.date() if moments and begins else start,
                "time": begins.time() if begins else None,
                "until": ends.time() if ends else None,
            },
        )
        if not moments:
            self.fields["time"].required = False
            if not calendar.at or not may_move(actor, entity, calendar.at):
                del self.fields["time"]
        within_a_day = begins is None or ends is None or begins.date() == ends.date()
        if not moments or not calendar.end or not may_move(actor, entity, calendar.end) or not within_a_day:
            del self.fields["until"]

    @property
    def wish(self) -> Wish:
        at = self.cleaned_data.get("time")
        return Wish(
            day=self.cleaned_data["day"],
            at=at,
            # Who changes only the beginning means the whole.
            until=self.cleaned_data.get("until") if "until" in self.changed_data else None,
            takes_time_away="time" in self.fields and at is None,
        )


@signed_in
@require_http_methods(["GET", "POST"])
def calendar_move(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/activities/calendar/42/`: a form for day and times; what is dragged posts `day`, `time`, `until` and hears it as JSON."""
    entity = open_entity(request.actor, slug, "edit")
    if entity.calendar is None:
        raise Http404
    row = reached(request.actor, entity, pk, "edit")
    is_form = request.method == "GET" or for_modal(request) or "text/html" in request.headers.get("Accept", "")
    if not may_move(request.actor, entity, entity.calendar.start):
        return _say(request, entity, row, _("Your roles do not let you change this day."), 403, is_form=is_form)
    if is_form:
        return _by_form(request, entity, row)
    try:
        wish = _read(request)
        if getattr(row, entity.calendar.start) is None:
            raise ValueError
    except ValueError:
        return JsonResponse({"text": _("Choose a day of the calendar.")}, status=MALFORMED)
    sentence, status = _move(request.actor, entity, row, wish, request.POST.get("version", ""))
    return JsonResponse({"text": sentence}, status=status)


def _by_form(request: PageRequest, entity: Entity, row: Any) -> HttpResponse:
    if request.method == "GET":
        return _show(request, entity, row, MoveForm(request.actor, entity, row))
    form = MoveForm(request.actor, entity, row, request.POST)
    if not form.is_valid():
        return _show(request, entity, row, form, status=MALFORMED)
    sentence, status = _move(request.actor, entity, row, form.wish, request.POST.get("version", ""))
    if status != 200:
        return _show(request, entity, row, form, sentence=sentence, status=status)
    return done(request, sentence, record_address(entity, row.pk))


def _read(request: PageRequest) -> Wish:
    """What was dropped where. Raises `ValueError`."""
    day, at, until = (request.POST.get(name, "") for name in ("day", "time", "until"))
    found = read_day(day)
    if found is None:
        raise ValueError(day)
    return Wish(
        day=found,
        at=time.fromisoformat(at) if at not in ("", NO_TIME) else None,
        until=time.fromisoformat(until) if until else None,
        takes_time_away=at == NO_TIME,
    )


def _move(actor: Actor, entity: Entity, row: Any, wish: Wish, version: str) -> tuple[str, int]:
    """Make the edit; the sentence for the reader and the status of the answer. Raises `NotReachable`."""
    try:
        known = int(version) if version.isdecimal() and len(version) < 10 else row.version
        wanted = _wanted(actor, entity, row, wish)
        row, _kept = writes.merge_edit(actor, entity.model, row.pk, known, wanted)
    except writes.NotReachable:
        raise
    except writes.Refused as refusal:
        return refusal.sentence, 403 if isinstance(refusal, writes.NotAllowed) else REFUSED
    except ValidationError as malformed:
        return " ".join(malformed.messages), MALFORMED
    return _where(entity, row), 200


def _where(entity: Entity, row: Any) -> str:
    """Where it stands now, in a sentence."""
    calendar = _calendar(entity)
    begins, ends = _moments(entity, calendar, row)
    shown = {"title": title_of(entity, row)}
    if begins is None:
        return _("“%(title)s” is now on %(day)s.") % {**shown, "day": getattr(row, calendar.start).isoformat()}
    if ends is None:
        return _("“%(title)s” is now at %(moment)s.") % {**shown, "moment": f"{begins:%Y-%m-%d %H:%M}"}
    return _("“%(title)s” is now from %(moment)s to %(end)s.") % {
        **shown,
        "moment": f"{begins:%Y-%m-%d %H:%M}",
        "end": f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%Y-%m-%d %H:%M}",
    }


def _wanted(actor: Actor, entity: Entity, row: Any, wish: Wish) -> dict[str, Any]:
    """The fields that the wish changes, with their new values. Raises `NotAllowed` and `RuleBroken`."""
    calendar = _calendar(entity)
    if not has_moments(entity, calendar):
        return _other_day(actor, entity, row, wish)
    begins, ends = _moments(entity, calendar, row)
    zone = zone_of(entity, calendar)
    at = wish.at or (begins.time() if begins is not None else time())
    start = datetime.combine(wish.day, at, tzinfo=zone)
    wanted = {calendar.start: start}
    if calendar.end and may_move(actor, entity, calendar.end):
        if wish.until is not None:
            wanted[calendar.end] = _end(start, wish)
        elif begins is not None and ends is not None:
            wanted[calendar.end] = start + (ends - begins)
    return wanted


def _end(start: datetime, wish: Wish) -> datetime:
    """What ends at midnight ends with its day."""
    day = wish.day + timedelta(days=1) if wish.until == time() else wish.day
    ends = datetime.combine(day, wish.until or time(), tzinfo=start.tzinfo)
    if ends < start:
        raise writes.RuleBroken(_("It cannot end before it begins."), field="until")
    return ends


def _other_day(actor: Actor, entity: Entity, row: Any, wish: Wish) -> dict[str, Any]:
    calendar = _calendar(entity)
    start = getattr(row, calendar.start)
    wanted: dict[str, Any] = {calendar.start: wish.day}
    if calendar.end and calendar.end in editable_fields(entity, actor) and getattr(row, calendar.end) is not None:
        wanted[calendar.end] = getattr(row, calendar.end) + (wish.day - start)
    if not calendar.at:
        return wanted
    before, _ends = _moments(entity, calendar, row)
    if not may_move(actor, entity, calendar.at):
        if wish.at is not None:
            raise writes.NotAllowed(_("Your roles do not let you change the time."))
        return wanted
    at = None if wish.takes_time_away else wish.at or (before.time() if before is not None else None)
    if at is not None or before is not None:
        zone = zone_of(entity, calendar)
        wanted[calendar.at] = None if at is None else datetime.combine(wish.day, at, tzinfo=zone)
    return wanted


def _calendar(entity: Entity) -> Calendar:
    if entity.calendar is None:
        raise Http404
    return entity.calendar


def _moments(entity: Entity, calendar: Calendar, row: Any) -> tuple[datetime | None, datetime | None]:
    """When it begins and ends by the calendar's clock, as far as it has a time."""
    zone = zone_of(entity, calendar)
    is_moment = has_moments(entity, calendar)
    begins = getattr(row, calendar.start) if is_moment else getattr(row, calendar.at) if calendar.at else None
    ends = getattr(row, calendar.end) if is_moment and calendar.end else None
    return (
        None if begins is None else begins.astimezone(zone),
        None if begins is None or ends is None else ends.astimezone(zone),
    )


def _say(request: PageRequest, entity: Entity, row: Any, sentence: str, status: int, *, is_form: bool) -> HttpResponse:
    if not is_form:
        return JsonResponse({"text": sentence}, status=status)
    return _show(request, entity, row, None, sentence=sentence, status=status)


def _show(
    request: PageRequest,
    entity: Entity,
    row: Any,
    form: MoveForm | None,
    *,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "entity": entity,
        "title": _("Move “%(title)s”") % {"title": title_of(entity, row)},
        "label": _("Move"),
        "form": form,
        "sentence": sentence,
        "fits": True,
        "action": f"{list_address(entity)}calendar/{row.pk}/",
        "back": record_address(entity, row.pk),
    }
    return show_page(request, "core/verb.html", context, status=status)
