"""Roles in the settings: the list, and the editor of rights."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhike.core.pages import previews
from zhike.core.pages.answers import MALFORMED, REFUSED, show_page
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.writes import NotAllowed, Refused, RuleBroken
from zhike.identity import actions, role_matrix, role_preview
from zhike.identity.access import ANY
from zhike.identity.models import Role, User
from zhike.identity.panels import role_rules
from zhike.identity.role_words import describe_role, settings_rights

# Who can be chosen for a look at what a role lets somebody see.
_PEOPLE = 500


class RoleForm(forms.Form):
    """A role's name and what it is for; the rights stand in the table below it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    description = forms.CharField(label=gettext_lazy("What is it for?"), max_length=300, required=False)
    settings = forms.MultipleChoiceField(
        label=gettext_lazy("May change in the settings"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["settings"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(ANY, _("everything, also what later versions add")), *settings_rights().items()]


class CopyForm(forms.Form):
    """The name of a copy."""

    name = forms.CharField(label=gettext_lazy("Name of the new role"), max_length=80)


@signed_in
@require_safe
def role_list(request: PageRequest) -> HttpResponse:
    """`/settings/roles/`: every role with its holders counted."""
    _guard(request)
    roles = Role.objects.visible_to(request.actor).annotate(holders=Count("user_roles")).order_by("-shipped", "id")
    return render(request, "identity/roles.html", {"roles": roles})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_role(request: PageRequest) -> HttpResponse:
    """`/settings/roles/new/`: an empty role, or a copy of `?from=`."""
    _guard(request)
    source = _role(request, request.GET["from"]) if request.GET.get("from", "").isdecimal() else None
    form = CopyForm(request.POST if request.method == "POST" else None, initial={"name": _copy_name(source)})
    status = 200
    if request.method == "POST":
        status = MALFORMED
        if form.is_valid():
            try:
                name = form.cleaned_data["name"]
                role = (
                    actions.copy_role(request.actor, source, name=name)
                    if source
                    else actions.create_role(request.actor, name=name)
                )
            except (Refused, ValidationError) as refusal:
                status = _refuse(form, refusal)
            else:
                return HttpResponseRedirect(reverse("settings_role", args=[role.pk]))
    title = _("Copy of “%(name)s”") % {"name": source} if source else _("New role")
    context = {
        "form": form,
        "title": title,
        "button": _("Make the role"),
        "action": request.get_full_path(),
        "back": reverse("settings_roles"),
    }
    return show_page(request, "identity/ask.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit_role(request: PageRequest, pk: int) -> HttpResponse:
    """`/settings/roles/42/`: the editor. What was sent and refused comes back as it was sent."""
    _guard(request)
    role = _role(request, pk)
    if request.method != "POST":
        first = {"name": role.name, "description": role.description, "settings": role.settings}
        return _editor(request, role, RoleForm(initial=first))
    form = RoleForm(request.POST)
    form.is_valid()
    is_look = previews.asks_for_look(request)
    try:
        role_rights = _read_rights(request, role)
    except ValidationError as malformed:
        form.add_error(None, malformed)
        role_rights = {}
    if form.errors:
        shown = previews.answer(request, SafeString(), previews.complaint(form)) if is_look else None
        return shown or _editor(request, role, form, status=MALFORMED)
    wanted = role_rights | form.cleaned_data
    if is_look:
        return _look(request, role, form, wanted)
    version = request.POST.get("version", "")
    try:
        saved = actions.edit_role(request.actor, role, int(version) if version.isdecimal() else role.version, wanted)
    except (Refused, ValidationError) as refusal:
        for name, value in wanted.items():
            setattr(role, name, value)
        return _editor(request, role, form, status=_refuse(form, refusal))
    messages.success(
        request, _("The role “%(name)s” is saved and counts from the next click of its holders.") % {"name": saved}
    )
    return HttpResponseRedirect(reverse("settings_role", args=[role.pk]))


def _look(request: PageRequest, role: Role, form: RoleForm, wanted: dict[str, Any]) -> HttpResponse:
    """What the chosen person would see if the role were saved as it stands in the page."""
    chosen = request.POST.get("person", "")
    people = User.objects.visible_to(request.actor).filter(state=User.State.ACTIVE)
    person = people.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None

    def shown() -> SafeString:
        if person is None:
            raise RuleBroken(_("Choose a person first."))
        saved = Role.objects.visible_to(request.actor).get(pk=role.pk)
        seen = role_preview.seen_by(person, saved, alone=request.POST.get("alone") == "1")
        return previews.rendered(request, "identity/role_sees.html", {"seen": seen})

    preview, problem = previews.tried(lambda: actions.edit_role(request.actor, role, role.version, wanted), shown)
    for name, value in wanted.items():
        setattr(role, name, value)
    return previews.answer(request, preview, problem) or _editor(
        request, role, form, sees={"preview": preview, "problem": problem, "chosen": chosen}
    )


@signed_in
@require_POST
def delete_role(request: PageRequest, pk: int) -> HttpResponse:
    """`/settings/roles/42/delete/`."""
    _guard(request)
    role = _role(request, pk)
    try:
        actions.delete_role(request.actor, role)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(reverse("settings_role", args=[pk]))
    messages.success(request, _("The role “%(name)s” is deleted.") % {"name": role.name})
    return HttpResponseRedirect(reverse("settings_roles"))


def _guard(request: PageRequest) -> None:
    if not request.actor.access.may("settings.roles"):
        raise PermissionDenied(_("Your roles do not include this. An administrator can give you the right."))


def _role(request: PageRequest, pk: int | str) -> Role:
    role: Role | None = Role.objects.visible_to(request.actor).filter(pk=pk).first() if int(pk) < 2**63 else None
    if role is None:
        raise Http404
    return role


def _copy_name(source: Role | None) -> str:
    return "" if source is None else _("%(name)s (copy)") % {"name": source.name}


def _read_rights(request: PageRequest, role: Role) -> dict[str, Any]:
    posted = {name: str(value) for name, value in request.POST.items()}
    denies, fields = role_matrix.read_lines(posted)
    return {"grants": role_matrix.read_grants(role.grants, posted), "denies": denies, "fields": fields}


def _refuse(form: forms.Form, refusal: Refused | ValidationError) -> int:
    if isinstance(refusal, Refused):
        form.add_error(None, refusal.sentence)
        return 403 if isinstance(refusal, NotAllowed) else REFUSED
    for sentence in refusal.messages:
        form.add_error("name" if "name" in getattr(refusal, "error_dict", {}) else None, sentence)
    return MALFORMED


def _people(request: PageRequest, role: Role) -> list[tuple[int, str]]:
    """Who may be chosen for a look: holders of the role first."""
    people = User.objects.visible_to(request.actor).filter(state=User.State.ACTIVE)
    holders = list(people.filter(user_roles__role=role).order_by("full_name_key", "pk")[:_PEOPLE])
    others = people.exclude(user_roles__role=role).order_by("full_name_key", "pk")[: _PEOPLE - len(holders)]
    return [(each.pk, str(each)) for each in (*holders, *others)]


def _editor(
    request: PageRequest, role: Role, form: RoleForm, *, status: int = 200, sees: Mapping[str, object] | None = None
) -> HttpResponse:
    context = {
        "people": _people(request, role),
        "sees": sees or {},
        "role": role,
        "form": form,
        "version": request.POST.get("version") or role.version,
        "headings": role_matrix.headings(),
        "rows": role_matrix.rows(role.grants, role.settings),
        "deny_lines": role_matrix.deny_lines(role.denies),
        "deny_subjects": role_matrix.deny_subjects(),
        "deny_choices": role_matrix.deny_choices(),
        "field_lines": role_matrix.field_lines(role.fields, role.denies),
        "field_subjects": role_matrix.field_subjects(),
        "modes": role_matrix.MODE_LABELS.items(),
        "rights": describe_role(role_rules(role)),
        "holders": role.user_roles.count(),
    }
    return render(request, "identity/role_editor.html", context, status=status)
