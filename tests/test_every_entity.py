"""Every registered entity, through every page and API route, before everybody: who gets in, learns nothing, changes nothing."""

import pytest

from tests.every_entity.matrix import PERSONAS, Cell, Standing, cell, secrets_from
from tests.every_entity.steps import Step, steps_of
from tests.every_entity.world import MISSING, Rows, World
from zhike.core.entities import Entity, registry
from zhike.core.events.models import Event
from zhike.core.testing import samples
from zhike.core.testing.battery import Answer, changed_tables, fingerprint, said, undone

pytestmark = pytest.mark.django_db
ENTITIES = list(registry.all())
EVERY_ENTITY = pytest.mark.parametrize("entity", ENTITIES, ids=str)
# Those of whose rows a stranger sees only his own.
GUARDED = [entity for entity in ENTITIES if cell(entity, "cyd").standing is Standing.BLIND]
EVERY_GUARDED_ENTITY = pytest.mark.parametrize("entity", GUARDED, ids=str)
# What gives cyd a row that is cyd's already.
UNCHANGED = {"bulk assign"}
# What an allowed step answers.
DONE = {"GET": {200}, "PATCH": {200}, "PUT": {200}, "DELETE": {204}}


def allowed(step: Step) -> set[int]:
    if step.answers:
        return set(step.answers)
    if step.method != "POST":
        return DONE[step.method]
    if not step.fits:
        return {409}
    if step.door == "page":
        return {200, 302}
    return {201} if step.name == "create" else {200, 204}


def expected(step: Step, persona: str, here: Cell) -> set[int]:
    """The statuses that the matrix demands: unreachable 404, reachable without the right 403."""
    if here.standing is Standing.OUT:
        return {302} if step.door == "page" else {401}
    if here.standing is Standing.SHUT:
        return {403} if step.door == "page" else {401} if persona == "eve" else {403, 404}
    if step.on_row and here.standing is Standing.BLIND:
        return {404} if step.action in here.may else {403, 404}
    return allowed(step) if step.action in here.may else {403}


def row_of(rows: Rows, step: Step) -> int:
    row = rows.binned if step.binned and rows.binned is not None else rows.target
    return int(row.pk)


def leaks(answer: Answer, persona: str) -> list[str]:
    text = said(answer)
    return [word for word in secrets_from(persona) if word in text]


def test_every_entity_has_a_sample() -> None:
    for entity in ENTITIES:
        assert samples.sample(entity.slug).slug == entity.slug


@pytest.mark.parametrize("persona", PERSONAS)
@EVERY_ENTITY
def test_everybody_gets_what_the_matrix_says_learns_no_more_and_changes_nothing_when_refused(
    world: World, entity: Entity, persona: str
) -> None:
    visitor, rows, here = world.visitor(persona), world.rows[entity.slug], cell(entity, persona)
    maker = visitor.user if persona in ("ben", "cyd") else world.people.ana
    steps = steps_of(world, entity, maker)
    before = fingerprint()
    mistakes = []
    for step in steps:
        wanted = expected(step, persona, here)
        pk = row_of(rows, step)
        if step.method != "GET" and min(wanted) < 300 and here.standing is not Standing.OUT:
            with undone():
                answer = step.take(visitor, pk)
        else:
            answer = step.take(visitor, pk)
        if answer.status not in wanted:
            mistakes.append(f"{step}: {answer.status} instead of {sorted(wanted)}")
        if found := leaks(answer, persona):
            mistakes.append(f"{step}: the answer contains {found}")
    assert not mistakes, "\n".join(mistakes)
    assert changed_tables(before) == []


@EVERY_GUARDED_ENTITY
def test_what_one_does_not_reach_answers_like_what_is_not_there(world: World, entity: Entity) -> None:
    visitor, rows = world.visitor("cyd"), world.rows[entity.slug]
    for step in steps_of(world, entity, world.people.cyd):
        if step.on_row and step.name != "put by key":
            foreign, missing = (step.take(visitor, pk) for pk in (row_of(rows, step), MISSING))
            assert foreign.status == missing.status, step
            if step.door == "api":
                assert foreign.text == missing.text, step


@EVERY_GUARDED_ENTITY
def test_a_bulk_step_with_a_foreign_id_leaves_that_row_alone(world: World, entity: Entity) -> None:
    rows, cyd = world.rows[entity.slug], world.visitor("cyd")
    bulk = [step for step in steps_of(world, entity, world.people.cyd) if step.name.startswith("bulk ")]
    for step in bulk:
        body = {**(step.body(rows.target.pk) or {}), "row": [str(rows.target.pk), str(rows.cyds.pk)]}
        before = fingerprint()
        own_events = Event.objects.filter(entity=entity.slug, record_id=rows.cyds.pk).count()
        foreign = Event.objects.filter(entity=entity.slug, record_id=rows.target.pk)
        known = foreign.count()
        with undone():
            answer = cyd.page("POST", step.path(0), body)
            assert "canary-ana" not in said(answer)
            assert foreign.count() == known, step
            stored = entity.model._default_manager.get(pk=rows.target.pk)
            assert samples.of_row(stored) == samples.of_row(rows.target)
            if answer.status == 200 and step.name not in UNCHANGED:
                assert Event.objects.filter(entity=entity.slug, record_id=rows.cyds.pk).count() == own_events + 1
        assert changed_tables(before) == []


@EVERY_GUARDED_ENTITY
def test_the_number_of_rows_is_told_of_those_one_sees_only(world: World, entity: Entity) -> None:
    seen = world.visitor("cyd").api("GET", f"{entity.slug}?limit=200").json()
    assert seen["total"]["value"] == len(seen["items"]) > 0
    assert {"canary-ana" in str(row) for row in seen["items"]} == {False}
    everything = world.visitor("admin").api("GET", f"{entity.slug}?limit=200").json()
    assert everything["total"]["value"] > seen["total"]["value"]


@pytest.mark.parametrize("persona", PERSONAS)
def test_the_search_finds_nothing_that_one_does_not_see(world: World, persona: str) -> None:
    visitor = world.visitor(persona)
    for address in (f"/search/?q={samples.NEEDLE}", "/search/?q=zebra"):
        answer = visitor.page("GET", address)
        suggested = visitor.page("GET", address, hx_request="true")
        assert not leaks(suggested, persona)
        assert not leaks(answer, persona)
        assert (answer.status == 200) == (cell(ENTITIES[0], persona).standing is not Standing.OUT)


@EVERY_GUARDED_ENTITY
def test_another_record_tells_no_more_of_a_foreign_one_than_its_name(world: World, entity: Entity) -> None:
    """A reached record shows what a related one is called, without a link, and nothing else of it."""
    cyd = world.visitor("cyd")
    for name in entity.fields:
        field = entity.field(name)
        other = registry.of(field.related) if field.related and registry.has(field.related) else None
        if other is None or cell(other, "cyd").standing is not Standing.BLIND:
            continue
        secret = world.rows[other.slug].target
        row = world.rows[entity.slug].cyds
        with undone():
            # As if it had become unreachable after it was chosen; people cannot choose it.
            entity.model._default_manager.filter(pk=row.pk).update(**{field.attname: secret.pk})
            named = str(secret).casefold()
            address = f"/{other.slug}/{secret.pk}/"
            for answer in (
                cyd.page("GET", f"/{entity.slug}/{row.pk}/"),
                cyd.page("GET", f"/{entity.slug}/{row.pk}/edit/"),
                cyd.page("GET", f"/{entity.slug}/{row.pk}/history/"),
                cyd.page("GET", f"/{entity.slug}/"),
                cyd.page("GET", f"/{entity.slug}/?q={samples.NEEDLE}"),
                cyd.api("GET", f"{entity.slug}/{row.pk}"),
                cyd.api("GET", entity.slug),
            ):
                assert answer.status == 200
                assert "canary-ana" not in said(answer).replace(named, ""), (name, answer.text)
                assert f'href="{address}"' not in answer.text
            body = cyd.api("GET", f"{entity.slug}/{row.pk}").json()
            assert body[name] is None or body[name]["reachable"] is False


@EVERY_GUARDED_ENTITY
def test_nobody_points_at_a_record_he_does_not_see(world: World, entity: Entity) -> None:
    cyd, rows = world.visitor("cyd"), world.rows[entity.slug]
    before = fingerprint()
    stored = samples.typed(entity, samples.of_row(rows.cyds)) | {"version": str(rows.cyds.version)}
    for name in entity.fields:
        field = entity.field(name)
        other = registry.of(field.related) if field.related and registry.has(field.related) else None
        if other is None or cell(other, "cyd").standing is not Standing.BLIND:
            continue
        secret = world.rows[other.slug].target
        by_form = cyd.page("POST", f"/{entity.slug}/{rows.cyds.pk}/edit/", {**stored, name: str(secret.pk)})
        by_name = cyd.page(
            "POST", f"/{entity.slug}/{rows.cyds.pk}/edit/", {**stored, name: "", f"{name}__typed": str(secret)}
        )
        by_api = cyd.api("PATCH", f"{entity.slug}/{rows.cyds.pk}", {name: secret.pk})
        assert [by_form.status, by_name.status, by_api.status] == [422, 422, 422], name
        assert "canary-ana" not in said(by_form) + said(by_api)
    assert changed_tables(before) == []
