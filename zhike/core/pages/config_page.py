"""Settings, configuration as a file: taken out, or brought in after its differences were shown."""

import hashlib
import json
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from zhike.core import company, configfile
from zhike.core.configfile import Difference, DocumentError, documents
from zhike.core.configfile.command import said
from zhike.core.configfile.engine import ConfigRefused, left_out
from zhike.core.configuration.rights import CONFIGURATION, require
from zhike.core.pages.answers import MALFORMED, REFUSED, gone_to
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest

_TYPES = {"toml": "application/toml; charset=utf-8", "json": "application/json"}


class UploadForm(forms.Form):
    """The file, and whether it may take things away."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A .toml or .json file that was exported here or in another company."),
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".toml,.json"}),
    )
    prune = forms.BooleanField(
        label=gettext_lazy("Also remove what the file does not name"),
        required=False,
        help_text=gettext_lazy("Only in the parts that the file has. Fields are retired, their values stay."),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def config_page(request: PageRequest) -> HttpResponse:
    """`/settings/configuration/`: POST with a file shows the differences, with `document` it makes them."""
    require(request.actor, CONFIGURATION)
    if request.method != "POST":
        return _page(request, UploadForm())
    if "document" in request.POST:
        return _apply(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=MALFORMED)
    uploaded = form.cleaned_data["file"]
    try:
        kind = uploaded.name.rpartition(".")[2].lower()
        if kind not in documents.FORMATS:
            raise DocumentError(_("Name a file that ends in .toml or .json."))
        if uploaded.size > documents.MAX_BYTES:
            raise DocumentError(_("This file is too large for a configuration: at most 2 MB."))
        document = configfile.read_document(uploaded.read(), kind)
    except DocumentError as faulty:
        form.add_error("file", str(faulty))
        return _page(request, form, status=MALFORMED)
    return _differences(request, form, document, prune=form.cleaned_data["prune"])


def _differences(request: PageRequest, form: forms.Form, document: dict[str, Any], *, prune: bool) -> HttpResponse:
    try:
        found = configfile.rehearse(request.actor, document, prune=prune)
    except ConfigRefused as refused:
        return _page(request, form, refused=refused, status=REFUSED)
    if not found:
        return _page(request, form, nothing=True)
    context = {
        "rows": _rows(found),
        "count": sum(1 for each in found if not each.because),
        "document": json.dumps(document, ensure_ascii=False, default=str),
        "prune": prune,
        "seen": _seen(request),
    }
    return render(request, "core/settings_configuration_differences.html", context)


def _apply(request: PageRequest) -> HttpResponse:
    """Make the differences that were shown; when somebody changed something meanwhile, show them anew."""
    try:
        document = configfile.read_document(request.POST["document"].encode(), "json")
    except DocumentError as faulty:
        form = UploadForm()
        form.is_valid()
        return _page(request, form, sentence=str(faulty), status=MALFORMED)
    prune = request.POST.get("prune") == "1"
    if request.POST.get("seen") != _seen(request):
        return _differences(request, UploadForm(), document, prune=prune)
    try:
        found = configfile.bring_in(request.actor, document, prune=prune)
    except ConfigRefused as refused:
        return _page(request, UploadForm(), refused=refused, status=REFUSED)
    count = sum(1 for each in found if not each.because)
    sentence = ngettext("%(count)d difference brought in.", "%(count)d differences brought in.", count)
    return gone_to(request, sentence % {"count": count}, reverse("settings-configuration"))


def _seen(request: PageRequest) -> str:
    """The configuration in force, as a mark by which a change meanwhile is known."""
    text = json.dumps(configfile.export(request.actor), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(found: list[Difference]) -> list[dict[str, str]]:
    labels = {section.name: str(section.label) for section in configfile.sections()}
    kinds = {"added": _("new"), "removed": _("taken away"), "changed": _("changed"), "skipped": _("skipped")}
    tones = {"added": "green", "removed": "red", "changed": "amber", "skipped": "grey"}
    return [
        {
            "section": labels[each.section],
            "path": each.path.partition(".")[2] or labels[each.section],
            "kind": kinds[each.kind],
            "tone": tones[each.kind],
            "old": "" if each.old is None else said(each.old),
            "new": each.because or ("" if each.new is None else said(each.new)),
        }
        for each in found
    ]


def _page(
    request: PageRequest,
    form: forms.Form,
    *,
    refused: ConfigRefused | None = None,
    sentence: str = "",
    nothing: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "sentence": sentence or (refused.sentence if refused else ""),
        "problems": refused.problems if refused else [],
        "nothing": nothing,
        "sections": [section.label for section in configfile.sections()],
        "left_out": left_out(),
    }
    return render(request, "core/settings_configuration.html", context, status=status)


@signed_in
@require_safe
def download(request: PageRequest, form: str) -> HttpResponse:
    """`/settings/configuration/zhike.toml`"""
    if form not in documents.FORMATS:
        raise Http404
    text = configfile.write_document(configfile.export(request.actor), form)
    name = f"zhike-{company.today():%Y%m%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=_TYPES[form], headers=headers)
