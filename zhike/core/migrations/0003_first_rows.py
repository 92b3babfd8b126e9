"""The one company and the epoch of its configuration."""

from uuid import uuid4

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_rows(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make both rows where they are missing; defaults are the model's."""
    apps.get_model("core", "Company").objects.get_or_create(pk=1)
    apps.get_model("core", "Epoch").objects.get_or_create(pk=1, defaults={"token": uuid4().hex})


class Migration(migrations.Migration):
    dependencies = [("core", "0002_search_index")]
    operations = [migrations.RunPython(add_rows, migrations.RunPython.noop)]
