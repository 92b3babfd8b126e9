"""Follow-ups for the shipped roles: what they may do with customers; who logs something may take it away again."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SLUGS = ("activities", "tasks", "comments")
_LOGGING = frozenset({"salesperson", "marketer", "service_agent"})


def grant_activities(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A role somebody gave one of them himself keeps what he gave; what is not named follows `*` as before."""
    for role in apps.get_model("identity", "Role").objects.filter(shipped=True, code__in=_LOGGING):
        granted = {**role.grants.get("customers", {}), "delete": "own"}
        role.grants = {**dict.fromkeys(_SLUGS, granted), **role.grants}
        role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_attachments_for_shipped_roles")]

    operations = [migrations.RunPython(grant_activities, migrations.RunPython.noop)]
