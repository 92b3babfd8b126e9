"""The bell, the list of notifications, and what is done with them."""

import hashlib
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhike.core.actors import Actor
from zhike.core.notifications import actions, reading
from zhike.core.notifications.kinds import kinds
from zhike.core.notifications.reading import MOST_COUNTED, Told
from zhike.core.pages.guards import signed_in
from zhike.core.pages.moments import element
from zhike.core.pages.preferences import local_address
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.pages.words import sentence_start

PAGE_SIZE = 50
NEWEST = 10


def _shown(told: list[Told]) -> list[dict[str, Any]]:
    return [
        {
            "told": each,
            "when": element(each.at, dense=True),
            "open_url": reverse("notification-open", args=[each.id]),
            "mark_url": reverse("notification-mark", args=[each.id]),
        }
        for each in told
    ]


@require_safe
@signed_in
def bell(request: PageRequest) -> HttpResponse:
    """How many are unread, in JSON; 304 while the number is the same. Asked again and again by the page that is looked at."""
    count = reading.unread(request.actor)
    label = _("Notifications: %(count)d unread") % {"count": count} if count else _("Notifications: nothing new")
    shown = "" if not count else f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    tag = f'"{hashlib.sha256(f"{request.actor.user_id} {shown} {label}".encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = JsonResponse({"unread": shown, "label": label}, json_dumps_params={"ensure_ascii": False})
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@require_safe
@signed_in
def newest(request: PageRequest) -> HttpResponse:
    """The newest ones, for the menu below the bell."""
    rows = list(reading.in_app(_user_id(request.actor))[:NEWEST])
    context = {"notifications": _shown(reading.tell(request.actor, rows)), "last": rows[0].pk if rows else 0}
    return render(request, "core/notifications/newest.html", context)


@require_safe
@signed_in
def notification_list(request: PageRequest) -> HttpResponse:
    """`/notifications/?show=unread&kind=mention`"""
    show, kind, before = (request.GET.get(name, "") for name in ("show", "kind", "before"))
    rows = reading.in_app(_user_id(request.actor))
    known = {each.name: each for each in kinds()}
    if show == "unread":
        rows = rows.filter(read_at__isnull=True)
    if kind in known:
        rows = rows.filter(kind=kind)
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows[: PAGE_SIZE + 1])
    asked = {"show": show if show == "unread" else "", "kind": kind if kind in known else ""}
    context = {
        "notifications": _shown(reading.tell(request.actor, page[:PAGE_SIZE])),
        "segments": [_segment(asked, "show", "", _("All")), _segment(asked, "show", "unread", _("Unread"))],
        "kinds": [_segment(asked, "kind", "", _("Everything"))]
        + [_segment(asked, "kind", each.name, sentence_start(each.label)) for each in known.values()],
        "older": _address(asked | {"before": str(page[PAGE_SIZE - 1].pk)}) if len(page) > PAGE_SIZE else "",
        "last": page[0].pk if page else 0,
        "here": request.get_full_path(),
        "is_filtered": any(asked.values()),
    }
    return render(request, "core/notifications/list.html", context)


def _segment(asked: dict[str, str], name: str, value: str, label: str) -> dict[str, Any]:
    return {"label": label, "url": _address(asked | {name: value}), "active": asked[name] == value}


def _address(asked: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('notifications')}?{query}".rstrip("?")


def _user_id(actor: Actor) -> int:
    return actor.user_id or 0


@require_POST
@signed_in
def open_notification(request: PageRequest, pk: int) -> HttpResponse:
    """Mark it as read and go where it leads. What cannot be opened any more says so."""
    row = actions.own(request.actor, pk)
    actions.mark(request.actor, [row.pk], read=True)
    told = reading.tell(request.actor, [row])
    address = told[0].address if told and told[0].address else reverse("notifications")
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


@require_POST
@signed_in
def mark(request: PageRequest, pk: int) -> HttpResponse:
    """Mark one as read or, with `read=0`, as unread."""
    row = actions.own(request.actor, pk)
    actions.mark(request.actor, [row.pk], read=request.POST.get("read") != "0")
    return _back(request)


@require_POST
@signed_in
def mark_all_read(request: PageRequest) -> HttpResponse:
    """Mark as read what was on the page, and everything older."""
    last = request.POST.get("last", "")
    actions.mark_all_read(request.actor, up_to=int(last) if last.isdecimal() and len(last) < 19 else 0)
    return _back(request)


def _back(request: PageRequest) -> HttpResponse:
    address = local_address(request, request.POST.get("next", "")) or reverse("notifications")
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
