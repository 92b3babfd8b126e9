"""The search page, and the suggestions below the search box of every page."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from zhike.core.entities import registry
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.pages.titles import record_address
from zhike.core.pages.words import sentence_start
from zhike.core.search.query import Hit, find

SUGGESTED = 8
SHOWN = 50


@dataclass(frozen=True)
class Result:
    """One record found, with its address."""

    label: str
    note: str
    kind: str
    icon: str
    url: str


@signed_in
def search_page(request: PageRequest) -> HttpResponse:
    """`/search/?q=pfyh`: whole page, or for htmx the options of the list below the box."""
    words = request.GET.get("q", "")[:200].strip()
    suggests = is_fragment(request)
    found = find(request.actor, words, limit=SUGGESTED if suggests else SHOWN)
    context = {
        "words": words,
        "notice": found.notice,
        "results": [_result(hit) for hit in found.hits],
        "most": SHOWN,
    }
    return render(request, "core/search.html#options" if suggests else "core/search.html", context)


def _result(hit: Hit) -> Result:
    entity = registry.get(hit.entity)
    return Result(
        label=hit.label,
        note=hit.subtitle,
        kind=sentence_start(entity.label),
        icon=entity.icon,
        url=record_address(entity, hit.record_id),
    )
