"""A verb of one record: its form on GET, the verb itself on POST. Refusals are shown in place, nothing typed is lost."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.core import modules, writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Verb
from zhike.core.pages.answers import MALFORMED, REFUSED, done, gone_to, show_page
from zhike.core.pages.guards import may, open_entity, reached, rows_of, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import sentence_start

# Only these kinds of input become a date picker; the verb's form says what it wants, the page how it is asked.
_DATE = {"type": "date", "min": "1900-01-01", "max": "2199-12-31"}


def verb_of(entity: Entity, name: str) -> Verb:
    """The verb of that name, when its module is on. Raises `Http404`."""
    verb = next((each for each in entity.verbs if each.name == name), None)
    if verb is None or not modules.is_on(verb.module):
        raise Http404
    return verb


@signed_in
@require_http_methods(["GET", "POST"])
def verb_page(request: PageRequest, slug: str, pk: int, verb_name: str) -> HttpResponse:
    """`/opportunities/42/win/`"""
    entity = open_entity(request.actor, slug)
    verb = verb_of(entity, verb_name)
    row = reached(request.actor, entity, pk)
    if not may(request.actor, entity, row, verb.action):
        raise PermissionDenied(
            _("Your roles do not include “%(verb)s” for this record. Ask its owner or an administrator.")
            % {"verb": verb.label}
        )
    if request.method != "POST":
        return _show(request, entity, row, verb, verb_form(verb, row, request.actor, preset=request.GET.dict()))
    form = verb_form(verb, row, request.actor, posted=request)
    if form is not None and not form.is_valid():
        return _show(request, entity, row, verb, form, status=MALFORMED)
    try:
        verb.run(request.actor, row, **(form.cleaned_data if form is not None else {}))
    except writes.NotReachable:
        raise
    except writes.Refused as refusal:
        return _refused(request, entity, row, verb, form, refusal)
    except ValidationError as malformed:
        return _show(request, entity, row, verb, form, malformed=malformed, status=MALFORMED)
    sentence = done_sentence(verb, title_of(entity, row))
    if not rows_of(request.actor, entity).filter(pk=pk).exists():
        return gone_to(request, sentence, list_address(entity))
    return done(request, sentence, record_address(entity, pk))


def done_sentence(verb: Verb, title: str) -> str:
    """“浦发银行”:转移 is done."""
    return _("Done: %(verb)s “%(title)s”.") % {"verb": verb.label, "title": title}


def verb_form(
    verb: Verb,
    row: Any,
    actor: Actor,
    *,
    posted: HttpRequest | None = None,
    answers: MultiValueDict[str, Any] | None = None,
    preset: Mapping[str, str] | None = None,
) -> forms.Form | None:
    """The verb's form for a record, or for many at once (`row` None); None when the verb asks nothing.

    Filled with `preset`, or answered by a request or by `answers` that were kept.
    """
    if verb.form_class is None:
        return None
    if answers is not None:
        form = verb.form_class(answers, record=row, actor=actor)
    elif posted is None:
        form = verb.form_class(record=row, actor=actor, initial=dict(preset or {}))
    else:
        form = verb.form_class(posted.POST, posted.FILES, record=row, actor=actor)
    for field in form.fields.values():
        field.label = sentence_start(field.label or "")
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = "—"
        if type(field.widget) is forms.DateInput:
            field.widget.input_type = "date"
            field.widget.format = "%Y-%m-%d"
            field.widget.attrs |= _DATE
    return form


def _refused(
    request: HttpRequest, entity: Entity, row: Any, verb: Verb, form: forms.Form | None, refusal: writes.Refused
) -> HttpResponse:
    status = 403 if isinstance(refusal, writes.NotAllowed) else REFUSED
    if form is not None and refusal.field in form.fields:
        form.add_error(refusal.field, refusal.sentence)
        return _show(request, entity, row, verb, form, status=status)
    return _show(request, entity, row, verb, form, sentence=refusal.sentence, status=status)


def _show(
    request: HttpRequest,
    entity: Entity,
    row: Any,
    verb: Verb,
    form: forms.Form | None,
    *,
    sentence: str = "",
    malformed: ValidationError | None = None,
    status: int = 200,
) -> HttpResponse:
    if malformed is not None:
        sentence = beside_fields(form, malformed)
    return show_page(request, "core/verb.html", verb_context(entity, row, verb, form, sentence), status=status)


def verb_context(entity: Entity, row: Any, verb: Verb, form: forms.Form | None, sentence: str = "") -> dict[str, Any]:
    """What `core/verb.html` needs."""
    label = sentence_start(verb.label)
    return {
        "entity": entity,
        "verb": verb,
        "label": label,
        "title": f"{label} · {title_of(entity, row)}",
        "form": form,
        "sentence": sentence,
        "fits": verb.fits(row),
        "action": record_address(entity, row.pk, verb.name),
        "back": record_address(entity, row.pk),
    }


def beside_fields(form: forms.Form | None, malformed: ValidationError) -> str:
    """Put each mistake beside its field where the form has it; what has no place there is returned as one sentence."""
    by_field = malformed.message_dict if hasattr(malformed, "error_dict") else {"": malformed.messages}
    elsewhere: list[str] = []
    for name, sentences in by_field.items():
        if form is not None and name in form.fields:
            form.add_error(name, list(sentences))
        else:
            elsewhere += sentences
    return " ".join(elsewhere)
