"""Settings, menu: the order of the left menu, and what is not shown in it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.core import menu
from zhike.core.configuration import menu_actions
from zhike.core.configuration.rights import MENU, require
from zhike.core.entities import MenuItem, registry
from zhike.core.pages import previews
from zhike.core.pages.answers import REFUSED, gone_to
from zhike.core.pages.context import Shell
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.words import sentence_start
from zhike.core.writes import Refused


@dataclass(frozen=True)
class ShownEntry:
    """One line of the page."""

    name: str
    label: str
    icon: str
    group: str
    is_shown: bool
    is_fixed: bool


@signed_in
@require_http_methods(["GET", "POST"])
def menu_page(request: PageRequest) -> HttpResponse:
    """`/settings/menu/`: POST keeps the order and what is ticked; with `step` or `preview` it only shows what would come."""
    require(request.actor, MENU)
    order, hidden = [each.name for each in menu.ordered()], set(menu.current().hidden)
    refusal, status = "", 200
    if request.method == "POST":
        order, hidden = _sent(request.POST)
        if not previews.asks_for_look(request) and "step" not in request.POST:
            try:
                if "reset" in request.POST:
                    menu_actions.reset_menu(request.actor)
                else:
                    menu_actions.arrange_menu(request.actor, order, hidden)
            except Refused as refused:
                refusal, status = refused.sentence, REFUSED
            else:
                return gone_to(
                    request, _("The menu was saved; everybody sees it from the next click."), reverse("settings-menu")
                )
    entries: list[ShownEntry] = []

    def change() -> None:
        if request.method == "POST":
            menu_actions.arrange_menu(request.actor, order, hidden)

    def shown() -> SafeString:
        entries.extend(_entry(item, hidden) for item in menu.ordered())
        return previews.rendered(request, "core/settings_menu_preview.html", {"groups": Shell(request).menu})

    preview, problem = previews.tried(change, shown)
    context: dict[str, Any] = {
        "entries": entries or [_entry(item, hidden) for item in menu.ordered()],
        "refusal": refusal,
        "preview": preview,
        "problem": problem,
        "is_changed": request.method == "POST",
    }
    return previews.answer(request, preview, problem) or render(
        request, "core/settings_menu.html", context, status=status
    )


def _entry(item: MenuItem, hidden: set[str]) -> ShownEntry:
    return ShownEntry(
        name=item.name,
        label=sentence_start(menu.label_of(item)),
        icon=item.icon,
        group=str(item.group),
        is_shown=item.name not in hidden,
        is_fixed=item.name in menu.ALWAYS_SHOWN,
    )


def _sent(posted: QueryDict) -> tuple[list[str], set[str]]:
    """Order and gaps as the page sent them, after the step that a button asked for."""
    known = {each.name for each in registry.contributions(MenuItem)}
    order = [name for name in dict.fromkeys(posted.getlist("item")) if name in known]
    ticked = {*posted.getlist("shown"), *menu.ALWAYS_SHOWN}
    verb, _colon, name = posted.get("step", "").partition(":")
    if name in order and verb in ("up", "down"):
        _move(order, name, -1 if verb == "up" else 1)
    return order, {name for name in order if name not in ticked}


def _move(order: list[str], name: str, by: int) -> None:
    """Change places with the neighbour of the same group; at its edge the whole group changes places with the next one."""
    groups = {each.name: str(each.group) for each in registry.contributions(MenuItem)}
    own = [each for each in order if groups[each] == groups[name]]
    place = own.index(name) + by
    if 0 <= place < len(own):
        at, to = order.index(name), order.index(own[place])
        order[at], order[to] = order[to], order[at]
        return
    kinds = list(dict.fromkeys(groups[each] for each in order))
    to = kinds.index(groups[name]) + by
    if 0 <= to < len(kinds):
        at = kinds.index(groups[name])
        kinds[at], kinds[to] = kinds[to], kinds[at]
        order.sort(key=lambda each: kinds.index(groups[each]))
