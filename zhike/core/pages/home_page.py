"""The first page after signing in: what is to be done, how things stand, what happened, each in a tile the person can move."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhike.core import home, viewed
from zhike.core.home import Tile
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.record_keys import find, key_of
from zhike.core.writes.errors import NotReachable


@dataclass(frozen=True)
class ShownTile:
    """A tile with its content."""

    tile: Tile
    content: SafeString


@signed_in
def home_page(request: PageRequest) -> HttpResponse:
    """`/`"""
    shown = [made for tile in home.arrangement_of(request.actor).shown if (made := _made(request, tile)) is not None]
    context = {
        "title": _greeting(str(request.user)),
        "wide": [each for each in shown if each.tile.wide],
        "narrow": [each for each in shown if not each.tile.wide],
    }
    return render(request, "core/home.html", context)


def _made(request: PageRequest, tile: Tile) -> ShownTile | None:
    provided = tile.provide(request.actor)
    if provided is None:
        return None
    return ShownTile(tile, render_to_string(tile.template, {**provided, "tile": tile}, request))


def _greeting(name: str) -> str:
    hour = timezone.localtime().hour
    if hour < 11:
        return _("Good morning, %(name)s") % {"name": name}
    return _("Good afternoon, %(name)s") % {"name": name} if hour < 18 else _("Good evening, %(name)s") % {"name": name}


@signed_in
def arrange_page(request: PageRequest) -> HttpResponse:
    """`/home/arrange/`: which tiles stand on the home page, and in what order. A button of a row moves or hides its tile."""
    actor = request.actor
    if request.method == "POST":
        _rearrange(request)
        if "step" not in request.POST:
            messages.success(request, _("Your home page is arranged."))
            return HttpResponseRedirect(reverse("home"))
        return HttpResponseRedirect(reverse("home-arrange"))
    arrangement = home.arrangement_of(actor)
    context = {"title": _("Arrange the home page"), "shown": arrangement.shown, "hidden": arrangement.hidden}
    return render(request, "core/home_arrange.html", context)


def _rearrange(request: PageRequest) -> None:
    """Do the one step asked for (`up:team`, `hide:team`, `show:team`), or go back to the usual order."""
    arrangement = home.arrangement_of(request.actor)
    step, _colon, name = request.POST.get("step", "").partition(":")
    order = [tile.name for tile in arrangement.shown]
    hidden = [tile.name for tile in arrangement.hidden]
    if "usual" in request.POST:
        order, hidden = [], []
    elif step in ("up", "down") and name in order:
        place = order.index(name)
        other = max(0, place - 1) if step == "up" else min(len(order) - 1, place + 1)
        order[place], order[other] = order[other], order[place]
    elif step == "hide" and name in order:
        order.remove(name)
        hidden.append(name)
    elif step == "show" and name in hidden:
        hidden.remove(name)
        order.append(name)
    home.arrange(request.actor, order, hidden)


@signed_in
@require_POST
def note_viewed(request: PageRequest) -> HttpResponse:
    """`/viewed/`: sent by a record's page once it is shown, with the record's key. What the person does not reach is not noted."""
    try:
        row = find(request.actor, request.POST.get("record", ""))
    except NotReachable:
        return HttpResponse(status=204)
    viewed.note(request.actor, key_of(row))
    return HttpResponse(status=204)
