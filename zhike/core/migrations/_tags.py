"""What migrations of apps call to let their records carry tags: a custom field that is shipped."""

from functools import partial

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TAGS = "tags"


def add_tags(*slugs: str) -> migrations.RunPython:
    """Let the records of these kinds carry tags. Such a migration follows core's `0012_tags`; the entity says `is_tagged`."""
    return migrations.RunPython(partial(_add, slugs=slugs), migrations.RunPython.noop)


def _add(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor, *, slugs: tuple[str, ...]) -> None:
    fields = apps.get_model("core", "CustomField")
    for slug in slugs:
        defaults = {"kind": "multi_choice", "option_list": _TAGS, "is_indexed": True, "is_filled": True}
        fields.objects.get_or_create(entity=slug, key=_TAGS, defaults=defaults)
