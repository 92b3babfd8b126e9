"""The platform's own pages in the settings."""

from django.utils.translation import gettext_lazy as _

from zhike.core.configuration.rights import COMPANY, MODULES, OPTIONS
from zhike.core.entities import MenuItem, SettingsPage, contribute

_COMPANY = _("Company")

contribute(
    MenuItem(name="home", label=_("Home"), group="", icon="home", url_name="home", module="", right="", weight=0),
    SettingsPage(
        name="company", label=_("Company"), description=_("Name, currency, time zone, language and fiscal year."),
        group=_COMPANY, icon="building-community", url_name="settings-company", right=COMPANY, weight=100,
    ),
    SettingsPage(
        name="currencies", label=_("Currencies and rates"), description=_("What foreign money is worth, from which day on."),
        group=_COMPANY, icon="coin", url_name="settings-rates", right=COMPANY, weight=110,
    ),
    SettingsPage(
        name="numbering", label=_("Numbering"), description=_("How numbers of customers, opportunities and products look."),
        group=_COMPANY, icon="list-numbers", url_name="settings-numbering", right=COMPANY, weight=120,
    ),
    SettingsPage(
        name="modules", label=_("Modules"), description=_("Parts of Zhike you use; what is off is gone everywhere, its data stay."),
        group=_COMPANY, icon="plug", url_name="settings-modules", right=MODULES, weight=130,
    ),
    SettingsPage(
        name="options", label=_("Lists of choices"),
        description=_("Levels, sources, reasons: words, colours and order of what people choose."),
        group=_("Master data"), icon="list-details", url_name="settings-options", right=OPTIONS, weight=200,
    ),
)  # fmt: skip
