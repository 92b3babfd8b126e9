"""What the verbs of opportunities ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhike.core import company, options
from zhike.core.entities import VerbForm
from zhike.customers.models import Contact, Customer
from zhike.sales import rules
from zhike.sales.models import Stage, Status


class WinForm(VerbForm):
    """When it was won, and for how much."""

    closed_on = forms.DateField(label=_("won on"), required=False, initial=company.today)
    amount = forms.DecimalField(label=_("amount"), min_value=0, max_digits=18, decimal_places=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.initial.setdefault("amount", self.record.amount)


class LoseForm(VerbForm):
    """Why it was lost."""

    lost_reason = forms.ChoiceField(label=_("reason"), choices=lambda: [("", "—"), *options.choices("lost_reason")])
    lost_note = forms.CharField(
        label=_("note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    closed_on = forms.DateField(label=_("lost on"), required=False, initial=company.today)


class StageForm(VerbForm):
    """Base of the forms that ask for an open stage of the record's pipeline."""

    stage = forms.ModelChoiceField(label=_("stage"), queryset=Stage.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(deleted_at__isnull=True, status=Status.OPEN)
        if self.record is not None:
            stages = stages.filter(pipeline_id=self.record.pipeline_id)
        stage_field = self.fields["stage"]
        if isinstance(stage_field, forms.ModelChoiceField):
            stage_field.queryset = stages.order_by("position", "pk")


class ReopenForm(StageForm):
    """Where an opportunity begins again."""


class MoveForm(StageForm):
    """Which stage, why, and what the stages demand that is still blank, asked in place."""

    reason = forms.CharField(label=_("reason"), max_length=500, required=False)
    customer = forms.ModelChoiceField(label=_("customer"), queryset=Customer.objects.none(), required=False)
    contact = forms.ModelChoiceField(label=_("contact"), queryset=Contact.objects.none(), required=False)
    amount = forms.DecimalField(label=_("amount"), min_value=0, max_digits=18, decimal_places=2, required=False)
    probability = forms.IntegerField(label=_("probability"), min_value=0, max_value=100, required=False)
    closes_on = forms.DateField(label=_("expected close"), required=False)
    valid_until = forms.DateField(label=_("valid until"), required=False)
    source = forms.ChoiceField(
        label=_("source"), choices=lambda: [("", "—"), *options.choices("source")], required=False
    )
    approach = forms.CharField(label=_("planned approach"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._narrow("customer", Customer)
        self._narrow("contact", Contact)
        if self.record is None:
            return
        demanded = {name for stage in rules.stages_of(self.record.pipeline_id) for name in stage.requires}
        for name in rules.DEMANDABLE:
            if name not in demanded or getattr(self.record, name) not in (None, ""):
                del self.fields[name]

    def _narrow(self, name: str, model: type[Customer] | type[Contact]) -> None:
        """Offer only what the actor sees; contacts of the opportunity's customer."""
        field = self.fields[name]
        if self.actor is None or not isinstance(field, forms.ModelChoiceField):
            return
        rows = model.objects.visible_to(self.actor)
        if model is Contact and self.record is not None:
            rows = rows.filter(customer_id=self.record.customer_id)
        field.queryset = rows.order_by("name_key", "pk")
