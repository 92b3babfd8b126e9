"""The declarations of pipelines, stages, opportunities and lines, and what they add to customers and products."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.activities.relations import followed_up
from zhike.catalog.models import Product
from zhike.core import numbering, options
from zhike.core.entities import (
    Board,
    Calendar,
    Entity,
    MenuItem,
    Module,
    Panel,
    RelatedList,
    Relation,
    SettingsPage,
    Verb,
    contribute,
    extend,
    register,
)
from zhike.customers.models import Contact, Customer, Lead
from zhike.identity.ownership import OWNERSHIP_VERBS
from zhike.sales import actions, forms, panels, rules
from zhike.sales.conversion.forms import ConvertForm
from zhike.sales.models import Opportunity, OpportunityLine, Pipeline, Stage


def _is_open(opportunity: Any) -> bool:
    return bool(opportunity.is_open)


def _is_closed(opportunity: Any) -> bool:
    return not opportunity.is_open


contribute(
    Module(name="sales", label=_("Sales"), description=_("Opportunities, pipelines and the funnel."), weight=20),
)
numbering.declare(
    numbering.Rule(name="opportunity", label=_("opportunity"), pattern="SJ{yyyy}{mm}{dd}-{seq:4}", reset="day")
)
options.declare(
    options.OptionList(
        name="lost_reason",
        label=_("reasons for losing"),
        module="sales",
        entries=(
            options.Entry(code="price", label=_("price")),
            options.Entry(code="product", label=_("product does not fit")),
            options.Entry(code="competitor", label=_("chose a competitor")),
            options.Entry(code="relationship", label=_("relationship")),
            options.Entry(code="timing", label=_("postponed or no budget")),
            options.Entry(code="no_contact", label=_("no longer reachable")),
            options.Entry(code="other_reason", label=_("other reason")),
        ),
    )
)

register(
    Entity(
        model=Pipeline,
        slug="pipelines",
        attachable=False,
        module="sales",
        icon="filter",
        purpose=_(
            "A way of selling, with its stages in order. Most companies need one; add another where a business sells "
            "differently."
        ),
        example=_("For example: “Standard” for new customers, “Renewal” for maintenance contracts"),
        fields=("name", "position", "is_active", "amount_from_lines"),
        columns=("name", "position", "is_active", "amount_from_lines"),
        filters=("is_active", "position"),
        search={"name": 100},
        ordering=("position",),
        panels=(
            RelatedList(
                name="stages", label=_("stages"), slug="stages", via="pipeline",
                columns=("name", "position", "status", "probability", "days_allowed"), weight=10,
            ),
        ),
        settle=rules.settle_configuration,
    )
)  # fmt: skip
register(
    Entity(
        model=Stage,
        slug="stages",
        attachable=False,
        module="sales",
        icon="stairs",
        purpose=_("The steps of a pipeline, each with a probability and what it demands."),
        example=_("For example: “Quotation”, 50 %, needs an amount"),
        fields=("name", "pipeline", "position", "status", "probability", "requires", "guidance", "days_allowed"),
        columns=("name", "pipeline", "position", "status", "probability", "days_allowed"),
        filters=("pipeline", "status", "position", "probability"),
        search={"name": 100},
        ordering=("position",),
        prepare=rules.prepare_stage,
        settle=rules.settle_configuration,
    )
)
register(
    Entity(
        model=Opportunity,
        slug="opportunities",
        module="sales",
        is_tagged=True,
        icon="target",
        purpose=_("A deal that may come about, with amount, stage and expected day. Together they are your funnel."),
        example=_("For example: “浦发银行 · 网点改造”, 120,000, stage “quotation”, expected in March"),
        fields=(
            "name", "number", "customer", "contact", "pipeline", "stage", "amount", "probability", "closes_on", "valid_until",
            "source", "approach", "owner", "department", "description",
        ),
        columns=("name", "customer", "stage", "amount", "closes_on", "owner", "next_step_on", "updated_at"),
        filters=(
            "customer", "contact", "lead", "pipeline", "stage", "status", "amount", "probability", "closes_on", "closed_on",
            "valid_until", "stage_since", "source", "lost_reason", "owner", "department",
            "last_contact_at", "next_step_on", "created_at", "updated_at",
        ),
        search={"name": 100, "number": 100},
        derived=("last_contact_at", "next_step_on"),
        history=("stage", "status", "owner", "department", "amount", "closes_on"),
        history_at_creation=("stage",),
        number="number",
        party="customer",
        ordering=("-updated_at",),
        header_facts=("customer", "amount", "closes_on", "owner"),
        verbs=(
            Verb(
                name="move", run=actions.move_opportunity, label=_("move"), form_class=forms.MoveForm, when=_is_open,
                icon="arrow-right", weight=10,
            ),
            Verb(
                name="win", run=actions.win_opportunity, label=_("win"), form_class=forms.WinForm, when=_is_open,
                primary=True, confirm=True, icon="trophy", weight=20,
            ),
            Verb(
                name="lose", run=actions.lose_opportunity, label=_("lose"), form_class=forms.LoseForm, when=_is_open,
                bulk=True, confirm=True, icon="thumb-down", weight=30,
            ),
            Verb(
                name="reopen", run=actions.reopen_opportunity, label=_("reopen"), form_class=forms.ReopenForm,
                when=_is_closed, icon="refresh", weight=40,
            ),
            *OWNERSHIP_VERBS,
        ),
        panels=(
            Panel(
                name="stage_bar",
                label=_("stages"),
                template="sales/stage_bar.html",
                provide=panels.stage_bar,
                weight=-10,
            ),
            RelatedList(
                name="lines", label=_("products"), slug="opportunity-lines", via="opportunity",
                columns=("product", "quantity", "price", "discount", "total"), weight=10,
            ),
        ),
        relations=(
            Relation(name="lines", label=_("products"), slug="opportunity-lines", via="opportunity"),
            *followed_up(),
        ),
        views=(
            Board(
                by="stage", within="pipeline", sum="amount", card=("customer", "amount", "closes_on"),
                since="stage_since", due="closes_on", closed=frozenset({"won", "lost"}),
                moves={"open": ("move", "reopen"), "won": "win", "lost": "lose"},
            ),
            Calendar(start="closes_on", state="status", notes=("customer",)),
        ),
        prepare=rules.prepare_opportunity,
        settle=rules.settle_opportunities,
    )
)  # fmt: skip
register(
    Entity(
        model=OpportunityLine,
        slug="opportunity-lines",
        attachable=False,
        module="sales",
        icon="list",
        part_of="opportunity",
        title="product",
        fields=("opportunity", "product", "quantity", "price", "discount", "position", "note"),
        columns=("product", "opportunity", "quantity", "price", "discount", "total"),
        filters=("opportunity", "product", "quantity", "price", "total"),
        ordering=("position",),
        prepare=rules.prepare_line,
        settle=rules.settle_lines,
    )
)
extend(
    Customer,
    panels=(
        RelatedList(
            name="opportunities", label=_("opportunities"), slug="opportunities", via="customer",
            columns=("name", "stage", "amount", "closes_on", "owner"), weight=20, module="sales",
        ),
    ),
    relations=(Relation(name="opportunities", label=_("opportunities"), slug="opportunities", via="customer"),),
)  # fmt: skip
extend(
    Contact,
    panels=(
        RelatedList(
            name="opportunities", label=_("opportunities"), slug="opportunities", via="contact",
            columns=("name", "stage", "amount", "closes_on", "owner"), weight=20, module="sales",
        ),
    ),
    relations=(Relation(name="opportunities", label=_("opportunities"), slug="opportunities", via="contact"),),
)  # fmt: skip
extend(
    Lead,
    verbs=(
        Verb(
            name="convert", run=actions.convert_lead, label=_("convert"), form_class=ConvertForm, when=_is_open,
            primary=True, confirm=True, icon="arrow-big-right-lines", weight=10, module="sales", made=actions.made_of_lead,
        ),
    ),
    panels=(
        Panel(name="results", label=_("converted into"), template="sales/lead_results.html", provide=panels.results, weight=-4),
    ),
    relations=(Relation(name="opportunities", label=_("opportunities"), slug="opportunities", via="lead"),),
)  # fmt: skip
extend(
    Product,
    relations=(Relation(name="lines", label=_("opportunity lines"), slug="opportunity-lines", via="product"),),
)
contribute(
    MenuItem(
        name="opportunities", label=_("Opportunities"), group=_("Sales"), icon="target", url_name="opportunities:list",
        module="sales", right="opportunities:view", weight=200,
    ),
    MenuItem(
        name="funnel", label=_("Funnel"), group=_("Sales"), icon="chart-funnel", url_name="funnel", module="sales",
        right="opportunities:view", weight=210,
    ),
    SettingsPage(
        name="pipelines", label=_("Pipelines"), description=_("Ways of selling and their stages, with what each demands."),
        group=_("Sales"), icon="filter", url_name="settings-pipelines", right="settings.pipelines", module="sales", weight=300,
    ),
)  # fmt: skip
