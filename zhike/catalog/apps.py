"""Products."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "zhike.catalog"
    label = "catalog"
