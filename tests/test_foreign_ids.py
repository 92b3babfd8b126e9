"""The id or the key of a record one does not reach, wherever an address or a form takes one: its name is not told."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.every_entity.matrix import Standing, cell
from tests.every_entity.world import World
from zhike.core.entities import Entity, FieldKind, registry
from zhike.core.record_keys import key_of
from zhike.core.testing import samples
from zhike.core.testing.battery import Answer, changed_tables, fingerprint, said, undone

pytestmark = pytest.mark.django_db
SECRET = "canary-ana"


def is_guarded(entity: Entity) -> bool:
    return cell(entity, "cyd").standing is Standing.BLIND


GUARDED = [entity for entity in registry.all() if is_guarded(entity)]
EVERY_GUARDED_ENTITY = pytest.mark.parametrize("entity", GUARDED, ids=str)


def foreign_values(world: World, entity: Entity) -> Iterator[tuple[str, str]]:
    """Fields of the entity that name records, each with what names one of ana's."""
    for name in entity.fields:
        field = entity.field(name)
        if field.kind is FieldKind.RECORD:
            for other in GUARDED:
                if other.attachable:
                    yield name, key_of(world.rows[other.slug].target)
        elif field.related and registry.has(field.related) and is_guarded(registry.of(field.related)):
            yield name, str(world.rows[registry.of(field.related).slug].target.pk)


def queries_of(name: str, value: str) -> Iterator[str]:
    for operator in ("eq", "ne", "in", "not_in"):
        yield json.dumps({"field": name, "op": operator, "value": [value] if "in" in operator else value})
        if value.isdecimal():
            number = int(value)
            yield json.dumps({"field": name, "op": operator, "value": [number] if "in" in operator else number})


def asked(world: World, entity: Entity, name: str, value: str) -> Iterator[tuple[str, Answer]]:
    cyd, slug, own = world.visitor("cyd"), entity.slug, world.rows[entity.slug].cyds
    query = urlencode({name: value})
    pages = [f"?{query}", f"?{query}&display=board", f"?{query}&display=calendar", f"filters/?{query}", f"new/?{query}"]
    pages += [
        f"{own.pk}/edit/?{query}",
        f"views/new/?{query}",
        f"columns/?{query}",
        f"condition/fields/?field={name}&{query}",
    ]
    pages += [f"choices/{name}/?q={value}", f"choices/{name}/?{query}"]
    for condition in queries_of(name, value):
        told = urlencode({"condition": condition})
        pages += [f"?{told}", f"condition/?{told}", f"views/new/?{told}"]
    for page in pages:
        yield page, cyd.page("GET", f"/{slug}/{page}")
    stored = samples.typed(entity, samples.of_row(own)) | {"version": str(own.version), name: value}
    blank: dict[str, Any] = {name: value}
    sent: list[tuple[str, dict[str, Any]]] = [
        ("new/", blank),
        (f"{own.pk}/edit/", stored),
        (f"{own.pk}/edit/", blank),
        (f"{own.pk}/inline/{name}/", stored),
    ]
    sent += [
        ("bulk/edit/", {"row": [str(own.pk)], "field": name, name: value, **more})
        for more in ({}, {"go": "1"}, {"value": value, "go": "1"}, {"value": value})
    ]
    sent += [("condition/check/", {"condition": condition}) for condition in queries_of(name, value)]
    for page, body in sent:
        with undone():
            yield page, cyd.page("POST", f"/{slug}/{page}", body)


@EVERY_GUARDED_ENTITY
def test_no_page_of_ones_own_tells_the_name_behind_a_foreign_id(world: World, entity: Entity) -> None:
    told = []
    for name, value in foreign_values(world, entity):
        for page, answer in asked(world, entity, name, value):
            assert answer.status < 500, (page, answer.text)
            if SECRET in said(answer):
                told.append(f"{name}={value}: {page}")
    assert not told, "\n".join(told)


@EVERY_GUARDED_ENTITY
def test_nothing_is_attached_to_a_foreign_record(world: World, entity: Entity) -> None:
    cyd, row = world.visitor("cyd"), world.rows[entity.slug].target
    if not entity.attachable:
        return
    before = fingerprint()
    for key in (key_of(row), f"{entity.slug}:0{row.pk}", f" {key_of(row)}", f"{entity.slug}:{row.pk} "):
        about = urlencode({"about": key})
        answers = [
            cyd.page("GET", f"/activities/timeline/?{about}"),
            cyd.page("GET", f"/activities/log/?{about}"),
            cyd.page("GET", f"/activities/people/?{about}"),
            cyd.page("POST", f"/activities/log/?{about}", {"kind": "comment", "content": "hello", "about": key}),
            cyd.page("GET", f"/attachments/upload/?{about}"),
            cyd.page("POST", f"/attachments/upload/?{about}", {"about": key}),
            cyd.page("POST", "/watching/", {"about": key}),
            cyd.page("POST", "/watching/", {"about": key, "watch": "0"}),
            cyd.api("POST", "comments", {"about": key, "text": "hello"}),
            cyd.api("POST", "tasks", {"about": key, "name": "call"}),
        ]
        assert {answer.status for answer in answers} <= {404, 422}, [answer.status for answer in answers]
        answers.append(cyd.page("POST", "/viewed/", {"about": key, "key": key}))
        for answer in answers:
            assert SECRET not in said(answer)
    assert changed_tables(before) == []
