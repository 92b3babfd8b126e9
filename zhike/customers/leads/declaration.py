"""The declaration of leads; `zhike.customers.entities` calls it in its place."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.activities.relations import followed_up
from zhike.core import numbering, options
from zhike.core.actors import Actor
from zhike.core.entities import Board, Entity, MenuItem, Panel, Verb, contribute, extend, register
from zhike.core.saved_views.shipped import ShippedView
from zhike.core.scoring.columns import SCORE_COLUMNS
from zhike.core.scoring.declarations import ScoreTarget
from zhike.customers.leads import actions, forms, panels, rules
from zhike.customers.models import Contact, Customer, Lead
from zhike.identity.ownership import OWNERSHIP_VERBS

_OPEN = frozenset({Lead.Status.NEW.value, Lead.Status.WORKING.value})


def _is_new(lead: Any) -> bool:
    return bool(lead.status == Lead.Status.NEW)


def _is_open(lead: Any) -> bool:
    return bool(lead.is_open)


def _is_free(lead: Any) -> bool:
    return lead.owner_id is None and _is_open(lead)


def _still_changes(_actor: Actor, lead: Any) -> bool:
    """What is converted stays as it is; only its owner changes, by transfer."""
    return bool(lead.status != Lead.Status.CONVERTED)


def _is_disqualified(lead: Any) -> bool:
    return bool(lead.status == Lead.Status.DISQUALIFIED)


VERBS = (
    Verb(name="take", run=actions.take_lead, label=_("take"), when=_is_free, icon="hand-grab", weight=5),
    Verb(name="work", run=actions.work_lead, label=_("start work"), when=_is_new, bulk=True, icon="player-play", weight=20),
    Verb(
        name="nurture", run=actions.nurture_lead, label=_("ask again later"), form_class=forms.NurtureForm, when=_is_open,
        bulk=True, icon="plant-2", weight=30,
    ),
    Verb(
        name="disqualify", run=actions.disqualify_lead, label=_("disqualify"), form_class=forms.DisqualifyForm,
        when=_is_open, bulk=True, confirm=True, icon="thumb-down", weight=40,
    ),
    Verb(name="reopen", run=actions.reopen_lead, label=_("reopen"), when=_is_disqualified, icon="refresh", weight=50),
    Verb(
        name="rescore", run=actions.rescore_lead, label=_("judge again"), when=_is_open, bulk=True, icon="scale",
        weight=190,
    ),
    *OWNERSHIP_VERBS,
)  # fmt: skip
DISQUALIFIED_REASONS = options.OptionList(
    name="disqualified_reason",
    label=_("reasons for disqualifying leads"),
    module="customers",
    entries=(
        options.Entry(code="no_need", label=_("no need")),
        options.Entry(code="no_budget", label=_("no budget")),
        options.Entry(code="unreachable", label=_("cannot be reached")),
        options.Entry(code="not_our_field", label=_("not our field")),
        options.Entry(code="bought_elsewhere", label=_("bought elsewhere")),
        options.Entry(code="double", label=_("known already")),
        options.Entry(code="junk", label=_("wrong number or advertisement")),
        options.Entry(code="other", label=_("other")),
    ),
)


_ENTITY = Entity(
    model=Lead,
    slug="leads",
    module="customers",
    is_tagged=True,
    icon="user-search",
    purpose=_(
        "Somebody who may become a customer: from the website, an exhibition, a referral. Points say whom to call first; "
        "a good lead is converted into customer, contact and opportunity."
    ),
    example=_("For example: 韩雨欣 of 宁波翰林, met at an exhibition, wants 20 printers"),
    fields=(
        "name", "company_name", "job_title", "number", "mobile", "phone", "email", "wechat", "source", "need", "budget",
        "industry", "region", "address", "website", "owner", "department", "description",
    ),
    columns=(
        "name", "company_name", "status", "score", "mobile", "source", "owner", "next_step_on", "updated_at",
    ),
    filters=(
        "status", "score", "company_name", "job_title", "mobile", "phone", "email", "wechat", "website", "source",
        "industry", "region", "address", "need", "budget", "disqualified_reason", "disqualified_note", "owner",
        "department", "customer", "contact", "converted_at", "scored_at", "last_contact_at", "next_step_on",
        "created_at", "updated_at",
    ),
    search={
        "name": 100, "company_name": 90, "number": 100, "mobile": 70, "phone": 60, "email": 50, "wechat": 40,
        "job_title": 20,
    },
    history=("status", "owner", "department"),
    history_at_creation=("status",),
    derived=(*SCORE_COLUMNS, "last_contact_at", "next_step_on"),
    number="number",
    party="customer",
    ordering=("-updated_at",),
    header_facts=("company_name", "status", "mobile", "source", "owner"),
    verbs=VERBS,
    panels=(
        Panel(
            name="known", label=_("known already?"), template="customers/known.html", provide=panels.known_panel,
            weight=-3,
        ),
    ),
    relations=followed_up(),
    prepare=rules.prepare_lead,
    edits_when=_still_changes,
    form_class=forms.LeadForm,
    views=(
        Board(
            by="status", sum="budget", card=("company_name", "score", "mobile", "owner"), due="next_step_on",
            moves={
                "new": "nurture", "working": ("work", "reopen"), "converted": "convert", "disqualified": "disqualify",
            },
            closed=frozenset({"converted", "disqualified"}),
        ),
    ),
)  # fmt: skip


def declare() -> None:
    """Leads with all that belongs to them."""
    numbering.declare(numbering.Rule(name="lead", label=_("lead"), pattern="XS{yyyy}{seq:6}", reset="year"))
    options.declare(DISQUALIFIED_REASONS)
    register(_ENTITY)
    _show_origin()
    _contribute()


def _show_origin() -> None:
    """Customers and contacts say which lead they came from."""
    for model in (Customer, Contact):
        extend(
            model,
            panels=(
                Panel(
                    name="origin", label=_("came from lead"), template="customers/origin.html",
                    provide=panels.origin_panel, weight=95,
                ),
            ),
        )  # fmt: skip


def _contribute() -> None:
    """Points, menu and shipped views."""
    contribute(
        ScoreTarget(slug="leads", state="status", open_states=_OPEN),
        MenuItem(
            name="leads", label=_("Leads"), group=_("Customers"), icon="user-search", url_name="leads:list",
            module="customers", right="leads:view", weight=90,
        ),
        ShippedView(
            slug="leads", name="open", label=_("open leads, best first"), sort="-score",
            condition={"field": "status", "op": "in", "value": ["new", "working"]},
        ),
        ShippedView(
            slug="leads", name="free", label=_("leads nobody has taken"), sort="-score",
            condition={"all": [
                {"field": "status", "op": "in", "value": ["new", "working"]}, {"field": "owner", "op": "is_empty"},
            ]},
        ),
    )  # fmt: skip
