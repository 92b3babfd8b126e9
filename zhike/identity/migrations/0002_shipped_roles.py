"""Put the shipped roles in."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from zhike.core.search.pinyin import sort_key
from zhike.identity.shipped_roles import SHIPPED_ROLES

LANGUAGE = "zh-hans"  # the company's until set-up asks; `actions.name_shipped_roles` translates then


def add_roles(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    role_model = apps.get_model("identity", "Role")
    for shipped in SHIPPED_ROLES:
        role_model.objects.create(
            code=shipped.code,
            name=shipped.names[LANGUAGE],
            name_key=sort_key(shipped.names[LANGUAGE]),
            description=shipped.descriptions[LANGUAGE],
            grants=shipped.grants,
            settings=list(shipped.settings),
            shipped=True,
        )


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
