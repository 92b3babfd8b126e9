"""What a page answers after a change: a redirect with a message, or for htmx the message and the word that things changed."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from zhike.core.pages.preferences import local_address
from zhike.core.pages.requests import for_drawer, for_modal, is_fragment, targets

# 422: malformed input; 409: a rule of the business, or somebody else was quicker.
MALFORMED = 422
REFUSED = 409


def done(request: HttpRequest, sentence: str, address: str) -> HttpResponse:
    """The change was made. htmx stays where it is: dialogs close, lists and records on the page read themselves anew."""
    if is_fragment(request):
        happened = {"zhike:close": {}, "zhike:changed": {}, "zhike:toast": {"text": sentence, "kind": "success"}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(happened)})
    messages.success(request, sentence)
    return HttpResponseRedirect(local_address(request, request.POST.get("next", "")) or address)


def gone_to(request: HttpRequest, sentence: str, address: str) -> HttpResponse:
    """The change was made and the page it was made on is no more: go elsewhere, with htmx too."""
    messages.success(request, sentence)
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def show_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page in its shell; in the drawer or modal only its part of that name (`{% partialdef drawer %}`, `modal`)."""
    part = "#drawer" if for_drawer(request) else "#modal" if for_modal(request) else ""
    if not part and targets(request, "record-page"):
        part = "#page"
    response = render(request, f"{template}{part}", context, status=status)
    response.headers["Vary"] = "HX-Request, X-Zhike-Drawer, X-Zhike-Modal"
    return response
