"""The platform's app config: loads what every app declares, in the order of the layers."""

from django.apps import AppConfig, apps


class CoreConfig(AppConfig):
    name = "zhike.core"
    label = "core"

    def ready(self) -> None:
        from zhike.core.configuration import contributions  # noqa: F401  (contributes the platform's own settings)
        from zhike.core.entities import checks  # noqa: F401  (registers the system checks)
        from zhike.core.entities.registry import load_entities
        from zhike.core.jobs import housekeeping  # noqa: F401  (contributes the platform's own jobs)
        from zhike.core.scoping import lookups
        from zhike.core.transfer import jobs, list_export  # noqa: F401  (contribute imports and exports)

        lookups.install()
        # INSTALLED_APPS lists our apps from the lowest layer up, then the company's own.
        load_entities(tuple(config.name for config in apps.get_app_configs()))
