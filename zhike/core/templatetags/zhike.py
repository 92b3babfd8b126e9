"""Tags and filters that every template knows."""

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from zhike.core.pages.icons import icon
from zhike.core.pages.words import join_words, sentence_start

register = template.Library()

register.filter("sentence_start", sentence_start)
register.filter("join_words", join_words)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """The page's own address with some parameters of its query replaced; blank and None take one away."""
    request = context["request"]
    if not isinstance(request, HttpRequest):
        return ""
    query = request.GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else request.path


@register.simple_tag
def page_of(slug: str, page: str, *args: object) -> str:
    """The address of one page of an entity whose slug is only known at run time."""
    return reverse(f"{slug}:{page}", args=args)


@register.simple_tag(name="icon")
def icon_tag(name: str, size: str = "") -> SafeString:
    """An icon; as `<c-icon>`, for places where dozens stand on a page."""
    return SafeString(icon(name, size))


@register.filter
def in_words(number: int | None) -> str:
    """A count with its thousands set apart."""
    return "" if number is None else f"{number:,}"
