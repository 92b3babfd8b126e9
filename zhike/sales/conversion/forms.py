"""What the conversion of a lead asks: which customer, which contact, which opportunity, and who goes on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core.actors import Actor
from zhike.core.entities import VerbForm
from zhike.core.pages.inputs import RecordInput
from zhike.customers.leads.known import Given, known
from zhike.customers.models import Contact, Customer, Lead
from zhike.identity.ownership import ActivePeople
from zhike.sales import rules
from zhike.sales.conversion import carrying, preview
from zhike.sales.conversion.wanted import EXISTING, LONGEST_NAME, NEW, NONE, opportunity_name
from zhike.sales.models import Stage, Status

if TYPE_CHECKING:
    _ChoiceOfStage = forms.ModelChoiceField[Stage]
else:
    _ChoiceOfStage = forms.ModelChoiceField


class StageChoice(_ChoiceOfStage):
    """An open stage of any pipeline in use, the pipeline before it."""

    def label_from_instance(self, obj: Stage) -> str:
        return f"{obj.pipeline.name} · {obj.name}"


@dataclass(frozen=True)
class Suggestion:
    """A record that may be the one meant; `query` chooses it in this form."""

    label: str
    note: str
    query: str
    url: str


class ConvertForm(VerbForm):
    """Customer, contact and opportunity, each new, existing or (the last two) none. Blank choices take what is most likely:

    an existing one where one is named, else a new one; no contact where the lead is a company without a person.
    """

    page_template = "sales/convert_form.html"

    customer_mode = forms.ChoiceField(
        label=gettext_lazy("customer"),
        choices=[("new", gettext_lazy("create a new one")), ("existing", gettext_lazy("choose an existing one"))],
        required=False,
    )
    customer_name = forms.CharField(label=gettext_lazy("name of the new customer"), max_length=200, required=False)
    customer = forms.ModelChoiceField(
        label=gettext_lazy("existing customer"), queryset=Customer.objects.none(), required=False
    )
    contact_mode = forms.ChoiceField(
        label=gettext_lazy("contact"),
        choices=[
            ("new", gettext_lazy("create a new one")),
            ("existing", gettext_lazy("choose an existing one")),
            ("none", gettext_lazy("no contact")),
        ],
        required=False,
    )
    contact_name = forms.CharField(label=gettext_lazy("name of the new contact"), max_length=100, required=False)
    contact = forms.ModelChoiceField(
        label=gettext_lazy("existing contact"), queryset=Contact.objects.none(), required=False
    )
    opportunity_mode = forms.ChoiceField(
        label=gettext_lazy("opportunity"),
        choices=[("new", gettext_lazy("create a new one")), ("none", gettext_lazy("no opportunity yet"))],
        required=False,
    )
    opportunity_name = forms.CharField(
        label=gettext_lazy("name of the opportunity"), max_length=LONGEST_NAME, required=False
    )
    stage = StageChoice(label=gettext_lazy("stage"), queryset=Stage.objects.none(), required=False)
    amount = forms.DecimalField(
        label=gettext_lazy("amount"), min_value=0, max_digits=18, decimal_places=2, required=False
    )
    closes_on = forms.DateField(label=gettext_lazy("expected close"), required=False)
    owner = ActivePeople(
        label=gettext_lazy("owner"),
        required=False,
        help_text=gettext_lazy("Of all that is made. Blank: the lead's owner, or you."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions: list[Suggestion] = []
        stages = Stage.objects.filter(deleted_at__isnull=True, status=Status.OPEN, pipeline__deleted_at__isnull=True)
        stage = self.fields["stage"]
        if isinstance(stage, forms.ModelChoiceField):
            stage.queryset = (
                stages.filter(pipeline__is_active=True)
                .select_related("pipeline")
                .order_by("pipeline__position", "pipeline_id", "position", "pk")
            )
        if self.actor is not None:
            for name, model in (("customer", Customer), ("contact", Contact)):
                self.fields[name] = _record(self.actor, name, model, self.fields[name].label)
        if isinstance(self.record, Lead) and self.actor is not None and not self.is_bound:
            self._prefill(self.actor, self.record)

    @property
    def ways(self) -> list[preview.Way]:
        """What goes where."""
        if not isinstance(self.record, Lead) or self.actor is None:
            return []
        return preview.ways(self.actor, self.record)

    def _prefill(self, actor: Actor, lead: Lead) -> None:
        """First values, and who may be meant. What the address presets stays."""
        company = carrying.readable(actor, lead, "company_name")
        name = carrying.readable(actor, lead, "name")
        person = name if lead.has_person else ""
        self._suggest(actor, lead)
        first: dict[str, Any] = {
            "customer_mode": EXISTING if self.initial.get("customer") else NEW,
            "customer_name": company or name,
            "contact_mode": EXISTING if self.initial.get("contact") else NEW if person else NONE,
            "contact_name": person,
            "opportunity_mode": NEW,
            "opportunity_name": opportunity_name(company or name, carrying.readable(actor, lead, "need")),
            "amount": carrying.readable(actor, lead, "budget"),
            "owner": lead.owner_id if lead.owner_id is not None else actor.user_id,
        }
        pipelines = rules.pipelines.get().pipelines
        if pipelines:
            first["stage"] = next((each.pk for each in rules.stages_of(pipelines[0].pk)), None)
        self.initial = first | {key: value for key, value in self.initial.items() if value}

    def _suggest(self, actor: Actor, lead: Lead) -> None:
        """Customers and contacts with the same details. One customer of the very name is chosen at once."""
        twins: list[int] = []
        for match in known(actor, Given.of(lead)).matches:
            if isinstance(match.row, Customer):
                query = f"?customer={match.row.pk}"
                twins += [match.row.pk] if match.row.name == lead.company_name else []
            elif isinstance(match.row, Contact):
                query = f"?customer={match.row.customer_id}&contact={match.row.pk}"
            else:
                continue
            self.suggestions.append(Suggestion(match.label, f"{match.kind} · {match.why}", query, match.url))
        if len(twins) == 1 and not self.initial.get("customer") and not self.initial.get("customer_mode"):
            self.initial["customer"] = twins[0]

    def clean(self) -> dict[str, Any]:
        found = dict(super().clean() or {})
        customer, contact = found.get("customer"), found.get("contact")
        found["customer_mode"] = found.get("customer_mode") or (EXISTING if customer or contact else NEW)
        found["contact_mode"] = found.get("contact_mode") or (EXISTING if contact else "")
        found["opportunity_mode"] = found.get("opportunity_mode") or (NEW if found.get("opportunity_name") else NONE)
        if (
            found["customer_mode"] == EXISTING
            and customer is None
            and contact is None
            and "customer" not in self.errors
        ):
            self.add_error("customer", _("Choose the customer, or create a new one."))
        if found["contact_mode"] == EXISTING and contact is None and "contact" not in self.errors:
            self.add_error("contact", _("Choose the contact, or create a new one."))
        return found


def _record(actor: Actor, name: str, model: type[Customer] | type[Contact], label: Any) -> RecordInput:
    made = RecordInput(actor=actor, related=model, url=f"/leads/choices/{name}/", required=False)
    made.label = label
    return made
