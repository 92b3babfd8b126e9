"""The settings: the index of all pages that apps contribute, and the company, modules, rates and numbering."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhike.core import company, modules, money, numbering, overlay, shipped_texts
from zhike.core.actors import Actor
from zhike.core.configuration import actions
from zhike.core.configuration.rights import COMPANY, MODULES, require
from zhike.core.entities import Label, SettingsPage, registry
from zhike.core.money.models import ExchangeRate
from zhike.core.pages import module_effects, previews
from zhike.core.pages.answers import MALFORMED, REFUSED, gone_to
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.settings_forms import CompanyForm, NumberRuleForm, RateForm
from zhike.core.pages.words import sentence_start
from zhike.core.writes import Refused, RuleBroken

LATEST_RATES = 100
REFUSALS_NAMED = 3


@dataclass(frozen=True)
class SettingsLink:
    """One entry of the index."""

    label: str
    description: Label
    icon: str
    url: str


@signed_in
def settings_index(request: PageRequest) -> HttpResponse:
    """`/settings/`: what this person may change, in groups."""
    groups: dict[str, list[SettingsLink]] = {}
    for page in registry.contributions(SettingsPage):
        if not modules.may_open(request.actor, page.module, page.right):
            continue
        try:
            url = reverse(page.url_name)
        except NoReverseMatch:
            continue
        link = SettingsLink(sentence_start(page.label), page.description, page.icon, url)
        groups.setdefault(sentence_start(page.group), []).append(link)
    return render(request, "core/settings.html", {"groups": groups})


def attempt(form: forms.Form, action: Callable[[], object]) -> int:
    """Run an action for a valid form; its refusal goes beside the field. Returns 0, or the status to answer with."""
    if not form.is_valid():
        return MALFORMED
    try:
        action()
    except Refused as refusal:
        overlay.forget()  # what was read under the change that was undone
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return REFUSED
    except ValidationError as malformed:
        overlay.forget()
        fields = malformed.message_dict if hasattr(malformed, "error_dict") else {"": malformed.messages}
        for name, sentences in fields.items():
            form.add_error(name if name in form.fields else None, sentences)
        return MALFORMED
    return 0


@signed_in
@require_http_methods(["GET", "POST"])
def company_page(request: PageRequest) -> HttpResponse:
    """`/settings/company/`"""
    require(request.actor, COMPANY)
    own = company.current()
    first = {
        "name": own.name,
        "currency": own.currency,
        "time_zone": own.time_zone,
        "language": own.language,
        "fiscal_year_start": own.fiscal_year_start,
    }
    form = CompanyForm(request.POST or None, initial=first, is_fixed=actions.has_stored_money())
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: actions.change_company(request.actor, **form.cleaned_data))
        if not status:
            return gone_to(request, _("The company was saved."), reverse("settings-company"))
    context = {"title": _("Company"), "form": form} | _shipped(request.actor, own.language)
    return render(request, "core/settings_company.html", context, status=status)


def _shipped(actor: Actor, code: str) -> dict[str, Any]:
    """The names that nobody has changed and that stand in another language than the company's, by their kind."""
    kinds: dict[str, list[tuple[str, str]]] = {}
    for each in shipped_texts.waiting(actor, code):
        kinds.setdefault(sentence_start(each.part.label), []).append(next(iter(each.words.values())))
    return {"shipped": kinds, "language_name": dict(settings.LANGUAGES).get(code, code)}


@signed_in
@require_POST
def shipped_names(request: PageRequest) -> HttpResponse:
    """`/settings/company/names/`: the names that came with Zhike are stored in the company's language."""
    require(request.actor, COMPANY)
    done, refused = shipped_texts.reword(request.actor, company.current().language)
    said = ngettext("%(count)d name was stored anew.", "%(count)d names were stored anew.", done) % {"count": done}
    if refused:
        said = f"{said} {_('Some were kept:')} {' '.join(refused[:REFUSALS_NAMED])}"
    return gone_to(request, said, reverse("settings-company"))


@signed_in
@require_http_methods(["GET", "POST"])
def rates_page(request: PageRequest) -> HttpResponse:
    """`/settings/currencies/`: rates by day, newest first, and a form for another one."""
    require(request.actor, COMPANY)
    form = RateForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: actions.add_rate(request.actor, **form.cleaned_data))
        if not status:
            return gone_to(request, _("The rate was saved."), reverse("settings-rates"))
    context = {
        "form": form,
        "own": company.current().currency,
        "rates": ExchangeRate.objects.order_by("-valid_from", "currency")[:LATEST_RATES],
        "currencies": [code for code in money.CURRENCIES if code != company.current().currency],
    }
    return render(request, "core/settings_rates.html", context, status=status or 200)


@signed_in
@require_POST
def remove_rate(request: PageRequest, rate_id: int) -> HttpResponse:
    """`/settings/currencies/7/remove/`"""
    try:
        actions.remove_rate(request.actor, rate_id)
    except RuleBroken as gone:
        raise Http404 from gone
    return gone_to(request, _("The rate was removed."), reverse("settings-rates"))


@signed_in
def numbering_page(request: PageRequest) -> HttpResponse:
    """`/settings/numbering/`: every rule with an example of today."""
    require(request.actor, COMPANY)
    rules = []
    for rule in numbering.declared():
        pattern, reset = numbering.current(rule.name)
        shown = {"name": rule.name, "label": sentence_start(rule.label), "pattern": pattern}
        rules.append(shown | {"example": example(pattern), "reset": NumberRuleForm.reset_label(reset)})
    return render(request, "core/settings_numbering.html", {"rules": rules})


def example(pattern: str) -> str:
    """What the first number of today looks like."""
    today = company.today()
    for part, text in (
        ("{yyyy}", f"{today:%Y}"),
        ("{yy}", f"{today:%y}"),
        ("{mm}", f"{today:%m}"),
        ("{dd}", f"{today:%d}"),
    ):
        pattern = pattern.replace(part, text)
    for width in range(1, 10):
        pattern = pattern.replace(f"{{seq:{width}}}", "1".zfill(width))
    return pattern.replace("{seq}", "1")


@signed_in
@require_http_methods(["GET", "POST"])
def number_rule_page(request: PageRequest, name: str) -> HttpResponse:
    """`/settings/numbering/opportunity/`"""
    require(request.actor, COMPANY)
    rule = next((each for each in numbering.declared() if each.name == name), None)
    if rule is None:
        return HttpResponseRedirect(reverse("settings-numbering"))
    pattern, reset = numbering.current(name)
    form = NumberRuleForm(request.POST or None, initial={"pattern": pattern, "reset": reset})

    def change() -> None:
        if form.is_bound:
            actions.change_number_rule(request.actor, name, **form.cleaned_data)

    status = 200
    if request.method == "POST" and not previews.asks_for_look(request):
        status = attempt(form, change)
        if not status:
            return gone_to(request, _("The numbering rule was saved."), reverse("settings-numbering"))
    if form.is_bound and not form.is_valid():
        preview, problem = SafeString(), previews.complaint(form)
    else:
        preview, problem = previews.tried(change, lambda: _coming(request, name))
    title = _("Numbering of %(records)s") % {"records": rule.label}
    context = {
        "title": title,
        "form": form,
        "back": reverse("settings-numbering"),
        "preview": preview,
        "problem": problem,
    }
    return previews.answer(request, preview, problem) or render(
        request, "core/settings_form_with_preview.html", context, status=status
    )


def _coming(request: PageRequest, name: str) -> SafeString:
    today = company.today()
    context = {"numbers": numbering.coming(name, today), "day": today}
    return previews.rendered(request, "core/settings_numbers_preview.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def modules_page(request: PageRequest) -> HttpResponse:
    """`/settings/modules/`: POST switches the module named, to the value of `on`."""
    require(request.actor, MODULES)
    refusal = ""
    if request.method == "POST":
        name, on = request.POST.get("module", ""), request.POST.get("on") == "1"
        try:
            actions.switch_module(request.actor, name, on=on)
        except Refused as refused:
            refusal = refused.sentence
        else:
            said = _("The module is on now.") if on else _("The module is off now; its data stay.")
            return gone_to(request, said, reverse("settings-modules"))
    shown = [
        {
            "module": each,
            "label": sentence_start(each.label),
            "is_on": modules.is_on(each.name),
            "effects": None if each.required else module_effects.effects_of(each.name),
        }
        for each in modules.declared()
    ]
    context = {"modules": shown, "refusal": refusal}
    return render(request, "core/settings_modules.html", context, status=REFUSED if refusal else 200)
