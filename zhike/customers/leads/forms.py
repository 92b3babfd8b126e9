"""What the verbs of leads ask, and the form of a lead with its hint at who is known already."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from zhike.core import company, options
from zhike.core.entities import VerbForm
from zhike.core.pages.forms import RecordForm

_LATER = timedelta(days=30)


class DisqualifyForm(VerbForm):
    """Why nothing will come of it."""

    disqualified_reason = forms.ChoiceField(
        label=_("reason"), choices=lambda: [("", "—"), *options.choices("disqualified_reason")]
    )
    disqualified_note = forms.CharField(
        label=_("note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class NurtureForm(VerbForm):
    """When to ask again."""

    again_on = forms.DateField(label=_("ask again on"), initial=lambda: company.today() + _LATER)
    note = forms.CharField(label=_("note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class LeadForm(RecordForm):
    """A lead's form: says while one types who has this number, address or company already."""

    hint_template = "customers/known_hint.html"
