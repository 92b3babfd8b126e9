"""Files for the shipped roles: what they may do with customers they may do with files, and who adds files may take them away."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_ADDING = frozenset({"salesperson", "marketer", "service_agent"})


def grant_attachments(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A role somebody gave files himself keeps what he gave; what is not named follows `*` as before."""
    for role in apps.get_model("identity", "Role").objects.filter(shipped=True):
        if "attachments" in role.grants or role.code not in _ADDING:
            continue
        granted = {**role.grants.get("customers", {}), "delete": "own"}
        role.grants = {**role.grants, "attachments": granted}
        role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_leads_for_shipped_roles")]

    operations = [migrations.RunPython(grant_attachments, migrations.RunPython.noop)]
