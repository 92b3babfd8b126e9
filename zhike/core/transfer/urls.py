"""Addresses of the import pages."""

from django.urls import URLPattern, path

from zhike.core.entities import Entity, registry
from zhike.core.transfer.views import columns, doubles, listing, trial, upload, values


def _patterns(entity: Entity) -> list[URLPattern]:
    of = {"slug": entity.slug}
    return [
        path(f"{entity.slug}/import/", upload.upload_page, of, name=f"{entity.slug}-import"),
        path(f"{entity.slug}/import/template/", upload.template_file, of, name=f"{entity.slug}-import-template"),
    ]


urlpatterns = [
    *(each for entity in registry.all() if "import" not in entity.without for each in _patterns(entity)),
    path("imports/", listing.list_page, name="imports"),
    path("imports/job/<int:pk>/", listing.of_job, name="import-of-job"),
    path("imports/<int:pk>/", listing.show_import, name="import-show"),
    path("imports/<int:pk>/columns/", columns.columns_page, name="import-columns"),
    path("imports/<int:pk>/values/", values.values_page, name="import-values"),
    path("imports/<int:pk>/doubles/", doubles.doubles_page, name="import-doubles"),
    path("imports/<int:pk>/trial/", trial.trial_page, name="import-trial"),
    path("imports/<int:pk>/run/", trial.run_page, name="import-run"),
    path("imports/<int:pk>/undo/", trial.undo, name="import-undo"),
    path("imports/<int:pk>/drop/", listing.drop, name="import-drop"),
]
