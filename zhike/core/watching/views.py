"""Beginning and ending to watch a record."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhike.core.entities import registry
from zhike.core.pages.answers import done
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import record_address, title_of
from zhike.core.watching import actions


@require_POST
@signed_in
def watch_view(request: PageRequest) -> HttpResponse:
    """`POST /watching/` with `about` and, to end it, `watch=0`."""
    about, begins = request.POST.get("about", ""), request.POST.get("watch") != "0"
    row: Any = (actions.watch if begins else actions.unwatch)(request.actor, about)
    entity = registry.of(row)
    sentence = _("You watch “%(title)s” now.") if begins else _("You do not watch “%(title)s” any more.")
    return done(request, sentence % {"title": title_of(entity, row)}, record_address(entity, row.pk))
