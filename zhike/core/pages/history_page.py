"""The whole history of a record."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhike.core.events.models import Event
from zhike.core.pages.guards import open_entity, reached, signed_in
from zhike.core.pages.history_entries import describe
from zhike.core.pages.reading import Reader
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import sentence_start

SIZE = 50


@signed_in
def history_page(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/customers/42/history/`: everything that was ever changed, newest first; `?before=` goes on below an event."""
    entity = open_entity(request.actor, slug)
    row = reached(request.actor, entity, pk)
    events = Event.objects.filter(entity=slug, record_id=pk)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        events = events.filter(pk__lt=int(before))
    found = list(events.select_related("actor", "on_behalf_of").order_by("-pk")[: SIZE + 1])
    context = {
        "entity": entity,
        "title": _("History of “%(title)s”") % {"title": title_of(entity, row)},
        "record_title": title_of(entity, row),
        "address": record_address(entity, pk),
        "list_address": list_address(entity),
        "list_title": sentence_start(entity.label_plural),
        "entries": describe(Reader(request.actor), entity, found[:SIZE]),
        "more_url": f"?before={found[SIZE - 1].pk}" if len(found) > SIZE else "",
    }
    return render(request, "core/history.html", context)
