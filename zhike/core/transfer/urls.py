"""Addresses of the import pages."""

from django.urls import URLPattern, path

from zhike.core.entities import Entity, registry
from zhike.core.transfer import views


def _patterns(entity: Entity) -> list[URLPattern]:
    of = {"slug": entity.slug}
    return [
        path(f"{entity.slug}/import/", views.upload_page, of, name=f"{entity.slug}-import"),
        path(f"{entity.slug}/import/template/", views.template_file, of, name=f"{entity.slug}-import-template"),
        path(f"{entity.slug}/import/columns/", views.columns_page, of, name=f"{entity.slug}-import-columns"),
    ]


urlpatterns = [
    *(each for entity in registry.all() if "import" not in entity.without for each in _patterns(entity)),
    path("imports/<int:pk>/", views.result_page, name="import-result"),
    path("imports/<int:pk>/go-on/", views.go_on, name="import-go-on"),
]
