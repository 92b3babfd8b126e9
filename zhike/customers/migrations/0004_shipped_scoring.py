"""The rules by which leads are judged in a new installation. Their words are plain text that the company changes as it likes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PASSING_MARK = 60
_FREE_MAIL = (
    "@qq.com",
    "@163.com",
    "@126.com",
    "@sina.c",
    "@139.com",
    "@foxmail.com",
    "@gmail.com",
    "@outlook.com",
    "@hotmail.com",
)
_DECIDERS = ("总", "经理", "采购", "董事", "主任", "处长", "厂长", "院长", "Manager", "Director", "Chief", "CEO")


def _has(field: str) -> dict[str, object]:
    return {"field": field, "op": "not_empty"}


def _contains(field: str, words: tuple[str, ...]) -> dict[str, object]:
    return {"any": [{"field": field, "op": "contains", "value": word} for word in words]}


# Reason, points, condition.
RULES: tuple[tuple[str, int, dict[str, object]], ...] = (
    ("留了手机号", 10, _has("mobile")),
    ("企业邮箱", 5, {"all": [_has("email"), {"not": _contains("email", _FREE_MAIL)}]}),
    ("管理层或采购岗位", 15, _contains("job_title", _DECIDERS)),
    ("预算不低于 10 万", 20, {"field": "budget", "op": "gte", "value": 100000}),
    ("转介绍", 20, {"field": "source", "op": "eq", "value": "referral"}),
    ("展会获得", 10, {"field": "source", "op": "eq", "value": "exhibition"}),
    ("说明了需求", 10, _has("need")),
    ("填写了公司名称", 5, _has("company_name")),
    ("填写了地区", 5, _has("region")),
    ("填写了行业", 5, _has("industry")),
    (
        "没有任何联系方式",
        -20,
        {"all": [{"field": name, "op": "is_empty"} for name in ("mobile", "phone", "email", "wechat")]},
    ),
)


def add_rules(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the rules unless there are some."""
    score_model = apps.get_model("core", "ScoreModel")
    score_rule = apps.get_model("core", "ScoreRule")
    if score_model.objects.filter(entity="leads").exists():
        return
    made = score_model.objects.create(entity="leads", name="线索评分", passing_mark=PASSING_MARK)
    for position, (reason, points, condition) in enumerate(RULES):
        score_rule.objects.create(model=made, reason=reason, points=points, condition=condition, position=position)


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_follow_ups"), ("core", "0009_scoring")]
    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
