"""Addresses of the pages made from the registry: one explicit `path()` per entity and page, named `customers:list`."""

from django.urls import URLPattern, URLResolver, include, path

from zhike.core.entities import Entity, registry
from zhike.core.pages import option_pages, preferences, settings_pages
from zhike.core.pages.access_page import access_page
from zhike.core.pages.bulk_page import bulk_page
from zhike.core.pages.choices_view import choices_view
from zhike.core.pages.deletion_pages import delete_page, purge_view, recycle_bin, restore_view
from zhike.core.pages.edit_page import edit_page, new_page
from zhike.core.pages.export_page import export_page
from zhike.core.pages.history_page import history_page
from zhike.core.pages.home_page import home_page
from zhike.core.pages.list_page import list_page
from zhike.core.pages.list_tools import columns_page, filters_page
from zhike.core.pages.record_page import record_page
from zhike.core.pages.search_page import search_page
from zhike.core.pages.verb_page import verb_page


def entity_patterns(entity: Entity) -> list[URLPattern]:
    """All pages of one entity, below its slug. What an entity does not offer has no address."""
    of = {"slug": entity.slug}
    patterns = [
        path("", list_page, of, name="list"),
        path("filters/", filters_page, of, name="filters"),
        path("columns/", columns_page, of, name="columns"),
        path("choices/<slug:field>/", choices_view, of, name="choices"),
        path("<int:pk>/", record_page, of, name="record"),
        path("<int:pk>/history/", history_page, of, name="history"),
        path("<int:pk>/access/", access_page, of, name="access"),
    ]
    if "export" not in entity.without:
        patterns.append(path("export/", export_page, of, name="export"))
    if "create" not in entity.without:
        patterns.append(path("new/", new_page, of, name="new"))
    if "edit" not in entity.without:
        patterns.append(path("<int:pk>/edit/", edit_page, of, name="edit"))
    if "delete" not in entity.without and entity.has_column("deleted_at"):
        patterns += [
            path("recycle-bin/", recycle_bin, of, name="recycle-bin"),
            path("<int:pk>/delete/", delete_page, of, name="delete"),
            path("<int:pk>/restore/", restore_view, of, name="restore"),
            path("<int:pk>/purge/", purge_view, of, name="purge"),
        ]
    patterns.append(path("bulk/<slug:verb_name>/", bulk_page, of, name="bulk"))
    patterns += [
        path(f"<int:pk>/{verb.name}/", verb_page, of | {"verb_name": verb.name}, name=verb.name)
        for verb in entity.verbs
    ]
    return patterns


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home_page, name="home"),
    path("search/", search_page, name="search"),
    path("language/", preferences.choose_language, name="language"),
    path("theme/", preferences.choose_theme, name="theme"),
    path("settings/", settings_pages.settings_index, name="settings"),
    path("settings/company/", settings_pages.company_page, name="settings-company"),
    path("settings/currencies/", settings_pages.rates_page, name="settings-rates"),
    path("settings/currencies/<int:rate_id>/remove/", settings_pages.remove_rate, name="settings-rate-remove"),
    path("settings/numbering/", settings_pages.numbering_page, name="settings-numbering"),
    path("settings/numbering/<slug:name>/", settings_pages.number_rule_page, name="settings-number-rule"),
    path("settings/modules/", settings_pages.modules_page, name="settings-modules"),
    path("settings/options/", option_pages.option_lists, name="settings-options"),
    path("settings/options/<slug:name>/", option_pages.option_list, name="settings-option-list"),
    path("settings/options/<slug:name>/<slug:code>/", option_pages.option_page, name="settings-option"),
    path(
        "settings/options/<slug:name>/<slug:code>/<slug:step>/", option_pages.option_step, name="settings-option-step"
    ),
    *(path(f"{entity.slug}/", include((entity_patterns(entity), entity.slug))) for entity in registry.all()),
]
