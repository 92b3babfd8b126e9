"""Views of a list: choosing one, keeping one, renaming, sharing, ordering and deleting it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhike.core import list_choices, writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity
from zhike.core.lists import ListError
from zhike.core.lists.query import SCALE
from zhike.core.pages.answers import MALFORMED, REFUSED, gone_to, show_page
from zhike.core.pages.calendar_page import scale_of
from zhike.core.pages.guards import open_entity, signed_in
from zhike.core.pages.list_page import PAGE_OWN
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.pages.titles import list_address
from zhike.core.saved_views import actions, reading
from zhike.core.saved_views.models import Display, SavedView, Sharing
from zhike.core.saved_views.reading import SHARE_RIGHT, View


class ViewForm(forms.Form):
    """A name, and who else finds the view."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    shared = forms.ChoiceField(
        label=gettext_lazy("Who finds it"), widget=forms.RadioSelect, required=False, choices=Sharing.choices
    )

    def __init__(self, actor: Actor, *args: Any, present: str = Sharing.PRIVATE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = {Sharing.PRIVATE, present}
        if actor.access.department_ids:
            allowed.add(Sharing.DEPARTMENT)
        if actor.access.may(SHARE_RIGHT):
            allowed.add(Sharing.EVERYONE)
        choices = [
            (Sharing.PRIVATE, _("Only me")),
            (Sharing.DEPARTMENT, _("My department")),
            (Sharing.EVERYONE, _("Everyone")),
        ]
        self.fields["shared"].choices = [each for each in choices if each[0] in allowed]  # type: ignore[attr-defined]
        self.fields["shared"].help_text = _("Everyone sees in it only what he may see anyway.")

    def clean_shared(self) -> str:
        return self.cleaned_data["shared"] or Sharing.PRIVATE


@require_safe
@signed_in
def views_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/views/?…`: the menu of views for the list's present query; as a page, with what may be done to each."""
    entity = open_entity(request.actor, slug)
    address = list_address(entity)
    views = reading.visible_views(request.actor, entity)
    default = list_choices.chosen(request.actor.user_id, slug).default_view
    current = request.GET.get("view", "")
    shown = next((view for view in views if view.key == current), None)
    context = {
        "entity": entity,
        "title": _("Views of %(records)s") % {"records": entity.label_plural},
        "address": address,
        "asked": request.GET.urlencode(),
        "views": [_line(view, address, current=current, default=default) for view in views],
        "view": shown,
        "has_own": sum(view.is_own for view in views) > 1,
        "is_default": bool(default) and current == default,
        "default": default,
        "everything_url": f"{address}?view={reading.EVERYTHING}",
    }
    template = "core/list_views.html"
    return render(request, f"{template}#menu" if is_fragment(request) else template, context)


def _line(view: View, address: str, *, current: str, default: str) -> dict[str, Any]:
    notes = {
        Sharing.DEPARTMENT: _("shared with my department"),
        Sharing.EVERYONE: _("shared with everyone"),
    }
    note = "" if view.pk is None or view.shared == Sharing.PRIVATE else notes[Sharing(view.shared)]
    if view.pk is None:
        note = _("comes with Zhike")
    elif not view.is_own:
        note = _("by %(owner)s") % {"owner": view.owner}
    return {
        "view": view,
        "note": note,
        "url": f"{address}?view={view.key}",
        "page": "" if view.pk is None else f"{address}views/{view.pk}/",
        "active": view.key == current,
        "is_default": view.key == default,
    }


@require_http_methods(["GET", "POST"])
@signed_in
def new_view(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/views/new/?…`: keep the list as it is shown now under a name."""
    entity = open_entity(request.actor, slug)
    asked = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    if request.method != "POST":
        return _show(request, entity, ViewForm(request.actor), asked)
    form = ViewForm(request.actor, request.POST)
    if not form.is_valid():
        return _show(request, entity, form, asked, status=MALFORMED)
    try:
        row = actions.create_view(request.actor, entity, state=_state(request, entity, asked), **form.cleaned_data)
    except (writes.Refused, ValidationError, ListError) as mistake:
        return _refused(request, entity, form, asked, None, mistake)
    return _saved(request, entity, row)


@require_http_methods(["GET", "POST"])
@signed_in
def view_page(request: PageRequest, slug: str, view_id: int) -> HttpResponse:
    """`/customers/views/17/`: its name and who finds it."""
    entity = open_entity(request.actor, slug)
    row = reading.reached_row(request.actor, entity, view_id)
    if row is None:
        raise Http404
    if not reading.may_change(request.actor, row):
        raise writes.NotAllowed(
            _("This view belongs to %(owner)s. Save it as your own to change it.") % {"owner": row.owner}
        )
    initial = {"name": row.name, "shared": row.shared}
    if request.method != "POST":
        return _show(request, entity, ViewForm(request.actor, initial=initial, present=row.shared), "", row=row)
    form = ViewForm(request.actor, request.POST, present=row.shared)
    if not form.is_valid():
        return _show(request, entity, form, "", row=row, status=MALFORMED)
    try:
        row = actions.change_view(request.actor, entity, view_id, **form.cleaned_data)
    except (writes.RuleBroken, writes.NotAllowed, ValidationError) as mistake:
        return _refused(request, entity, form, "", row, mistake)
    return _saved(request, entity, row)


@require_POST
@signed_in
def keep_view(request: PageRequest, slug: str, view_id: int) -> HttpResponse:
    """`/customers/views/17/keep/`: the view becomes what the list shows now."""
    entity = open_entity(request.actor, slug)
    asked = request.POST.get("query", "")
    try:
        row = actions.change_view(request.actor, entity, view_id, **_state(request, entity, asked))
    except ListError as mistake:
        return gone_to(request, str(mistake), f"{list_address(entity)}?{asked}")
    return _saved(request, entity, row)


@require_POST
@signed_in
def delete_view(request: PageRequest, slug: str, view_id: int) -> HttpResponse:
    """`/customers/views/17/delete/`"""
    entity = open_entity(request.actor, slug)
    actions.delete_view(request.actor, entity, view_id)
    return gone_to(request, _("The view was deleted. The records in it stay."), f"{list_address(entity)}views/")


@require_POST
@signed_in
def move_view(request: PageRequest, slug: str, view_id: int) -> HttpResponse:
    """`/customers/views/17/move/`: one place up or down among one's own."""
    entity = open_entity(request.actor, slug)
    actions.move_view(request.actor, entity, view_id, up=request.POST.get("way") != "down")
    return gone_to(request, _("The order was changed."), f"{list_address(entity)}views/")


@require_POST
@signed_in
def default_view(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/views/default/`: the view that opens with the list; blank: everything."""
    entity = open_entity(request.actor, slug)
    view = actions.make_default(request.actor, entity, request.POST.get("view", "")[:80])
    address = list_address(entity)
    if view is None:
        return gone_to(request, _("This list opens with everything again."), f"{address}?view={reading.EVERYTHING}")
    sentence = _("This list opens with the view “%(name)s” from now on.") % {"name": view.name}
    return gone_to(request, sentence, f"{address}?view={view.key}")


def _state(request: PageRequest, entity: Entity, asked: str) -> dict[str, Any]:
    params = QueryDict(asked)
    found = reading.ask(entity, request.actor, params, page_own=PAGE_OWN)
    kept = found.view
    display = params.get("display") or (kept.display if kept is not None else "")
    settings = {} if kept is None else dict(kept.display_settings)
    if display == Display.CALENDAR:
        settings[SCALE] = scale_of(request, entity.slug, params, kept=str(settings.get(SCALE, "")))
    return actions.state_of(found.query, display, settings)


def _show(
    request: PageRequest,
    entity: Entity,
    form: ViewForm,
    asked: str,
    *,
    row: SavedView | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    address = list_address(entity)
    context = {
        "entity": entity,
        "title": _("Save this view") if row is None else _("The view “%(name)s”") % {"name": row.name},
        "form": form,
        "asked": asked,
        "sentence": sentence,
        "action": f"{address}views/new/" if row is None else f"{address}views/{row.pk}/",
        "back": f"{address}?{asked}" if row is None else f"{address}?view={row.pk}",
    }
    return show_page(request, "core/list_view_form.html", context, status=status)


def _refused(
    request: PageRequest,
    entity: Entity,
    form: ViewForm,
    asked: str,
    row: SavedView | None,
    mistake: Exception,
) -> HttpResponse:
    sentence, status = str(mistake), MALFORMED
    if isinstance(mistake, writes.Refused):
        sentence, status = mistake.sentence, 403 if isinstance(mistake, writes.NotAllowed) else REFUSED
    elif isinstance(mistake, ValidationError):
        by_field = mistake.message_dict if hasattr(mistake, "error_dict") else {"__all__": mistake.messages}
        sentence = ""
        for name, sentences in by_field.items():
            form.add_error(name if name in form.fields else None, list(sentences))
    return _show(request, entity, form, asked, row=row, sentence=sentence, status=status)


def _saved(request: PageRequest, entity: Entity, row: SavedView) -> HttpResponse:
    sentence = _("The view “%(name)s” is saved.") % {"name": row.name}
    return gone_to(request, sentence, f"{list_address(entity)}?view={row.pk}")
