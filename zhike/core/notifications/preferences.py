"""How notifications come: a page for oneself, and one for the company's usual way."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhike.core.configuration.rights import require
from zhike.core.entities import SettingsPage, contribute
from zhike.core.notifications import actions, choices
from zhike.core.notifications.actions import RIGHT
from zhike.core.notifications.choices import Channels
from zhike.core.notifications.kinds import NotificationKind, kinds
from zhike.core.notifications.models import ByMail
from zhike.core.notifications.sending import has_mail
from zhike.core.pages.answers import gone_to
from zhike.core.pages.guards import signed_in
from zhike.core.pages.inputs import Select
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.settings_pages import attempt
from zhike.core.pages.words import sentence_start

_TIME = {"class": "form-control", "type": "time"}
_SELECT = {"class": "form-select"}
_TIMES = ("quiet_from", "quiet_to", "digest_hour", "watch_after_comment")


class PreferencesForm(forms.Form):
    """The hours; the channels of each kind are fields of its own, `app__mention` and `mail__mention`."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs=_TIME, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet to"),
        help_text=gettext_lazy("By the clock of your time zone. Mail waits until then."),
        required=False,
        widget=forms.TimeInput(attrs=_TIME, format="%H:%M"),
    )
    digest_hour = forms.TypedChoiceField(
        label=gettext_lazy("Daily mail at"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        widget=Select(attrs=_SELECT),
    )
    watch_after_comment = forms.BooleanField(
        label=gettext_lazy("Watch what I comment on"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, of_kinds: list[NotificationKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kinds = of_kinds
        for kind in of_kinds:
            self.fields[f"app__{kind.name}"] = forms.BooleanField(
                label=_("in Zhike"), required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
            )
            self.fields[f"mail__{kind.name}"] = forms.ChoiceField(
                label=_("by mail"), choices=ByMail.choices, widget=Select(attrs=_SELECT)
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row of the table for each kind."""
        return [
            {
                "label": sentence_start(kind.label),
                "icon": kind.icon,
                "app": self[f"app__{kind.name}"],
                "mail": self[f"mail__{kind.name}"],
            }
            for kind in self._kinds
        ]

    @property
    def hours(self) -> list[forms.BoundField]:
        return [self[name] for name in _TIMES]

    def channels(self) -> dict[str, Channels]:
        """What was chosen, by kind."""
        chosen = self.cleaned_data
        return {
            kind.name: Channels(chosen[f"app__{kind.name}"], ByMail(chosen[f"mail__{kind.name}"]))
            for kind in self._kinds
        }


@signed_in
@require_http_methods(["GET", "POST"])
def own_preferences(request: PageRequest) -> HttpResponse:
    """`/notifications/preferences/`"""
    return _page(request, for_company=False)


@signed_in
@require_http_methods(["GET", "POST"])
def company_preferences(request: PageRequest) -> HttpResponse:
    """`/settings/notifications/`"""
    require(request.actor, RIGHT)
    return _page(request, for_company=True)


def _page(request: PageRequest, *, for_company: bool) -> HttpResponse:
    user = None if for_company else request.actor.user
    of_kinds = kinds()
    form = PreferencesForm(request.POST or None, of_kinds=of_kinds, initial=_initial(user, of_kinds))
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: _keep(request, form, for_company=for_company))
        if not status:
            name = "settings-notifications" if for_company else "notification-preferences"
            return gone_to(request, _("Your choices were saved."), reverse(name))
    return _render(request, form, status, for_company=for_company)


def _initial(user: Any, of_kinds: list[NotificationKind]) -> dict[str, Any]:
    times = choices.times_of(user)
    first: dict[str, Any] = {name: getattr(times, name) for name in _TIMES}
    for name, channels in choices.channels_of(user, of_kinds).items():
        first |= {f"app__{name}": channels.in_app, f"mail__{name}": channels.by_mail.value}
    return first


def _keep(request: PageRequest, form: PreferencesForm, *, for_company: bool) -> None:
    times = {name: form.cleaned_data[name] for name in _TIMES}
    actions.choose(request.actor, form.channels(), times, for_company=for_company)


def _render(request: HttpRequest, form: PreferencesForm, status: int, *, for_company: bool) -> HttpResponse:
    context = {
        "form": form,
        "for_company": for_company,
        "has_mail": has_mail(),
        "has_address": for_company or bool(getattr(request.user, "email", "")),
        "title": _("Notifications of the company") if for_company else _("How I am notified"),
        "back": reverse("settings") if for_company else reverse("notifications"),
    }
    return render(request, "core/notifications/preferences.html", context, status=status)


contribute(
    SettingsPage(
        name="my-notifications", label=gettext_lazy("how I am notified"),
        description=gettext_lazy("What you are told in Zhike and by mail, and when you want to be left alone."),
        group=gettext_lazy("Me"), icon="bell", url_name="notification-preferences", right="", weight=20,
    ),
    SettingsPage(
        name="notifications", label=gettext_lazy("notifications"),
        description=gettext_lazy("How everybody is notified who has not chosen otherwise."),
        group=gettext_lazy("Company"), icon="bell", url_name="settings-notifications", right=RIGHT, weight=140,
    ),
)  # fmt: skip
