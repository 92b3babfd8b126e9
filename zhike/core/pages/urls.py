"""Addresses of the pages made from the registry: one explicit `path()` per entity and page, named `customers:list`."""

from django.urls import URLPattern, URLResolver, include, path

from zhike.core.entities import Entity, registry
from zhike.core.help.pages import chapter_page, contents_page
from zhike.core.pages import (
    condition_page,
    config_page,
    field_pages,
    menu_page,
    option_pages,
    preferences,
    scoring_pages,
    settings_pages,
    view_pages,
)
from zhike.core.pages.access_page import access_page
from zhike.core.pages.board_move import board_move
from zhike.core.pages.board_page import board_column
from zhike.core.pages.bulk_page import bulk_page
from zhike.core.pages.calendar_move import calendar_move
from zhike.core.pages.choices_view import choices_view
from zhike.core.pages.columns_page import columns_page
from zhike.core.pages.deletion_pages import delete_page, purge_view, recycle_bin, restore_view
from zhike.core.pages.edit_page import edit_page, new_page
from zhike.core.pages.export_page import export_page
from zhike.core.pages.history_page import history_page
from zhike.core.pages.home_page import arrange_page, home_page, note_viewed
from zhike.core.pages.inline_page import inline_page
from zhike.core.pages.installed import offline_page, worker
from zhike.core.pages.list_page import count_page, list_page
from zhike.core.pages.list_tools import filters_page
from zhike.core.pages.record_page import record_page
from zhike.core.pages.reveal_page import reveal_page
from zhike.core.pages.search_page import search_page
from zhike.core.pages.verb_page import verb_page


def entity_patterns(entity: Entity) -> list[URLPattern]:
    """All pages of one entity, below its slug. What an entity does not offer has no address."""
    of = {"slug": entity.slug}
    patterns = [
        path("", list_page, of, name="list"),
        path("filters/", filters_page, of, name="filters"),
        path("columns/", columns_page, of, name="columns"),
        path("count/", count_page, of, name="count"),
        *_view_patterns(of),
        path("choices/<slug:field>/", choices_view, of, name="choices"),
        path("<int:pk>/", record_page, of, name="record"),
        path("<int:pk>/history/", history_page, of, name="history"),
        path("<int:pk>/access/", access_page, of, name="access"),
        path("<int:pk>/reveal/<slug:name>/", reveal_page, of, name="reveal"),
    ]
    patterns += _display_patterns(entity, of)
    if "export" not in entity.without:
        patterns.append(path("export/", export_page, of, name="export"))
    if "create" not in entity.without:
        patterns.append(path("new/", new_page, of, name="new"))
    if "edit" not in entity.without:
        patterns += [
            path("<int:pk>/edit/", edit_page, of, name="edit"),
            path("<int:pk>/inline/<slug:name>/", inline_page, of, name="inline"),
        ]
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


def _view_patterns(of: dict[str, str]) -> list[URLPattern]:
    """Conditions and saved views of a list."""
    return [
        path("condition/", condition_page.condition_page, of, name="condition"),
        path("condition/fields/", condition_page.condition_fields, of, name="condition-fields"),
        path("condition/check/", condition_page.condition_check, of, name="condition-check"),
        path("views/", view_pages.views_page, of, name="views"),
        path("views/new/", view_pages.new_view, of, name="view-new"),
        path("views/default/", view_pages.default_view, of, name="view-default"),
        path("views/<int:view_id>/", view_pages.view_page, of, name="view"),
        path("views/<int:view_id>/keep/", view_pages.keep_view, of, name="view-keep"),
        path("views/<int:view_id>/move/", view_pages.move_view, of, name="view-move"),
        path("views/<int:view_id>/delete/", view_pages.delete_view, of, name="view-delete"),
    ]


def _display_patterns(entity: Entity, of: dict[str, str]) -> list[URLPattern]:
    """What the board and the calendar of a list need besides the list."""
    patterns: list[URLPattern] = []
    if entity.board is not None:
        patterns += [
            path("board/column/", board_column, of, name="board-column"),
            path("board/<int:pk>/", board_move, of, name="board-move"),
        ]
    if entity.calendar is not None and "edit" not in entity.without:
        patterns.append(path("calendar/<int:pk>/", calendar_move, of, name="calendar-move"))
    return patterns


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home_page, name="home"),
    path("worker.js", worker, name="worker"),
    path("offline/", offline_page, name="offline"),
    path("help/", contents_page, name="help"),
    path("help/<slug:name>/", chapter_page, name="help-chapter"),
    path("home/arrange/", arrange_page, name="home-arrange"),
    path("viewed/", note_viewed, name="viewed"),
    path("search/", search_page, name="search"),
    path("language/", preferences.choose_language, name="language"),
    path("theme/", preferences.choose_theme, name="theme"),
    path("settings/", settings_pages.settings_index, name="settings"),
    path("settings/company/", settings_pages.company_page, name="settings-company"),
    path("settings/company/names/", settings_pages.shipped_names, name="settings-company-names"),
    path("settings/currencies/", settings_pages.rates_page, name="settings-rates"),
    path("settings/currencies/<int:rate_id>/remove/", settings_pages.remove_rate, name="settings-rate-remove"),
    path("settings/numbering/", settings_pages.numbering_page, name="settings-numbering"),
    path("settings/numbering/<slug:name>/", settings_pages.number_rule_page, name="settings-number-rule"),
    path("settings/scoring/", scoring_pages.scoring_page, name="settings-scoring"),
    path("settings/scoring/<slug:slug>/", scoring_pages.scoring_page, name="settings-scoring-of"),
    path("settings/scoring/<slug:slug>/new/", scoring_pages.score_rule_page, name="settings-score-rule-new"),
    path("settings/scoring/<slug:slug>/<int:rule_id>/", scoring_pages.score_rule_page, name="settings-score-rule"),
    path(
        "settings/scoring/<slug:slug>/<int:rule_id>/<slug:step>/",
        scoring_pages.score_rule_step,
        name="settings-score-rule-step",
    ),
    path("settings/modules/", settings_pages.modules_page, name="settings-modules"),
    path("settings/fields/", field_pages.entity_list, name="settings-fields"),
    path("settings/fields/<slug:slug>/", field_pages.entity_page, name="settings-entity"),
    path("settings/fields/<slug:slug>/new/", field_pages.new_field, name="settings-field-new"),
    path("settings/fields/<slug:slug>/names/", field_pages.names_page, name="settings-entity-names"),
    path("settings/fields/<slug:slug>/fields/<slug:name>/", field_pages.field_page, name="settings-field"),
    path(
        "settings/fields/<slug:slug>/fields/<slug:name>/<slug:step>/",
        field_pages.field_step,
        name="settings-field-step",
    ),
    path("settings/menu/", menu_page.menu_page, name="settings-menu"),
    path("settings/configuration/", config_page.config_page, name="settings-configuration"),
    path("settings/configuration/zhike.<slug:form>", config_page.download, name="settings-configuration-file"),
    path("settings/tags/", option_pages.tags_page, name="settings-tags"),
    path("settings/options/", option_pages.option_lists, name="settings-options"),
    path("settings/options/<slug:name>/", option_pages.option_list, name="settings-option-list"),
    path("settings/options/<slug:name>/<slug:code>/", option_pages.option_page, name="settings-option"),
    path(
        "settings/options/<slug:name>/<slug:code>/<slug:step>/", option_pages.option_step, name="settings-option-step"
    ),
    *(path(f"{entity.slug}/", include((entity_patterns(entity), entity.slug))) for entity in registry.all()),
]
