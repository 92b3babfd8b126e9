"""The request as our middleware hands it on."""

from django.http import HttpRequest

from zhike.core.actors import Actor


class PageRequest(HttpRequest):
    """What views annotate: `actor` is who asks, through the page; `request_id` is in logs, events and the answer's header."""

    actor: Actor
    request_id: str


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page. Going back in the history asks for the whole page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def for_drawer(request: HttpRequest) -> bool:
    """Whether the page is to be shown inside the drawer."""
    return "X-Zhike-Drawer" in request.headers


def for_modal(request: HttpRequest) -> bool:
    """Whether the page is to be shown inside the modal; a form in it says so when it is sent."""
    return "X-Zhike-Modal" in request.headers


def targets(request: HttpRequest, element_id: str) -> bool:
    """Whether htmx will put the answer into the element with this id (htmx names it `tag#id`)."""
    return is_fragment(request) and request.headers.get("HX-Target", "").rpartition("#")[2] == element_id
