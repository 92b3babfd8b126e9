"""Settings of the lists of choices: words, colours, order, in use or not, two options made one."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_http_methods, require_POST

from zhike.core import company, modules, options
from zhike.core.configuration import actions, option_actions
from zhike.core.configuration.option_actions import Words
from zhike.core.configuration.rights import OPTIONS, require
from zhike.core.entities.fields import TAGS
from zhike.core.pages import previews
from zhike.core.pages.answers import REFUSED, gone_to
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.settings_forms import OptionForm
from zhike.core.pages.settings_pages import attempt
from zhike.core.pages.words import sentence_start
from zhike.core.writes import Refused


@dataclass(frozen=True)
class ShownOption:
    """One row of the page of a list."""

    code: str
    label: str
    chinese: str
    english: str
    colour: str
    is_active: bool
    uses: int
    is_first: bool
    is_last: bool


@signed_in
def option_lists(request: PageRequest) -> HttpResponse:
    """`/settings/options/`: all lists that may be edited."""
    require(request.actor, OPTIONS)
    lists = [
        {
            "label": sentence_start(each.label),
            "url": reverse("settings-option-list", args=[each.name]),
            "count": len(options.entries(each.name)),
            "some": [entry.text() for entry in options.entries(each.name).values() if entry.is_active][:6],
        }
        for each in options.declared()
        if not each.is_table and modules.is_on(each.module)
    ]
    return render(request, "core/options.html", {"lists": lists})


def _list_of(name: str) -> options.OptionList:
    try:
        found = options.get_list(name)
    except KeyError as unknown:
        raise Http404 from unknown
    if found.is_table or not modules.is_on(found.module):
        raise Http404
    return found


@signed_in
@require_http_methods(["GET", "POST"])
def option_list(request: PageRequest, name: str) -> HttpResponse:
    """`/settings/options/source/`: the options in order, and a form for another one."""
    require(request.actor, OPTIONS)
    listed = _list_of(name)
    form = OptionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: option_actions.add_option(request.actor, name, Words(**form.cleaned_data)))
        if not status:
            return gone_to(request, _("The option was added."), reverse("settings-option-list", args=[name]))
    return _page(request, listed, form, status=status or 200)


def _page(
    request: PageRequest, listed: options.OptionList, form: OptionForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "title": sentence_start(listed.label),
        "address": reverse("settings-option-list", args=[listed.name]),
        "options": _shown(listed.name),
        "form": form,
        "refusal": refusal,
        "is_tags": listed.name == TAGS,
        "has_free_tags": company.current().has_free_tags,
    }
    return render(request, "core/options_list.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def tags_page(request: PageRequest) -> HttpResponse:
    """`/settings/tags/`: the list of tags; POST says whether people may make new ones as they use them."""
    require(request.actor, OPTIONS)
    address = reverse("settings-option-list", args=[TAGS])
    if request.method != "POST":
        return HttpResponseRedirect(address)
    on = "free" in request.POST
    actions.switch_free_tags(request.actor, on=on)
    said = _("People may make new tags from now on.") if on else _("New tags are made here alone from now on.")
    return gone_to(request, said, address)


def _shown(name: str) -> list[ShownOption]:
    uses = option_actions.count_uses(name)
    entries = list(options.entries(name).values())
    return [
        ShownOption(
            code=entry.code,
            label=entry.text(),
            chinese=_in("zh-hans", entry),
            english=_in("en", entry),
            colour=entry.colour,
            is_active=entry.is_active,
            uses=uses.get(entry.code, 0),
            is_first=index == 0,
            is_last=index == len(entries) - 1,
        )
        for index, entry in enumerate(entries)
    ]


def _in(language: str, entry: options.Entry) -> str:
    with override(language):
        return entry.text()


@signed_in
@require_http_methods(["GET", "POST"])
def option_page(request: PageRequest, name: str, code: str) -> HttpResponse:
    """`/settings/options/source/website/`: its words and colour; below, merging it into another one."""
    require(request.actor, OPTIONS)
    listed = _list_of(name)
    entry = options.entries(name).get(code)
    if entry is None:
        raise Http404
    first = {"label_zh": _in("zh-hans", entry), "label_en": _in("en", entry), "colour": entry.colour}
    form = OptionForm(request.POST or None, initial=first)

    def change() -> None:
        if form.is_bound:
            option_actions.change_option(request.actor, name, code, Words(**form.cleaned_data))

    status = 200
    if request.method == "POST" and not previews.asks_for_look(request):
        status = attempt(form, change)
        if not status:
            return gone_to(request, _("The option was saved."), reverse("settings-option-list", args=[name]))
    if form.is_bound and not form.is_valid():
        preview, problem = SafeString(), previews.complaint(form)
    else:
        preview, problem = previews.tried(change, lambda: _looks(request, name))
    context = {
        "title": entry.text(),
        "list_title": sentence_start(listed.label),
        "list_address": reverse("settings-option-list", args=[name]),
        "form": form,
        "code": code,
        "uses": option_actions.count_uses(name).get(code, 0),
        "others": [
            (each.code, each.text()) for each in options.entries(name).values() if each.is_active and each.code != code
        ],
        "merge_url": reverse("settings-option-step", args=[name, code, "merge"]),
        "preview": preview,
        "problem": problem,
    }
    return previews.answer(request, preview, problem) or render(
        request, "core/options_edit.html", context, status=status or 200
    )


def _looks(request: PageRequest, name: str) -> SafeString:
    """The choices as people will see them: in a list of records, and where they choose."""
    shown = [entry for entry in options.entries(name).values() if entry.is_active]
    context = {"choices": [{"label": entry.text(), "colour": entry.colour} for entry in shown]}
    return previews.rendered(request, "core/options_preview.html", context)


@signed_in
@require_POST
def option_step(request: PageRequest, name: str, code: str, step: str) -> HttpResponse:
    """`/settings/options/source/website/{up,down,on,off,merge}/`"""
    require(request.actor, OPTIONS)
    listed = _list_of(name)
    address = reverse("settings-option-list", args=[name])
    try:
        sentence = _take(request, name, code, step)
    except Refused as refusal:
        return _page(request, listed, OptionForm(), refusal=refusal.sentence, status=REFUSED)
    return gone_to(request, sentence, address)


def _take(request: PageRequest, name: str, code: str, step: str) -> str:
    if step in ("up", "down"):
        codes = list(options.entries(name))
        if code not in codes:
            raise Http404
        at = codes.index(code)
        to = min(max(at + (1 if step == "down" else -1), 0), len(codes) - 1)
        codes.insert(to, codes.pop(at))
        option_actions.order_options(request.actor, name, codes)
        return _("The order was saved.")
    if step in ("on", "off"):
        option_actions.switch_option(request.actor, name, code, on=step == "on")
        return (
            _("It is offered again.") if step == "on" else _("It is no longer offered; records that carry it keep it.")
        )
    if step != "merge":
        raise Http404
    changed = option_actions.merge_options(request.actor, name, code, request.POST.get("into", ""))
    return ngettext("%(count)s record was changed.", "%(count)s records were changed.", changed) % {
        "count": f"{changed:,}"
    }
