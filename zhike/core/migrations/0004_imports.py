"""Imports begun in the page, remembered mappings, and by which import an external key came."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_first_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RememberedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=40)),
                ("chosen", models.JSONField(default=dict)),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="TableImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("upload", models.CharField(max_length=60)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("columns", "columns"),
                            ("values", "values"),
                            ("doubles", "records that are here already"),
                            ("trial", "trial"),
                            ("run", "import"),
                            ("undone", "undone"),
                        ],
                        default="columns",
                        max_length=10,
                    ),
                ),
                ("chosen", models.JSONField(default=dict)),
                ("batch", models.CharField(blank=True, default="", max_length=40)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
            },
        ),
        migrations.AddField(
            model_name="externalkey",
            name="batch_id",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddIndex(
            model_name="externalkey",
            index=models.Index(
                condition=models.Q(("batch_id", ""), _negated=True),
                fields=["batch_id", "id"],
                name="external_key_of_batch",
            ),
        ),
        migrations.AddField(
            model_name="rememberedmapping",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="tableimport",
            name="asked_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="tableimport",
            name="look",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.job"
            ),
        ),
        migrations.AddField(
            model_name="tableimport",
            name="run",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.job"
            ),
        ),
        migrations.AddField(
            model_name="tableimport",
            name="trial",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.job"
            ),
        ),
        migrations.AddField(
            model_name="tableimport",
            name="undo",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.job"
            ),
        ),
        migrations.AddConstraint(
            model_name="rememberedmapping",
            constraint=models.UniqueConstraint(fields=("person", "entity", "digest"), name="mapping_once"),
        ),
        migrations.AddIndex(
            model_name="tableimport",
            index=models.Index(fields=["asked_by", "-id"], name="import_of_person"),
        ),
        migrations.AddIndex(
            model_name="tableimport",
            index=models.Index(fields=["entity", "-id"], name="import_into_entity"),
        ),
    ]
