"""The platform's app config: loads what every app declares, in the order of the layers."""

from django.apps import AppConfig, apps


class CoreConfig(AppConfig):
    name = "zhike.core"
    label = "core"

    def ready(self) -> None:
        from zhike.core.configfile import fields, scores, shipped, views  # noqa: F401  (contribute parts of a configuration file)
        from zhike.core.configuration import contributions, dependents  # noqa: F401  (contribute settings, and what names a field)
        from zhike.core.customfields import filling, lists  # noqa: F401  (contribute a job; offer the lists of choices)
        from zhike.core.entities import checks  # noqa: F401  (registers the system checks)
        from zhike.core.entities.registry import load_entities
        from zhike.core.files import entities as file_entities  # noqa: F401  (declares files and their panel)
        from zhike.core.files import jobs as file_jobs  # noqa: F401  (contributes what removes left-over blobs)
        from zhike.core.files import timeline as file_timeline  # noqa: F401  (contributes files to timelines)
        from zhike.core.home import tiles  # noqa: F401  (contributes the platform's own tiles)
        from zhike.core.jobs import housekeeping  # noqa: F401  (contributes the platform's own jobs)
        from zhike.core.notifications import jobs as mail_jobs  # noqa: F401  (contribute mails and what is thrown away)
        from zhike.core.notifications import kinds, preferences, subscribers  # noqa: F401  (contribute what people are told)
        from zhike.core.pages import bulk_job  # noqa: F401  (contributes steps on many records)
        from zhike.core.scoping import lookups
        from zhike.core.scoring import contributions as _scoring  # noqa: F401  (contributes the score on pages, and its settings)
        from zhike.core.scoring import jobs as _scoring_jobs  # noqa: F401  (contributes its jobs)
        from zhike.core.timeline import events  # noqa: F401  (contributes the changes to timelines)
        from zhike.core.transfer import (  # noqa: F401  (contribute imports and exports)
            jobs,
            list_export,
            looking,
            undo_jobs,
        )

        lookups.install()
        # INSTALLED_APPS lists our apps from the lowest layer up, then the company's own.
        load_entities(tuple(config.name for config in apps.get_app_configs()))
