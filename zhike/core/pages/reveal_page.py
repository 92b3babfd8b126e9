"""One masked value of a record shown: in its place on the page, or without JavaScript on a small page of its own."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from zhike.core.entities import registry
from zhike.core.pages.answers import REFUSED
from zhike.core.pages.display import show
from zhike.core.pages.guards import reached, signed_in
from zhike.core.pages.reading import Reader
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.pages.titles import record_address, title_of
from zhike.core.pages.words import sentence_start
from zhike.core.revealing import reveal
from zhike.core.writes.errors import RuleBroken


@signed_in
@require_POST
def reveal_page(request: PageRequest, slug: str, pk: int, name: str) -> HttpResponse:
    """`/customers/42/reveal/mobile/`: the value, once; the page shows its mask again when it is read anew."""
    entity = registry.get(slug)
    if pk > 2**63 - 1:
        raise Http404
    refused = ""
    reader = Reader(request.actor, revealed=frozenset({(slug, name)}))
    try:
        row: Any = reveal(request.actor, entity, pk, name)
    except RuleBroken as refusal:
        refused, reader, row = refusal.sentence, Reader(request.actor), reached(request.actor, entity, pk)
    context = {
        "value": _shown(reader, entity.slug, name, row),
        "label": sentence_start(entity.field(name).label),
        "title": title_of(entity, row),
        "address": record_address(entity, pk),
        "refused": refused,
    }
    template = "core/reveal.html#value" if is_fragment(request) else "core/reveal.html"
    return render(request, template, context, status=REFUSED if refused else 200)


def _shown(reader: Reader, slug: str, name: str, row: Any) -> SafeString:
    entity = registry.get(slug)
    return show(reader.value(entity, entity.field(name), row))
