"""The lists that customers and contacts choose from."""

from django.utils.translation import gettext_lazy as _

from zhike.core.options import Entry, OptionList
from zhike.customers.china import countries, industries, regions

LISTS = (
    OptionList(
        name="customer_state",
        label=_("customer states"),
        module="customers",
        entries=(
            Entry(code="potential", label=_("potential"), colour="blue"),
            Entry(code="tracked", label=_("being tracked"), colour="amber"),
            Entry(code="current", label=_("current customer"), colour="green"),
            Entry(code="lost", label=_("lost customer"), colour="red"),
        ),
    ),
    OptionList(
        name="customer_level",
        label=_("customer levels"),
        module="customers",
        entries=(
            Entry(code="key", label=_("key account"), colour="green"),
            Entry(code="important", label=_("important"), colour="blue"),
            Entry(code="ordinary", label=_("ordinary")),
            Entry(code="small", label=_("small")),
        ),
    ),
    OptionList(
        name="source",
        label=_("sources"),
        module="customers",
        entries=(
            Entry(code="referral", label=_("referral")),
            Entry(code="website", label=_("our website")),
            Entry(code="exhibition", label=_("exhibition")),
            Entry(code="advertisement", label=_("advertisement")),
            Entry(code="cold_call", label=_("cold call")),
            Entry(code="partner", label=_("partner")),
            Entry(code="import", label=_("brought in from a file")),
            Entry(code="other", label=_("other")),
        ),
    ),
    OptionList(
        name="contact_role",
        label=_("roles in the decision"),
        module="customers",
        entries=(
            Entry(code="decides", label=_("decides")),
            Entry(code="influences", label=_("influences")),
            Entry(code="uses", label=_("uses it")),
            Entry(code="buys", label=_("buys")),
            Entry(code="finance", label=_("finance")),
        ),
    ),
    OptionList(name="country", label=_("countries"), module="customers", load=countries.entries),
    OptionList(name="region", label=_("regions"), module="customers", load=regions.entries, is_tree=True),
    OptionList(name="industry", label=_("industries"), module="customers", load=industries.entries, is_tree=True),
)
