"""The platform's own pages in the settings."""

from django.utils.translation import gettext_lazy as _

from zhike.core.configuration.rights import COMPANY, CONFIGURATION, FIELDS, MENU, MODULES, OPTIONS
from zhike.core.entities import MenuItem, SettingsPage, contribute

_COMPANY = _("Company")

contribute(
    MenuItem(
        name="home", label=_("Home"), group="", icon="home", url_name="home", module="", right="", weight=0, on_phone=True,
    ),
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
        name="menu", label=_("Menu"), description=_("The order of the menu on the left, and what is shown in it."),
        group=_COMPANY, icon="menu-2", url_name="settings-menu", right=MENU, weight=140,
    ),
    SettingsPage(
        name="configuration", label=_("Configuration as a file"),
        description=_("Take fields, lists, roles and more out as a file, or bring one in."),
        group=_COMPANY, icon="file-settings", url_name="settings-configuration", right=CONFIGURATION, weight=150,
    ),
    SettingsPage(
        name="fields", label=_("Objects and fields"),
        description=_("Fields of your own, forms, and what records are called."),
        group=_("Master data"), icon="forms", url_name="settings-fields", right=FIELDS, weight=190,
    ),
    SettingsPage(
        name="options", label=_("Lists of choices"),
        description=_("Levels, sources, reasons: words, colours and order of what people choose."),
        group=_("Master data"), icon="list-details", url_name="settings-options", right=OPTIONS, weight=200,
    ),
    SettingsPage(
        name="tags", label=_("Tags"),
        description=_("The company's tags: words, colours, how often they are used, and who makes new ones."),
        group=_("Master data"), icon="tags", url_name="settings-tags", right=OPTIONS, weight=205,
    ),
)  # fmt: skip
