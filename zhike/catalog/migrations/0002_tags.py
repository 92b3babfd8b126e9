"""Tags on records of these kinds."""

from django.db import migrations

from zhike.core.migrations._tags import add_tags


class Migration(migrations.Migration):
    dependencies = [("core", "0012_tags"), ("catalog", "0001_initial")]
    operations = [add_tags("products")]
