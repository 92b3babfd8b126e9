"""The pipeline that a new installation begins with. Its names are plain text that the company changes as it likes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

PIPELINE = "标准销售流程"
# Name, status, probability, demanded fields, days allowed.
STAGES: tuple[tuple[str, str, int, list[str], int | None], ...] = (
    ("初步接洽", "open", 10, [], 14),
    ("需求确认", "open", 30, ["customer"], 21),
    ("方案报价", "open", 50, ["customer", "amount"], 21),
    ("商务谈判", "open", 80, ["customer", "amount"], 30),
    ("赢单", "won", 100, ["customer", "amount"], None),
    ("输单", "lost", 0, [], None),
)


def add_pipeline(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the pipeline unless there is one."""
    pipeline_model = apps.get_model("sales", "Pipeline")
    stage_model = apps.get_model("sales", "Stage")
    if pipeline_model.objects.exists():
        return
    now = timezone.now()
    pipeline = pipeline_model.objects.create(name=PIPELINE, position=10, created_at=now, updated_at=now)
    for position, (name, status, probability, requires, days_allowed) in enumerate(STAGES, start=1):
        stage_model.objects.create(
            pipeline=pipeline,
            name=name,
            position=position * 10,
            status=status,
            probability=probability,
            requires=requires,
            days_allowed=days_allowed,
            created_at=now,
            updated_at=now,
        )


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]
    operations = [migrations.RunPython(add_pipeline, migrations.RunPython.noop)]
