"""Every registered entity under change: what is logged, who wins, what comes back from the recycle bin."""

from typing import Any

import pytest

from tests.every_entity.world import World, is_deletable, mark_of
from zhike.core import writes
from zhike.core.entities import Entity, FieldKind, RecordKind, registry
from zhike.core.events.models import Event
from zhike.core.testing import samples
from zhike.core.testing.battery import Visitor
from zhike.core.testing.samples import Sample
from zhike.core.writes import values

pytestmark = pytest.mark.django_db
ENTITIES = list(registry.all())
EVERY_ENTITY = pytest.mark.parametrize("entity", ENTITIES, ids=str)
DELETABLE = pytest.mark.parametrize("entity", [each for each in ENTITIES if is_deletable(each)], ids=str)
MAKABLE = pytest.mark.parametrize("entity", [each for each in ENTITIES if "create" not in each.without], ids=str)
EDITABLE = pytest.mark.parametrize("entity", [each for each in ENTITIES if "edit" not in each.without], ids=str)


def admin(world: World) -> Visitor:
    return world.visitor("admin")


def fresh(world: World, entity: Entity) -> Any:
    return samples.make(entity.slug, world.people.ana, mark_of(entity, "ana"))


def last_event(entity: Entity, pk: int) -> Event:
    return Event.objects.filter(entity=entity.slug, record_id=pk).order_by("-pk")[0]


def another(entity: Entity, name: str, word: str) -> Any:
    """Another value for a field of the sample: a text, or a number."""
    kind = entity.field(name).kind
    return len(word) + 40 if kind in (FieldKind.INTEGER, FieldKind.PERCENT) else word


def form(entity: Entity, row: Any, **changes: Any) -> dict[str, str]:
    """The edit form of a row as it was read, with these changes typed."""
    return samples.typed(entity, {**samples.of_row(row), **changes}) | {"version": str(row.version)}


def stored(entity: Entity, pk: int) -> Any:
    return entity.model._default_manager.get(pk=pk)


@MAKABLE
def test_making_a_record_by_page_and_by_api_is_logged_with_actor_door_and_values(world: World, entity: Entity) -> None:
    for door in ("page", "api"):
        given = samples.values(entity.slug, world.people.ana, mark_of(entity, "ana"))
        if door == "page":
            answer = admin(world).page("POST", f"/{entity.slug}/new/", samples.typed(entity, given))
            assert answer.status == 302, answer.text
            pk = int(answer.headers["Location"].strip("/").split("/")[-1])
        else:
            answer = admin(world).api("POST", entity.slug, samples.sent(given))
            assert answer.status == 201, answer.text
            pk = answer.json()["id"]
        event = last_event(entity, pk)
        row = stored(entity, pk)
        assert (event.actor_id, event.via, event.verb) == (world.people.admin.pk, door, "create")
        assert event.version == row.version
        for name in entity.fields:
            value = values.stable(getattr(row, entity.field(name).attname))
            if name in event.changes:
                assert _same(event.changes[name][1], value), name
            else:
                assert value == values.stable(getattr(entity.model(), entity.field(name).attname)), name


def _same(logged: Any, now: Any) -> bool:
    """Amounts are logged as they were written and read back with all their places."""
    try:
        return logged == now or float(logged) == float(now)
    except (TypeError, ValueError):
        return False


@EDITABLE
def test_editing_by_page_and_by_api_is_logged_with_old_and_new(world: World, entity: Entity) -> None:
    sample = samples.sample(entity.slug)
    for door in ("page", "api"):
        row = fresh(world, entity)
        old, new = getattr(row, sample.change), f"changed by {door} {samples.serial()}"
        if door == "page":
            answer = admin(world).page(
                "POST", f"/{entity.slug}/{row.pk}/edit/", form(entity, row, **{sample.change: new})
            )
            assert answer.status == 302, answer.text
        else:
            answer = admin(world).api("PATCH", f"{entity.slug}/{row.pk}", {sample.change: new})
            assert answer.status == 200, answer.text
            assert answer.headers["ETag"] == f'"{row.version + 1}"'
        event = last_event(entity, row.pk)
        assert (event.actor_id, event.via, event.verb) == (world.people.admin.pk, door, "edit")
        assert event.changes == {sample.change: [old, new]}
        assert stored(entity, row.pk).version == event.version == row.version + 1


@EDITABLE
def test_a_form_sent_unchanged_writes_nothing(world: World, entity: Entity) -> None:
    row = fresh(world, entity)
    known = Event.objects.count()
    answer = admin(world).page("POST", f"/{entity.slug}/{row.pk}/edit/", form(entity, row))
    assert answer.status == 302, answer.text
    assert Event.objects.count() == known
    assert stored(entity, row.pk).version == row.version


@EDITABLE
def test_two_people_who_change_the_same_field_are_both_asked(world: World, entity: Entity) -> None:
    sample, row = samples.sample(entity.slug), fresh(world, entity)
    address = f"/{entity.slug}/{row.pk}/edit/"
    first = form(entity, row, **{sample.change: "quick hand"})
    second = form(entity, row, **{sample.change: "slow hand"})
    assert admin(world).page("POST", address, first).status == 302
    answer = admin(world).page("POST", address, second)
    assert answer.status == 409
    assert "quick hand" in answer.text
    assert "slow hand" in answer.text
    assert getattr(stored(entity, row.pk), sample.change) == "quick hand"
    settled = {**second, "version": str(row.version + 1), f"settle__{sample.change}": "mine"}
    assert admin(world).page("POST", address, settled).status == 302
    assert getattr(stored(entity, row.pk), sample.change) == "slow hand"


@EDITABLE
def test_two_people_who_change_different_fields_keep_both(world: World, entity: Entity) -> None:
    sample, row = samples.sample(entity.slug), fresh(world, entity)
    if sample.change == sample.other:
        return  # it has one text, and nothing else to type
    theirs, mine = "quick hand", another(entity, sample.other, "slow hand")
    address = f"/{entity.slug}/{row.pk}/edit/"
    assert admin(world).page("POST", address, form(entity, row, **{sample.change: theirs})).status == 302
    assert admin(world).page("POST", address, form(entity, row, **{sample.other: mine})).status == 302
    now = stored(entity, row.pk)
    assert (getattr(now, sample.change), getattr(now, sample.other)) == (theirs, mine)


@EDITABLE
def test_the_api_refuses_an_old_version_and_says_the_present_one(world: World, entity: Entity) -> None:
    sample, row = samples.sample(entity.slug), fresh(world, entity)
    path = f"{entity.slug}/{row.pk}"
    assert admin(world).api("PATCH", path, {sample.change: "first"}, if_match=f'"{row.version}"').status == 200
    late = admin(world).api("PATCH", path, {sample.change: "second"}, if_match=f'"{row.version}"')
    assert late.status == 412
    assert late.json()["version"] == row.version + 1
    if "create" not in entity.without:
        operation = {"op": "update", "id": row.pk, "version": row.version, "record": {sample.change: "third"}}
        assert admin(world).api("POST", f"{entity.slug}/batch", {"operations": [operation]}).status == 409
    assert getattr(stored(entity, row.pk), sample.change) == "first"


@EVERY_ENTITY
def test_every_verb_that_fits_is_logged_under_its_name(world: World, entity: Entity) -> None:
    sample: Sample = samples.sample(entity.slug)
    for verb in entity.verbs:
        row = fresh(world, entity)
        if not verb.fits(row):
            continue
        asked = samples.sent(samples.answers(sample, verb.name, row, world.people.cyd))
        answer = admin(world).api("POST", f"{entity.slug}/{row.pk}/{verb.name}", asked)
        assert answer.status in (200, 204), (verb.name, answer.text)
        event = last_event(entity, row.pk)
        assert (event.actor_id, event.via) == (world.people.admin.pk, "api"), verb.name
        assert event.verb != "create", verb.name
        assert event.changes, verb.name


@DELETABLE
def test_a_deleted_record_is_gone_everywhere_and_comes_back_whole(world: World, entity: Entity) -> None:
    row = fresh(world, entity)
    visitor, word = admin(world), str(getattr(row, samples.sample(entity.slug).change))
    before = samples.of_row(stored(entity, row.pk))
    assert visitor.page("POST", f"/{entity.slug}/{row.pk}/delete/").status == 302
    assert (last_event(entity, row.pk).verb, last_event(entity, row.pk).via) == ("delete", "page")
    for path in (f"/{entity.slug}/{row.pk}/", f"/{entity.slug}/{row.pk}/edit/", f"/{entity.slug}/{row.pk}/history/"):
        assert visitor.page("GET", path).status == 404
    assert visitor.api("GET", f"{entity.slug}/{row.pk}").status == 404
    assert row.pk not in ids(visitor, entity)
    assert f"/{entity.slug}/{row.pk}/restore/" in visitor.page("GET", f"/{entity.slug}/recycle-bin/").text
    assert visitor.page("POST", f"/{entity.slug}/{row.pk}/restore/").status == 302
    assert last_event(entity, row.pk).verb == "restore"
    assert samples.of_row(stored(entity, row.pk)) == before
    assert row.pk in ids(visitor, entity)
    assert word.split(maxsplit=1)[0] in visitor.page("GET", f"/{entity.slug}/{row.pk}/").text


def ids(visitor: Visitor, entity: Entity) -> set[int]:
    return {each["id"] for each in visitor.api("GET", f"{entity.slug}?limit=200").json()["items"]}


@DELETABLE
def test_parts_go_and_come_back_with_their_anchor(world: World, entity: Entity) -> None:
    row = fresh(world, entity)
    for part in registry.parts_of(entity):
        given = samples.values(part.slug, world.people.ana, mark_of(part, "ana")) | {part.part_of: row}
        child = part.model(**given)
        writes.create(world.people.actor("admin"), child)
        assert admin(world).api("DELETE", f"{entity.slug}/{row.pk}").status == 204
        assert admin(world).api("GET", f"{part.slug}/{child.pk}").status == 404
        assert admin(world).page("POST", f"/{entity.slug}/{row.pk}/restore/").status == 302
        assert admin(world).api("GET", f"{part.slug}/{child.pk}").status == 200


@DELETABLE
def test_purging_leaves_neither_row_nor_search_entry(world: World, entity: Entity) -> None:
    row = fresh(world, entity)
    assert admin(world).api("DELETE", f"{entity.slug}/{row.pk}").status == 204
    assert admin(world).page("POST", f"/{entity.slug}/{row.pk}/purge/").status == 302
    assert not entity.model._default_manager.filter(pk=row.pk).exists()
    assert last_event(entity, row.pk).verb == "purge"


@EVERY_ENTITY
def test_the_search_finds_a_record_and_forgets_it_when_it_is_deleted(world: World, entity: Entity) -> None:
    if not entity.search:
        assert entity.kind is RecordKind.PART, "only a part may go without search"
        return
    word = f"quokka{samples.serial()}"
    row = samples.make(entity.slug, world.people.ana, f"{word}")
    address = f"/{entity.slug}/{row.pk}/"
    assert address in admin(world).page("GET", f"/search/?q={word}").text
    assert admin(world).api("GET", f"{entity.slug}?q={word}").json()["total"]["value"] == 1
    if is_deletable(entity):
        assert admin(world).api("DELETE", f"{entity.slug}/{row.pk}").status == 204
        assert address not in admin(world).page("GET", f"/search/?q={word}").text
        assert admin(world).page("POST", f"/{entity.slug}/{row.pk}/restore/").status == 302
        assert address in admin(world).page("GET", f"/search/?q={word}").text
