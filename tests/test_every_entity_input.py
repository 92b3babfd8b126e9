"""Every registered entity against odd and wicked input: refused in words or kept as text, never a 500."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.every_entity.markup import GROUPS, dangers
from tests.every_entity.world import MISSING, World, mark_of
from zhike.core import overlay
from zhike.core.actors import FieldMode
from zhike.core.entities import Entity, FieldKind, registry
from zhike.core.fields import BaseAmountField, PinyinKeyField
from zhike.core.testing import samples
from zhike.core.testing.battery import Answer, Visitor, changed_tables, fingerprint, said, undone
from zhike.identity.factories import UserFactory, give_role, give_token
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db
ENTITIES = list(registry.all())
EVERY_ENTITY = pytest.mark.parametrize("entity", ENTITIES, ids=str)
# What writing itself sets anew.
STAMPS = frozenset({"version", "updated_at", "updated_by"})


def admin(world: World) -> Visitor:
    return world.visitor("admin")


def is_sentence(answer: Answer) -> bool:
    """A refusal of the API says in words what was wrong."""
    if answer.headers.get("Content-Type") != "application/problem+json":
        return False
    told = answer.json()
    return (
        told["status"] == answer.status and len(told["detail"]) >= 5 and told["detail"].rstrip()[-1] in ".。!！?？”）)"
    )


# Fields beyond the declaration ---------------------------------------------------------------------------------------


def undeclared(entity: Entity) -> list[Any]:
    """The columns that nobody may set: neither declared for people nor the currency of a declared amount."""
    open_ = {name for name in entity.fields if entity.field(name).editable}
    open_ |= {entity.field(name).currency_name for name in open_}
    return [each for each in entity.model._meta.concrete_fields if each.name not in open_]


def _intruding(world: World, column: Any) -> Any:
    if column.remote_field is not None:
        return world.people.cyd.pk
    kind = column.get_internal_type()
    if "Date" in kind:
        return "2001-02-03T04:05:06Z"
    if kind == "BooleanField":
        return True
    return {"UUIDField": "0" * 32, "JSONField": {"cf_x": 1}}.get(kind, 77)


@EVERY_ENTITY
def test_the_api_takes_no_field_that_is_not_declared(world: World, entity: Entity) -> None:
    row, before = world.rows[entity.slug].target, fingerprint()
    made = samples.sent({name: "x" for name in entity.fields if entity.field(name).kind is FieldKind.TEXT})
    for column in undeclared(entity):
        for name in {column.name, column.attname}:
            sent = {name: _intruding(world, column)}
            answers = [admin(world).api("PATCH", f"{entity.slug}/{row.pk}", sent)]
            if "create" not in entity.without:
                answers += [
                    admin(world).api("POST", entity.slug, made | sent),
                    admin(world).api("PUT", f"{entity.slug}/by/erp/K1", made | sent),
                    admin(world).api(
                        "POST", f"{entity.slug}/batch", {"operations": [{"op": "update", "id": row.pk, "record": sent}]}
                    ),
                ]
            assert {answer.status for answer in answers} == {422}, name
            assert all(is_sentence(answer) for answer in answers)
    assert changed_tables(before) == []


@EVERY_ENTITY
def test_a_form_changes_no_field_that_is_not_declared(world: World, entity: Entity) -> None:
    row, sample = world.rows[entity.slug].target, samples.sample(entity.slug)
    intruders = {
        name: str(_intruding(world, column))
        for column in undeclared(entity)
        for name in (column.name, column.attname)
        if name != "version"  # the version the form was made from, which it may carry
    }
    stored = entity.model._default_manager.filter(pk=row.pk)
    kept = (PinyinKeyField, BaseAmountField)  # which follow from what was typed
    names = {each.attname for each in undeclared(entity) if not isinstance(each, kept)} - {"updated_by_id"} - STAMPS
    before = stored.values(*names).get()
    typed = samples.typed(entity, samples.of_row(row)) | {"version": str(row.version), sample.change: "by hand"}
    assert admin(world).page("POST", f"/{entity.slug}/{row.pk}/edit/", intruders | typed).status == 302
    assert stored.values(*names).get() == before
    if "create" in entity.without:
        return
    made = samples.typed(entity, samples.values(entity.slug, world.people.ana, mark_of(entity, "ana")))
    answer = admin(world).page("POST", f"/{entity.slug}/new/", intruders | made | {"version": "41"})
    assert answer.status == 302
    pk = int(answer.headers["Location"].strip("/").split("/")[-1])
    new: Any = entity.model._default_manager.get(pk=pk)
    assert (new.version, getattr(new, "deleted_at", None), getattr(new, "custom", {})) == (1, None, {})
    assert getattr(new, "created_by_id", world.people.admin.pk) == world.people.admin.pk
    assert getattr(new, "state", "") != "77"


@pytest.mark.parametrize("mode", [FieldMode.READ_ONLY, FieldMode.MASKED, FieldMode.HIDDEN])
@EVERY_ENTITY
def test_a_field_without_the_right_is_neither_told_nor_changed(world: World, entity: Entity, mode: FieldMode) -> None:
    name, row = samples.sample(entity.slug).change, world.rows[entity.slug].target
    secret = f"wombat{samples.serial()}burrow"
    entity.model._default_manager.filter(pk=row.pk).update(**{name: secret})
    visitor = _clerk(entity, name, mode)
    row.refresh_from_db()
    typed = samples.typed(entity, samples.of_row(row)) | {"version": str(row.version), name: "changed by a clerk"}
    by_api = visitor.api("PATCH", f"{entity.slug}/{row.pk}", {name: "changed by a clerk"})
    by_form = visitor.page("POST", f"/{entity.slug}/{row.pk}/edit/", typed)
    assert by_api.status == 403
    assert by_form.status in (302, 403, 422)
    assert entity.model._default_manager.values_list(name, flat=True).get(pk=row.pk) == secret
    readable = mode is FieldMode.READ_ONLY
    if entity.title != name or readable:
        answers = [*_views_of(visitor, entity, row.pk, name)]
        told = [answer for answer in answers if secret in said(answer)]
        assert bool(told) == readable
    if not readable and name in entity.allowed_paths:
        condition = json.dumps({"field": name, "op": "eq", "value": secret})
        for query in ({"filter": condition}, {"order": name}):
            assert visitor.api("GET", entity.slug, query).status == 422
        assert f"/{entity.slug}/{row.pk}/" not in visitor.page("GET", f"/{entity.slug}/?{name}={secret}").text


def _clerk(entity: Entity, name: str, mode: FieldMode) -> Visitor:
    """Somebody who may do everything, but for one field."""
    role = Role.objects.create(
        name=f"clerk {samples.serial()}",
        grants={"*": {"*": "all"}},
        settings=["*"],
        fields={entity.slug: {name: mode.value}},
    )
    user = UserFactory.create(username=f"clerk{samples.serial()}")
    give_role(user, role)
    overlay.forget()
    return Visitor(user, give_token(user).text)


def _views_of(visitor: Visitor, entity: Entity, pk: int, name: str) -> Iterator[Answer]:
    slug = entity.slug
    for page in ("", "history/", "edit/", "access/"):
        yield visitor.page("GET", f"/{slug}/{pk}/{page}")
    yield visitor.page("GET", f"/{slug}/?size=200")
    yield visitor.page("GET", f"/{slug}/?size=200&columns={entity.title},{name}")
    yield visitor.api("GET", f"{slug}/{pk}")
    yield visitor.api("GET", f"{slug}?limit=200")
    yield visitor.api("GET", f"{slug}?limit=200&fields={name}")
    yield visitor.page("GET", "/search/?q=wombat")


# Paths through the tables --------------------------------------------------------------------------------------------

PATHS = (
    "password", "owner.password", "owner__password", "owner__password__startswith", "created_by.email", "created_by",
    "owner.session_generation", "department.members", "department__members__password", "reach_owner", "deletion_id",
    "custom", "custom__x", "id", "pk", "pk__in", "_connector", "name__regex", "owner.department.head.superior.email",
    "name_key", "version", "*", "..", "owner..email", "userrole__role__name", "token__digest", "objects",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_beyond_the_declared_fields(world: World, path: str) -> None:
    for entity in ENTITIES:
        slug = entity.slug
        if path in entity.allowed_paths:
            continue
        raw = {"field": path, "op": "eq", "value": "1"}
        for query in ({"filter": json.dumps(raw)}, {"order": path}, {"filter": json.dumps({"all": [raw]})}):
            answer = admin(world).api("GET", slug, query)
            assert answer.status == 422, (slug, query)
            assert is_sentence(answer)
        assert admin(world).api("POST", f"{slug}/query", {"filter": raw}).status == 422
        if path not in entity.readable:
            assert admin(world).api("GET", slug, {"fields": path}).status == 422
        if path not in ("*", ".."):
            shown = admin(world).page("GET", f"/{slug}/", {path: "1", "size": "200"})
            assert (shown.status, "canary-" in shown.text) == (200, False), slug
    for query in (
        {"sort": path},
        {"columns": path},
        {"condition": json.dumps({"field": path, "op": "eq", "value": "1"})},
    ):
        assert admin(world).page("GET", "/customers/", query).status == 200


# Odd values ----------------------------------------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    "\x00", "a\x00b", "\u202eevil", "𠮷😀", "x" * 1_000_000, 10**30, -1, -(2**63), 2**63, "NaN", "Infinity", "1e400", "1e-400",
    "0000-00-00", "9999-12-31", "2026-02-30", "１２３", "'; DROP TABLE x; --", "%00", "{{7*7}}", "{% debug %}", [], {}, [[]],
    True, None, "\ud800", " ", "٣", "1" * 5000,
)  # fmt: skip


# What every field is given; the rest goes to one field of each kind, since what reads it is the same.
ODDEST: tuple[Any, ...] = ("a\x00b", "\u202eevil", "𠮷😀", 2**63, "NaN", "0000-00-00", [], None, "１２３", "\ud800")


@EVERY_ENTITY
def test_odd_values_in_any_field_of_the_api_are_stored_or_refused_in_words(world: World, entity: Entity) -> None:
    row, visitor = world.rows[entity.slug].target, admin(world)
    one_of_each = {entity.field(name).kind: name for name in entity.fields}
    mistakes = []
    for name in entity.fields:
        for value in ODD if name in one_of_each.values() else ODDEST:
            with undone():
                answer = visitor.api("PATCH", f"{entity.slug}/{row.pk}", {name: value})
                seen = visitor.page("GET", f"/{entity.slug}/{row.pk}/").status if answer.status == 200 else 200
            if answer.status >= 500 or seen != 200 or (answer.status >= 400 and not is_sentence(answer)):
                mistakes.append(f"{name} = {str(value)[:30]!r}: {answer.status}, page {seen}")
    assert not mistakes, "\n".join(mistakes)


TYPED = (
    "a\x00b", "\u202eevil", "𠮷😀", "x" * 1_000_000, str(10**30), "-1", str(2**63), "NaN", "1e400", "0000-00-00", "１２３", " ",
    "٣", "1" * 5000,
)  # fmt: skip


@EVERY_ENTITY
def test_odd_values_typed_into_a_form_are_stored_or_refused_with_the_input_kept(world: World, entity: Entity) -> None:
    row, visitor = world.rows[entity.slug].target, admin(world)
    typed = samples.typed(entity, samples.of_row(row)) | {"version": str(row.version)}
    one_of_each = {entity.field(name).kind: name for name in entity.fields if entity.field(name).editable}
    mistakes = []
    for name in one_of_each.values():
        for sent in TYPED:
            with undone():
                answer = visitor.page("POST", f"/{entity.slug}/{row.pk}/edit/", typed | {name: sent})
            if answer.status not in (302, 409, 422):
                mistakes.append(f"{name} = {sent[:30]!r}: {answer.status}")
    assert not mistakes, "\n".join(mistakes)


DEEP = '{"not": ' * 3000 + '{"field": "name", "op": "eq", "value": "x"}' + "}" * 3000
LONG = {"any": [{"field": "created_at", "op": "gte", "value": "2026-01-01"}] * 10_000}


@EVERY_ENTITY
def test_odd_addresses_and_queries_are_never_a_500(world: World, entity: Entity) -> None:
    visitor, slug = admin(world), entity.slug
    pk, field = world.rows[slug].target.pk, entity.title
    pages = [
        f"/{slug}/{odd}/{page}" for odd in (0, 2**63, 10**40, MISSING) for page in ("", "edit/", "history/", "access/")
    ]
    pages += [f"/{slug}/{pk}/history/?before={odd}" for odd in (2**63, 10**40, "x", "%00", "-1", "٣")]
    pages += [f"/{slug}/{pk}/?in={odd}" for odd in ("%00", "page%3D10%2A%2A9", "sort%3Dx", "a" * 3000)]
    for name in (
        "page",
        "size",
        "sort",
        "columns",
        "tab",
        "q",
        "after",
        "before",
        "condition",
        field,
        "created_at.gte",
    ):
        for odd in ("%00", "10" * 20, "-1", "%ED%A0%80", "[]"):
            pages.append(f"/{slug}/?{name}={odd}")
    pages.append(f"/{slug}/?" + "&".join(f"f{number}=1" for number in range(1500)))
    for address in pages:
        answer = visitor.page("GET", address)
        assert answer.status in (200, 400, 404), (address[:80], answer.status)
    queries = [
        {name: odd}
        for name in ("q", "order", "cursor", "fields", "filter", "limit")
        for odd in ("\x00", "x" * 300, "-1")
    ]
    for query in queries:
        answer = visitor.api("GET", slug, query)
        assert answer.status in (200, 422), (query, answer.status)
    for body in (
        LONG,
        DEEP,
        "[" * 50_000,
        '{"q": "\\u0000"}',
        "",
        "null",
        '{"filter": ' + DEEP + "}",
        b"\xff\xfe",
        '{"q": "\\ud800"}',
    ):
        answer = visitor.api("POST", f"{slug}/query", {"filter": body} if body is LONG else body)
        assert answer.status in (200, 400, 422), (str(body)[:40], answer.status)
        assert answer.status == 200 or is_sentence(answer)
    assert visitor.api("GET", f"{slug}/{2**63}").status in (404, 422)
    assert visitor.api("GET", f"{slug}/{10**40}").status in (404, 422)


# Scripts in texts ----------------------------------------------------------------------------------------------------


@EVERY_ENTITY
def test_scripts_in_texts_come_out_as_text(world: World, entity: Entity) -> None:
    visitor, slug = admin(world), entity.slug
    texts = [
        entity.field(name)
        for name in entity.fields
        if entity.field(name).editable
        and entity.field(name).kind in (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.NUMBER)
    ]
    for payloads in GROUPS:
        wicked = " ".join(payloads)
        row = samples.make(slug, world.people.ana, mark_of(entity, "ana"))
        stored = [
            field.name
            for field in texts
            if visitor.api("PATCH", f"{slug}/{row.pk}", {field.name: wicked[: field.max_length]}).status == 200
        ]
        assert stored
        for address in (
            f"/{slug}/{row.pk}/", f"/{slug}/{row.pk}/history/", f"/{slug}/{row.pk}/edit/", f"/{slug}/{row.pk}/access/",
            f"/{slug}/", f"/{slug}/?q=alert", f"/{slug}/?{entity.title}.contains=%3Cscript%3Ealert", "/search/?q=alert",
            f"/{slug}/choices/{entity.title}/?q=%3Cscript",
        ):  # fmt: skip
            answer = visitor.page("GET", address)
            assert dangers(answer.text) == [], address
            assert not [each for each in payloads if each[0] == "<" and each in answer.text], address
