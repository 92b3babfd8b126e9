"""Everything people name — options, fields, roles, departments, stages, views, files, comments — with markup in its name."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.every_entity.markup import dangers
from tests.every_entity.routes import addresses
from tests.every_entity.world import World
from zhike.core import overlay
from zhike.core.configuration.option_actions import Words, change_option
from zhike.core.customfields import actions as field_actions
from zhike.core.customfields.actions import Part
from zhike.core.customfields.models import CustomField, CustomKind, EntityName, FieldSetting
from zhike.core.customfields.tests.world import SYSTEM, field
from zhike.core.entities import FieldKind, registry
from zhike.core.jobs import JobState
from zhike.core.jobs.models import Job
from zhike.core.notifications.sending import notify
from zhike.core.options import entries, get_list
from zhike.core.record_keys import key_of
from zhike.core.saved_views.models import SavedView, Sharing
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.report import Outcome, Report, StepReport

pytestmark = pytest.mark.django_db
WICKED = "\"'></script><svg onload=alert(1)>"
# Columns that hold what people call things, or write.
WORDS = {
    "name", "short_name", "full_name", "label_zh", "label_en", "help_zh", "help_en", "title_zh", "title_en", "one_zh",
    "one_en", "many_zh", "many_en", "description", "reason", "text", "content", "subject", "summary", "note", "place",
    "participants", "position", "job_title", "company_name", "result_name", "error", "address", "remark", "next_step",
}  # fmt: skip


def spoil() -> None:
    """Give every stored row of every table such words, whatever would be refused today."""
    for model in apps.get_models():
        if not model.__module__.startswith("zhike."):
            continue
        columns = [
            each
            for each in model._meta.concrete_fields
            if each.name in WORDS and isinstance(each, models.CharField | models.TextField) and not each.choices
        ]
        for row in model._default_manager.all() if columns else ():
            number = f"{row.pk}{WICKED}"  # some must differ
            given = {each.attname: number[: each.max_length] for each in columns}
            model._default_manager.filter(pk=row.pk).update(**given)


def name_everything(world: World) -> None:
    """Whatever can be named and is not stored until somebody does."""
    admin, target = world.people.admin, world.rows["customers"].target
    lists = {
        each.option_list
        for entity in registry.all()
        for name in entity.fields
        if (each := entity.field(name)).option_list
    }
    for name in sorted(lists):
        if not get_list(name).is_table:
            for code in entries(name):
                change_option(SYSTEM, name, code, Words(label_zh=f"{code}一", label_en=code, colour="red"))
    kinds = [kind for kind in CustomKind if kind is not CustomKind.RECORD]
    made = [field(kind, required=False) for kind in kinds]
    sections = [Part(names=tuple(each.key for each in made), title_zh="节", title_en="Section")]
    field_actions.arrange(SYSTEM, "customers", [Part(names=(*registry.get("customers").fields, "tags")), *sections])
    for entity in registry.all():
        EntityName.objects.get_or_create(entity=entity.slug)
        for name in entity.readable:
            FieldSetting.objects.get_or_create(entity=entity.slug, name=name)
    sent = {"cf_text": WICKED, "cf_long_text": WICKED, "cf_choice": "gold", "cf_multi_choice": ["gold", "silver"]}
    answer = world.visitor("admin").api("PATCH", f"customers/{target.pk}", {"custom": sent})
    assert answer.status == 200, answer.text
    for entity in registry.all():
        SavedView.objects.create(entity=entity.slug, name="x", owner=admin, shared=Sharing.EVERYONE)
    step = StepReport(number=1, entity="customers", source=WICKED, notes=[WICKED])
    step.count(Outcome.FAILED, 2, WICKED)
    report = Report(plan=WICKED, dry_run=False, steps=[step], notes=[WICKED]).to_json() | {"summary": [WICKED]}
    job = Job.objects.create(kind="import", queue="long", state=JobState.FAILED, asked_by=admin, report=report)
    for stage in TableImport.Stage:
        TableImport.objects.create(
            asked_by=admin, entity="customers", name="x", stage=stage, run=job if stage == "run" else None, upload="gone",
            chosen={"headings": [WICKED], "columns": {WICKED: "name"}},
        )  # fmt: skip
    notify(world.people.actor("ana"), [admin], "comment", about=target, words={"text": WICKED})


def pages(world: World) -> Iterator[str]:
    yield from (each for each in addresses(world) if not each.startswith("/api/"))
    for entity in registry.all():
        row, slug = world.rows[entity.slug].target, entity.slug
        view = SavedView.objects.get(entity=slug)
        yield from (f"/{slug}/?view={view.pk}", f"/{slug}/views/{view.pk}/", f"/{slug}/views/?view={view.pk}")
        yield f"/{slug}/?columns={','.join(entity.readable)}"
        yield from (f"/{slug}/{row.pk}/?tab={panel.name}" for panel in entity.panels)
        yield from (
            f"/{slug}/choices/{name}/?q=" for name in entity.fields if entity.field(name).kind is FieldKind.OPTION
        )
        yield from (f"/{slug}/condition/fields/?field={name}" for name in entity.fields)
        yield f"/activities/timeline/?about={key_of(row)}"
        yield f"/activities/log/?about={key_of(row)}"
        yield f"/activities/people/?about={key_of(row)}"
        yield f"/attachments/upload/?about={key_of(row)}"
        yield f"/settings/fields/{slug}/"
        yield f"/settings/fields/{slug}/names/"
        yield from (f"/settings/fields/{slug}/fields/{name}/" for name in entity.fields)
    yield from (f"/settings/fields/customers/fields/{row.key}/" for row in CustomField.objects.all())
    yield from (
        f"/settings/options/{name}/" for name in CustomField.objects.values_list("option_list", flat=True) if name
    )
    yield from (f"/imports/{row.pk}/{row.stage}/" for row in TableImport.objects.exclude(stage="undone"))
    yield from (f"/jobs/{row.pk}/{page}" for row in Job.objects.all() for page in ("", "progress/"))
    yield from (f"/settings/pipelines/{row.pk}/" for row in registry.get("pipelines").model._default_manager.all())
    yield "/?q=alert"


def is_page(answer: Any) -> bool:
    return "text/html" in answer.headers.get("Content-Type", "")


# The whole pages in Chinese, the parts that scripts ask for in English: together every template, in half the time.
@pytest.mark.parametrize(("language", "headers"), [("zh-hans", {}), ("en", {"hx_request": "true"})])
def test_markup_in_a_name_comes_out_as_text_on_every_page(world: World, language: str, headers: dict[str, str]) -> None:
    name_everything(world)
    spoil()
    overlay.bump()
    overlay.forget()
    visitor, wrong, seen = world.visitor("admin"), [], 0
    visitor.browser.cookies["django_language"] = language
    for address in dict.fromkeys(pages(world)):
        answer = visitor.page("GET", address, None, **headers)
        if answer.status >= 500:
            wrong.append(f"{address}: {answer.status}")
        if is_page(answer):
            seen += "&lt;svg onload" in answer.text
            found = [*dangers(answer.text), *(["raw"] if "<svg onload" in answer.text else [])]
            wrong += [f"{address}: {found[:3]}"] if found else []
    del visitor.browser.cookies["django_language"]
    assert not wrong, "\n".join(wrong)
    assert seen > 250, "the names are not on the pages: this test would find nothing"
