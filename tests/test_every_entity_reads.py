"""Every registered entity as it is read: how many statements it costs, and that a module switched off is gone everywhere."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.every_entity.steps import steps_of
from tests.every_entity.world import World, mark_of
from zhike.core import modules, overlay, writes
from zhike.core.api.urls import schema
from zhike.core.entities import Entity, MenuItem, Module, RelatedList, registry
from zhike.core.modules import ModuleSwitch
from zhike.core.testing import samples
from zhike.core.testing.battery import Answer

pytestmark = pytest.mark.django_db
ENTITIES = list(registry.all())
EVERY_ENTITY = pytest.mark.parametrize("entity", ENTITIES, ids=str)
# Statements per answer that must not be exceeded. `PIN_SQL=1 pytest tests/test_every_entity_reads.py` writes it anew.
PINS = Path(__file__).with_name("sql_counts.json")
# Together with the rest of the world fewer than a page or a list of choices holds: beyond it they ask for more, once.
FEW, MANY = 10, 40


def statements(world: World, entity: Entity, row: Any) -> dict[str, int]:
    """Statements of each kind of answer, with what processes keep of the configuration already read."""
    visitor, slug = world.visitor("admin"), entity.slug
    counted: dict[str, int] = {}
    asked: dict[str, Callable[[], Answer]] = {
        "list": lambda: visitor.page("GET", f"/{slug}/?size=100"),
        "table": lambda: visitor.page("GET", f"/{slug}/?size=100", hx_request="true", hx_target="list"),
        "record": lambda: visitor.page("GET", f"/{slug}/{row.pk}/"),
        "form": lambda: visitor.page("GET", f"/{slug}/{row.pk}/edit/"),
        "history": lambda: visitor.page("GET", f"/{slug}/{row.pk}/history/"),
        "api_list": lambda: visitor.api("GET", f"{slug}?limit=200"),
        "api_record": lambda: visitor.api("GET", f"{slug}/{row.pk}"),
    }
    for name, ask in asked.items():
        ask()
        with CaptureQueriesContext(connection) as caught:
            answer = ask()
        assert answer.status == 200, name
        counted[name] = sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in caught)
    return counted


def grow(world: World, entity: Entity, row: Any, count: int) -> None:
    """More rows of the entity, and more parts of this one."""
    people = world.people
    samples.make_many(entity.slug, people.ana, [mark_of(entity, "ana") for _ in range(count)])
    for part in registry.parts_of(entity):
        rows = [
            part.model(**samples.values(part.slug, people.ana, mark_of(part, "ana")) | {part.part_of: row})
            for _ in range(count // 10 + 6)  # more than a panel shows, so that both times it counts
        ]
        writes.create_many(people.actor("admin"), rows)


@EVERY_ENTITY
def test_the_statements_of_a_page_do_not_grow_with_its_rows_and_stay_below_their_pin(
    world: World, entity: Entity
) -> None:
    row = samples.make(entity.slug, world.people.ana, mark_of(entity, "ana"))
    grow(world, entity, row, FEW)
    few = statements(world, entity, row)
    grow(world, entity, row, MANY - FEW)
    many = statements(world, entity, row)
    assert {name: count for name, count in many.items() if count > few[name]} == {}
    pinned = json.loads(PINS.read_text(encoding="utf-8")) if PINS.exists() else {}
    if os.environ.get("PIN_SQL"):
        pinned[entity.slug] = many
        PINS.write_text(json.dumps(pinned, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert entity.slug in pinned, "a new entity: run PIN_SQL=1 pytest tests/test_every_entity_reads.py"
    assert {name: count for name, count in many.items() if count > pinned[entity.slug].get(name, 0)} == {}


SWITCHABLE = [each.name for each in registry.contributions(Module) if not each.required]


@pytest.mark.parametrize("entity", [each for each in ENTITIES if each.module in SWITCHABLE], ids=str)
def test_an_entity_whose_module_is_off_answers_nobody(world: World, entity: Entity) -> None:
    steps = steps_of(world, entity, world.people.ana)
    rows, admin = world.rows[entity.slug], world.visitor("admin")
    modules.switch(entity.module, on=False)
    for step in steps:
        pk = rows.binned.pk if step.binned and rows.binned is not None else rows.target.pk
        answer = step.take(admin, pk)
        assert answer.status == 404, f"{step}: {answer.status}"
        assert "canary-" not in answer.text


@pytest.mark.parametrize("module", SWITCHABLE)
def test_a_module_that_is_off_is_absent_from_menu_search_panels_and_openapi(world: World, module: str) -> None:
    admin, own = world.visitor("admin"), [each.slug for each in ENTITIES if each.module == module]
    anchors = {
        entity.slug
        for entity in ENTITIES
        for panel in entity.panels
        if isinstance(panel, RelatedList) and panel.slug in own and entity.module != module
    }
    modules.switch(module, on=False)
    pages = ["/", "/settings/", f"/search/?q={samples.NEEDLE}"]
    pages += [f"/{slug}/{world.rows[slug].target.pk}/" for slug in anchors]
    for address in pages:
        answer = admin.page("GET", address)
        assert answer.status == 200, address
        for slug in own:
            assert f'href="/{slug}/' not in answer.text, address
        for item in registry.contributions(MenuItem):
            assert item.module != module or f'href="/{item.url_name}' not in answer.text
    assert not [path for path in schema()["paths"] for slug in own if path.startswith(f"/api/v1/{slug}")]
    admin_schema = admin.api("GET", "openapi.json")
    assert admin_schema.status == 200
    assert not [slug for slug in own if f"/api/v1/{slug}" in admin_schema.text]
    modules.switch(module, on=True)
    assert all(admin.page("GET", f"/{slug}/").status == 200 for slug in own)


def test_modules_that_others_stand_on_cannot_be_switched_off(world: World) -> None:
    for each in registry.contributions(Module):
        if each.required:
            with pytest.raises(ValueError, match=r".+"):
                modules.switch(each.name, on=False)
    overlay.forget()
    assert not ModuleSwitch.objects.filter(is_on=False).exists()
