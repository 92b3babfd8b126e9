"""Everything one can ask of an entity, through its pages and its API, with the right that it needs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.every_entity.world import SYSTEM, World, is_deletable
from zhike.core.entities import Entity, FieldKind, Verb
from zhike.core.testing import samples
from zhike.core.testing.battery import Answer, Visitor
from zhike.core.testing.samples import NEEDLE
from zhike.core.watching.actions import may_be_watched

Body = Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request. `on_row` when it is about one record, whose id `path` and `body` take; `action` is the right it needs."""

    name: str
    door: str
    method: str
    path: Callable[[int], str]
    action: str
    on_row: bool = True
    body: Callable[[int], Body] = lambda _pk: None
    binned: bool = False
    # A verb that does not fit the row's state, or a record that others need, is refused with 409 though allowed.
    fits: bool = True
    # What an allowed step answers, where it is not what such steps answer.
    answers: frozenset[int] = frozenset()

    def __str__(self) -> str:
        return f"{self.door} {self.method} {self.name}"

    def take(self, visitor: Visitor, pk: int) -> Answer:
        send = visitor.page if self.door == "page" else visitor.api
        return send(self.method, self.path(pk), self.body(pk))


def steps_of(world: World, entity: Entity, maker: Any) -> list[Step]:
    """All of them, in an order in which reading comes first. What is created is `maker`'s."""
    page = _page_writing(world, entity, maker)
    return [
        *_reading(entity),
        *_views(entity),
        *_displays(entity),
        *page,
        *_api_reading(entity),
        *_api_writing(world, entity, maker),
    ]


def _always(text: str) -> Callable[[int], str]:
    return lambda _pk: text


def _at(slug: str, page: str = "") -> Callable[[int], str]:
    return lambda pk: f"/{slug}/{pk}/{page}"


def _with(body: Body) -> Callable[[int], Body]:
    return lambda _pk: body


def right_of(verb: Verb) -> str:
    """The right as the matrix names it: the platform's own words, else one of the entity's verbs."""
    return verb.action if verb.action in ("transfer", "edit", "delete") else "verbs"


def choice_fields(entity: Entity) -> list[str]:
    kinds = (FieldKind.RELATION, FieldKind.OPTION)
    return [name for name in entity.fields if entity.field(name).kind in kinds]


def _reading(entity: Entity) -> Iterator[Step]:
    slug = entity.slug
    pages = ["", f"?q={NEEDLE}", "?sort=-" + entity.title, "?totals=1&size=200", "filters/", "columns/", "count/"]
    pages += ["views/", "views/new/?q=a", "condition/", "condition/fields/"]
    pages += [f"choices/{name}/?q={NEEDLE}" for name in choice_fields(entity)]
    for page in pages:
        yield Step(
            name=page or "list", door="page", method="GET", path=_always(f"/{slug}/{page}"), action="view", on_row=False
        )
    for page in ("", "history/", "access/"):
        yield Step(name=page or "record", door="page", method="GET", path=_at(slug, page), action="view")
    # What is masked for nobody is no secret: who has the right is answered, and nothing is noted.
    yield Step(
        name="reveal", door="page", method="POST", path=_at(slug, f"reveal/{_plain(entity)}/"), action="reveal",
        answers=frozenset({200}),
    )  # fmt: skip
    if "import" not in entity.without:
        for page in ("import/", "import/template/"):
            path = _always(f"/{slug}/{page}")
            yield Step(name=page, door="page", method="GET", path=path, action="import", on_row=False)


def _plain(entity: Entity) -> str:
    """A field that every reader is shown."""
    return next(name for name in entity.readable if name != entity.title)


def _views(entity: Entity) -> Iterator[Step]:
    """Saved views and the builder of conditions. No view has that number: whose may be changed is tested with the views."""
    slug = entity.slug
    found: list[tuple[str, str, Mapping[str, Any], int]] = [
        ("columns/", "POST", {"column": [entity.title]}, 302),
        ("condition/check/", "POST", {"condition": ""}, 200),
        ("views/new/", "POST", {"name": "mine", "query": "q=a"}, 302),
        ("views/default/", "POST", {"view": ""}, 302),
        ("views/987654321/", "GET", {}, 404),
        ("views/987654321/keep/", "POST", {}, 404),
        ("views/987654321/move/", "POST", {"way": "up"}, 404),
        ("views/987654321/delete/", "POST", {}, 404),
    ]
    for path, method, body, status in found:
        yield Step(
            name=path, door="page", method=method, path=_always(f"/{slug}/{path}"), action="view", on_row=False,
            body=_with(body), answers=frozenset({200, 302} if status == 302 else {status}),
        )  # fmt: skip
    if "edit" not in entity.without:
        path = f"/{slug}/bulk/edit/"
        yield Step(
            name="edit of many", door="page", method="POST", path=_always(path), action="edit", on_row=False,
            body=lambda pk: {"row": [str(pk)]},
        )  # fmt: skip


def _displays(entity: Entity) -> Iterator[Step]:
    """Board, calendar and values edited in place. No column is called so: where a drop leads is tested with the board."""
    slug, none = entity.slug, frozenset({422})
    pages = [f"?display={name}" for name, view in (("board", entity.board), ("calendar", entity.calendar)) if view]
    if entity.board is not None:
        pages.append("board/column/?column=")
        moves = _always_at(slug, "board")
        yield Step(name="board move", door="page", method="GET", path=moves, action="view")
        yield Step(name="board move", door="page", method="POST", path=moves, action="view", answers=none)
    for page in pages:
        yield Step(
            name=page, door="page", method="GET", path=_always(f"/{slug}/{page}"), action="view", on_row=False
        )  # fmt: skip
    if "edit" in entity.without:
        return
    if entity.calendar is not None:
        days = _always_at(slug, "calendar")
        yield Step(name="calendar move", door="page", method="GET", path=days, action="edit")
        yield Step(name="calendar move", door="page", method="POST", path=days, action="edit", answers=none)
    place = _at(slug, f"inline/{samples.sample(slug).change}/")
    for method in ("GET", "POST"):
        yield Step(
            name="inline", door="page", method=method, path=place, action="edit", answers=frozenset({302})
        )  # fmt: skip


def _always_at(slug: str, page: str) -> Callable[[int], str]:
    return lambda pk: f"/{slug}/{page}/{pk}/"


def _page_writing(world: World, entity: Entity, maker: Any) -> Iterator[Step]:
    slug, rows, sample = entity.slug, world.rows[entity.slug], samples.sample(entity.slug)

    def page(name: str, method: str, action: str, **more: Any) -> Step:
        return Step(name=name, door="page", method=method, path=_at(slug, f"{name}/"), action=action, **more)

    if "create" not in entity.without:
        made = samples.typed(entity, samples.values(slug, maker, f"new-{samples.serial()}"))
        for method, body in (("GET", None), ("POST", made)):
            yield Step(
                name="new", door="page", method=method, path=_always(f"/{slug}/new/"), action="create", on_row=False,
                body=_with(body),
            )  # fmt: skip
    if "edit" not in entity.without:
        stored = samples.typed(entity, samples.of_row(rows.target)) | {
            "version": "1",
            sample.change: "changed by hand",
        }
        yield page("edit", "GET", "edit")
        yield page("edit", "POST", "edit", body=_with(stored))
    for verb in entity.verbs:
        answers = samples.typed_answers(sample, verb.name, rows.target, world.people.cyd)
        yield page(verb.name, "GET", right_of(verb))
        yield page(verb.name, "POST", right_of(verb), body=_with(answers), fits=verb.fits(rows.target))
        if verb.bulk:
            yield _bulk(slug, verb.name, right_of(verb), answers)
    if "export" not in entity.without:
        for kind in ("csv", "xlsx"):
            yield Step(
                name=f"export {kind}", door="page", method="POST", path=_always(f"/{slug}/export/"), action="export",
                on_row=False, body=_ticked(kind),
            )  # fmt: skip
            yield Step(
                name=f"export all {kind}", door="page", method="POST", path=_always(f"/{slug}/export/"), action="export",
                on_row=False, body=_with({"format": kind, "matching": "1"}),
            )  # fmt: skip
    if is_deletable(entity):
        yield Step(
            name="recycle-bin", door="page", method="GET", path=_always(f"/{slug}/recycle-bin/"), action="delete",
            on_row=False,
        )  # fmt: skip
        yield page("restore", "POST", "delete", binned=True)
        yield page("purge", "POST", "purge", binned=True)
        yield page("delete", "GET", "delete")
        yield _bulk(slug, "delete", "delete", {})
        yield page("delete", "POST", "delete")


def _ticked(kind: str) -> Callable[[int], Body]:
    return lambda pk: {"format": kind, "row": [str(pk)]}


def _bulk(slug: str, verb: str, action: str, answers: Mapping[str, Any]) -> Step:
    def body(pk: int) -> Body:
        return {**answers, "row": [str(pk)], "go": "1"}

    path = _always(f"/{slug}/bulk/{verb}/")
    return Step(name=f"bulk {verb}", door="page", method="POST", path=path, action=action, on_row=False, body=body)


def _api_reading(entity: Entity) -> Iterator[Step]:
    slug = entity.slug
    for query in ("", f"?q={NEEDLE}", "?total=false&order=-" + _sorted_by(entity), "?limit=200"):
        yield Step(
            name=f"list{query}", door="api", method="GET", path=_always(f"{slug}{query}"), action="view", on_row=False
        )
    yield Step(
        name="query", door="api", method="POST", path=_always(f"{slug}/query"), action="view", on_row=False,
        body=_with({"q": NEEDLE, "limit": 200}),
    )  # fmt: skip
    if entity.is_uploaded:
        # No file comes with it, and no record: those who may add files are told that there is no such record.
        yield Step(
            name="upload", door="api", method="POST", path=_always(slug), action="create", on_row=False,
            body=_with({}), answers=frozenset({404}),
        )  # fmt: skip
        yield Step(name="contents", door="api", method="GET", path=lambda pk: f"{slug}/{pk}/content", action="view")
    yield Step(name="views", door="api", method="GET", path=_always(f"{slug}/views"), action="view", on_row=False)
    yield Step(name="get", door="api", method="GET", path=lambda pk: f"{slug}/{pk}", action="view")
    yield Step(
        name="reveal", door="api", method="POST", path=lambda pk: f"{slug}/{pk}/reveal", action="reveal",
        body=_with({"field": _plain(entity)}), answers=frozenset({200}),
    )  # fmt: skip
    if may_be_watched(entity):
        for method in ("PUT", "GET", "DELETE"):
            yield Step(
                name="watch", door="api", method=method, path=lambda pk: f"{slug}/{pk}/watch", action="view",
                answers=frozenset({200}),
            )  # fmt: skip


def _api_writing(world: World, entity: Entity, maker: Any) -> Iterator[Step]:
    slug, rows, sample = entity.slug, world.rows[entity.slug], samples.sample(entity.slug)
    change = {sample.change: "changed by a programme"}
    if "create" not in entity.without:
        made = samples.sent(samples.values(slug, maker, f"new-{samples.serial()}"))
        yield Step(
            name="create",
            door="api",
            method="POST",
            path=_always(slug),
            action="create",
            on_row=False,
            body=_with(made),
        )
        yield Step(
            name="put by key", door="api", method="PUT", action="edit",
            path=lambda pk: f"{slug}/by/{SYSTEM}/{'K1' if pk == rows.target.pk else 'no-such'}", body=_with(made),
        )  # fmt: skip
        yield _batch(slug, "update", "edit", {"record": change})
        if is_deletable(entity):
            yield _batch(slug, "delete", "delete", {})
    if "edit" not in entity.without:
        yield Step(
            name="patch", door="api", method="PATCH", path=lambda pk: f"{slug}/{pk}", action="edit", body=_with(change)
        )
    for verb in entity.verbs:
        asked = samples.sent(samples.answers(sample, verb.name, rows.target, world.people.cyd))
        path = _verb_path(slug, verb.name)
        yield Step(
            name=verb.name, door="api", method="POST", path=path, action=right_of(verb), body=_with(asked),
            fits=verb.fits(rows.target),
        )  # fmt: skip
    if is_deletable(entity):
        yield Step(name="delete", door="api", method="DELETE", path=lambda pk: f"{slug}/{pk}", action="delete")


def _verb_path(slug: str, verb: str) -> Callable[[int], str]:
    return lambda pk: f"{slug}/{pk}/{verb}"


def _batch(slug: str, kind: str, action: str, more: Mapping[str, Any]) -> Step:
    def body(pk: int) -> Body:
        return {"operations": [{"op": kind, "id": pk, **more}]}

    return Step(
        name=f"batch {kind}", door="api", method="POST", path=_always(f"{slug}/batch"), action=action, body=body
    )


def _sorted_by(entity: Entity) -> str:
    """The title, or what the list is ordered by where the title is a long text."""
    return entity.title if entity.field(entity.title).sort_path else entity.ordering[0].lstrip("-")
