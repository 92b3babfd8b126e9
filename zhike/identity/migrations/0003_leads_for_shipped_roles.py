"""Leads for the shipped roles that name customers one by one: what they may do with customers they may do with leads."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def grant_leads(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Roles with `*` have leads already; a role somebody gave leads himself keeps what he gave."""
    for role in apps.get_model("identity", "Role").objects.filter(shipped=True):
        if "customers" in role.grants and "leads" not in role.grants:
            role.grants = {**role.grants, "leads": role.grants["customers"]}
            role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_shipped_roles")]

    operations = [migrations.RunPython(grant_leads, migrations.RunPython.noop)]
