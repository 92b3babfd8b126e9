"""The declarations of customers, contacts and leads."""

from django.utils.translation import gettext_lazy as _

from zhike.activities.participation import ParticipantKind
from zhike.activities.relations import followed_up
from zhike.core import numbering, options
from zhike.core.entities import Entity, MenuItem, Module, RelatedList, Relation, contribute, register
from zhike.core.saved_views.shipped import ShippedView
from zhike.customers import rules
from zhike.customers.leads import declaration as leads
from zhike.customers.models import Contact, Customer
from zhike.customers.option_lists import LISTS
from zhike.identity.ownership import OWNERSHIP_VERBS

contribute(
    Module(
        name="customers",
        label=_("Customers"),
        description=_("Customers and the people you know there."),
        required=True,
        weight=10,
    )
)
numbering.declare(numbering.Rule(name="customer", label=_("customer"), pattern="KH{yyyy}{seq:6}", reset="year"))
for each in LISTS:
    options.declare(each)

register(
    Entity(
        model=Customer,
        slug="customers",
        module="customers",
        is_tagged=True,
        icon="building",
        purpose=_(
            "Companies and people you do business with. Contacts, opportunities, follow-ups and files all stand on the "
            "customer's page."
        ),
        example=_("For example: 浦发银行, level “key account”, owner 周子涵"),
        fields=(
            "name", "kind", "short_name", "number", "credit_code", "state", "level", "industry", "source", "phone", "fax",
            "email", "website", "country", "region", "address", "parent", "annual_revenue", "employees", "founded_in",
            "owner", "department", "description",
        ),
        columns=("name", "level", "state", "region", "phone", "owner", "last_contact_at", "next_step_on", "updated_at"),
        filters=(
            "kind", "state", "level", "industry", "source", "country", "region", "parent", "owner", "department",
            "credit_code", "credit_code_doubtful", "annual_revenue", "employees", "founded_in",
            "last_contact_at", "next_step_on", "created_at", "updated_at",
        ),
        search={"name": 100, "short_name": 90, "number": 100, "credit_code": 80, "phone": 60, "email": 50},
        history=("state", "level", "owner", "department"),
        derived=("last_contact_at", "next_step_on"),
        number="number",
        party="id",
        ordering=("-updated_at",),
        header_facts=("state", "level", "phone", "owner", "next_step_on"),
        verbs=OWNERSHIP_VERBS,
        panels=(
            RelatedList(
                name="contacts", label=_("contacts"), slug="contacts", via="customer",
                columns=("name", "job_title", "mobile", "email", "is_main"), weight=10,
            ),
            RelatedList(
                name="subsidiaries", label=_("subsidiaries"), slug="customers", via="parent",
                columns=("name", "level", "owner"), weight=90,
            ),
        ),
        relations=(
            Relation(name="contacts", label=_("contacts"), slug="contacts", via="customer"),
            Relation(name="subsidiaries", label=_("subsidiaries"), slug="customers", via="parent"),
            *followed_up(via="party_id"),
        ),
        prepare=rules.prepare_customer,
    )
)  # fmt: skip
register(
    Entity(
        model=Contact,
        slug="contacts",
        module="customers",
        is_tagged=True,
        icon="address-book",
        purpose=_("The people at your customers: whom to call, what they decide."),
        example=_("For example: 王建国 (王总), purchasing director of 浦发银行, decides"),
        part_of="customer",
        party="customer",
        fields=(
            "name", "customer", "called", "job_title", "unit", "role", "mobile", "phone", "email", "wechat", "birthday",
            "is_main", "address", "description",
        ),
        columns=("name", "customer", "job_title", "mobile", "email", "updated_at"),
        filters=("customer", "job_title", "role", "is_main", "birthday", "created_at", "updated_at"),
        search={"name": 100, "called": 40, "job_title": 20, "mobile": 70, "phone": 70, "email": 50, "wechat": 40},
        ordering=("-updated_at",),
        header_facts=("customer", "job_title", "mobile"),
        relations=followed_up(),
        prepare=rules.prepare_contact,
        settle=rules.settle_contacts,
    )
)  # fmt: skip
leads.declare()
contribute(
    ParticipantKind(slug="contacts", note="job_title"),
    MenuItem(
        name="customers", label=_("Customers"), group=_("Customers"), icon="building", url_name="customers:list",
        module="customers", right="customers:view", weight=100, on_phone=True,
    ),
    MenuItem(
        name="contacts", label=_("Contacts"), group=_("Customers"), icon="address-book", url_name="contacts:list",
        module="customers", right="contacts:view", weight=110,
    ),
)  # fmt: skip
contribute(
    ShippedView(
        slug="customers", name="to_follow_up", label=_("to be followed up"), sort="next_step_on", module="activities",
        condition={"field": "next_step_on", "op": "lte", "value": "$today"},
    ),
    ShippedView(
        slug="customers", name="quiet", label=_("nothing heard for 30 days"), sort="last_contact_at", module="activities",
        condition={
            "none": {"path": "activities", "where": {"field": "starts_at", "op": "within", "value": {"ago": "P30D"}}}
        },
    ),
)  # fmt: skip
