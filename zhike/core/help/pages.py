"""The handbook in the product: `/help/`, its chapters, and the one beside a page."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from zhike.core import help as handbook
from zhike.core.pages.answers import show_page
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest


@signed_in
def contents_page(request: PageRequest) -> HttpResponse:
    """`/help/`: all chapters, or with `q` those that hold the words; with `page` the chapter about that address."""
    about = handbook.chapter_for(request.GET["page"]) if "page" in request.GET else None
    if about is not None:
        return _show(request, about)
    words = request.GET.get("q", "")[:100]
    hits = handbook.search(words) if words.strip() else [(each, handbook.text_of(each)) for each in handbook.chapters()]
    context = {
        "title": _("Handbook"),
        "chapters": [{"name": each.name, "text": text} for each, text in hits],
        "words": words,
    }
    return show_page(request, "core/help_contents.html", context)


@signed_in
def chapter_page(request: PageRequest, name: str) -> HttpResponse:
    """`/help/customers/`"""
    try:
        wanted = handbook.chapter(name)
    except KeyError:
        raise Http404 from None
    return _show(request, wanted)


def _show(request: PageRequest, wanted: handbook.Chapter) -> HttpResponse:
    text = handbook.text_of(wanted)
    context = {
        "title": text.title,
        "text": text,
        "chapter": wanted,
        "others": [{"name": each.name, "title": handbook.text_of(each).title} for each in handbook.chapters()],
    }
    return show_page(request, "core/help_chapter.html", context)
