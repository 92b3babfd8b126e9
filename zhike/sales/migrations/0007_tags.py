"""Tags on records of these kinds."""

from django.db import migrations

from zhike.core.migrations._tags import add_tags


class Migration(migrations.Migration):
    dependencies = [("core", "0012_tags"), ("sales", "0006_closing")]
    operations = [add_tags("opportunities")]
