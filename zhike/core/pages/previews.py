"""What would come of a change of configuration, shown before it is made: the very change, made for one look and undone."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.entities import Entity
from zhike.core.pages.forms import make_form
from zhike.core.pages.requests import is_fragment
from zhike.core.writes import Refused

# The name of the button, and of the value a script sends, that ask for a look and not for the change.
LOOK = "preview"
Show = Callable[[], SafeString]


def asks_for_look(request: HttpRequest) -> bool:
    """Whether the form was sent to be looked at, not to be kept."""
    return request.method == "POST" and LOOK in request.POST


def tried(change: Callable[[], object], show: Show) -> tuple[SafeString, str]:
    """What `show` renders once `change` has been made, and a blank; or nothing, and the sentence that refuses the change."""
    try:
        with overlay.trial():
            change()
            return show(), ""
    except Refused as refusal:
        return SafeString(), refusal.sentence
    except ValidationError as malformed:
        return SafeString(), " ".join(malformed.messages)


def complaint(form: forms.Form) -> str:
    """The first thing that is wrong with the form, for the place where the preview would stand."""
    for name, sentences in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        return f"{label}: {sentences[0]}" if label else str(sentences[0])
    return ""


def record_form(request: HttpRequest, entity: Entity, actor: Actor) -> SafeString:
    """The form of a new record as people will see it, its controls named apart from those of the settings around it."""
    form = make_form(entity, actor)
    form.auto_id = "preview_%s"
    return rendered(request, "core/settings_form_preview.html", {"form": form})


def answer(request: HttpRequest, shown: SafeString, refusal: str) -> HttpResponse | None:
    """The preview alone, for a script that asks for it; None for a whole page."""
    if not (is_fragment(request) and asks_for_look(request)):
        return None
    return HttpResponse(rendered(request, "core/settings_preview.html", {"preview": shown, "refusal": refusal}))


def rendered(request: HttpRequest, template: str, context: Mapping[str, Any]) -> SafeString:
    """A part of a page as safe text, made while a trial lasts."""
    return render_to_string(template, dict(context), request=request)
