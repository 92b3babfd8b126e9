"""Settings, objects and fields: which fields records have, in which order, what they are called; each with a preview."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhike.core import layouts, modules, options
from zhike.core.configuration import field_actions
from zhike.core.configuration.dependents import dependents_of
from zhike.core.configuration.field_actions import parts_of
from zhike.core.configuration.rights import FIELDS, require
from zhike.core.customfields import actions, reading
from zhike.core.customfields.models import CustomField, CustomKind
from zhike.core.entities import Entity, FieldKind, Label, registry
from zhike.core.entities.fields import TAGS
from zhike.core.pages import previews
from zhike.core.pages.answers import MALFORMED, REFUSED, gone_to
from zhike.core.pages.arranging import Item, items_of, parts_of_items, read_items
from zhike.core.pages.field_forms import BuiltInFieldForm, CustomFieldForm, NamesForm
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.settings_pages import attempt
from zhike.core.pages.words import sentence_start
from zhike.core.writes import Refused

# What built-in fields are, in the words of the custom ones where those have the same.
_KINDS: dict[FieldKind, Label] = {
    **{FieldKind(kind.value): kind.label for kind in CustomKind if kind.value in set(FieldKind)},
    FieldKind.NUMBER: gettext_lazy("document number"),
    FieldKind.PERCENT: gettext_lazy("per cent"),
    FieldKind.OPTION: CustomKind.CHOICE.label,
    FieldKind.RELATION: CustomKind.RECORD.label,
    FieldKind.RECORD: CustomKind.RECORD.label,
    FieldKind.RECORDS: gettext_lazy("several records"),
    FieldKind.LIST: gettext_lazy("list of words"),
}


@dataclass(frozen=True)
class ShownField:
    """One line of the page of an entity."""

    item: Item
    label: str = ""
    kind: str = ""
    url: str = ""
    is_own: bool = False
    is_required: bool = False


@signed_in
@require_safe
def entity_list(request: PageRequest) -> HttpResponse:
    """`/settings/fields/`: the kinds of records whose fields may be changed."""
    require(request.actor, FIELDS)
    shown = [
        {
            "entity": entity,
            "label": sentence_start(entity.label_plural),
            "url": reverse("settings-entity", args=[entity.slug]),
            "count": len(layouts.form_names(entity)),
            "own": sum(name != TAGS for name in layouts.custom(entity)),
        }
        for entity in registry.all()
        if modules.is_on(entity.module) and actions.is_configurable(entity)
    ]
    return render(request, "core/settings_entities.html", {"entities": shown})


def _entity(request: PageRequest, slug: str) -> Entity:
    require(request.actor, FIELDS)
    found = next((each for each in registry.all() if each.slug == slug), None)
    if found is None or not modules.is_on(found.module) or not actions.is_configurable(found):
        raise Http404
    return found


@signed_in
@require_http_methods(["GET", "POST"])
def entity_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/settings/fields/customers/`: the form's fields in order and sections; what is hidden or retired below."""
    entity = _entity(request, slug)
    items = items_of(part for _key, part in parts_of(entity))
    refusal, status = "", 200
    if request.method == "POST":
        items = read_items(request.POST)
        if not previews.asks_for_look(request) and "step" not in request.POST:
            try:
                actions.arrange(request.actor, slug, parts_of_items(items))
            except Refused as refused:
                refusal, status = refused.sentence, REFUSED
            else:
                return gone_to(request, _("The form was saved."), reverse("settings-entity", args=[slug]))
    preview, problem = previews.tried(
        (lambda: actions.arrange(request.actor, slug, parts_of_items(items))) if request.method == "POST" else _nothing,
        lambda: previews.record_form(request, entity, request.actor),
    )
    context = {
        "entity": entity,
        "title": sentence_start(entity.label_plural),
        "fields": [_shown(entity, item) for item in items],
        "last": len(items) - 1,
        "hidden": [_shown(entity, Item(name)) for name in entity.fields if layouts.is_hidden(entity, name)],
        "retired": reading.retired_fields(slug),
        "others": [_shown(entity, Item(name)) for name in _unplaced(entity)],
        "is_changed": request.method == "POST",
        "refusal": refusal,
        "preview": preview,
        "problem": problem,
    }
    return previews.answer(request, preview, problem) or render(
        request, "core/settings_entity.html", context, status=status
    )


def _nothing() -> None:
    """The preview of things as they are."""


def _unplaced(entity: Entity) -> list[str]:
    """What records show and nobody types: the number, who wrote it when."""
    return [name for name in entity.readable if name not in entity.fields and not layouts.is_hidden(entity, name)]


def _shown(entity: Entity, item: Item) -> ShownField:
    if item.is_section or not entity.has_field(item.name):
        return ShownField(item)
    field = layouts.form_field(entity, item.name)
    kind = CustomKind(field.custom.kind).label if field.custom is not None else _KINDS[field.kind]
    return ShownField(
        item,
        label=sentence_start(layouts.label(entity, item.name)),
        kind=sentence_start(kind),
        url=reverse("settings-field", args=[entity.slug, item.name]),
        is_own=field.custom is not None,
        is_required=field.required,
    )


@signed_in
@require_http_methods(["GET", "POST"])
def new_field(request: PageRequest, slug: str) -> HttpResponse:
    """`/settings/fields/customers/new/`"""
    entity = _entity(request, slug)
    form = CustomFieldForm(entity, request.actor, request.POST or None, is_new=True)
    return _field_page(
        request,
        entity,
        form,
        lambda: field_actions.add_field(request.actor, slug, form.wish),
        title=_("New field for %(records)s") % {"records": entity.label_plural},
        done=_("The field was made. Forms, lists, import and export have it from now on."),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def field_page(request: PageRequest, slug: str, name: str) -> HttpResponse:
    """`/settings/fields/customers/cf_grade/`: a field of the company's own, or a built-in one."""
    entity = _entity(request, slug)
    row = reading.own_field(slug, name)
    if row is not None:
        return _own_field(request, entity, row)
    if name not in (*entity.fields, *entity.readable) or not entity.has_field(name):
        raise Http404
    first = _first_of_setting(entity, name)
    built_in = BuiltInFieldForm(entity, name, request.POST or None, initial=first)

    def change() -> None:
        default = field_actions.read_default(entity.field(name), built_in.cleaned_data.get("default", ""))
        actions.set_field(request.actor, slug, name, built_in.setting(default))
        if not built_in.cleaned_data["is_hidden"] and "section" in built_in.fields:
            field_actions.move_to_section(request.actor, entity, name, built_in.cleaned_data["section"])

    return _field_page(
        request,
        entity,
        built_in,
        change,
        title=sentence_start(layouts.label(entity, name)),
        done=_("The field was saved."),
        dependents=dependents_of(entity, name),
    )


def _own_field(request: PageRequest, entity: Entity, row: CustomField) -> HttpResponse:
    form = CustomFieldForm(
        entity, request.actor, request.POST or None, initial=_first_of_row(entity, row), is_new=False
    )
    listed = row.kind in (CustomKind.CHOICE, CustomKind.MULTI_CHOICE)
    return _field_page(
        request,
        entity,
        form,
        lambda: field_actions.change_field(request.actor, row.entity, row.key, form.wish),
        title=sentence_start(layouts.label(entity, row.key)),
        done=_("The field was saved."),
        row=row,
        dependents=dependents_of(entity, row.key),
        options_url=reverse("settings-option-list", args=[row.option_list]) if listed else "",
        choices=[entry.text() for entry in options.entries(row.option_list).values()] if listed else [],
    )


def _field_page(
    request: PageRequest,
    entity: Entity,
    form: forms.Form,
    change: Callable[[], object],
    *,
    title: str,
    done: str,
    **more: Any,
) -> HttpResponse:
    status, preview, problem = 200, SafeString(), ""
    address = reverse("settings-entity", args=[entity.slug])

    def shown() -> SafeString:
        return previews.record_form(request, entity, request.actor)

    if request.method != "POST":
        preview, problem = previews.tried(_nothing, shown)
    elif previews.asks_for_look(request):
        preview, problem = previews.tried(change, shown) if form.is_valid() else (preview, previews.complaint(form))
        form = _unjudged(form)
    else:
        status = attempt(form, change)
        if not status:
            return gone_to(request, done, address)
        preview, problem = previews.tried(_nothing, shown)
    context = {"entity": entity, "back": address, "title": title, "form": form, "preview": preview, "problem": problem}
    return previews.answer(request, preview, problem) or render(
        request, "core/settings_field.html", context | more, status=status
    )


def _unjudged(form: forms.Form) -> forms.Form:
    """Whoever looks has not finished typing: what he typed stands there, without a word about what is missing."""
    form._errors = forms.utils.ErrorDict()  # type: ignore[attr-defined]  # the errors of a form that was judged
    return form


def _first_of_row(entity: Entity, row: CustomField) -> dict[str, Any]:
    names = (
        "kind", "label_zh", "label_en", "help_zh", "help_en", "target", "places", "several", "required", "unique", "is_indexed",
        "shown_if",
    )  # fmt: skip
    first = {name: getattr(row, name) for name in names}
    return first | {"section": _section_of(entity, row.key), "default": _default_text(row.option_list, row.default)}


def _first_of_setting(entity: Entity, name: str) -> dict[str, Any]:
    row = reading.setting_of(entity.slug, name)
    names = ("label_zh", "label_en", "help_zh", "help_en", "required", "is_hidden")
    first = {each: getattr(row, each) for each in names}
    default = _default_text(entity.field(name).option_list, row.default)
    return first | {"section": _section_of(entity, name), "default": default}


def _section_of(entity: Entity, name: str) -> str:
    return next((key for key, part in parts_of(entity) if name in part.names), "")


def _default_text(list_name: str, default: Any) -> str:
    if default is None:
        return ""
    if isinstance(default, list):
        return ", ".join(options.label(list_name, each) for each in default)
    if default is True:
        return _("yes")
    return options.label(list_name, default) if list_name else str(default)


@signed_in
@require_POST
def field_step(request: PageRequest, slug: str, name: str, step: str) -> HttpResponse:
    """`/settings/fields/customers/cf_grade/{retire,restore}/`"""
    entity = _entity(request, slug)
    if step not in ("retire", "restore") or reading.own_field(slug, name) is None:
        raise Http404
    run = actions.retire_field if step == "retire" else actions.restore_field
    label = sentence_start(layouts.label(entity, name))
    address = reverse("settings-entity", args=[slug])
    try:
        run(request.actor, slug, name)
    except Refused as refused:
        return render(
            request,
            "core/settings_refused.html",
            {"title": label, "sentence": refused.sentence, "back": address},
            status=REFUSED,
        )
    said = (
        _("“%(field)s” is no longer in use. Its values stay, and come back with it.")
        if step == "retire"
        else _("“%(field)s” is in use again, with the values it had.")
    )
    return gone_to(request, said % {"field": label}, address)


@signed_in
@require_http_methods(["GET", "POST"])
def names_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/settings/fields/opportunities/names/`: what one record is called, and many."""
    entity = _entity(request, slug)
    row = reading.names_of(slug)
    first = {name: getattr(row, name) for name in ("one_zh", "one_en", "many_en")}
    form = NamesForm(request.POST or None, initial=first)
    status, address = 200, reverse("settings-entity", args=[slug])

    def change() -> None:
        given = form.cleaned_data
        actions.rename_entity(request.actor, slug, **given, many_zh=given["one_zh"])

    def shown() -> SafeString:
        return previews.rendered(request, "core/settings_names_preview.html", {"entity": entity, **_words(entity)})

    if request.method == "POST" and not previews.asks_for_look(request):
        status = attempt(form, change)
        if not status:
            said = _("They are called “%(name)s” from now on, everywhere.") % {"name": entity.label_plural}
            return gone_to(request, said, address)
    is_tried = request.method == "POST" and form.is_valid() and status in (200, MALFORMED)
    preview, problem = previews.tried(change if is_tried else _nothing, shown)
    context = {
        "title": _("What %(records)s are called") % {"records": entity.label_plural},
        "form": form,
        "back": address,
        "preview": preview,
        "problem": problem,
    }
    return previews.answer(request, preview, problem) or render(
        request, "core/settings_names.html", context, status=status
    )


def _words(entity: Entity) -> dict[str, str]:
    return {"one": sentence_start(entity.label), "many": sentence_start(entity.label_plural)}
